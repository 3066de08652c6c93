"""The slots of a sentence, found with spaCy's matcher over patterns held in ``slots.toml``.

spaCy's blank English pipeline is a tokenizer, no model. It is imported here
and only here, the first time a sentence is rewritten.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tone_check.span import Span

PATTERNS = Path(__file__).with_name("slots.toml")
# Words that end a noun phrase: a stretch that has one in its middle is not one thing.
_NOT_INSIDE = frozenset(
    "is are was were and or but of to in on at by for from with that who which has have had do does did"
    " not will would can could"
    " you i we they he she it my your our the a an as if when than".split()
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a sentence that could be another one in another letter."""

    kind: str
    span: Span
    text: str


@cache
def _matcher() -> tuple[Any, Any, dict[int, tuple[str, int]]]:
    import spacy
    from spacy.matcher import Matcher

    content = tomllib.loads(PATTERNS.read_text(encoding="utf-8"))
    pipeline = spacy.blank("en")
    matcher = Matcher(pipeline.vocab)
    names: dict[int, tuple[str, int]] = {}
    for number, entry in enumerate(content["slot"]):
        name = f"{entry['kind']}-{number}"
        matcher.add(name, [[_token(t, content["lists"]) for t in entry["pattern"]]])
        names[pipeline.vocab.strings[name]] = (entry["kind"], int(entry.get("first", 0)))
    return pipeline, matcher, names


def _token(token: dict[str, Any], lists: dict[str, list[str]]) -> dict[str, Any]:
    return {
        key: {"IN": lists[value[1:]]} if isinstance(value, str) and value.startswith("$") else value
        for key, value in token.items()
    }


def find(sentence: str) -> list[Slot]:
    """Return the slots of a sentence in order, longest first where they overlap."""
    pipeline, matcher, names = _matcher()
    doc = pipeline.make_doc(sentence)
    found = []
    for key, start, end in matcher(doc):
        kind, skip = names[key]
        span = doc[start + skip : end]
        inner = [t.lower_ for t in span[1:-1]]
        if kind in ("thing", "event", "role") and any(
            w in _NOT_INSIDE or (w.endswith("ed") and w != "signed") for w in inner
        ):
            continue
        if kind == "event" and span[-1].lower_ in ("day", "shift", "line") and len(span) < 3:
            continue  # "the day" is any day
        found.append(Slot(kind, Span(span.start_char, span.end_char), span.text))
    taken: list[Slot] = []
    for slot in sorted(found, key=lambda s: (-len(s.span), s.span.start, s.kind)):
        if not any(slot.span.overlaps(t.span) for t in taken):
            taken.append(slot)
    return sorted(taken, key=lambda s: s.span)


def topic(sentences: Sequence[str]) -> str | None:
    """Return what a message is about in its own words: the role, else the thing, named in it; None if neither is."""
    found = [slot for sentence in sentences for slot in find(sentence.lower() if sentence.isupper() else sentence)]
    for kind in ("role", "thing"):
        for slot in found:
            words = [w.lower() if len(w) > 3 and w.isupper() else w for w in slot.text.split()]
            if (
                slot.kind == kind
                and kind == "role"
                and 2 <= len(words) <= 4
                and words[0].lower() in ("the", "this", "that", "your")
            ):
                return f"the {' '.join(words[1:])}"
            if (
                slot.kind == kind == "thing"
                and words[-1].lower() in _TOPICS
                and words[0].lower() in ("my", "our", "the")
            ):
                return f"{words[0].lower()} {' '.join(words[1:])}"
    return None


_TOPICS = frozenset(
    "invoice deposit application proposal manuscript paper refund boiler heating leak grant claim"
    " complaint offer contract quote".split()
)


def shape(kind: str, words: str) -> str:
    """Return what words of one kind must share so that one can stand for the other in a sentence."""
    low = words.lower()
    if kind == "date":
        for name, pattern in _DATE_SHAPES:
            if re.search(pattern, low):
                return name
        return low
    if kind == "elapsed":
        return "one" if re.match(r"(?:a|an|one|half)\b|day |week ", low) or not low.endswith("s") else "many"
    if kind == "count":
        return "times" if low.endswith("times") else "bare" if " " not in low else low.split()[-1]
    head = low.split()[0]
    determined = "det" if head in _DETERMINERS else "name" if words[:1].isupper() else "bare"
    plural = "s" if low.endswith("s") and not low.endswith("ss") and kind != "person" else ""
    return f"{determined}{plural}"


_DETERMINERS = frozenset("the my your our his her their this that those these a an".split())
_DATE_SHAPES = (
    ("relative", r"^(?:today|tomorrow|tonight|yesterday)"),
    ("turn", r"^(?:next|last|this) "),
    ("clock", r"\d\s*(?:am|pm)|noon|o'clock|^\d{1,2}[.:]\d\d"),
    ("weekday", r"^(?:mon|tue|wed|thu|fri|sat|sun)"),
    ("day", r"^(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)?(?: [a-z]+)?$|^[a-z]+ \d{1,2}"),
    ("month", r"^(?:january|february|march|april|may|june|july|august|september|october|november|december)$"),
    ("end", r"^(?:the )?end of"),
)
