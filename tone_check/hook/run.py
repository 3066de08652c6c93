"""The hook in order: read, look at the switch, judge, let through or refuse."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tone_check.hook import headers
from tone_check.hook.handover import HandoverError, hand_over
from tone_check.hook.options import MisuseError, Options, Rules, parse, settled

if TYPE_CHECKING:
    from tone_check.hook.judging import Judge
    from tone_check.hook.sandbox import Answer

USAGE, REFUSED, SOFTWARE, OS_ERROR, INTERRUPTED = 64, 65, 70, 71, 130


def main(arguments: Sequence[str], judge: Judge | None = None) -> int:
    """Run the hook; on success this process becomes the command and does not come back.

    ``judge`` is what judges the message (tests bring their own).
    """
    arrived = time.time()
    _open_standard_streams()
    leave_current_folder_out()
    try:
        options = parse(arguments)
    except MisuseError as error:
        say(f"tone-check hook: {error}\nusage: tone-check hook [options] -- SENDMAIL [ARG...]\n")
        return USAGE
    if options.install is not None:
        from tone_check.hook.install import install

        return install(options.install, options.command, write=options.write, uninstall=options.uninstall)
    try:
        return _send(_read(), options, judge, arrived)
    except HandoverError as error:
        say(f"tone-check: not sent: {error}\n")
        return error.code
    except KeyboardInterrupt:
        say("tone-check: not sent: interrupted\n")
        return INTERRUPTED
    except (OSError, MemoryError) as error:
        say(f"tone-check: not sent: {error or type(error).__name__}\n")
        return OS_ERROR
    except Exception as error:  # ours, and before anything was handed over: the client must keep the draft
        say(f"tone-check: not sent, this is a bug in tone-check: {type(error).__name__}: {error}\n")
        return SOFTWARE


def say(text: str) -> None:
    """Write to standard error; that nobody listens there is no reason to fail."""
    data = text.encode(getattr(sys.stderr, "encoding", None) or "utf-8", "replace")
    try:
        while data:
            data = data[os.write(2, data) :]
    except OSError:
        return


def _open_standard_streams() -> None:
    """Keep a file of ours from getting the number of a standard stream that the client has closed."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one


def leave_current_folder_out() -> None:
    """Import nothing from where the mail is sent: ``python -m`` puts the current folder first."""
    try:
        here = str(Path.cwd())
    except OSError:
        return
    home = str(Path(__file__).resolve().parents[2])
    sys.path[:] = [p for p in sys.path if p not in ("", here, ".") or p == home]


def _read() -> bytes:
    pieces = []
    while piece := os.read(0, 1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def _send(data: bytes, options: Options, judge: Judge | None, arrived: float) -> int:
    switched = headers.without_switch(data)
    if switched is not None:
        hand_over(options.command, switched)
    if not data.strip():
        hand_over(options.command, data)
    rules = _rules(options)
    answer, failure = _judged(data, options.command, rules, judge, arrived)
    if answer is None:
        return _failed(data, options.command, rules, failure, arrived)
    if answer.verdict != "flagged":
        if answer.verdict == "not-judged":
            say("tone-check: not judged: the text is not English\n")
        hand_over(options.command, data)
    return _flagged(data, options.command, rules, answer)


def _rules(options: Options) -> Rules:
    """Return the rules; a settings file that cannot be used is said so and left aside, mail goes on."""
    from tone_check import config

    try:
        return settled(options, config.load_user().hook)
    except config.ConfigError as error:
        say(f"tone-check: {error}; the defaults hold\n")
    except (ValueError, OSError, RuntimeError) as error:
        say(f"tone-check: your settings: {error}; the defaults hold\n")
    return settled(options, None)


def _judged(
    data: bytes, command: Sequence[str], rules: Rules, judge: Judge | None, arrived: float
) -> tuple[Answer | None, str]:
    """Return the best answer to be had in time, or None and why there is none."""
    from tone_check.hook import judging, resend
    from tone_check.hook.sandbox import Answer, CheckFailedError, answers

    best: Answer | None = None
    coming = answers(judge or judging.judge, data, rules.timeout)
    try:
        for answer in coming:
            if not answer.verdict:
                if rules.resend and resend.may_pass(resend.fingerprint(data, command, answer.own), arrived):
                    return Answer(answer.own, "again"), ""
                continue
            best = answer
            if answer.verdict != "flagged":
                break
    except CheckFailedError as error:
        if best is None:
            return None, str(error)
    finally:
        coming.close()
    return (best, "") if best is not None else (None, "the checker said nothing")


def _failed(data: bytes, command: Sequence[str], rules: Rules, failure: str, arrived: float) -> int:
    reason = f"the tone could not be checked: {failure}"
    if rules.on_error == "send":
        say(f"tone-check: {_plain(reason)}; sent unchecked\n")
        hand_over(command, data)
    from tone_check.hook import resend

    name = resend.fingerprint(data, command, None)
    if rules.resend and resend.may_pass(name, arrived):
        hand_over(command, data)
    return _refuse(data, rules, name, reason, "", None)


def _flagged(data: bytes, command: Sequence[str], rules: Rules, answer: Answer) -> int:
    from tone_check.hook import resend, wording

    reason = f"{wording.counted(answer.flagged)} could hurt"
    name = resend.fingerprint(data, command, answer.own)
    if rules.policy == "warn":
        report, _ = _reported(data, reason, answer.findings, None, resend=False, sent=True)
        say(f"tone-check: sent with a warning: {reason}\n\n{answer.findings}\n\n")
        if report is not None:
            say(f"tone-check: report: {_plain(str(report))}\n")
        hand_over(command, data)
    if rules.policy == "ask":
        from tone_check.hook.asking import ask, terminal

        with terminal() as descriptor:
            if descriptor is not None:
                shown = f"\ntone-check: {reason}\n\n{answer.findings}\n\n"
                choice = ask(descriptor, shown, revisable=answer.revised is not None)
                if choice == "send":
                    hand_over(command, data)
                revised = answer.revised if choice == "revise" else None
                return _refuse(data, rules, name, f"cancelled; {reason}", answer.findings, revised, brief=True)
    return _refuse(data, rules, name, reason, answer.findings, answer.revised)


def _refuse(
    data: bytes, rules: Rules, name: str, reason: str, body: str, revised: str | None, brief: bool = False
) -> int:
    """Say why on standard error and in a file; only then does the clock of sending again start."""
    from tone_check.hook import resend, wording

    report, draft = _reported(data, reason, body, revised, resend=rules.resend, sent=False)
    shown = [None if p is None else str(p) for p in (report, draft)]
    again = rules.resend
    if again:
        try:
            resend.remember(name)
        except OSError as error:
            say(f"tone-check: this refusal cannot be remembered: {error}\n")
            again = False
    say(wording.refusal(reason, "" if brief else body, again, *shown))
    if again:
        with contextlib.suppress(OSError):
            resend.remember(name)  # from now on: the person has seen it
    return REFUSED


def _reported(
    data: bytes, reason: str, body: str, revised: str | None, *, resend: bool, sent: bool
) -> tuple[Path | None, Path | None]:
    """Write the report and the revised draft; a full disk is said so and changes nothing else."""
    from tone_check.hook import state, wording

    subject = next((f.value for f in headers.fields(data) if f.name == b"subject"), b"")
    text = wording.report_file(
        reason, _decoded(subject), time.strftime("%Y-%m-%d %H:%M:%S"), body, resend=resend, sent=sent
    )
    try:
        return state.write_report(text, revised)
    except OSError as error:
        say(f"tone-check: the report cannot be written: {error}\n")
        return None, None


def _decoded(value: bytes) -> str:
    # The readers' own: the stdlib's raises what it likes on a charset it does not know, and a refusal must be told.
    from tone_check.readers.mail import decode_header

    return " ".join(decode_header(value.decode("ascii", "surrogateescape")).split())


def _plain(text: str) -> str:
    from tone_check.terminal import printable

    return printable(text)
