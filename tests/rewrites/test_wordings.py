"""Gists and their wordings: the files, the filling of slots, and when a wording fits."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tone_check.resources import shipped
from tone_check.rewrites import facts, gists, ranking, slots, wordings
from tone_check.rewrites.wordings import Wording, WordingError
from tone_check.span import Span

ALL = wordings.load_all(shipped("data/gists/wordings"))


def wording(text: str, register: str = "plain", scenes: tuple[str, ...] = ()) -> Wording:
    return Wording("x-1", "x", "silence", frozenset(scenes), register, text)  # type: ignore[arg-type]


def test_every_gist_that_may_be_said_has_wordings_without_slots() -> None:
    free = Counter(w.gist for w in ALL if not w.holes)
    for gist in gists.load():
        assert gist.means
        assert gist.why
        if gist.name not in ("nothing", "own-fact"):
            assert free[gist.name] >= 12, gist.name


def test_a_filled_wording_says_nothing_but_itself_and_the_slots() -> None:
    unfilled = [w.id for w in ALL if wordings.candidate(w, USUAL, "the night job", "why", 1.0) is None]
    assert len(unfilled) < 0.08 * len(ALL), unfilled
    for w in ALL:
        said = wordings.candidate(w, USUAL, "the night job", "why", 1.0)
        if said is None:
            continue
        assert said.text[-1] in ".?", w.id
        invented = facts.invented(" ".join(s.text for s in USUAL), said.text)
        assert invented == [], w.id


USUAL = [
    slots.Slot(kind, Span(0, 1), text)
    for kind, text in (
        ("date", "Friday"), ("date", "12 March"), ("elapsed", "three weeks"),
        ("count", "two rounds"), ("count", "three times"), ("count", "four emails"),
        ("count", "two interviews"), ("amount", "£300"),
        ("person", "Ms Ruiz"), ("company", "Harlow Group"), ("role", "the night job"), ("thing", "my report"),
        ("thing", "the list"), ("event", "the interview"), ("channel", "a letter"), ("ref", "INC-42"),
    )
]  # fmt: skip


def test_slots_are_filled_with_the_writers_own_words_in_order() -> None:
    found = slots.find("You said Friday, and on 12 March you wrote again.")
    assert wordings.fill(wording("I was to hear by {date}."), found, None) == "I was to hear by Friday."
    assert wordings.fill(wording("First {date}, then {date}."), found, None) == "First Friday, then 12 March."
    assert wordings.fill(wording("It is about {topic}."), found, "my invoice") == "It is about my invoice."


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("I sent four emails.", "I have sent {count} messages.", "I have sent four messages."),
        ("I sent four emails.", "I came to {count} rounds.", None),
        ("Four emails and nothing.", "I wrote {count} letters.", "I wrote four letters."),
        ("You owe me the £145 today.", "The {amount} is still open.", "The £145 is still open."),
        ("You owe me the £145 today.", "Could you pay {amount}?", "Could you pay the £145?"),
        (
            "You never opened my portfolio.",
            "I am not sure that {thing} was read.",
            "I am not sure that my portfolio was read.",
        ),
        ("You promised it last week.", "I was to hear on {date}.", None),
        ("You promised it last week.", "I have waited since {date}.", "I have waited since last week."),
        ("Nothing since May.", "I wrote in {date}.", "I wrote in May."),
        ("Nothing since Friday.", "I wrote in {date}.", None),
        ("What a day the day was.", "In view of {event}, I was surprised.", None),
    ],
)
def test_what_stands_around_a_hole_decides_what_fits(sentence: str, text: str, expected: str | None) -> None:
    assert wordings.fill(wording(text), slots.find(sentence), None) == expected


@pytest.mark.parametrize("text", ["I paid {amount}.", "About {topic} again.", "{date}, {date} and {date}."])
def test_a_wording_whose_words_are_missing_is_not_used(text: str) -> None:
    found = slots.find("You said Friday, and on 12 March you wrote again.")
    assert wordings.fill(wording(text), found, None) is None


def test_a_wording_fits_its_scenes_and_text_speak_stays_among_its_own() -> None:
    assert wordings.suited(wording("x"), "formal", None)
    assert wordings.suited(wording("x", scenes=("payment",)), "plain", "payment")
    assert not wordings.suited(wording("x", scenes=("payment",)), "plain", "rejection")
    assert not wordings.suited(wording("x", scenes=("payment",)), "plain", None)
    assert not wordings.suited(wording("x", register="sms"), "plain", None)
    assert wordings.suited(wording("x", register="plain"), "sms", None)


def test_the_turn_depends_on_both_texts_alone() -> None:
    assert ranking.turn("A", "b") == ranking.turn("a", "b")
    assert len({ranking.turn("a", str(i)) for i in range(50)}) == 50
    assert all(0 <= ranking.turn(str(i), "b") <= 1 for i in range(50))


@pytest.mark.parametrize(
    "row",
    [
        {"gist": "nonsense"}, {"register": "loud"}, {"scenes": ["moon"]}, {"scenes": []},
        {"text": "It is {weather}."}, {"text": "It is {Date}."},
    ],
)  # fmt: skip
def test_a_broken_wording_is_one_clear_error(tmp_path: Path, row: dict[str, object]) -> None:
    good: dict[str, object] = {
        "id": "x", "author": "x", "gist": "silence", "scenes": ["any"], "register": "plain", "text": "I heard nothing.",
    }  # fmt: skip
    (tmp_path / "a.jsonl").write_text(json.dumps(good) + "\n")
    assert len(wordings.load_all(tmp_path)) == 1
    (tmp_path / "a.jsonl").write_text(json.dumps(good | row) + "\n")
    with pytest.raises(WordingError, match=r"a\.jsonl:1"):
        wordings.load_all(tmp_path)


def test_a_text_that_stands_twice_is_refused(tmp_path: Path) -> None:
    row = {"id": "x", "author": "x", "gist": "silence", "scenes": ["any"], "register": "plain", "text": "I wait."}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(row) + "\n")
    with pytest.raises(WordingError, match=r"a\.jsonl:2"):
        wordings.load_all(tmp_path)
