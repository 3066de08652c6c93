"""The top-level header block of a message, read as bytes: nothing is decoded, nothing can fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

SWITCH = b"x-tone-check"
_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")


class Field(NamedTuple):
    """A header field: its name in lower case, its value as it stands, and the bytes it covers, line ends included."""

    name: bytes
    value: bytes
    start: int
    end: int


def fields(data: bytes) -> Iterator[Field]:
    """Yield the fields of the header block, each with its continuation lines.

    Lines end in LF or CRLF; a lone CR ends nothing. The block ends at the first
    empty line, or at the first line that cannot belong to a header.
    """
    at = _line_end(data, 0) if data.startswith((b"From ", b">From ")) else 0
    while at < len(data):
        found = _NAME.match(data, at)
        if found is None:
            return
        end = _line_end(data, at)
        while data[end : end + 1] in (b" ", b"\t"):
            end = _line_end(data, end)
        yield Field(found.group(1).lower(), data[found.end() : end], at, end)
        at = end


def without_switch(data: bytes) -> bytes | None:
    """Return the message without its ``X-Tone-Check: off`` (all of them); None if it has none."""
    switches = [f for f in fields(data) if f.name == SWITCH and f.value.strip().lower() == b"off"]
    if not switches:
        return None
    pieces = []
    at = 0
    for field in switches:
        pieces.append(data[at : field.start])
        at = field.end
    return b"".join([*pieces, data[at:]])


def body_start(data: bytes) -> int:
    """Return where the header block ends."""
    end = 0
    for field in fields(data):
        end = field.end
    return end


def _line_end(data: bytes, at: int) -> int:
    found = data.find(b"\n", at)
    return len(data) if found < 0 else found + 1
