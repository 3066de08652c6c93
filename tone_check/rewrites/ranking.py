"""Which candidates are scored, and which of those that pass comes first."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from tone_check.rewrites.candidates import Candidate
from tone_check.rewrites.facts import facts
from tone_check.rewrites.licence import overlap

# How much a way of making a candidate is trusted, all else being equal.
_TRUST = {
    "rule": 0.45, "mend": 0.4, "hint": 0.25, "trim": 0.35, "piece": 0.2, "pair": 0.25, "frame": 0.15, "gist": 0.25,
    "model": 0.2,
}  # fmt: skip

# A wording says what the writer means in other words: how much that is worth grows with how probable its gist is.
_LIKELY = 0.6
# Between candidates that match about as well, those with the writer's names and the calmer ones come first, and chance
# (the same for the same sentence) keeps one wording from being the first for everybody.
_NAMES = 0.1
_RISK = 0.2
_CHANCE = 0.25
# Readers prefer the writer's own words to leaving the sentence out in three of four cases, a composed wording that is
# likely enough to be shown in one of two (data/preference/tuning).
_COMPOSED = 0.12


def first(source: str, candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """Return the ``count`` most promising candidates by their words alone."""
    unique = {key(c.text): c for c in reversed(candidates)}
    order = sorted(unique.values(), key=lambda c: (-_promise(source, c), c.text))
    return order[:count]


def value(source: str, candidate: Candidate, risk: float) -> float:
    """Return how good a candidate is that passed the gate; ``likely`` is by now how well it matches the sentence."""
    return (
        candidate.likely
        + _NAMES * _kept_names(source, candidate)
        - _RISK * risk
        - _COMPOSED * (candidate.how == "gist")
        + _CHANCE * turn(source, candidate.text)
    )


def turn(sentence: str, text: str) -> float:
    """Return a number from 0 to 1 that depends on both texts alone, so that no wording is always the first."""
    return zlib.crc32(f"{sentence.lower()}\n{text}".encode()) / 0xFFFFFFFF


def key(text: str) -> str:
    """Return a text as its lower-case words: what two suggestions must differ in."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _kept_names(source: str, candidate: Candidate) -> float:
    before, after = facts(source), facts(candidate.text)
    return len(before.names & after.names) / len(before.names) if before.names else 1.0


def _promise(source: str, candidate: Candidate) -> float:
    longer = max(0.0, len(candidate.text.split()) - len(source.split()) * 1.3 - 4) / 10
    trust = _TRUST[candidate.how] + _LIKELY * candidate.likely
    return trust + 1.0 * overlap(candidate.text, source) + 0.3 * _kept_names(source, candidate) - longer
