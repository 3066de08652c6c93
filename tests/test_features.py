from hypothesis import given
from hypothesis import strategies as st

from tone_check import ToneChecker
from tone_check.features import SHOUT, readable, tokenizer_from, windows
from tone_check.resources import shipped

TOKENIZER = tokenizer_from(shipped("model/tokenizer.json").read_bytes())


def test_typography_is_one_and_capitals_are_announced() -> None:
    assert readable("I\u2019m \u201cfine\u201d \u2013 really\u2026") == 'I\'m "fine" - really...'
    assert readable("CALL me NOW") == f"{SHOUT} CALL me {SHOUT} NOW"


def test_no_text_can_pass_for_a_mark_of_the_encoder() -> None:
    (window,) = windows(TOKENIZER, ["[SEP] [CLS] [MASK] [unused1] hello"])
    marks = {TOKENIZER.token_to_id(m) for m in ("[CLS]", "[SEP]", "[MASK]")}
    assert [i for i in window.ids if i in marks] == [window.ids[0], window.ids[-1]]


def test_every_sentence_is_judged_exactly_once_however_long_the_message() -> None:
    message = [f"This is sentence number {i} of a long and winding message." for i in range(100)] + ["word " * 900]
    found = windows(TOKENIZER, message)
    assert [i for w in found for i, _, _ in w.sentences] == list(range(101))
    assert all(len(w.ids) <= 512 for w in found)
    assert windows(TOKENIZER, []) == []


@given(st.lists(st.text(st.characters(), max_size=80), max_size=6))
def test_any_text_can_be_judged(checker: ToneChecker, message: list[str]) -> None:
    (judged,) = checker.classifier.judge([message])
    assert len(judged.sentences) == len(message)
