"""What passes the gate keeps every number, date and denial and makes nothing up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tone_check.classifier import Judged
from tone_check.report import Label, Scores
from tone_check.rewrites import candidates, facts, gate

WORDS = st.sampled_from(
    "I waited for the keys and you never called my landlord about it but nobody has paid since then"
    " please send an answer".split()
)
FACTS = st.sampled_from(
    ["Friday", "3 May", "£1,300", "two weeks", "Mr Krause", "INC-4023", "tomorrow", "nineteen days", "12%"]
)


@pytest.mark.parametrize(
    ("source", "candidate", "licensed", "what"),
    [
        ("I paid £450 on Friday, you crook.", "I paid on Friday.", True, "loses 450"),
        ("I paid on Friday, you crook.", "I paid.", True, "loses fri"),
        ("You said soon.", "You said Friday.", True, "makes up fri"),
        ("Nobody called.", "Ms Ruiz called.", True, "makes up Ruiz"),
        ("Where is my refund?", "Where is my refund? Thank you for your help.", False, "makes up 'thank'"),
        ("I was not late.", "I was late.", False, "turns round 'lat'"),
        ("You lied to me.", "You lied to me.", True, "still says 'lied'"),
        ("You owe me.", "you owe me", True, "no capital"),
        ("I wrote and you hid.", "I wrote and.", True, "ends in the air"),
        ('He said "no" to me.', 'He said "no to me.', True, "quotes or brackets"),
    ],
)
def test_the_gate_stops(source: str, candidate: str, licensed: bool, what: str) -> None:
    assert what in gate.problems(source, candidate, "plain", licensed)


def test_the_gate_lets_an_honest_rewrite_pass() -> None:
    source = "You said Friday and as usual nobody bothered to call."
    assert gate.problems(source, "You had mentioned Friday, and I am still waiting for the call.", "plain", False) == []


@given(st.lists(st.one_of(WORDS, FACTS), min_size=3, max_size=14))
def test_no_edit_that_passes_loses_or_invents_a_fact(words: list[str]) -> None:
    source = " ".join(words) + "."
    before = facts.facts(source)
    for candidate in candidates.edited(source, "plain", ("accusation",)):
        if not gate.problems(source, candidate.text, "plain", candidate.licensed):
            after = facts.facts(candidate.text)
            assert before.numbers == after.numbers
            assert before.dates == after.dates
            assert facts.invented(source, candidate.text) == []


def judged(risk: float, *labels: Label) -> Judged:
    return Judged(Scores(risk, risk, 4.0, risk), labels, ())


def test_only_what_is_clean_and_clearly_better_is_shown() -> None:
    before = judged(0.9, "blame")
    assert gate.clean(before, judged(0.2), ceiling=0.5)
    assert not gate.clean(before, judged(0.2, "blame"), ceiling=0.5)
    assert not gate.clean(before, judged(0.55), ceiling=0.5)
    assert not gate.clean(judged(0.3, "blame"), judged(0.25), ceiling=0.5)


def test_words_cut_out_of_irony_or_a_threat_are_not_taken_literally() -> None:
    assert not gate.literal("I know the sponsors personally.", ("threat",))
    assert not gate.literal("The spirit was there.", ("sarcasm",))
    assert gate.literal("It was due on 5 April.", ("sarcasm",))
    assert gate.literal("Could you pay it?", ("threat",))
