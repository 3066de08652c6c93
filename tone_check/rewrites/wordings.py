"""Calm wordings, each composed singly for one gist: ``data/gists/wordings/*.jsonl``.

``{"id", "author", "gist", "scenes": [...], "register", "text"}``; the text may have slots, ``{date}``, that are
filled with the writer's own words, and ``{topic}``, what the message is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from tone_check.rewrites import gists
from tone_check.rewrites.candidates import Candidate
from tone_check.rewrites.pairs import REGISTERS, SLOT_KINDS, Register
from tone_check.rewrites.slots import Slot, shape
from tone_check.rewrites.surface import tidy

# What a message is about; a wording fits some of them. "any" fits all.
Scene = Literal["application", "rejection", "offer", "payment", "service", "review", "colleague"]
SCENES: tuple[Scene, ...] = ("application", "rejection", "offer", "payment", "service", "review", "colleague")

_HOLE = re.compile(r"\{([a-z]+)\}")


class WordingError(Exception):
    """A file of wordings that is not in the format; the message says where and what."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One calm sentence for one gist; ``scenes`` is empty when it fits them all."""

    id: str
    author: str
    gist: str
    scenes: frozenset[str]
    register: Register
    text: str

    @property
    def holes(self) -> tuple[str, ...]:
        """The kinds of words it needs from the draft, in order."""
        return tuple(_HOLE.findall(self.text))


def load_all(folder: Path) -> list[Wording]:
    """Read every file of wordings in a folder, in a stable order.

    Raises:
        WordingError: a line is not a wording, or a text stands twice.
    """
    found: list[Wording] = []
    seen: set[str] = set()
    known = set(gists.names())
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line.strip():
                continue
            try:
                wording = _wording(json.loads(line), known)
                if wording.text in seen:
                    raise ValueError("this text stands twice")
            except (ValueError, KeyError, TypeError) as error:
                raise WordingError(f"{path}:{number}: {error}") from None
            seen.add(wording.text)
            found.append(wording)
    return found


def _wording(row: Mapping[str, Any], known: set[str]) -> Wording:
    scenes, text = set(row["scenes"]), str(row["text"])
    if row["gist"] not in known or row["register"] not in REGISTERS or not scenes <= {*SCENES, "any"} or not scenes:
        raise ValueError("unknown gist, register or scene")
    if not set(_HOLE.findall(text)) <= {*SLOT_KINDS, "topic"} or "{" in _HOLE.sub("", text):
        raise ValueError("unknown slot")
    return Wording(
        id=str(row["id"]),
        author=str(row["author"]),
        gist=str(row["gist"]),
        scenes=frozenset() if "any" in scenes else frozenset(scenes),
        register=cast("Register", row["register"]),
        text=text,
    )


def fill(wording: Wording, slots: Sequence[Slot], topic: str | None) -> str | None:
    """Put the writer's words into a wording; None where one is missing or does not fit what stands around the hole."""
    left = list(slots)
    said, at = "", 0
    for match in _HOLE.finditer(wording.text):
        said += wording.text[at : match.start()]
        at = match.end()
        kind = match.group(1)
        words = topic if kind == "topic" else _taken(kind, left, said, wording.text[at:])
        if not words:
            return None
        said += words
    return said + wording.text[at:]


_DETERMINED = re.compile(r"\b(?:the|my|our|your)\s$", re.IGNORECASE)
# Words that are many, before a verb that is for one: "the keys" do not fit "{thing} was read".
_PLURAL = re.compile(r"[^\Wsiu]s$", re.IGNORECASE)
_SINGULAR = re.compile(r"\s+(?:was|is|has)\b")
_DETERMINER = re.compile(r"(?:the|my|our|your|this|that|outstanding)\s+", re.IGNORECASE)
# Words of one kind that a count may be of: who says "four e-mails" may be said to have sent four messages.
_MESSAGES = frozenset("emails e-mails messages letters texts notes reminders".split())


def _taken(kind: str, left: list[Slot], before: str, after: str) -> str | None:
    """Take the first slot of a kind that fits between the words before and after the hole, as it is to stand there."""
    for slot in left:
        words = _placed(slot, before, after) if slot.kind == kind else None
        if words:
            left.remove(slot)
            return words
    return None


def _placed(slot: Slot, before: str, after: str) -> str | None:
    if slot.kind == "date":
        how = shape("date", slot.text)
        if re.search(r"\bon $", before, re.IGNORECASE) and how not in ("weekday", "day"):
            return None
        if re.search(r"\bin $", before, re.IGNORECASE) and how != "month":
            return None
        return None if how == "clock" else slot.text
    if slot.kind == "count":
        number, _, noun = slot.text.partition(" ")
        following = re.match(r"\s*([\w-]+)", after)
        word = following.group(1).lower() if following else ""
        same = word == noun.lower() or (word in _MESSAGES and noun.lower() in _MESSAGES)
        return number.lower() if before and same else number if same else None
    if _PLURAL.search(slot.text) and _SINGULAR.match(after):
        return None
    if _DETERMINED.search(before):
        return _DETERMINER.sub("", slot.text, count=1)
    return slot.text[:1].lower() + slot.text[1:] if before and _DETERMINER.match(slot.text) else slot.text


def suited(wording: Wording, register: Register, scene: str | None) -> bool:
    """Say whether a wording fits the manner of the draft and what it is about."""
    if wording.register == "sms" != register:
        return False
    return not wording.scenes or (scene is not None and scene in wording.scenes)


def candidate(wording: Wording, slots: Sequence[Slot], topic: str | None, why: str, likely: float) -> Candidate | None:
    """Return a wording with the writer's words in it; ``likely`` is how probable its gist is."""
    filled = fill(wording, slots, topic)
    return None if filled is None else Candidate(tidy(filled), why, "gist", likely=likely)
