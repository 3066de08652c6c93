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


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("You paid.", []),
        ("“You paid.”", []),
        ('"You paid."', []),
        ("(You paid.)", []),
        ("Élan has paid.", []),
        ("9 people paid.", []),
        ("£5 was paid.", []),
        ("I said that that is paid.", []),
        ("I had had it paid.", []),
        ("You paid a union.", []),
        ("Could you pay?", []),
        ("Who did you pay for?", []),
        ("I hope so.", []),
        ("You did what I asked for.", []),
        ("", ["no capital", "no end mark", "no verb"]),
        ("you paid.", ["no capital"]),
        ("You paid", ["no end mark"]),
        ('You said "no.', ["quotes or brackets"]),
        ('You said "no" and "yes.', ["quotes or brackets"]),
        ("You said “no.", ["quotes or brackets"]),
        ("You said no.”", ["quotes or brackets"]),
        ("You (paid.", ["quotes or brackets"]),
        ("You paid).", ["quotes or brackets"]),
        ("“You (have paid.", ["quotes or brackets"]),
        ("You paid paid me.", ["doubled or broken words"]),
        ("You Paid paid me.", ["doubled or broken words"]),
        ("You paid {x} me.", ["doubled or broken words"]),
        ("You paid , me.", ["doubled or broken words"]),
        ("You paid,, me.", ["doubled or broken words"]),
        ("You paid a issue.", ["doubled or broken words"]),
        ("Could you pay, it is late?", ["a question that runs on"]),
        ("Can you pay and he goes home?", ["a question that runs on"]),
        ("Paid.", ["no verb"]),
        ("Friday then.", ["no verb"]),
        ("You paid and.", ["ends in the air"]),
        ("You wrote that you will not.", ["ends in the air"]),
        ("You paid And.", ["ends in the air"]),
        ("You paid nor!", ["ends in the air"]),
        ("You did what I asked with.", ["ends in the air"]),
    ],
)
def test_what_is_not_well_formed_is_named(text: str, wrong: list[str]) -> None:
    assert gate.malformed(text, "plain") == wrong


def test_a_short_message_needs_no_verb_but_two_words() -> None:
    assert gate.malformed("Friday then.", "sms") == []
    assert gate.malformed("Friday.", "sms") == ["no verb"]
    assert gate.problems("Friday then.", "Friday then.", "sms", True) == []


def test_every_problem_is_told_and_the_topic_may_be_named() -> None:
    assert gate.problems("You owe me.", "you owe the bank", "plain", False) == [
        "no capital", "no end mark", "no verb", "still says 'you owe'", "makes up 'bank'",
    ]  # fmt: skip
    assert gate.problems("Where is my refund?", "Where is the night job?", "plain", False, "the night job") == []
    assert gate.problems("Where is my refund?", "Where is the night job?", "plain", False) == [
        "makes up 'job'", "makes up 'night'",
    ]  # fmt: skip


def test_stings_are_found_whatever_their_apostrophe() -> None:
    assert gate.stings("You couldn’t be bothered, liar.") == ["couldn't be bothered", "liar"]
    assert gate.stings("I would rather not.") == []


@pytest.mark.parametrize(
    ("text", "denied", "stated"),
    [
        ("one not two three four five six", "two thre four fiv", "one six"),
        ("not one, two but three. not four and five", "one four", "two thre fiv"),
        ("one two not six nobody one two three four five", "six one two thre four", "one two fiv"),
    ],
)
def test_a_denial_reaches_four_words_and_not_over_a_clause(text: str, denied: str, stated: str) -> None:
    assert gate._denied(text) == (frozenset(denied.split()), frozenset(stated.split()))


@pytest.mark.parametrize(
    ("source", "candidate", "words"),
    [
        ("That is not your fault.", "It is your fault.", ["fault"]),
        ("I was not late.", "I was not late and paid.", []),
        ("It was not ok.", "It was ok.", []),
        ("I was late.", "I was not late.", ["lat"]),
        ("You never paid.", "You paid.", ["pay"]),
        ("You did not pay.", "I hope you pay.", []),
        ("You did not pay.", "Did you pay?", []),
    ],
)
def test_what_is_turned_round(source: str, candidate: str, words: list[str]) -> None:
    assert gate.turned_round(source, candidate) == words


def test_without_acts_or_with_a_name_words_are_meant() -> None:
    assert gate.literal("Whatever.", ())
    assert gate.literal("I met Krause.", ("sarcasm",))
    assert not gate.literal("I met nobody.", ("sarcasm",))
    # The half that speaks of the reader's side is the reproach, unless it asks.
    assert not gate.literal("He met Krause.", ("sarcasm",))
    assert not gate.literal("You read nothing.", ("accusation",))
    assert gate.literal("You had my file; could you read it?", ("accusation",))


def test_the_least_risk_is_always_enough() -> None:
    assert gate.clean(judged(0.04, "blame"), judged(0.05), ceiling=0.5)
    assert not gate.clean(judged(0.04, "blame"), judged(0.051), ceiling=0.5)
    assert gate.clean(judged(0.8, "blame"), judged(0.6), ceiling=0.6)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("I noticed that how much you care.", True),
        ("Could to be told who was driving?", True),
        ("I noticed that the interview.", True),
        ("At the interview tuning was not.", True),
        ("I would like you to know that nobody rang.", False),
        ("I am sorry that I missed it.", False),
        ("Could I be told who was driving?", False),
        ("I was told that the post was gone.", False),
    ],
)
def test_a_clause_that_a_cut_or_a_hole_broke_is_seen(text: str, broken: bool) -> None:
    assert ("a broken clause" in gate.malformed(text, "plain")) is broken
