"""Mailboxes in one file: where each message begins and ends, without ever holding the file in memory.

The only mark between messages is a line ``From address date`` after a blank line. Programs that write mailboxes
should protect such lines in the text by a ``>``, and not all do; so a line counts as a mark only if what follows it is
a header, or if it carries a date in the usual form. The stdlib's reader takes every line that begins with ``From ``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

_BLOCK = 1 << 20
# So much of the text after a possible mark is looked at: the mark's own line and the beginning of the next.
_AHEAD = 2048
_MARK = re.compile(rb"From [^\r\n]{0,900}\r?\n")
_DATE = re.compile(rb"[A-Z][a-z]{2},? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}) .{0,60}?\d{1,2}:\d\d")
_HEADER = re.compile(rb"[!-9;-~]{1,80}:")
_ESCAPED = re.compile(rb"^>(?=>*From )", re.MULTILINE)


def boundaries(file: BinaryIO, seen: Callable[[bytes], object]) -> Iterator[tuple[int, int]]:
    """Yield the half-open byte ranges of the messages, each beginning after its ``From `` line.

    ``seen`` is given every byte of the file once, in order. A file that does not
    begin with a mark has none before its first one.
    """
    buffer, base, at, begun = b"", 0, 0, -1
    while True:
        block = file.read(_BLOCK)
        seen(block)
        buffer += block
        limit = len(buffer) - _AHEAD if block else len(buffer)
        while (found := _next(buffer, at)) < limit:
            length = _mark(buffer, found)
            if length:
                if begun >= 0:
                    yield begun, base + found
                begun = base + found + length
            at = found + 1
        if not block:
            break
        if limit > 4:
            # All marks before the limit are known; the four bytes before it tell whether the next follows a blank line.
            at = max(at, limit - 1) - (limit - 4)
            base, buffer = base + limit - 4, buffer[limit - 4 :]
    if begun >= 0:
        yield begun, base + len(buffer)


def _next(buffer: bytes, at: int) -> int:
    """Return the next place where a line begins with ``From ``; the end of the buffer if there is none."""
    if at == 0 and buffer.startswith(b"From "):
        return 0
    found = buffer.find(b"\nFrom ", at)
    return len(buffer) if found < 0 else found + 1


def _mark(buffer: bytes, at: int) -> int:
    """Return the length of the mark's line, 0 if the line is text."""
    line = _MARK.match(buffer, at)
    if line is None:
        return 0
    blank = at == 0 or buffer[at - 2 : at] == b"\n\n" or buffer[at - 3 : at] == b"\n\r\n"
    dated = _DATE.search(buffer, at, line.end()) is not None
    headed = _HEADER.match(buffer, line.end()) is not None
    return line.end() - at if (blank and (dated or headed)) or (dated and headed) else 0


def unescape(data: bytes) -> bytes:
    """Take the ``>`` away that protects a line of text that begins with ``From ``."""
    if b">From " not in data:
        return data
    return _ESCAPED.sub(lambda m: b">" if _among_quotes(data, m.start()) else b"", data)


def _among_quotes(data: bytes, at: int) -> bool:
    """Say whether the line before is quoted too: then the ``>`` is the quote's own."""
    start = data.rfind(b"\n", 0, max(at - 1, 0)) + 1
    before = data[start : max(at - 1, 0)]
    return before.startswith(b">") and not before.startswith(b">From ")
