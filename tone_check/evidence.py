"""Which words did it: the stretch of a flagged sentence whose absence calms it most.

The heads are linear in the mean of a sentence's token vectors, so every token's
share of a logit can be read off one pass. The strongest stretches are then
really taken out, and the one that lowers the label's probability most is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tone_check.classifier import BINARY, Classifier, sigmoid
from tone_check.report import LABELS, Label

# A stretch longer than this is no longer a reason but the sentence again.
_MOST_WORDS = 5
# How many stretches are really taken out: enough for the best to be among them, few enough to stay quick.
_TRIED = 8
_BESIDE = 1
_RISK = BINARY.index("risk")
_AS_GOOD = 0.7


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
    before = list(message[max(index - _BESIDE, 0) : index])
    after = list(message[index + 1 : index + 1 + _BESIDE])
    shares, whole = classifier.encoder.word_vectors([*before, message[index], *after], len(before))
    columns = [LABELS.index(label) for label in labels]
    contributions = shares @ classifier.heads.binary_weights[:, columns]
    tried: dict[tuple[int, int], None] = {}
    for k in range(len(columns)):
        for stretch in _strongest(contributions[:, k], max(_TRIED // len(columns), 3)):
            tried[stretch] = None
    variants = [[*before, " ".join(sentence[:a] + sentence[b:]) or ".", *after] for a, b in tried]
    vectors = classifier.encoder.encode(variants)
    heads = classifier.heads
    rows = np.stack([whole, *(v[len(before)] for v in vectors)])
    probabilities = sigmoid(heads.logits(rows) * heads.binary_slope + heads.binary_shift)
    found: dict[tuple[int, int], Stretch] = {}
    for label, column in zip(labels, columns, strict=True):
        # The words that did it calm the label and, with it, the sentence as a whole.
        fall = (probabilities[0] - probabilities[1:]) / np.maximum(probabilities[0], 1e-9)
        drops = (fall[:, column] + 2 * fall[:, _RISK]) / 3
        best = int(np.argmax(drops))
        # One reason for two labels is better than two that share most of their words.
        shown = [k for k, s in enumerate(tried) if s in found and drops[k] >= _AS_GOOD * drops[best]]
        best = max(shown, key=lambda k: drops[k], default=best)
        stretch = list(tried)[best]
        weight = float(np.clip(drops[best], 0.0, 1.0))
        if stretch not in found or found[stretch].weight < weight:
            found[stretch] = Stretch(*stretch, label, weight)
    return sorted(found.values(), key=lambda s: (s.first, s.end))


def _strongest(shares: np.ndarray[tuple[int], np.dtype[np.float64]], count: int) -> list[tuple[int, int]]:
    """Return the stretches with the largest sum above the sentence's average, best first, none inside a better one."""
    excess = shares - shares.mean()
    total = np.concatenate([[0.0], np.cumsum(excess)])
    spans = [
        (float(total[b] - total[a]), a, b)
        for a in range(len(shares))
        for b in range(a + 1, min(a + _MOST_WORDS, len(shares)) + 1)
        if b - a < len(shares)
    ]
    spans.sort(key=lambda s: (-s[0], s[1], s[2]))
    return [(a, b) for _, a, b in spans[:count]]
