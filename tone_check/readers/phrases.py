"""The words of ``phrases.toml`` in the form the readers ask for them; loaded once, when first needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_CHOICE = re.compile(r"\([^()]{0,400}\)")
_CUT = re.compile(r"[…^$\s]")
_SIGNS = {"…": "[^\\r\\n]{0,80}?", "(": "(?:", ")": ")", "|": "|", "^": "^", "$": "$"}


@dataclass(frozen=True, slots=True)
class Finder:
    """Phrases to look for in a line or paragraph.

    Each comes with its longest plain run of letters: looking that up in the
    whole text first is what keeps a hundred phrases as quick as one.
    """

    phrases: tuple[tuple[str, str], ...]

    def relevant(self, lowered: str) -> Finder:
        """Return the finder without the phrases that cannot occur in the lower-cased text."""
        return Finder(tuple(p for p in self.phrases if p[0] in lowered))

    def first(self, line: str) -> re.Match[str] | None:
        """Return the first phrase's match in ``line``, None without any."""
        lowered = line.lower()
        for key, phrase in self.phrases:
            if key in lowered:
                found = _compile(phrase).search(line)
                if found:
                    return found
        return None

    def whole(self, line: str) -> bool:
        """Say whether some phrase is the whole of ``line``."""
        lowered = line.lower()
        return any(key in lowered and _compile(phrase).fullmatch(line) for key, phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class Phrases:
    """All words by which mail programs mark what is not the writer's own."""

    starts: frozenset[str]
    verbs: tuple[str, ...]
    english_verbs: tuple[str, ...]
    labels: dict[str, str]
    original: Finder
    forwarded: Finder
    begin: Finder
    mobile: Finder
    disclaimer: Finder
    legal: tuple[str, ...]
    closings: frozenset[str]
    subject_prefixes: frozenset[str]
    stub: Finder


@lru_cache(maxsize=1)
def raw() -> dict[str, Any]:
    """Return ``phrases.toml`` as it is written."""
    import tomllib

    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    """Return the words, compiled."""
    data = raw()
    languages = data["attribution"]
    english = tuple(languages[0]["verbs"])
    labels: dict[str, str] = {}
    for kind in ("subject", "to", "sent", "from"):
        labels.update(dict.fromkeys(data["headers"][kind], kind))
    return Phrases(
        starts=frozenset(s for language in languages for s in language["starts"]),
        verbs=tuple(v for language in languages[1:] for v in language["verbs"]),
        english_verbs=english,
        labels=labels,
        original=_finder(data["dividers"]["original"]),
        forwarded=_finder(data["dividers"]["forwarded"]),
        begin=_finder(data["dividers"]["begin"]),
        mobile=_finder(data["mobile"]["phrases"]),
        disclaimer=_finder(data["disclaimer"]["phrases"]),
        legal=tuple(data["disclaimer"]["legal"]),
        closings=frozenset(data["closings"]["phrases"]),
        subject_prefixes=frozenset(data["subject"]["prefixes"]),
        stub=_finder(data["stub"]["phrases"]),
    )


def _finder(written: list[str]) -> Finder:
    return Finder(tuple((_key(p), p) for p in dict.fromkeys(written)))


@lru_cache(maxsize=1024)
def _compile(phrase: str) -> re.Pattern[str]:
    """Compile a phrase when its letters are there; the gap is bounded, so that a search stays linear in the line."""
    pattern = "".join(_SIGNS.get(c, re.escape(c)) for c in phrase)
    return re.compile(pattern, re.IGNORECASE)


def _key(phrase: str) -> str:
    """Return the longest stretch of a phrase that every match contains, in lower case."""
    return max(_CUT.split(_CHOICE.sub("…", phrase)), key=len).lower()
