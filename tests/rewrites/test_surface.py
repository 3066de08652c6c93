"""Shouting, marks and text-speak go; what is said and the register stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tone_check.rewrites import surface


@pytest.mark.parametrize(
    ("harsh", "calm"),
    [
        ("any updt???? pls rply", "Any update? Please reply."),
        ("WHERE IS MY MONEY???!!!", "Where is my money?"),
        ("I sent my CV to HR!!! 😡😡", "I sent my CV to HR."),
        ("Where is it :(", "Where is it?"),
        ("i paid 3,000.50 on 3.5.2024", "I paid 3,000.50 on 3.5.2024."),
        ("I was there at 3 a.m. to help.", "I was there at 3 a.m. to help."),
        ("It is grade III now.", "It is grade III now."),
        ("Dr. Ríos had u in mind.", "Dr. Ríos had you in mind."),
        ("My CDL class B, U said, goes with plan C.", "My CDL class B, you said, goes with plan C."),
    ],
)
def test_the_surface_is_calmed(harsh: str, calm: str) -> None:
    assert surface.calm(harsh) == calm


def test_a_statement_that_begins_like_a_question_is_none() -> None:
    assert surface.tidy("When it rains I wait") == "When it rains I wait."
    assert surface.tidy("Had you asked, I would have told you") == "Had you asked, I would have told you."


@pytest.mark.parametrize(
    ("sentences", "register"),
    [
        (["Dear Sir,", "I regret to write to you again.", "Respectfully,"], "formal"),
        (["Hi Dana,", "I'm still waiting for the keys."], "plain"),
        (["any news pls", "i waited 2 wks"], "sms"),
        ([], "plain"),
    ],
)
def test_the_register_is_read(sentences: list[str], register: str) -> None:
    assert surface.register_of(sentences) == register


@given(st.text(max_size=80))
def test_any_text_is_calmed_without_a_fault_and_tidying_twice_changes_nothing(text: str) -> None:
    surface.calm(text)
    once = surface.tidy(text)
    assert surface.tidy(once) == once
