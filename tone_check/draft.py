"""What goes in: a draft as parts of text with marked regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tone_check.span import OffsetMap, Span

RegionKind = Literal["own", "attribution", "quote", "forwarded", "signature", "disclaimer", "code"]


class UnreadableError(Exception):
    """An input that cannot be read; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a part's reading text and whose voice it is; only ``own`` is judged."""

    span: Span
    kind: RegionKind


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a draft.

    ``name`` is None for a plain file, the MIME part's number for mail, ``subject``
    for the decoded subject. ``source`` is the decoded text that offsets are
    reported in; ``text`` is what a reader sees of it (tags and soft line ends
    resolved); ``offsets`` maps the second to the first. ``regions`` cover
    ``text`` in order, without overlaps.
    """

    name: str | None
    source: str
    text: str
    offsets: OffsetMap
    regions: tuple[Region, ...]

    @property
    def own(self) -> tuple[Span, ...]:
        """The stretches in the writer's own voice."""
        return tuple(r.span for r in self.regions if r.kind == "own")


@dataclass(frozen=True, slots=True)
class Draft:
    """One message: where it came from and its texts in reading order (the subject first)."""

    source: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the writer's own: the unit of judgement.

    ``span`` lies in the part's reading text, ``source`` in its source;
    ``text`` is the sentence as a reader sees it, white space collapsed.
    """

    part: int
    span: Span
    source: Span
    text: str
