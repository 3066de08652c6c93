"""Half-open spans of code points, maps between two texts, and line/column numbers.

Every later stage speaks in these coordinates. A text is never edited on its way
through the program, only marked, and an offset is carried, never searched for again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Code points ``start`` to ``end`` of a text, the end not included."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the slice of ``text`` that this span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Say whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a reading text and where it came from.

    With equal lengths the stretch maps code point by code point; otherwise
    (``&eacute;`` read as one letter) it is one indivisible unit.
    """

    start: int
    length: int
    source_start: int
    source_length: int


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Maps spans of a reading text back to the source it was read from.

    ``segments`` are sorted by ``start``, cover the reading text without gaps and
    may leave holes in the source (tags, soft line ends, quoting).
    """

    segments: tuple[Segment, ...]

    @staticmethod
    def identity(length: int) -> OffsetMap:
        """Return the map of a text that is its own source."""
        return OffsetMap((Segment(0, length, 0, length),) if length else ())

    def to_source(self, span: Span) -> Span:
        """Return the source span of a reading span; an empty one maps to an empty one.

        Raises:
            IndexError: the span does not lie inside the mapped text.
        """
        if not self.segments:
            if span == Span(0, 0):
                return span
            raise IndexError("span outside an empty text")
        if not len(span):
            at = self._unit(span.start).start if span.start < self._length() else self._unit(self._length() - 1).end
            return Span(at, at)
        return Span(self._unit(span.start).start, self._unit(span.end - 1).end)

    def _length(self) -> int:
        last = self.segments[-1]
        return last.start + last.length

    def _unit(self, offset: int) -> Span:
        """Return the source span of one reading code point."""
        index = bisect_right(self.segments, offset, key=lambda s: s.start) - 1
        if index < 0 or offset >= self.segments[index].start + self.segments[index].length:
            raise IndexError(f"offset {offset} outside the mapped text")
        segment = self.segments[index]
        if segment.length == segment.source_length:
            at = segment.source_start + offset - segment.start
            return Span(at, at + 1)
        return Span(segment.source_start, segment.source_start + segment.source_length)


@dataclass(frozen=True, slots=True)
class LineIndex:
    """Where the lines of a text start; LF, CRLF and a lone CR end a line."""

    starts: tuple[int, ...]

    @staticmethod
    def of(text: str) -> LineIndex:
        """Index ``text`` once, in time linear in its length."""
        return LineIndex((0, *(m.end() for m in LINE_END.finditer(text))))

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of a code point, both counted from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1
