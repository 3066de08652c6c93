"""What the person reads: in the terminal, in the client's error window, in the report file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from tone_check.terminal import printable

if TYPE_CHECKING:
    from tone_check.report import Finding, Report

_WIDTH = 78


def findings(report: Report) -> str:
    """Return the flagged sentences, each with its reason and what to write instead, and the advice."""
    blocks = [_finding(f) for f in report.flagged]
    if report.advice:
        blocks.append("Before you send it:\n" + "\n".join(_wrapped(a.message, "- ", "  ") for a in report.advice))
    return "\n\n".join(blocks)


def _finding(finding: Finding) -> str:
    place = "subject" if finding.part == "subject" else f"line {finding.line}"
    acts = f" ({', '.join(finding.acts)})" if finding.acts else ""
    lines = [f"{place}: {', '.join(finding.labels)}{acts}", _wrapped(f"\u201c{finding.text}\u201d", "    ")]
    if finding.evidence:
        lines.append(_wrapped("because of " + ", ".join(f"\u201c{e.text}\u201d" for e in finding.evidence), "    "))
    for number, suggestion in enumerate(finding.suggestions):
        if suggestion.kind == "remove":
            lines.append(_wrapped(f"remove it ({suggestion.why})", "    "))
        else:
            lines.append(_wrapped(suggestion.text, "       or: " if number else "    write: ", " " * 11))
    return "\n".join(lines)


def _wrapped(text: str, first: str, rest: str | None = None) -> str:
    return textwrap.fill(
        printable(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def counted(count: int) -> str:
    """Return how many sentences were found, as people say it."""
    return "one sentence" if count == 1 else f"{count} sentences"


def refusal(reason: str, body: str, resend: bool, report: str | None, draft: str | None) -> str:
    """Return what a refused person is told on standard error.

    What was decided and what to do come first: clients show one line, or a pager's first screen.
    """
    lines = [
        f"not sent: {printable(reason)}. Nothing has left; your draft is with your mail program.",
        *ways_out(resend),
    ]
    if report is not None:
        lines.append(f"report: {printable(report)}")
    if draft is not None:
        lines.append(f"revised draft: {printable(draft)}")
    said = "".join(f"tone-check: {line}\n" for line in lines)
    return f"{said}\n{body}\n" if body else said


def ways_out(resend: bool) -> list[str]:
    """Return how the message can be sent as it is."""
    header = "add the header \u201cX-Tone-Check: off\u201d"
    if resend:
        return [f"To send it as it is, send it again (after 3 seconds, within 10 minutes), or {header}."]
    return [f"To send it as it is, {header}."]


def report_file(reason: str, subject: str, when: str, body: str, resend: bool, sent: bool) -> str:
    """Return the text of a report file."""
    head = "tone-check let this message go, with a warning:" if sent else "tone-check did not send this message:"
    lines = [f"{head} {printable(reason)}.", "", f"Subject: {printable(subject)}", f"When:    {when}"]
    if body:
        lines += ["", body]
    if not sent:
        lines += ["", "Nothing has left; your draft is with your mail program.", *ways_out(resend)]
    return "\n".join(lines) + "\n"
