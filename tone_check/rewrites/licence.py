"""What a calm sentence may say: only words that the writer's own sentence licenses.

A word is licensed when the writer used it (in any inflection), when it belongs to
a family of ``words.toml`` of which the writer used another word, or when it is
one of the small words that state nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?|\d[\d.,:/]*")
_IRREGULAR = dict(
    pair.split("=")
    for pair in (
        "said=say told=tell came=come went=go gone=go took=take taken=take got=get made=make gave=give given=give "
        "sent=send wrote=write written=write saw=see seen=see heard=hear found=find left=leave kept=keep held=hold "
        "paid=pay met=meet knew=know known=know thought=think brought=bring bought=buy taught=teach ran=run "
        "sat=sit stood=stand spent=spend lost=lose won=win led=lead built=build drove=drive flew=fly spoke=speak "
        "spoken=speak rang=ring rung=ring felt=feel meant=mean understood=understand chose=choose chosen=choose "
        "forgot=forget lent=lend rose=rise sold=sell broke=break broken=break did=do done=do began=begin grew=grow "
        "people=person children=child men=man women=woman better=good best=good chase=chase "
    ).split()
)


def stem(word: str) -> str:
    """Return what the inflections of a word have in common; rough, and the same for the same word."""
    word = word.lower().replace("’", "'")
    word = re.sub(r"'(?:s|ve|re|ll|d|m)$|n't$", "", word)
    word = _IRREGULAR.get(word, word)
    for ending in (
        "ations",
        "ation",
        "ingly",
        "ments",
        "ment",
        "ings",
        "ing",
        "ies",
        "ied",
        "edly",
        "ely",
        "ed",
        "es",
        "ly",
        "s",
        "e",
        "y",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


@cache
def _table() -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    content = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    families: dict[str, set[str]] = {}
    for name, family in content["families"].items():
        for word in family.split():
            families.setdefault(stem(word), set()).add(name)
    return frozenset(content["small"].split()), {w: frozenset(n) for w, n in families.items()}


def content_stems(text: str) -> frozenset[str]:
    """Return the stems of the words that say something."""
    small, _ = _table()
    words = (w.lower().replace("’", "'") for w in _WORD.findall(text))
    return frozenset(stem(w) for w in words if w not in small and not w[0].isdigit())


def families(stems: Iterable[str]) -> frozenset[str]:
    """Return the families that the stems belong to."""
    _, table = _table()
    return frozenset().union(*(table.get(s, frozenset()) for s in stems))


def unlicensed(candidate: str, source: str) -> frozenset[str]:
    """Return the stems that ``candidate`` states and ``source`` does not license."""
    _, table = _table()
    said = frozenset(stem(w) for w in _WORD.findall(source))
    related = families(said)
    return frozenset(s for s in content_stems(candidate) if s not in said and not (table.get(s, frozenset()) & related))


def beyond(wording: str, source: str, families_said: Iterable[str]) -> frozenset[str]:
    """Return the stems of a wording that neither the source nor the families it may speak of know."""
    _, table = _table()
    said, allowed = frozenset(stem(w) for w in _WORD.findall(source)), frozenset(families_said)
    return frozenset(s for s in content_stems(wording) if s not in said and not (table.get(s, frozenset()) & allowed))


def overlap(candidate: str, source: str) -> float:
    """Return which share of what the source says the candidate still says, 0 to 1."""
    said, kept = content_stems(source), content_stems(candidate)
    return len(said & kept) / len(said) if said else 0.0
