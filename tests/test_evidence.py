"""Which words did it, on a classifier whose reasons are known: some words are harsh, nothing else counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tone_check import evidence
from tone_check.classifier import BINARY, sigmoid
from tone_check.report import Label

HARSH: dict[str, tuple[float, float]] = {"liars": (0.0, 9.0), "sadly": (7.0, 0.0), "crooks": (0.0, 5.0)}


class Words:
    """An encoder whose sentence vector is the mean of (resentment, blame) of its words."""

    def __init__(self) -> None:
        self.read: list[int] = []

    def encode(self, messages: Sequence[Sequence[str]]) -> list[Any]:
        self.read.extend(map(len, messages))
        return [np.stack([self._words(s).mean(axis=0) for s in m]) for m in messages]

    def word_vectors(self, message: Sequence[str], index: int) -> tuple[Any, Any]:
        words = self._words(message[index])
        return words / len(words), words.mean(axis=0)

    def _words(self, sentence: str) -> Any:
        return np.array([HARSH.get(w.strip(".,").lower(), (0.0, 0.0)) for w in sentence.split()], np.float32)


def classifier() -> Any:
    weights = np.zeros((2, len(BINARY)))
    weights[0, BINARY.index("resentment")] = weights[1, BINARY.index("blame")] = 4.0
    weights[:, BINARY.index("risk")] = 4.0
    heads = SimpleNamespace(binary_weights=weights, probabilities=lambda rows: sigmoid(rows @ weights - 2.0))
    return SimpleNamespace(encoder=Words(), heads=heads)


def shown(message: Sequence[str], index: int, labels: Sequence[Label]) -> list[tuple[str, str]]:
    words = message[index].split()
    return [(s.label, " ".join(words[s.first : s.end])) for s in evidence.find(classifier(), message, index, labels)]


def test_every_label_has_its_own_words() -> None:
    sentence = "You are all liars and now this has sadly come to an end."
    assert shown(["Hello,", sentence], 1, ["blame"]) == [("blame", "liars")]
    assert shown(["Hello,", sentence], 1, ["resentment", "blame"]) == [("blame", "liars"), ("resentment", "sadly")]


def test_two_labels_of_one_stretch_have_one_reason() -> None:
    """A word that is both is shown once, for the label that it raises more."""
    HARSH["scum"] = (6.0, 9.0)
    try:
        found = evidence.find(
            classifier(), ["Well, to me you are scum and I say so again."], 0, ["resentment", "blame"]
        )
    finally:
        del HARSH["scum"]
    assert [(s.first, s.end, s.label) for s in found] == [(5, 6, "blame")]


def test_words_that_only_hurt_together_are_one_stretch() -> None:
    assert shown(["They were liars and crooks to me, every one of them there."], 0, ["blame"]) == [
        ("blame", "liars and crooks")
    ]


def test_a_sentence_of_one_word_is_its_own_evidence() -> None:
    assert evidence.find(classifier(), ["Liars!"], 0, ["blame"]) == [evidence.Stretch(0, 1, "blame", 1.0)]
    assert evidence.find(classifier(), ["..."[:0]], 0, ["blame"]) == []


def test_the_best_are_tried_again_in_the_whole_letter_but_not_the_whole_mailbox() -> None:
    letter = [f"Line {n}." for n in range(40)]
    letter[20] = "You are all liars and nobody here has ever told me what it was about."
    told = classifier()
    evidence.find(told, letter, 20, ["blame"])
    near, wide = 2 * evidence._BESIDE + 1, 2 * evidence._BESIDE_AGAIN + 1
    assert set(told.encoder.read) == {near, wide}
    assert told.encoder.read.count(wide) == evidence._TRIED_AGAIN + 1


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=40), st.integers(1, 12))
def test_stretches_to_try_are_few_short_and_unlike(shares: list[float], count: int) -> None:
    found = evidence._strongest(np.array(shares), count)
    assert 1 <= len(found) <= count
    assert all(1 <= b - a <= 5 and 0 <= a < b <= len(shares) and b - a < len(shares) for a, b in found)
    excess = np.array(shares) - np.mean(shares)
    assert all(excess[a:b].sum() >= excess[c:d].sum() - 1e-9 for (a, b), (c, d) in pairwise(found))
    for k, (a, b) in enumerate(found):
        for c, d in found[:k]:
            assert min(b, d) - max(a, c) < 0.5 * (max(b, d) - min(a, c))


@pytest.mark.parametrize("label", ["resentment", "blame"])
def test_the_weight_is_the_share_of_the_probability_that_goes(label: Label) -> None:
    word = "sadly" if label == "resentment" else "liars"
    message = [f"This has {word} come to pass, as we can see."]
    (stretch,) = evidence.find(classifier(), message, 0, [label])
    value = max(HARSH[word]) / 10
    before, after = sigmoid(np.array([4 * value - 2.0, -2.0]))
    assert stretch.weight == pytest.approx((before - after) / before, abs=1e-6)
