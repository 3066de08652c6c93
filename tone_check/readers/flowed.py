"""Text sent as ``format=flowed`` (RFC 3676): soft line ends joined, space stuffing and quote marks resolved."""

from __future__ import annotations

from tone_check.readers.building import Reading
from tone_check.span import LINE_END, OffsetMap


def read_flowed(source: str, *, delete_space: bool) -> tuple[str, OffsetMap, tuple[int, ...]]:
    """Return the reading text, its offset map and the quote depth of each of its lines.

    The quote marks of a paragraph's first line stay in the reading text, those of
    the lines joined to it go; depths are handed on because an unstuffed ``>`` is
    the writer's own and looks like a mark.
    """
    reading = Reading()
    depths: list[int] = []
    flowing = -1  # the depth of a paragraph whose last line ended softly, -1 after a hard end
    end_before: tuple[int, int] | None = None  # a line end that is held back until we know whether it is soft
    for start, end, after in _lines(source):
        depth = 0
        while start + depth < end and source[start + depth] == ">":
            depth += 1
        at = start + depth
        if at < end and source[at] == " ":
            at += 1  # space stuffing
        if flowing != depth or source[at:end] == "-- ":
            if end_before is not None:
                reading.copy(source, *end_before)
            depths.append(depth)
            if depth:
                reading.copy(source, start, at)
        soft = end > at and source[end - 1] == " " and source[at:end] != "-- " and after > end
        reading.copy(source, at, end - 1 if soft and delete_space else end)
        flowing = depth if soft else -1
        end_before = (end, after)
    if end_before is not None:
        reading.copy(source, *end_before)
        if end_before[0] < end_before[1]:
            depths.append(0)  # what stands after the last line end is a line too, though empty
    text, offsets = reading.finish()
    return text, offsets, tuple(depths)


def _lines(source: str) -> list[tuple[int, int, int]]:
    """Return start, end and the start of the next line of every line but an empty last one."""
    lines = []
    start = 0
    for found in LINE_END.finditer(source):
        lines.append((start, found.start(), found.end()))
        start = found.end()
    if start < len(source):
        lines.append((start, len(source), len(source)))
    return lines
