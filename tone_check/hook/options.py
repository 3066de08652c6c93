"""The command line of the hook, and the ``[hook]`` table of the user's own settings file."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

POLICIES = ("refuse", "warn", "ask")
ON_ERROR = ("send", "refuse")
_TABLE = {"policy": POLICIES, "on-error": ON_ERROR}
_LONGEST_TIMEOUT = 3600.0


class MisuseError(Exception):
    """The command line makes no sense; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the hook was told; None means: as the settings or the defaults say."""

    command: tuple[str, ...]
    policy: str | None = None
    on_error: str | None = None
    timeout: float | None = None
    resend: bool | None = None
    install: str | None = None
    write: bool = False
    uninstall: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """How this message is dealt with."""

    policy: str = "refuse"
    on_error: str = "send"
    timeout: float = 5.0
    resend: bool = True


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise MisuseError(message)


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line; what follows the first ``--`` is the command and is not looked at.

    Raises:
        MisuseError: it makes no sense.
    """
    before = list(arguments)
    command: tuple[str, ...] = ()
    if "--" in before:
        cut = before.index("--")
        before, command = before[:cut], tuple(before[cut + 1 :])
    parser = _parser()
    found, rest = parser.parse_known_args(before)
    if rest:
        hint = "" if rest[0].startswith("-") else "; the command to send with stands after --"
        raise MisuseError(f"unknown argument {rest[0]!r}{hint}")
    if found.install is None:
        if found.write or found.uninstall:
            raise MisuseError("--write and --uninstall belong to --install CLIENT")
        if not command or not command[0]:
            raise MisuseError("say what sends the mail: tone-check hook -- /usr/sbin/sendmail -oi ...")
    return Options(
        command,
        found.policy,
        found.on_error,
        found.timeout,
        False if found.no_resend else None,
        found.install,
        found.write,
        found.uninstall,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        usage="tone-check hook [options] -- SENDMAIL [ARG...]",
        description="Stands where a mail client expects sendmail: checks the message on standard input, then hands "
        "over the same bytes to SENDMAIL or refuses with exit code 65.",
        epilog="A header X-Tone-Check: off lets one message pass and is taken out. After a refusal, sending the same "
        "message again (3 seconds to 10 minutes later) sends it.",
        allow_abbrev=False,
    )
    parser.add_argument("--policy", choices=POLICIES, help="what to do with a flagged message (default: refuse)")
    parser.add_argument("--on-error", choices=ON_ERROR, help="what to do when the check fails (default: send)")
    parser.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="how long the check may take (default: 5)")
    parser.add_argument("--no-resend", action="store_true", help="sending again does not send a refused message")
    known = "neomutt aerc git emacs msmtp thunderbird"
    parser.add_argument("--install", metavar="CLIENT", help=f"print what CLIENT needs: {known}")
    parser.add_argument("--write", action="store_true", help="with --install: write it, with a backup")
    parser.add_argument("--uninstall", action="store_true", help="with --install: take it out again")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= _LONGEST_TIMEOUT:
        raise ValueError
    return value


def settled(options: Options, table: Mapping[str, Any] | None) -> Rules:
    """Return the rules: the defaults, over them the user's ``[hook]`` table, over it the command line.

    Raises:
        ValueError: the table says something it cannot say; the message is for the user.
    """
    rules = Rules() if table is None else _from_table(table)
    return Rules(
        options.policy or rules.policy,
        options.on_error or rules.on_error,
        options.timeout or rules.timeout,
        rules.resend if options.resend is None else options.resend,
    )


def _from_table(table: Mapping[str, Any]) -> Rules:
    rules = Rules()
    for key, value in table.items():
        if key in _TABLE:
            if value not in _TABLE[key]:
                raise ValueError(f"[hook] {key} must be one of {', '.join(_TABLE[key])}")
            rules = replace(rules, policy=value) if key == "policy" else replace(rules, on_error=value)
        elif key == "timeout":
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_TIMEOUT:
                raise ValueError("[hook] timeout must be a number of seconds")
            rules = replace(rules, timeout=float(value))
        elif key == "resend":
            if not isinstance(value, bool):
                raise ValueError("[hook] resend must be true or false")
            rules = replace(rules, resend=value)
        else:
            raise ValueError(f"[hook] has no setting {key!r}; known: policy, on-error, timeout, resend")
    return rules
