from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tone_check.sentences import spans
from tone_check.span import Span


def split(text: str) -> list[str]:
    return [" ".join(s.of(text).split()) for s in spans(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Hi Dana,\nthank you for the call.", ["Hi Dana,", "thank you for the call."]),
        ("Dear Dr. Osei, thank you.", ["Dear Dr. Osei, thank you."]),
        ("Mr. and Mrs. Ito came at 9 a.m. on Monday.", ["Mr. and Mrs. Ito came at 9 a.m. on Monday."]),
        ("We sell pens, ink, etc. Please reply.", ["We sell pens, ink, etc.", "Please reply."]),
        ("I spoke to A. J. Pemberton yesterday.", ["I spoke to A. J. Pemberton yesterday."]),
        ("The fee was Rs. 4,380 in all.", ["The fee was Rs. 4,380 in all."]),
        ("It cost 3.50 at example.com. Fine.", ["It cost 3.50 at example.com.", "Fine."]),
        ("Well... maybe later.", ["Well... maybe later."]),
        ("I waited... Nobody came.", ["I waited...", "Nobody came."]),
        ('"Why?" he asked me.', ['"Why?" he asked me.']),
        ('She said "no." Then she left.', ['She said "no."', "Then she left."]),
        ("no reply yet. typical.", ["no reply yet.", "typical."]),
        ("any news??? u said today", ["any news??? u said today"]),
        ("Lets go!!! 💪⚡", ["Lets go!!! 💪⚡"]),
        ("Regards,\nPeter Lunn", ["Regards, Peter Lunn"]),
        ("Hugs from us all,\nAltagracia", ["Hugs from us all, Altagracia"]),
        ("Hi Dana,\nBob", ["Hi Dana,", "Bob"]),
        ("Best,\nI wrote this by hand.", ["Best,", "I wrote this by hand."]),
        ("- one thing\n- another thing", ["- one thing", "- another thing"]),
        ("1. First point\n2. Second point", ["1. First point", "2. Second point"]),
        ("My CV is attached\nI can start Monday", ["My CV is attached", "I can start Monday"]),
        ("First paragraph\n\nsecond paragraph", ["First paragraph", "second paragraph"]),
        ("# Heading\ntext below it.", ["# Heading", "text below it."]),
        ("---\nText.\n***", ["Text."]),
    ],
)
def test_sentences_of_mail(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_hard_wrapped_lines_are_one_sentence() -> None:
    text = (
        "I am writing about the post of depot planner that I applied for at the\n"
        "end of March, because the address in your advertisement no longer seems\n"
        "to work. Could you tell me where to send\n"
        "it?\n"
    )
    assert split(text)[0].endswith("no longer seems to work.")
    assert len(split(text)) == 3  # the third line is short: it was broken on purpose


def test_a_wrap_after_an_abbreviation_goes_on() -> None:
    text = (
        "The keys are with our caretaker on the ground floor of the building, Mrs.\n"
        "Joshi, who is there until seven in the evening on every day of the week\n"
        "and knows that you are coming.\n"
    )
    assert len(split(text)) == 1


def test_sentences_one_a_line_stay_one_a_line() -> None:
    lines = [
        "Hello Mr Adeyemi",
        "I can do the early shift from next week on and the late one from May on as well",
        "I have my own van",
        "The licence is valid until 2031 and I have no points on it at all as of today",
    ]
    assert split("\n".join(lines)) == lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end: str) -> None:
    assert split(f"Hi Ana,{end}{end}one. Two{end}") == ["Hi Ana,", "one.", "Two"]


def test_only_the_given_stretch_is_read() -> None:
    text = "Not mine. Mine. Not mine."
    assert [s.of(text) for s in spans(text, Span(10, 15))] == ["Mine."]


def test_endless_text_is_cut_into_bounded_pieces() -> None:
    text = "word " * 5000
    pieces = list(spans(text, Span(0, len(text))))
    assert all(len(p) <= 1200 for p in pieces)
    assert "".join(p.of(text) for p in pieces).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet=st.sampled_from("aB.!? \n\r,\"'😀-1)")))
def test_sentences_are_in_order_trimmed_and_complete(text: str) -> None:
    found = list(spans(text, Span(0, len(text))))
    for before, after in pairwise(found):
        assert before.end <= after.start
    for span in found:
        assert span.of(text) == span.of(text).strip() != ""
    covered = "".join(s.of(text) for s in found)
    for letter in "aB1😀":
        assert covered.count(letter) == text.count(letter)
