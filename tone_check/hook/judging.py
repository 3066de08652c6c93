"""A message's bytes to opinions about it, each better than the last; runs in the second process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tone_check.draft import Draft
    from tone_check.report import Finding, Report

Judge = Callable[[bytes], Iterator["Opinion"]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is known so far: the writer's own text, then the report, then the draft with its rewrites put in."""

    own: str
    report: Report | None = None
    revised: str | None = None


def judge(data: bytes) -> Iterator[Opinion]:
    """Read the message, judge it, and only if it is flagged look for rewrites.

    Raises:
        Exception: whatever goes wrong; the caller tells the person.
    """
    from tone_check import loading

    model = loading.begin()
    from tone_check import config, readers
    from tone_check.draft import Draft, UnreadableError
    from tone_check.report import ITEMS, Report

    try:
        draft = readers.read_message(data, "message")
    except UnreadableError as error:
        if not str(error).endswith("has no text part"):
            raise
        draft = Draft("message", ())  # a scan, an invitation: nothing in it could hurt, and that is no failure
    own = "\n".join(span.of(part.text) for part in draft.parts for span in part.own)
    yield Opinion(own)
    if not own.strip():
        yield Opinion(own, Report("message", "clean", dict.fromkeys(ITEMS), (), ()))
        return

    from tone_check.checker import ToneChecker

    try:
        settings = config.load_user()
    except config.ConfigError:
        settings = config.Settings()  # the first process has read the same file and says what is wrong with it
    checker = ToneChecker(model(), strictness=settings.strictness, ignore=settings.ignore, suggest=False)
    report = checker.check_draft(draft)
    yield Opinion(own, report)
    if not report.flagged:
        return

    loading.leave_frameworks_out()
    from tone_check.rewrites import suggest

    findings = suggest(checker.classifier, report.sentences, settings.strictness)
    report = replace(report, sentences=tuple(findings))
    yield Opinion(own, report, revised(draft, findings))


def revised(draft: Draft, findings: list[Finding]) -> str | None:
    """Return the draft as plain text with the first suggestion of every flagged sentence, None without suggestions."""
    from tone_check import sentences

    found = sentences.split(draft)
    if len(found) != len(findings) or not any(f.flagged and f.suggestions for f in findings):
        return None
    texts = [part.text for part in draft.parts]
    for sentence, finding in reversed(list(zip(found, findings, strict=True))):
        if not finding.flagged or not finding.suggestions:
            continue
        text, span = texts[sentence.part], sentence.span
        new, end = finding.suggestions[0].text, span.end
        if not new:
            # The space after a sentence goes with it, a line end stays.
            while end < len(text) and text[end] == " ":
                end += 1
        texts[sentence.part] = text[: span.start] + new + text[end:]
    named = [f"Subject: {t}" if p.name == "subject" else t for p, t in zip(draft.parts, texts, strict=True)]
    return "\n\n".join(t.strip("\r\n") for t in named) + "\n"
