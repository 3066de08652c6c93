"""Which candidates are scored, and which of those that pass comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tone_check.rewrites.candidates import Candidate
from tone_check.rewrites.facts import facts
from tone_check.rewrites.licence import overlap

# How much a way of making a candidate is trusted, all else being equal.
_TRUST = {
    "rule": 0.45, "mend": 0.4, "hint": 0.25, "trim": 0.35, "piece": 0.2, "pair": 0.25, "frame": 0.15, "gist": 0.25,
    "model": 0.2,
}  # fmt: skip

# A wording says what the writer means in other words: how much that is worth grows with how probable it is.
_LIKELY = 0.6


def first(source: str, candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """Return the ``count`` most promising candidates by their words alone."""
    unique = {key(c.text): c for c in reversed(candidates)}
    order = sorted(unique.values(), key=lambda c: (-_promise(source, c), c.text))
    return order[:count]


def value(source: str, candidate: Candidate, closeness: float, risk: float) -> float:
    """Return how good a candidate is that passed the gate: close, calm, its facts kept, few words changed."""
    return _promise(source, candidate) + 0.6 * closeness - 0.8 * risk


def key(text: str) -> str:
    """Return a text as its lower-case words: what two suggestions must differ in."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _promise(source: str, candidate: Candidate) -> float:
    before, after = facts(source), facts(candidate.text)
    names = len(before.names & after.names) / len(before.names) if before.names else 1.0
    longer = max(0.0, len(candidate.text.split()) - len(source.split()) * 1.3 - 4) / 10
    trust = _TRUST[candidate.how] + _LIKELY * candidate.likely
    return trust + 1.0 * overlap(candidate.text, source) + 0.3 * names - longer
