"""What taking a suggestion changes in a text: the sentence, and the space, bullet, line or tags that go with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tone_check.fix.opening import Body
from tone_check.span import LINE_END, Span

if TYPE_CHECKING:
    from tone_check.report import Finding


_SPACES = " \t\u00a0"
# What stands before a sentence in its line and goes with it when nothing else is in that line: a list's bullet.
_LEAD = re.compile(r"[ \t\u00a0]*(?:(?:[-*+\u2022\u2013]|\d{1,3}[.)])[ \t\u00a0]+)?")
_BREAK = re.compile(r"(?:\r\n|\r|\n)[ \t]*")
_FLOWED_WIDTH = 72
_ELEMENT_OPENS = re.compile(r"<(p|div|li)\b[^<>]*>\s*\Z", re.IGNORECASE)
_BLOCK_OPENS = re.compile(r"<(?:br|p|div|li|td|body|blockquote)\b[^<>]*>\s*\Z", re.IGNORECASE)
_BR_BEFORE = re.compile(r"\s*<br\b[^<>]*>\s*\Z", re.IGNORECASE)
_BR_AFTER = re.compile(r"\s*<br\b[^<>]*>", re.IGNORECASE)
_BLOCK_CLOSES = re.compile(r"\s*</(?:p|div|li|td|body|blockquote)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Code points ``start`` to ``end`` of a text become ``replacement``."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a flagged sentence: another text, or an empty one to remove it."""

    finding: Finding
    text: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with the edits made, from right to left so that offsets stay true."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def edits_of(body: Body, choices: Sequence[Choice]) -> tuple[Edit, ...]:
    """Return the edits that the choices make of a body, in order and without overlaps."""
    spans = [(Span(c.finding.start, c.finding.end), c.text) for c in choices]
    edits = [Edit(s.start, s.end, _laid_out(body, s, text)) for s, text in spans if text]
    edits += _removals(body, sorted(s for s, text in spans if not text))
    return tuple(sorted(edits))


def _laid_out(body: Body, span: Span, text: str) -> str:
    """Return what stands for a sentence, broken into lines if the sentence was."""
    source = body.source
    words = text.split()
    broken = _BREAK.search(source, span.start, span.end)
    if broken is None and not body.flowed:
        return " ".join(words)
    first, last = line_start(source, span.start), line_end(source, span.end)
    newline = LINE_END.search(source, span.start if broken else 0)
    end_of_line = newline.group() if newline else body.newline.decode()
    if body.flowed:
        indent, width = "", _FLOWED_WIDTH
        end_of_line = ("  " if body.delete_space else " ") + end_of_line
    else:
        indent = broken.group().lstrip("\r\n") if broken else ""
        width = max(len(line) for line in LINE_END.split(source[first:last]))
    lines: list[str] = []
    column, line = span.start - first, ""
    for index, word in enumerate(words):
        # What follows the sentence in its last line stays there, so the last word has to bring it along.
        tail = len(source[span.end : last].rstrip()) if index == len(words) - 1 else 0
        if line and column + 1 + len(word) + tail > width:
            lines.append(line)
            line = indent + (" " if body.flowed and word.startswith((">", "From")) else "") + word
            column = len(line)
        else:
            line = f"{line} {word}" if line else word
            column += len(word) + (line != word)
    return end_of_line.join([*lines, line])


def _removals(body: Body, spans: Sequence[Span]) -> list[Edit]:
    """Return the edits that remove sentences, with a space or the lines that would be left empty."""
    source = body.source
    inline: list[Edit] = []
    blocks: list[Span] = []
    for run_ in _joined(spans, lambda gap: not gap.strip() and len(LINE_END.findall(gap)) < 2, source):
        first, last = line_start(source, run_.start), line_end(source, run_.end)
        alone = _LEAD.fullmatch(source, first, run_.start) and not source[run_.end : last].strip()
        if not alone:
            inline.append(_cut(body, run_, first, last))
        elif body.flowed and _ends_softly(source, first) and not source[run_.end : last].endswith(" "):
            # The line before would flow into the next paragraph: it takes over this one's hard end.
            inline.append(Edit(len(source[:first].rstrip()), last, ""))
        else:
            blocks.append(Span(first, _after_line(source, last)))
    edits = inline + [_without_lines(source, b) for b in _joined(blocks, lambda gap: not gap.strip(), source)]
    if not body.html:
        return edits
    widened = sorted(_with_tags(source, edit) for edit in edits)
    return [Edit(s.start, s.end, "") if len(group) > 1 else group[0] for s, group in _grouped(widened)]


def _joined(spans: Sequence[Span], fits: Callable[[str], bool], source: str) -> list[Span]:
    """Join neighbouring spans where what stands between them fits."""
    joined: list[Span] = []
    for span in spans:
        if joined and fits(source[joined[-1].end : span.start]):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def _grouped(edits: Sequence[Edit]) -> Iterator[tuple[Span, list[Edit]]]:
    """Yield removals that overlap together: two sentences may claim the same tag between them."""
    group: list[Edit] = []
    for edit in edits:
        if group and edit.start >= max(e.end for e in group):
            yield Span(group[0].start, max(e.end for e in group)), group
            group = []
        group.append(edit)
    if group:
        yield Span(group[0].start, max(e.end for e in group)), group


def _cut(body: Body, span: Span, first: int, last: int) -> Edit:
    """Return the removal of a sentence from lines that hold something else too."""
    source = body.source
    start, end = span.start, span.end
    if not source[end:last].strip():
        while start > first and source[start - 1] in _SPACES:
            start -= 1
        return Edit(start, end, "")
    while end < last and source[end] in _SPACES:
        end += 1
    if _LEAD.fullmatch(source, first, start):
        stuffed = body.flowed and start == first and source.startswith((">", "From "), end)
        return Edit(start, end, " " if stuffed else "")
    breaks = _BREAK.findall(source, span.start, span.end)
    if end == span.end or not breaks or body.flowed:
        if end == span.end:  # no space after it: then the one before goes
            while start > first and source[start - 1] in _SPACES:
                start -= 1
        return Edit(start, end, "")
    while start > first and source[start - 1] in _SPACES:
        start -= 1
    return Edit(start, end, breaks[-1])


def _without_lines(source: str, lines: Span) -> Edit:
    """Return the removal of whole lines, and of the empty ones that would then stand doubled or at an end."""
    start, end = lines.start, lines.end
    before = line_start(source, _before_line(source, start))
    if (not start or not source[before:start].strip()) and not source[end : line_end(source, end)].strip():
        while end < len(source) and not source[end : line_end(source, end)].strip():
            end = _after_line(source, line_end(source, end))
        while end == len(source) and start and not source[before:start].strip():
            start = before
            before = line_start(source, _before_line(source, start))
    if end == len(source) and start and source[-1] not in "\r\n":
        start = _before_line(source, start)
    return Edit(start, end, "")


def _with_tags(source: str, edit: Edit) -> Edit:
    """Let an HTML element go with the only sentence in it, or the line break that only it was on."""
    before, after = source[max(0, edit.start - 500) : edit.start], source[edit.end : edit.end + 500]
    opened = _ELEMENT_OPENS.search(before)
    if opened is not None and not edit.replacement:
        closed = re.compile(rf"\s*</{opened.group(1)}\s*>", re.IGNORECASE).match(after)
        if closed is not None:
            return Edit(edit.start - len(before) + opened.start(), edit.end + closed.end(), "")
    line_break = _BR_AFTER.match(after)
    if line_break is not None and _BLOCK_OPENS.search(before):
        return replace(edit, end=edit.end + line_break.end())
    line_break = _BR_BEFORE.search(before)
    if line_break is not None and _BLOCK_CLOSES.match(after):
        return replace(edit, start=edit.start - len(before) + line_break.start())
    return edit


def line_start(source: str, at: int) -> int:
    """Return where the line of an offset begins."""
    return max(source.rfind("\n", 0, at), source.rfind("\r", 0, at)) + 1


def line_end(source: str, at: int) -> int:
    """Return where the line of an offset ends, its line end left out."""
    found = LINE_END.search(source, at)
    return found.start() if found else len(source)


def _after_line(source: str, end: int) -> int:
    found = LINE_END.match(source, end)
    return found.end() if found else end


def _before_line(source: str, start: int) -> int:
    """Return where the line before a line's start ends."""
    return start - (2 if source.endswith("\r\n", 0, start) else 1) if start else 0


def _ends_softly(source: str, start: int) -> bool:
    """Say whether the line before a line's start flows into it."""
    end = _before_line(source, start)
    line = source[line_start(source, end) : end]
    return start > 0 and line.endswith(" ") and line != "-- "
