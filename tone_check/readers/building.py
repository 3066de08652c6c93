"""A reading text under construction: every stretch appended says where it came from."""

from __future__ import annotations

from tone_check.span import OffsetMap, Segment


class Reading:
    """Collects a reading text and the map back to its source, neighbouring stretches merged.

    Source positions must not decrease; holes between them are what the reader does not see.
    """

    __slots__ = ("_pieces", "_segments", "length")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._segments: list[Segment] = []
        self.length = 0

    def copy(self, source: str, start: int, end: int) -> None:
        """Append ``source[start:end]`` as it is, mapped code point by code point."""
        if start >= end:
            return
        size = end - start
        self._pieces.append(source[start:end])
        last = self._segments[-1] if self._segments else None
        if last is not None and last.length == last.source_length and last.source_start + last.source_length == start:
            self._segments[-1] = Segment(last.start, last.length + size, last.source_start, last.length + size)
        else:
            self._segments.append(Segment(self.length, size, start, size))
        self.length += size

    def unit(self, text: str, start: int, end: int) -> None:
        """Append ``text``, read from ``source[start:end]`` as one indivisible unit."""
        if not text:
            return
        # Units of equal length would be taken code point by code point; that is right as well, each maps to its like.
        self._pieces.append(text)
        self._segments.append(Segment(self.length, len(text), start, end - start))
        self.length += len(text)

    def finish(self) -> tuple[str, OffsetMap]:
        """Return the reading text and its offset map."""
        return "".join(self._pieces), OffsetMap(tuple(self._segments))
