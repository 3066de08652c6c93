from pathlib import Path

import pytest

from tone_check import guidance
from tone_check.guidance import GuidanceError, advise, fold, load
from tone_check.report import ADVICE_ITEMS, ITEMS

LINES = load()


@pytest.mark.parametrize(
    ("line", "example"),
    [(line, example) for line in LINES for example in line.examples],
    ids=lambda x: x.text[:40] if isinstance(x, guidance.Example) else x.item,
)
def test_every_example_of_the_data_file(line: guidance.Line, example: guidance.Example) -> None:
    assert line.fits(fold(example.text), example.acts) is example.shown


def test_every_line_carries_an_example_that_shows_it() -> None:
    for line in LINES:
        assert any(e.shown for e in line.examples), line.message


def test_every_item_has_advice() -> None:
    assert {line.item for line in LINES} == set(ADVICE_ITEMS)


def test_only_missed_items_get_advice_and_only_one_line_each() -> None:
    checklist = {**dict.fromkeys(ITEMS, True), "thanks": False, "accepts-decision": None}
    found = advise(LINES, checklist, "Is there any news about the interview?", ())
    assert [a.item for a in found] == ["thanks"]


def test_nobody_is_told_to_ask_a_debtor_how_to_improve() -> None:
    checklist = dict.fromkeys(ITEMS, False)
    found = advise(LINES, checklist, "The invoice for the translation job is 21 days overdue.", ())
    assert {a.item for a in found}.isdisjoint({"feedback-request", "continued-interest", "thanks"})


def test_a_line_offers_a_sentence_and_says_where_it_goes() -> None:
    checklist = {**dict.fromkeys(ITEMS, True), "feedback-request": False}
    (found,) = advise(LINES, checklist, "I understand that the position has been filled.", ())
    line = next(line for line in LINES if found.message.startswith(line.message))
    assert found.message.endswith(f"For example, {line.place}: “{line.offer}”")
    assert line.offer.endswith("?")


@pytest.mark.parametrize(
    "content",
    [
        "[[advice]]\nitem = 'thanks'\nmessage = 'x'\noffer = 'Thank you.'",
        "not toml [",
        "[[advice]]\nitem = 'nonsense'\nmessage = ''",
        "[[advice]]\nitem = 'thanks'",
        "other = 1",
    ],
)
def test_a_broken_file_is_one_clear_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "guidance.toml"
    path.write_text(content)
    with pytest.raises(GuidanceError, match=r"guidance\.toml"):
        load(path)


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(GuidanceError, match="cannot be read"):
        load(tmp_path / "none.toml")
