import json
from pathlib import Path
from typing import Any

import pytest

from tone_check.report import ITEMS
from tone_check.training.corpus import CorpusError, digest, load, parse

GOOD: dict[str, Any] = {
    "id": "x-1",
    "channel": "email",
    "scenario": "core: status",
    "voice": "plain",
    "author": "x",
    "batch": "plain",
    "sentences": [
        {"text": "Hello,", "resentment": 0, "blame": 0, "professionalism": 4, "acts": []},
        {"text": "Noted.", "resentment": 2, "blame": 0, "professionalism": 2, "acts": ["passive-aggression"]},
        {"text": "You had said Friday.", "resentment": 0, "blame": 1, "professionalism": 3, "acts": []},
    ],
    "checklist": {"thanks": False, "accepts-decision": None, "keeps-cool": False},
}


def test_a_message_is_read() -> None:
    message = parse(json.dumps(GOOD), "here")
    assert [s.flagged for s in message.sentences] == [False, True, False]
    assert [s.borderline for s in message.sentences] == [False, False, True]
    assert message.checklist["accepts-decision"] is None
    assert message.checklist["thanks"] is False
    assert message.texts[1] == "Noted."


def test_two_checklists_are_read_the_authors_first() -> None:
    assert parse(json.dumps(GOOD), "here").checklists == ({**dict.fromkeys(ITEMS), **GOOD["checklist"]},)
    again = parse(json.dumps({**GOOD, "second_checklist": {"thanks": True}}), "here")
    assert [marks["thanks"] for marks in again.checklists] == [False, True]
    assert parse(json.dumps({**GOOD, "checklist": None}), "here").checklists == ()


def test_three_ratings_of_a_sentence_are_read_and_change_no_label() -> None:
    first = {**GOOD["sentences"][0], "ratings": [4, 3, 3]}
    (sentence,) = parse(json.dumps({**GOOD, "sentences": [first]}), "here").sentences
    assert (sentence.ratings, sentence.professionalism) == ((4, 3, 3), 4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sentences": [{"text": "x", "resentment": 4, "blame": 0, "professionalism": 4}]}, "resentment"),
        ({"sentences": [{"text": "x", "resentment": 0, "blame": 0, "professionalism": 0}]}, "professionalism"),
        ({"sentences": [{"text": 7}]}, "text"),
        ({"sentences": [{**GOOD["sentences"][0], "ratings": [4, 4, 6]}]}, "ratings"),
        ({"sentences": [{**GOOD["sentences"][0], "ratings": "444"}]}, "ratings"),
        ({"sentences": ["x"]}, "not an object"),
        ({"sentences": None}, "list of sentences"),
        ({"checklist": {"thanks": "yes"}}, "checklist"),
        ({"second_checklist": [True]}, "checklist"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: dict[str, object], said: str) -> None:
    with pytest.raises(CorpusError, match=said) as error:
        parse(json.dumps({**GOOD, **change}), "file:3")
    assert str(error.value).startswith("file:3")


def test_an_unknown_act_is_refused() -> None:
    row = {**GOOD, "sentences": [{"text": "x", "resentment": 2, "blame": 0, "professionalism": 2, "acts": ["rude"]}]}
    with pytest.raises(CorpusError, match="acts"):
        parse(json.dumps(row), "file:1")


def test_unlabelled_text_is_enough_when_only_scores_are_wanted() -> None:
    message = parse('{"id": 1, "sentences": [{"text": "Hello"}]}', "here", labels=False)
    assert message.texts == ["Hello"]


def test_files_must_be_utf8_json_with_unique_ids(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(json.dumps(GOOD) + "\n\n" + json.dumps(GOOD) + "\n")
    with pytest.raises(CorpusError, match=r"m\.jsonl:3: the id 'x-1' comes twice"):
        load(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CorpusError, match="not UTF-8"):
        load(path)
    path.write_text("{")
    with pytest.raises(CorpusError, match=r"m\.jsonl:1: not JSON"):
        load(path)


def test_the_digest_depends_on_every_byte(tmp_path: Path) -> None:
    one, two = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    one.write_text("1")
    two.write_text("2")
    before = digest([one, two])
    two.write_text("3")
    assert digest([one, two]) != before
    assert digest([one, two]) == digest([one, two])
