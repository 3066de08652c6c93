"""One message of a source, before its bytes are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tone_check.batch.headers import Headers

Kind = Literal["mbox", "file", "imap"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a source: its name in what is reported, where its bytes are, what its headers say.

    ``group`` counts the sources as they were given, ``number`` the messages within
    one; ``start`` and ``end`` are byte offsets, for IMAP the UID and the size.
    """

    source: str
    group: int
    number: int
    kind: Kind
    path: str
    start: int
    end: int
    headers: Headers
    error: str | None = None
