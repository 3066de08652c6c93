"""People are read under stand-ins: which words are taken for their names, and that nothing else moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tone_check import ToneChecker
from tone_check.names import common_words, found, hidden


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (["Hi Dana,", "Dana's note came.", "Best, Tom"], ["Hi Alex,", "Alex's note came.", "Best, Sam"]),
        (["Dear Mr Okafor,", "He wrote to Mrs. Savage."], ["Dear Ms Alex,", "she wrote to Ms. Alex."]),
        (["Dear Sir,", "Is it his or hers?"], ["Dear Madam,", "Is it her or hers?"]),
        (["Hi Dana and Priya, thanks."], ["Hi Alex and Alex, thanks."]),
        (["Re: the night job", "Dear Anne-Marie O'Brien,", "Call me."], [
            "Re: the night job", "Dear Alex Alex,", "Call me."]),
        (["Helen,", "Any news?", "Kind regards,\nTom Bell"], ["Alex,", "Any news?", "Kind regards,\nSam Sam"]),
        (["Hello team,", "I met Marek at Kestrel Analytics, near Gdansk."], [
            "Hello team,", "I met Leeds at Leeds Leeds, near Leeds."]),
        (["On Friday the LinkedIn ad and the Glassdoor page vanished."], [
            "On Friday the LinkedIn ad and the Glassdoor page vanished."]),
        (["Hello team,", "Fine by me.", "Ade"], ["Hello team,", "Fine by me.", "Sam"]),
    ],
)  # fmt: skip
def test_greeting_sign_off_and_titles_name_people(sentences: list[str], expected: list[str]) -> None:
    assert hidden(sentences) == expected


def test_a_name_that_is_a_word_is_one_only_where_it_stands_as_one() -> None:
    message = ["Hi Grace,", "Will the grace period end?", "Will you call?", "Best, Will"]
    assert hidden(message) == ["Hi Alex,", "Will the grace period end?", "Will you call?", "Best, Sam"]
    assert found(message) == ({}, {0: {"Grace": "Alex"}, 3: {"Will": "Sam"}})


@pytest.mark.parametrize(
    "sentence",
    ["Hi Gorgeous,", "Dear Liars,", "To whom it may concern,", "Dear Hiring Manager,", "Noted.", "Unbelievable.",
     "HELLO", "Hi there,", "Hey,"],
)  # fmt: skip
def test_words_that_say_something_stay(sentence: str) -> None:
    assert hidden([sentence]) == [sentence]


@given(st.lists(st.text(st.characters(), max_size=60), max_size=6))
def test_no_sentence_gains_or_loses_a_word(message: list[str]) -> None:
    assert [len(s.split()) for s in hidden(message)] == [len(s.split()) for s in message]


def test_no_score_moves_with_the_people_of_a_letter(checker: ToneChecker) -> None:
    letter = ["Hi {0},", "You promised {0} would call, Mr {1}, and {2} never did.", "Nobody at your end cares.", "{1}"]
    one = [s.format("Dana", "Tom", "he") for s in letter]
    other = [s.format("Nkechi", "Siobhán", "she") for s in letter]
    judged = checker.classifier.judge([one, other])
    assert judged[0] == judged[1]
    assert any(s.labels for s in judged[0].sentences)


def test_common_words_are_words() -> None:
    assert {"feedback", "gorgeous", "the"} <= common_words()
    assert {"dana", "okafor"}.isdisjoint(common_words())
