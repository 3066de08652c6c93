"""How probably a proposal could be sent: what is weighed, and that the numbers are those of the file."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tone_check.rewrites import sendable

SENTENCE = "You said Friday and nobody called me."
TABLE = tomllib.loads(Path(sendable.__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def test_the_file_holds_a_number_for_every_name_and_no_other() -> None:
    assert set(TABLE) == {"constant", *sendable.NAMES}


def test_the_numbers_are_what_they_are_called() -> None:
    kept = "I was not called on Friday."
    found = dict(zip(sendable.NAMES, sendable.features(SENTENCE, kept, "hint", (0.5, 0.8)), strict=True))
    assert found["faithful"] == 0.0
    assert found["send"] == pytest.approx(math.log(4))
    assert 0 < found["kept"] < 1
    assert found["hint"] == 1.0
    assert sum(found[how] for how in sendable.HOWS) == 1.0
    foreign = dict(
        zip(sendable.NAMES, sendable.features(SENTENCE, "The invoice is overdue.", "hint", (0.5, 0.8)), strict=True)
    )
    assert (found["foreign"], foreign["foreign"]) == (0.0, 2.0)


def test_a_way_that_readers_have_not_seen_is_as_good_as_the_worst_they_have() -> None:
    unseen = sendable.probability(SENTENCE, "Could you call me?", "model", (0.6, 0.6))
    assert unseen == sendable.probability(SENTENCE, "Could you call me?", sendable.OTHERS, (0.6, 0.6))


def test_the_probability_is_that_of_the_weighed_sum() -> None:
    text, match = "Could you call me?", (0.9, 0.7)
    odds = TABLE["constant"] + sum(
        TABLE[name] * value
        for name, value in zip(sendable.NAMES, sendable.features(SENTENCE, text, "rule", match), strict=True)
    )
    assert sendable.probability(SENTENCE, text, "rule", match) == pytest.approx(1 / (1 + math.exp(-odds)))


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sendable.HOWS))
def test_a_better_match_is_never_less_probable(low: float, high: float, how: str) -> None:
    low, high = sorted((low, high))
    for one, other in (((low, 0.5), (high, 0.5)), ((0.5, low), (0.5, high))):
        first = sendable.probability(SENTENCE, "Could you call me?", how, one)
        assert 0 < first <= sendable.probability(SENTENCE, "Could you call me?", how, other) < 1
