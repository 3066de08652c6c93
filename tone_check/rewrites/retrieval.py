"""Candidates from the nearest composed pairs: their calm words around the writer's own slots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tone_check.rewrites.candidates import Candidate
from tone_check.rewrites.index import Arrays
from tone_check.rewrites.licence import content_stems, unlicensed
from tone_check.rewrites.pairs import SLOT, Pair, Register
from tone_check.rewrites.slots import Slot, shape
from tone_check.rewrites.surface import tidy

# How many pairs are looked at for a sentence.
_NEAREST = 60
# How near a pair must be, and which share of a calm sentence must be the writer's own words.
_CLOSE = 0.45
_OWN = 0.75


def nearest(content: npt.NDArray[np.float64], arrays: Arrays) -> list[tuple[int, float]]:
    """Return the places of the nearest pairs and how near they are, best first."""
    closeness = arrays["content"].astype(np.float64) @ content
    order = np.argsort(-closeness, kind="stable")[:_NEAREST]
    return [(int(i), float(closeness[i])) for i in order]


def retrieved(
    sentence: str,
    slots: Sequence[Slot],
    near: Sequence[tuple[int, float]],
    pairs: Sequence[Pair],
    register: Register,
) -> list[Candidate]:
    """Return the calm sentences of near pairs that say nothing but what ``sentence`` says."""
    found: dict[str, Candidate] = {}
    said = content_stems(sentence)
    for place, closeness in near:
        pair = pairs[place]
        if closeness < _CLOSE:
            break
        if pair.register != register and "sms" in (pair.register, register):
            continue
        for calm in pair.calm:
            filled = fill(calm, slots)
            if filled is None or unlicensed(filled, sentence):
                continue
            stems = content_stems(filled)
            # Most of it must be the writer's very words: families of words alone make a sentence nobody wrote.
            if len(stems & said) >= max(2, _OWN * len(stems)):
                text = tidy(filled)
                found.setdefault(text, Candidate(text, why_of(pair), "pair", licensed=False))
    return list(found.values())


def fill(calm: str, slots: Sequence[Slot]) -> str | None:
    """Put the slots of a sentence into a calm one; None where one is missing or has another shape."""
    left = list(slots)
    parts, at = [], 0
    for match in SLOT.finditer(calm):
        kind, words = match.groups()
        slot = next((s for s in left if s.kind == kind and shape(kind, s.text) == shape(kind, words)), None)
        if slot is None:
            return None
        left.remove(slot)
        parts += [calm[at : match.start()], slot.text]
        at = match.end()
    return "".join([*parts, calm[at:]])


_WHY = {
    "status": "asks where things stand", "reply": "asks for an answer", "reason": "asks for the reason",
    "second-look": "asks for a second look", "payment": "asks for the money", "repair": "asks for what is to be done",
    "promise": "reminds of what was agreed", "silence": "says that there was no answer", "effort": "says what you did",
    "fact": "states the fact", "disappointment": "owns the disappointment", "doubt": "asks instead of accusing",
    "deadline": "asks for it in time", "decline": "says no without a sting", "interest": "says that you want it",
    "consequence": "tells the next step as a fact", "complaint": "reports what happened", "thanks": "keeps the thanks",
}  # fmt: skip


def why_of(pair: Pair) -> str:
    """Say in plain words what a pair's calm side keeps."""
    return _WHY.get(pair.purpose, "keeps what matters")
