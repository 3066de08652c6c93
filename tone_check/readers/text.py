"""Plain text as a part: what is read is what is written."""

from __future__ import annotations

from tone_check.draft import Part
from tone_check.readers.regions import mark
from tone_check.span import OffsetMap

# Nobody writes a letter of this size; more is a mistake, and would only be slow.
TEXT_LIMIT = 20_000_000


def plain_part(source: str, name: str | None = None, *, mail: bool = False) -> Part:
    """Return plain text as a part of a draft."""
    return Part(name, source, source, OffsetMap.identity(len(source)), mark(source, mail=mail))


def flowed_part(source: str, name: str | None, *, delete_space: bool) -> Part:
    """Return text sent as format=flowed as a part of a draft."""
    from tone_check.readers.flowed import read_flowed

    text, offsets, depths = read_flowed(source, delete_space=delete_space)
    return Part(name, source, text, offsets, mark(text, depths=depths, mail=True))
