"""``tone-check hook --install CLIENT``: what a mail client needs in its settings, printed, written or taken out.

What is written stands between two marker lines, so that it is found again: a
second ``--write`` replaces it, ``--uninstall`` takes it out. The file as it was
is kept beside it once, with the ending ``.before-tone-check``.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tone_check.hook import state

CLIENTS = ("neomutt", "aerc", "git", "emacs", "msmtp", "thunderbird")
# What these get calls the program that sends by the name given here; the others have their own.
_THROUGH_SENDMAIL = ("neomutt", "emacs", "msmtp")
BEGIN, END = ">>> tone-check >>>", "<<< tone-check <<<"
_BACKUP = ".before-tone-check"
_USAGE, _CANNOT = 64, 73
_ADDON = "tone-check@tone-check.invalid"
_PLAIN_WORD = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_BLOCK = re.compile(rf"^[#;]+ {BEGIN}(?: (?P<was>.*))?\n(?:.*\n)*?[#;]+ {END}(?:\n|\Z)", re.MULTILINE)


class InstallError(Exception):
    """It cannot be installed; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as it is, as it shall be (None: gone), and the lines to show for it."""

    path: Path
    old: str | None
    new: str | None
    shown: str
    executable: bool = False


def install(client: str, command: Sequence[str], *, write: bool, uninstall: bool) -> int:
    """Print, write or take out what a client needs; return the exit code."""
    try:
        if client not in CLIENTS:
            raise InstallError(f"unknown client {client!r}; known: {', '.join(CLIENTS)}; msmtp is for any other")
        sending = tuple(command) or _sendmail()
        edits = _edits(client, sending, uninstall)
        for edit in edits:
            if uninstall or write:
                print(_applied(edit))
            else:
                print(f"In {edit.path}:\n\n{edit.shown}")
        if client in _THROUGH_SENDMAIL and not uninstall:
            if shutil.which(sending[0]) is None:
                print(f"tone-check hook: {sending[0]}: no such program; name yours after --", file=sys.stderr)
            if client == "msmtp" and write:
                print(f"Name it where your mail program asks for sendmail: {wrapper_path()}")
    except InstallError as error:
        print(f"tone-check hook: {error}", file=sys.stderr)
        return _USAGE
    except (OSError, UnicodeDecodeError) as error:
        print(f"tone-check hook: {error}", file=sys.stderr)
        return _CANNOT
    return 0


def _sendmail() -> tuple[str, ...]:
    return (shutil.which("msmtp") or "/usr/sbin/sendmail",)


def _door() -> tuple[str, ...]:
    """Return how to call this program, whatever the folder: by its full path."""
    called = Path(sys.argv[0]).absolute()
    if called.name == "tone-check" and called.is_file():
        return (str(called), "hook")
    found = shutil.which("tone-check")
    # -P: no module is imported from where the mail is sent.
    return (found, "hook") if found else (sys.executable, "-P", "-m", "tone_check", "hook")


def _edits(client: str, command: tuple[str, ...], uninstall: bool) -> list[Edit]:
    if client == "neomutt":
        return [_neomutt(command, uninstall)]
    if client == "aerc":
        return _aerc(command, uninstall)
    if client == "git":
        return [_git(uninstall)]
    if client == "emacs":
        return [_wrapper(command, uninstall), _emacs(uninstall)]
    if client == "thunderbird":
        return _thunderbird(uninstall)
    return [_wrapper(command, uninstall)]


# --- the clients --------------------------------------------------------------------------------------------------


def wrapper_path() -> Path:
    """Return the program of one word, for clients that take no arguments for theirs."""
    return Path.home() / ".local" / "bin" / "tone-check-sendmail"


def _wrapper(command: tuple[str, ...], uninstall: bool) -> Edit:
    text = f'#!/bin/sh\n# {BEGIN}\nexec {shlex.join((*_door(), "--", *command))} "$@"\n# {END}\n'
    path = wrapper_path()
    old = _read(path)
    if old is not None and BEGIN not in old:
        raise InstallError(f"{path}: is there and not ours")
    return Edit(path, old, None if uninstall else text, text, executable=True)


def _neomutt(command: tuple[str, ...], uninstall: bool) -> Edit:
    home, settings = Path.home(), _settings_home()
    places = [settings / "neomutt/neomuttrc", settings / "mutt/neomuttrc", home / ".neomutt/neomuttrc",
              home / ".neomuttrc", settings / "mutt/muttrc", home / ".mutt/muttrc", home / ".muttrc"]  # fmt: skip
    path = next((p for p in places if p.is_file()), places[0])
    words = (*_door(), "--", *command)
    if not all(_PLAIN_WORD.fullmatch(w) for w in words):
        # neomutt splits at spaces and knows no quotes there.
        raise InstallError("a path with special characters: use --install msmtp and its program as sendmail")
    lines = f'set sendmail="{" ".join(words)}"\nset sendmail_wait=0\n'
    return _block_at_end(path, lines, "#", uninstall)


def _aerc(command: tuple[str, ...], uninstall: bool) -> list[Edit]:
    accounts = _settings_home() / "aerc" / "accounts.conf"
    old = _read(accounts)
    if old is None:
        raise InstallError(f"{accounts}: not there; set up an account in aerc first")
    plain = _without_blocks(old)
    sending = re.compile(r"^outgoing[ \t]*=[ \t]*(.*)$", re.MULTILINE)
    shown: list[str] = []

    def through(found: re.Match[str]) -> str:
        was = found.group(1).strip()
        own = shlex.join(command) if "://" in was or not was else was
        block = f"# {BEGIN} {found.group()}\noutgoing = {shlex.join((*_door(), '--'))} {own}\n# {END}"
        shown.append(block)
        return block

    new = plain if uninstall else sending.sub(through, plain)
    if not uninstall and not shown:
        raise InstallError(f"{accounts}: no account has an outgoing line")
    edits = [Edit(accounts, old, new, "\n".join(shown) + "\n")]
    binds = _settings_home() / "aerc" / "binds.conf"
    old = _read(binds)
    if old is None:
        old = _read(Path("/usr/share/aerc/binds.conf"))
    if old is not None and "[compose::review]\n" in old:
        # aerc shows neither output nor exit code of what sends: the reason is one key away.
        latest = shlex.quote(str(state.folder() / "reports" / "latest.txt"))
        block = f"# {BEGIN}\nw = :term less {latest}<Enter> # Why it was not sent\n"
        block += f"# {END}\n"
        head = "[compose::review]\n"
        plain = _without_blocks(old)
        new = plain if uninstall else plain.replace(head, head + block, 1)
        edits.append(Edit(binds, _read(binds), new if binds.exists() or not uninstall else None, head + block))
    return edits


def _git(uninstall: bool) -> Edit:
    import subprocess

    line = ["git", "rev-parse", "--git-path", "hooks/sendemail-validate"]
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise InstallError("git is not installed") from None
    if done.returncode:
        raise InstallError("not in a git repository: run this where you send patches from")
    path = Path(done.stdout.rstrip("\n")).absolute()
    block = f'# {BEGIN}\n{shlex.join((*_door(), "--", "true"))} < "$1" || exit $?\n# {END}\n'
    old = _read(path)
    plain = _without_blocks(old or "")
    first, _, rest = plain.partition("\n")
    if not plain:
        first = "#!/bin/sh"
    elif not re.match(r"#!.*\b(?:sh|bash|dash)\b", first):
        raise InstallError(f"{path}: is there and not a shell script; call tone-check from it yourself")
    new = f"{first}\n{rest}" if uninstall else f"{first}\n{block}{rest}"
    if uninstall and not rest.strip():
        return Edit(path, old, None, block, executable=True)
    return Edit(path, old, new, f"{first}\n{block}", executable=True)


def _emacs(uninstall: bool) -> Edit:
    home = Path.home()
    places = [home / ".emacs.el", home / ".emacs", home / ".emacs.d/init.el", _settings_home() / "emacs/init.el"]
    path = next((p for p in places if p.is_file()), places[2])
    program = str(wrapper_path()).replace("\\", "\\\\").replace('"', '\\"')
    lines = (
        "(setq send-mail-function 'sendmail-send-it\n"
        "      message-send-mail-function 'message-send-mail-with-sendmail\n"
        f'      sendmail-program "{program}"\n'
        "      mail-interactive t\n"
        "      message-interactive t)\n"
        # Emacs would show the end of what sendmail said; the reasons stand at its beginning.
        "(add-to-list 'display-buffer-alist\n"
        '             \'("\\\\` ?sendmail errors" nil\n'
        "               (body-function . (lambda (window) (set-window-point window 1)))))\n"
    )
    return _block_at_end(path, lines, ";;", uninstall)


def _thunderbird(uninstall: bool) -> list[Edit]:
    """Return the host's program and the file by which Thunderbird finds it; the add-on is loaded in Thunderbird."""
    program = Path.home() / ".local" / "bin" / "tone-check-native-host"
    script = f"#!/bin/sh\n# {BEGIN}\nexec {shlex.join((*_door()[:-1], 'native-host'))}\n# {END}\n"
    host = Path.home() / ".mozilla" / "native-messaging-hosts" / "tone_check.json"
    named = {"name": "tone_check", "description": "tone-check", "path": str(program), "type": "stdio"}
    text = json.dumps({**named, "allowed_extensions": [_ADDON]}, indent=2) + "\n"
    old_program, old_host = _read(program), _read(host)
    # JSON has no comments to mark our lines with: the add-on's name is the mark.
    for path, old, ours in ((program, old_program, BEGIN), (host, old_host, _ADDON)):
        if old is not None and ours not in old:
            raise InstallError(f"{path}: is there and not ours")
    return [
        Edit(program, old_program, None if uninstall else script, script, executable=True),
        Edit(host, old_host, None if uninstall else text, text),
    ]


# --- blocks and files ---------------------------------------------------------------------------------------------


def _settings_home() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(base) if base.startswith("/") else Path.home() / ".config"


def _block_at_end(path: Path, lines: str, comment: str, uninstall: bool) -> Edit:
    block = f"{comment} {BEGIN}\n{lines}{comment} {END}\n"
    old = _read(path)
    plain = _without_blocks(old or "")
    if uninstall:
        return Edit(path, old, plain or None, block)
    if plain and not plain.endswith("\n"):
        plain += "\n"
    return Edit(path, old, plain + block, block)


def _without_blocks(text: str) -> str:
    """Take our blocks out; a line that a block replaced comes back."""
    return _BLOCK.sub(lambda m: f"{m.group('was')}\n" if m.group("was") else "", text)


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def _applied(edit: Edit) -> str:
    """Write a file, keeping what it was and its permissions; return what was done, for the person."""
    path = edit.path.resolve()  # settings are often links into a folder under version control
    if edit.new == edit.old:
        return f"{edit.path}: nothing to do"
    if edit.new is None:
        path.unlink()
        return f"{edit.path}: removed"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = path.with_name(path.name + _BACKUP)
    note = ""
    if edit.old is not None and not kept.exists():
        shutil.copy2(path, kept)
        note = f" (as it was: {kept})"
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tone-check")
    try:
        fresh.write_bytes(edit.new.encode("utf-8", "surrogateescape"))
        if edit.old is not None:
            shutil.copymode(path, fresh)
        if edit.executable:
            fresh.chmod(fresh.stat().st_mode | 0o111)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return f"{edit.path}: written{note}"
