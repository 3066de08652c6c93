"""Reports for people: every flagged sentence with its place, its reason and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from tone_check.report import Advice, Finding, Report
from tone_check.terminal import printable

_LABEL_STYLE = {"resentment": "red", "blame": "magenta", "unprofessional": "yellow"}


def render(console: Console, report: Report, advice: bool) -> None:
    """Print what was found in one message; nothing when it is clean.

    ``advice`` prints the checklist's advice for a clean message too.
    """
    for finding in report.flagged:
        _finding(console, report.source, finding)
    if report.advice and (report.flagged or advice):
        _advice(console, report)


def _place(source: str, finding: Finding) -> str:
    part = f" [{finding.part}]" if finding.part else ""
    return f"{printable(source)}:{finding.line}:{finding.column}{part}"


def _finding(console: Console, source: str, finding: Finding) -> None:
    head = Text(_place(source, finding), style="bold")
    head.append("  ")
    for number, label in enumerate(finding.labels):
        head.append(", " if number else "", style="not bold")
        head.append(label, style=f"not bold {_LABEL_STYLE[label]}")
    if finding.acts:
        head.append(f"  ({', '.join(finding.acts)})", style="not bold dim")
    console.print(head, soft_wrap=True)
    console.print(Padding(_marked(finding), (0, 0, 0, 4), expand=False))
    if finding.evidence:
        words = ", ".join(f"\u201c{printable(e.text)}\u201d" for e in finding.evidence)
        console.print(Padding(Text(f"because of {words}", style="dim"), (0, 0, 0, 4), expand=False))
    for number, suggestion in enumerate(finding.suggestions):
        if suggestion.kind == "remove":
            line = Text("remove it", style="green")
            line.append(f"  ({printable(suggestion.why)})", style="dim")
        else:
            line = Text("write: " if not number else "   or: ", style="green")
            line.append(printable(suggestion.text), style="green")
        console.print(Padding(line, (0, 0, 0, 4), expand=False))
    console.print()


def _marked(finding: Finding) -> Text:
    """Return the sentence with the words that did it underlined."""
    text = Text(printable(finding.text))
    for evidence in finding.evidence:
        # ``printable`` puts one character for one, so the places still hold.
        text.stylize(f"underline {_LABEL_STYLE[evidence.label]}", evidence.within.start, evidence.within.end)
    return text


def _advice(console: Console, report: Report) -> None:
    console.print(Text(f"{printable(report.source)}: before you send it", style="bold"), soft_wrap=True)
    for line in _lines(report.advice):
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
    console.print()


def _lines(advice: Sequence[Advice]) -> list[Text]:
    return [Text.assemble(("- ", "dim"), printable(a.message)) for a in advice]
