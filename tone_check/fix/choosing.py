"""Which flagged sentences of a file can be changed, and what can be written in their place."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tone_check.fix.edits import Choice
from tone_check.fix.opening import Body, Opened

if TYPE_CHECKING:
    from tone_check.report import Finding, Report


Complain = Callable[[str], None]
_TO_ASCII = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "})


def changeable(
    opened: Opened, bodies: dict[str | None, Body], report: Report, complain: Complain
) -> tuple[Finding, ...]:
    """Return the flagged sentences that can be changed; the others are named with the reason."""
    found: list[Finding] = []
    for finding in report.flagged:
        body = bodies.get(finding.part)
        reason = ""
        if body is None:
            reason = "is in the subject; change it by hand"
        elif body.html and re.search(r"[<>]", body.source[finding.start : finding.end]):
            reason = "has HTML tags inside; change it by hand"
        elif found and found[-1].part == finding.part and finding.start < found[-1].end:
            reason = "overlaps the one before"
        if reason:
            complain(f"{place(opened, finding)}: left as it is: the sentence {reason}")
        else:
            found.append(finding)
    return tuple(found)


def first_choices(
    opened: Opened, bodies: dict[str | None, Body], findings: Sequence[Finding], complain: Complain
) -> list[Choice]:
    """Choose the first suggestion of every sentence; those without one that fits the file are named."""
    choices = []
    for finding in findings:
        if not finding.suggestions:
            complain(f"{place(opened, finding)}: left as it is: there is no suggestion")
            continue
        text = writable(bodies[finding.part], finding.suggestions[0].text)
        if text is None:
            complain(f"{place(opened, finding)}: left as it is: {unwritable(bodies[finding.part])}")
            continue
        choices.append(Choice(finding, text))
    return choices


def unwritable(body: Body) -> str:
    """Say why a suggestion cannot stand in a body."""
    return f"the suggestion cannot be written in {body.codec}{' as 7bit' if body.coding == '7bit' else ''}"


def place(opened: Opened, finding: Finding) -> str:
    """Return file, line and column of a sentence, as compilers write it."""
    return f"{opened.path}:{finding.line}:{finding.column}"


def writable(body: Body, text: str) -> str | None:
    """Return a text as it may stand in a body, None if it holds letters that the body has no place for."""
    text = " ".join(text.split())
    if body.html:
        codec = "ascii" if body.coding == "7bit" else body.codec
        return html.escape(text, quote=False).encode(codec, "xmlcharrefreplace").decode(codec)
    for candidate in (text, text.translate(_TO_ASCII)):
        with contextlib.suppress(UnicodeError):
            data = candidate.encode(body.codec)
            if data.decode(body.codec) == candidate and (body.coding != "7bit" or data.isascii()):
                return candidate
    return None
