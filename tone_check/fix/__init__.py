"""Takes suggestions into a draft: as a diff, written, or one by one at the terminal.

Only the bytes of what is replaced change. Edits are made on decoded text at the offsets that findings carry, then
brought back into the file through its own charset and transfer encoding, and the outcome is read again before
anything is shown or written: what would not read as intended is refused.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tone_check.fix.asking import ask
from tone_check.fix.choosing import Complain, changeable, first_choices
from tone_check.fix.diff import show, unified_diff
from tone_check.fix.opening import locate, open_draft
from tone_check.fix.writing import fixed, replace_file

if TYPE_CHECKING:
    from tone_check.checker import ToneChecker

NOTHING, FLAGGED, FAILED = 0, 1, 2


def run(
    path: Path,
    checker: ToneChecker,
    *,
    write: bool = False,
    interactive: bool = False,
    complain: Complain,
    tell: Complain = lambda line: None,
) -> int:
    """Do the work of ``tone-check fix`` and return its exit code; the diff goes to standard output.

    ``complain`` is given what could not be done, ``tell`` what was.

    Raises:
        UnreadableError: the file cannot be read, or not be changed, with one line that says why.
    """
    if interactive and not (sys.stdin.isatty() and sys.stdout.isatty()):
        complain("--interactive asks on a terminal and there is none; use --write, or no option for a diff")
        return FAILED
    opened = open_draft(path)
    report = checker.check_draft(opened.draft)
    if report.verdict == "not-judged":
        complain(f"{path}: not judged: the text is not English")
    if not report.flagged:
        return NOTHING
    bodies = locate(opened, report)
    findings = changeable(opened, bodies, report, complain)
    if interactive:
        asked = ask(opened, bodies, findings)
        if asked is None:
            complain(f"{path}: the terminal is gone; nothing was written")
            return FAILED
        choices = asked
    else:
        choices = first_choices(opened, bodies, findings, complain)
    data = fixed(opened, bodies, choices)
    if not (write or interactive):
        show(opened, bodies, data)
    else:
        if data != opened.data:
            replace_file(opened, data)
        changed, flagged = len(choices), len(report.flagged)
        tell(f"{path}: {changed} of {flagged} flagged {'sentence' if flagged == 1 else 'sentences'} changed")
    return FLAGGED


__all__ = [
    "FAILED", "FLAGGED", "NOTHING", "first_choices", "fixed", "locate", "open_draft", "replace_file", "run",
    "unified_diff",
]  # fmt: skip
