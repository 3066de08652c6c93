"""The slots that the patterns promise, and the clauses of a sentence."""

from __future__ import annotations

import tomllib

import pytest

from tone_check.rewrites import clauses, retrieval, slots

ENTRIES = tomllib.loads(slots.PATTERNS.read_text(encoding="utf-8"))["slot"]
EXAMPLES = [(e["kind"], sentence, words) for e in ENTRIES for sentence, words in e["examples"]]


@pytest.mark.parametrize(("kind", "sentence", "words"), EXAMPLES, ids=[w for _, _, w in EXAMPLES])
def test_a_pattern_finds_what_its_example_says(kind: str, sentence: str, words: str) -> None:
    assert (kind, words) in [(s.kind, s.text) for s in slots.find(sentence)]


def test_slots_carry_over_only_into_their_own_shape() -> None:
    weekday, months = slots.find("You said Friday."), slots.find("You said last month.")
    assert retrieval.fill("You had mentioned {date:Tuesday}.", weekday) == "You had mentioned Friday."
    assert retrieval.fill("You had mentioned {date:Tuesday}.", months) is None
    assert retrieval.fill("I waited {elapsed:three weeks}.", weekday) is None


def test_the_topic_is_named_in_the_words_of_the_message() -> None:
    assert slots.topic(["Hello,", "I applied for the night porter job."]) == "the night porter job"
    assert slots.topic(["Hello,", "It rains."]) is None


@pytest.mark.parametrize(
    ("sentence", "piece"),
    [
        ("I sent it to your accountant, who must be on a very long voyage.", "I sent it to your accountant"),
        ("You took it and I have heard nothing since.", "I have heard nothing since."),
        ("I filled it in twice; you lost it.", "I filled it in twice"),
        ("Nothing was said until your man came.", "Nothing was said"),
    ],
)
def test_a_half_that_can_stand_alone_is_found(sentence: str, piece: str) -> None:
    assert piece in clauses.pieces(sentence)


@pytest.mark.parametrize(
    "sentence", ['He said "I wrote, and you did not" to me.', "If you wait, it rains.", "Noted.", ""]
)
def test_no_half_is_cut_out_of_a_quote_or_left_hanging(sentence: str) -> None:
    assert all(p.count('"') % 2 == 0 and p != "If you wait" for p in clauses.pieces(sentence))
