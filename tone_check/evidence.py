"""Which words did it: the stretch of a flagged sentence whose absence calms it most.

The heads are linear in the mean of a sentence's token vectors, so every token's
share of a logit can be read off one pass. The strongest stretches are then
really taken out, and the one that lowers the label's probability most is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tone_check.classifier import BINARY, Array, Classifier
from tone_check.features import FloatArray
from tone_check.report import LABELS, Label

# A stretch longer than this is no longer a reason but the sentence again.
_MOST_WORDS = 5
# How many stretches are really taken out, read with so many neighbours: enough for the best to be among them, few
# enough to stay quick. The best of these are then tried again with more of the letter around them.
_TRIED = 8
_BESIDE = 1
_TRIED_AGAIN = 2
_BESIDE_AGAIN = 4
# Two stretches are worth trying both when they share less than this of the words that they span together.
_ALIKE = 0.5
_RISK = BINARY.index("risk")
_AS_GOOD = 0.7
# A shorter stretch is shown when so much of the effect is its own.
_MOSTLY = 0.95


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words ``first`` to ``end`` (not included) of a sentence, and the part of the probability that goes with them."""

    first: int
    end: int
    label: Label
    weight: float


def find(classifier: Classifier, message: Sequence[str], index: int, labels: Sequence[Label]) -> list[Stretch]:
    """Return the stretches that raised each of ``labels`` in sentence ``index``; equal stretches are given once."""
    sentence = message[index].split()
    if len(sentence) < 2:
        return [Stretch(0, len(sentence), labels[0], 1.0)] if sentence else []
    before, after = _beside(message, index, _BESIDE)
    shares, whole = classifier.encoder.word_vectors([*before, message[index], *after], len(before))
    columns = [LABELS.index(label) for label in labels]
    contributions = shares @ classifier.heads.binary_weights[:, columns]
    first: dict[tuple[int, int], None] = {}
    for k in range(len(columns)):
        for stretch in _strongest(contributions[:, k], max(_TRIED // len(columns), 3)):
            first[stretch] = None
    tried = list(first)
    fall = _fall(classifier, message, index, tried, _BESIDE, whole)
    if len(tried) > _TRIED_AGAIN and max(index, len(message) - 1 - index) > _BESIDE:
        promising = {int(k) for c in columns for k in np.argsort(-_drops(fall, c), kind="stable")[:_TRIED_AGAIN]}
        tried = [s for k, s in enumerate(tried) if k in promising]
        fall = _fall(classifier, message, index, tried, _BESIDE_AGAIN)
    found: dict[tuple[int, int], Stretch] = {}
    for label, column in zip(labels, columns, strict=True):
        drops = _drops(fall, column)
        best = int(np.argmax(drops))
        # One reason for two labels is better than two that share most of their words.
        shown = [k for k, s in enumerate(tried) if s in found and drops[k] >= _AS_GOOD * drops[best]]
        best = max(shown, key=lambda k: drops[k], default=best)
        stretch = tried[best]
        weight = float(np.clip(drops[best], 0.0, 1.0))
        known = found.get(stretch)
        words = (known.first, known.end) if known else _trimmed(classifier, message, index, stretch, column, whole)
        if known is None or known.weight < weight:
            found[stretch] = Stretch(*words, label, weight)
    # Two stretches may be left with the same words.
    once = {(s.first, s.end): s for s in sorted(found.values(), key=lambda s: s.weight)}
    return sorted(once.values(), key=lambda s: (s.first, s.end))


def _beside(message: Sequence[str], index: int, reach: int) -> tuple[list[str], list[str]]:
    return list(message[max(index - reach, 0) : index]), list(message[index + 1 : index + 1 + reach])


def _fall(
    classifier: Classifier,
    message: Sequence[str],
    index: int,
    stretches: Sequence[tuple[int, int]],
    reach: int,
    whole: FloatArray | None = None,
) -> Array:
    """Return by which share every probability falls without each stretch, shape ``(stretches, 8)``.

    ``whole`` is the sentence's own vector among as many neighbours, where it is known.
    """
    words = message[index].split()
    before, after = _beside(message, index, reach)
    texts = [" ".join(words[:a] + words[b:]) or "." for a, b in stretches]
    vectors = classifier.encoder.encode(
        [[*before, text, *after] for text in ([message[index], *texts] if whole is None else texts)]
    )
    rows = [v[len(before)] for v in vectors]
    found = classifier.heads.probabilities(np.stack(rows if whole is None else [whole, *rows]))
    return np.asarray((found[0] - found[1:]) / np.maximum(found[0], 1e-9))


def _trimmed(
    classifier: Classifier,
    message: Sequence[str],
    index: int,
    stretch: tuple[int, int],
    column: int,
    whole: FloatArray,
) -> tuple[int, int]:
    """Leave out words at either end that hardly matter: "nobody called" says why, "9th, and nobody called" less so."""
    first, end = stretch
    ends = ((0, 1), (0, 2), (1, 0), (2, 0), (1, 1))
    inside = [(first + a, end - b) for a, b in ends if first + a < end - b]
    if not inside:
        return stretch
    drops = _drops(_fall(classifier, message, index, [stretch, *inside], _BESIDE, whole), column)
    enough = [
        (b - a, -drop, (a, b)) for (a, b), drop in zip(inside, drops[1:], strict=True) if drop >= _MOSTLY * drops[0]
    ]
    return min(enough)[2] if enough else stretch


def _drops(fall: Array, column: int) -> Array:
    """Weigh what the words did: they calm the label and, with it, the sentence as a whole."""
    return np.asarray((fall[:, column] + 2 * fall[:, _RISK]) / 3)


def _strongest(shares: np.ndarray[tuple[int], np.dtype[np.float64]], count: int) -> list[tuple[int, int]]:
    """Return the stretches with the largest sum above the average, best first, none much like a better one."""
    excess = shares - shares.mean()
    total = np.concatenate([[0.0], np.cumsum(excess)])
    spans = [
        (float(total[b] - total[a]), a, b)
        for a in range(len(shares))
        for b in range(a + 1, min(a + _MOST_WORDS, len(shares)) + 1)
        if b - a < len(shares)
    ]
    spans.sort(key=lambda s: (-s[0], s[1], s[2]))
    kept: list[tuple[int, int]] = []
    for _, a, b in spans:
        if all(min(b, d) - max(a, c) < _ALIKE * (max(b, d) - min(a, c)) for c, d in kept):
            kept.append((a, b))
        if len(kept) == count:
            break
    return kept
