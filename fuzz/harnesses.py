"""What must hold for any input; a harness takes bytes and raises when it does not.

Only ``UnreadableError`` may come out of the readers. Everything else is a promise of a docstring or of the contract,
checked here on whatever the fuzzer thinks up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from tone_check.draft import Draft, Part, UnreadableError
from tone_check.readers import Kind, read_bytes, read_message, sniff
from tone_check.sentences import spans, split
from tone_check.span import LineIndex, Span

if TYPE_CHECKING:
    from tone_check import ToneChecker
    from tone_check.report import Report

Harness = Callable[[bytes], None]

_WORDLIKE = re.compile(r"[^\W_]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST = 1200


class BrokenPromiseError(AssertionError):
    """Something that must hold did not; no assert statement, so that ``python -O`` fuzzes too."""


def must(holds: bool, promise: str) -> None:
    """Fail with the promise that was broken."""
    if not holds:
        raise BrokenPromiseError(promise)


def as_text(data: bytes) -> str:
    """Return text of any kind: what is no UTF-8 comes as unpaired surrogates, which Python strings may hold."""
    return data.decode("utf-8", "surrogateescape")


# --- readers ----------------------------------------------------------------------------------------------------------


def mail(data: bytes) -> None:
    """Read bytes as a mail; the hook and a mailbox take the same way."""
    _read(data, "mail")


def html(data: bytes) -> None:
    """Read bytes as an HTML page."""
    _read(data, "html")


def text(data: bytes) -> None:
    """Read bytes as plain text, and as whatever they look like."""
    _read(data, sniff(data))
    draft = _read(data, "text")
    if draft is not None and "\r" not in draft.parts[0].source:
        _same_with_crlf(draft.parts[0].source)


def markdown(data: bytes) -> None:
    """Read bytes as Markdown."""
    _read(data, "markdown")


def _read(data: bytes, kind: Kind) -> Draft | None:
    try:
        draft = read_message(data, "x") if kind == "mail" else read_bytes(data, "x", kind)
    except UnreadableError as error:
        must(str(error).isprintable(), "an error is one line that a terminal can show")
        return None
    _drafted(draft, exact=kind in ("text", "markdown"))
    return draft


def _drafted(draft: Draft, exact: bool) -> None:
    """Check what regions, offsets and sentences promise; ``exact``: a sentence's text is its slice of the source."""
    must(len({part.name for part in draft.parts}) == len(draft.parts), "parts have names of their own")
    for part in draft.parts:
        must(_SURROGATE.search(part.source) is None, "what a reader hands on can be encoded")
        _covered(part)
        _mapped(part)
    before = (-1, -1)
    for sentence in split(draft):
        part = draft.parts[sentence.part]
        must((sentence.part, sentence.span.start) >= before, "sentences come in reading order")
        before = (sentence.part, sentence.span.end)
        must(sentence.source.end <= len(part.source), "a sentence lies in its source")
        must(any(own.start <= sentence.span.start and sentence.span.end <= own.end for own in part.own), "own voice")
        must(sentence.text == " ".join(sentence.span.of(part.text).split()) != "", "text is what a reader sees")
        if exact:
            must(" ".join(sentence.source.of(part.source).split()) == sentence.text, "text is its slice of the file")
        line, column = LineIndex.of(part.source).position(sentence.source.start)
        must(line >= 1 and column >= 1, "lines and columns count from 1")


def _covered(part: Part) -> None:
    at = 0
    for region in part.regions:
        must(region.span.start == at and len(region.span) > 0, "regions cover the text in order, without overlaps")
        at = region.span.end
    must(at == len(part.text), "regions cover the text to its end")


def _mapped(part: Part) -> None:
    """The map covers the text without gaps, and never goes back or beyond the source."""
    at = source = 0
    for segment in part.offsets.segments:
        must(segment.start == at and segment.length > 0, "segments cover the reading text without gaps")
        must(segment.source_start >= source and segment.source_length >= 0, "segments follow the source")
        if segment.length == segment.source_length > 1:
            piece = part.text[at : at + segment.length]
            there = part.source[segment.source_start : segment.source_start + segment.source_length]
            # White space may be read as a space.
            must(piece == there or piece.split() == there.split(), "what is mapped by the letter is the same letters")
        at += segment.length
        source = segment.source_start + segment.source_length
    must(at == len(part.text), "segments cover the reading text to its end")
    must(source <= len(part.source), "segments stay inside the source")


def _same_with_crlf(source: str) -> None:
    """Line ends are line ends: the same sentences come out with CRLF."""
    found = [[s.text for s in split(read_bytes_of(t))] for t in (source, source.replace("\n", "\r\n"))]
    must(found[0] == found[1], "CRLF changes nothing")


def read_bytes_of(source: str) -> Draft:
    """Return decoded text as a draft, without the limits of a file."""
    from tone_check.readers.text import plain_part

    return Draft("x", (plain_part(source),))


# --- the splitter -----------------------------------------------------------------------------------------------------


def splitter(data: bytes) -> None:
    """Split any text into sentences: in order, trimmed, bounded, nothing that says something left out."""
    source = as_text(data)
    found = list(spans(source, Span(0, len(source))))
    at = 0
    for span in found:
        must(span.start >= at, "sentences do not overlap")
        must(span.of(source) == span.of(source).strip() != "", "sentences are trimmed")
        must(len(span) <= _LONGEST, "no sentence grows without bound")
        must(_WORDLIKE.search(source, at, span.start) is None, "no word stands between two sentences")
        at = span.end
    must(_WORDLIKE.search(source, at) is None, "no word stands after the last sentence")
    for span in found[:3]:
        inside = list(spans(source, span))
        must(inside != [], "a sentence by itself is still one")
        must(all(span.start <= s.start and s.end <= span.end for s in inside), "only the given stretch is read")


# --- the hook ---------------------------------------------------------------------------------------------------------


def hook(data: bytes) -> None:
    """Take a message through the hook's own reading of it; nothing in it may keep the hook from deciding."""
    from tone_check.hook import headers, resend, run, wording

    at = None
    for field in headers.fields(data):
        must(at is None or field.start == at, "fields follow each other")
        must(data[field.start : field.end].lower().startswith(field.name), "a field is where it stands")
        at = field.end
    rest = headers.without_switch(data)
    must(rest is None or (len(rest) < len(data) and headers.without_switch(rest) is None), "the switch goes")
    must(headers.body_start(data) <= len(data), "the body is in the message")
    command = ("sendmail", "-oi", "--", "you@example.org")
    must(resend.fingerprint(data, command, None) == resend.fingerprint(data, command, None), "same mail, same name")
    subject = run._decoded(next((f.value for f in headers.fields(data) if f.name == b"subject"), b""))
    report = wording.report_file("reason", subject, "now", "", resend=True, sent=False)
    _shown(report)
    report.encode("utf-8", "replace")
    try:
        draft = read_message(data, "message")
    except UnreadableError as error:
        must(str(error).isprintable(), "an error is one line that a terminal can show")
        return
    _revised(draft)


def _revised(draft: Draft) -> None:
    """Put a suggestion in the place of every other sentence: the rest of the draft stays."""
    from tone_check.hook import judging, wording
    from tone_check.report import ITEMS, Finding, Report, Scores, Suggestion

    calm = Scores(0.0, 0.0, 5.0, 0.0)
    better = Suggestion("Could you write to me?", "rewrite", calm, "asks")
    removed = Suggestion("", "remove", calm, "only hurts")
    findings = [
        Finding(s.text, draft.parts[s.part].name, s.source.start, s.source.end, 1, 1, calm, ("blame",), ("insult",),
                (), (better if n % 4 else removed,)) if n % 2 else
        Finding(s.text, draft.parts[s.part].name, s.source.start, s.source.end, 1, 1, calm, (), ())
        for n, s in enumerate(split(draft))
    ]  # fmt: skip
    revised = judging.revised(draft, findings)
    must((revised is None) == (len(findings) < 2), "a draft with a suggestion is revised")
    if revised is not None:
        kept = " ".join(revised.split())
        for finding in findings[::2]:
            must(finding.text in kept, "what was not flagged stays")
    _shown(wording.findings(Report("x", "flagged", dict.fromkeys(ITEMS), (), tuple(findings))))


def _shown(text: str) -> None:
    must(all(line.isprintable() or set(line) & set("\u200c\u200d") for line in text.split("\n")), "safe for a terminal")


# --- the rewriter without the model -----------------------------------------------------------------------------------


def edits(data: bytes) -> None:
    """Make the rule-based versions of any sentence, and put each through the words' half of the gate."""
    from tone_check.report import ACTS
    from tone_check.rewrites import candidates, facts, gate, slots, surface

    # Readers hand on no unpaired surrogates, and sentences of bounded length.
    number, sentence = (data[0] if data else 0), " ".join(data[1:].decode("utf-8", "replace").split())[:_LONGEST]
    register = surface.register_of([sentence])
    acts = (ACTS[number % len(ACTS)],)
    slots.find(sentence)
    before = facts.facts(sentence)
    for candidate in candidates.edited(sentence, register, acts):
        must(candidate.text == candidate.text.strip() != "", "a candidate says something")
        gate.literal(candidate.text, acts)
        if not gate.problems(sentence, candidate.text, register, candidate.licensed):
            after = facts.facts(candidate.text)
            must(before.numbers == after.numbers, "numbers stay")
            must(before.dates == after.dates, "dates stay")
            must(facts.invented(sentence, candidate.text) == [], "nothing is made up")


# --- what needs the model ---------------------------------------------------------------------------------------------


@cache
def _checker(suggest: bool) -> ToneChecker:
    from tone_check import ToneChecker

    return ToneChecker(suggest=suggest, threads=1)


def scorer(data: bytes) -> None:
    """Judge any text; the report keeps what the contract says of it."""
    _judged(as_text(data), suggest=False)


def rewriter(data: bytes) -> None:
    """Judge any text with a sentence in it that is flagged, and look for something to write instead."""
    report = _judged("You clearly never read my application.\n\n" + as_text(data)[:2000], suggest=True)
    if report is None:
        return
    for finding in report.sentences:
        must(finding.flagged or not finding.suggestions, "only what is flagged is rewritten")
        for suggestion in finding.suggestions:
            must((suggestion.kind == "remove") == (suggestion.text == ""), "a removal is an empty text")
            must(suggestion.text != finding.text, "a suggestion changes something")
            must("\n" not in suggestion.text, "a suggestion is one line")


def _judged(source: str, suggest: bool) -> Report | None:
    from tone_check.reporters import json as as_json

    checker = _checker(suggest)
    read = _SURROGATE.sub("\ufffd", source)
    try:
        report = checker.check(source, "x")
    except UnreadableError as error:
        must(str(error).isprintable(), "an error is one line that a terminal can show")
        return None
    must((report.verdict == "flagged") == bool(report.flagged), "the verdict is that of the sentences")
    for finding in report.sentences:
        scores = finding.scores
        must(min(scores.resentment, scores.blame, scores.risk) >= 0, "a probability is not negative")
        must(max(scores.resentment, scores.blame, scores.risk) <= 1, "a probability is at most 1")
        must(1 <= scores.professionalism <= 5, "the rating is 1 to 5")
        must(finding.flagged == bool(finding.acts), "what is flagged has an act")
        must(" ".join(read[finding.start : finding.end].split()) == finding.text, "text is its slice of the source")
        for evidence in finding.evidence:
            must(finding.start <= evidence.start < evidence.end <= finding.end, "evidence lies in its sentence")
    document = as_json.document("0", "m", [report], [])
    must(json.loads(document.encode("utf-8"))["messages"][0]["source"] == "x", "JSON can be read again")
    _shown(_rendered(report))
    return report


def _rendered(report: Report) -> str:
    import io

    from rich.console import Console

    from tone_check.reporters.text import render

    console = Console(file=io.StringIO(), no_color=True, width=100, highlight=False, emoji=False, markup=False)
    render(console, report, advice=True)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


# In the order of risk: what strangers' bytes meet first.
HARNESSES: dict[str, Harness] = {
    "mail": mail,
    "html": html,
    "text": text,
    "markdown": markdown,
    "splitter": splitter,
    "hook": hook,
    "edits": edits,
    "scorer": scorer,
    "rewriter": rewriter,
}
NEED_MODEL = frozenset({"scorer", "rewriter"})


def signature(error: BaseException) -> str:
    """Return what tells one failure from another: its type, its place, and the promise."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = next((f for f in reversed(frames) if "tone_check" in f.filename), frames[-1])
    said = str(error) if isinstance(error, BrokenPromiseError) else ""
    return f"{type(error).__name__} {place.name}:{place.lineno} {said}".strip()


def smaller(harness: Harness, data: bytes, rounds: int = 400) -> bytes:
    """Return a smaller input that fails in the same way, found by leaving out ever shorter pieces."""
    wanted = _failure(harness, data)
    size = max(len(data) // 2, 1)
    while size and rounds > 0:
        for piece in _without(data, size):
            rounds -= 1
            if _failure(harness, piece) == wanted:
                data = piece
                break
            if rounds <= 0:
                return data
        else:
            size //= 2
    return data


def _without(data: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[:at] + data[at + size :]


def _failure(harness: Harness, data: bytes) -> str:
    try:
        harness(data)
    except Exception as error:
        return signature(error)
    return ""


def chosen(names: Sequence[str]) -> list[str]:
    """Return the harnesses named, all of them if none is.

    Raises:
        ValueError: there is no such harness.
    """
    for name in names:
        if name not in HARNESSES:
            raise ValueError(f"no harness {name!r}; there are: {', '.join(HARNESSES)}")
    return list(names) or list(HARNESSES)
