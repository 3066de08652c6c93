"""The guidance as advice: one line for each item that a message misses and that fits its situation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tone_check.report import ACTS, ADVICE_ITEMS, ITEMS, Act, Advice, AdviceItem, Item
from tone_check.resources import shipped

_WORDS = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


class GuidanceError(Exception):
    """The guidance file cannot be used; the message is one line."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the acts flagged in it, and whether the line must be shown for it."""

    text: str
    acts: tuple[Act, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of advice with the situations it fits; see the head of ``data/guidance.toml``."""

    item: AdviceItem
    message: str
    offer: str = ""
    place: str = ""
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def shown(self) -> str:
        """The line with the sentence it offers and where that would go."""
        return f"{self.message} For example, {self.place}: “{self.offer}”" if self.offer else self.message

    def fits(self, folded: str, acts: Collection[Act]) -> bool:
        """Say whether the line fits a message, given as ``fold`` writes it, and the acts flagged in it."""
        if self.acts and not any(a in acts for a in self.acts):
            return False
        if self.any and not any(f" {phrase} " in folded for phrase in self.any):
            return False
        return not any(f" {phrase} " in folded for phrase in self.none)


def fold(text: str) -> str:
    """Write a text as its lower-case words, one space around each, so that phrases can be looked up."""
    return " " + " ".join(w.replace("\u2019", "'").lower() for w in _WORDS.findall(text)) + " "


def load(path: Path | None = None) -> tuple[Line, ...]:
    """Read the lines of advice; None is the shipped file.

    Raises:
        GuidanceError: the file is missing or not in its format.
    """
    path = shipped("data/guidance.toml") if path is None else path
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_line(entry) for entry in table["advice"])
    except OSError as error:
        raise GuidanceError(f"{path}: the guidance cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise GuidanceError(f"{path}: not a guidance file: {error}") from None


def _line(entry: Mapping[str, Any]) -> Line:
    item = entry["item"]
    if item not in ADVICE_ITEMS:
        raise ValueError(f"unknown item {item!r}")
    acts = tuple(entry.get("acts", ()))
    if not set(acts) <= set(ACTS):
        raise ValueError(f"unknown act in {acts}")
    return Line(
        item=cast("AdviceItem", item),
        message=str(entry["message"]),
        offer=str(entry.get("offer", "")),
        place=str(entry["place"]) if entry.get("offer") else "",
        any=tuple(str(w).lower() for w in entry.get("any", ())),
        none=tuple(str(w).lower() for w in entry.get("none", ())),
        acts=cast("tuple[Act, ...]", acts),
        examples=tuple(
            Example(str(e["text"]), tuple(e.get("acts", ())), bool(e["shown"])) for e in entry.get("example", ())
        ),
    )


def advise(
    lines: Sequence[Line], checklist: Mapping[Item, bool | None], text: str, acts: Collection[Act]
) -> tuple[Advice, ...]:
    """Return at most one line per item, in the order of the checklist; ``text`` is the writer's own words."""
    folded = fold(text)
    found: dict[AdviceItem, Advice] = {}
    for line in lines:
        missed = line.item not in ITEMS or checklist.get(line.item) is False
        if missed and line.item not in found and line.fits(folded, acts):
            found[line.item] = Advice(line.item, line.shown)
    return tuple(found[item] for item in ADVICE_ITEMS if item in found)
