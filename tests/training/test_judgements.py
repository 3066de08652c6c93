"""Readers' judgements of proposals: read, and told where they are not what they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tone_check.rewrites import pairs
from tone_check.training import corpus, judgements
from tone_check.training.corpus import CorpusError
from tone_check.training.judgements import Judgement


def test_a_line_is_a_judgement_and_a_folder_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_text('{"of": "b-1:7", "sentence": "Well?", "text": "Any news?", "mark": 2}\n\n')
    assert judgements.load_all(tmp_path) == [Judgement("b", "Well?", "Any news?", 2)]
    assert judgements.load_all(tmp_path / "none") == []


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"of": "b-1:7", "sentence": "Well?", "text": "Any news?", "mark": 3}',
        '{"of": "b-1:7", "sentence": "Well?", "text": "", "mark": 0}',
        '{"of": "b-1:7", "sentence": "Well?", "mark": 0}',
    ],
)
def test_a_broken_line_is_one_clear_error(tmp_path: Path, line: str) -> None:
    (tmp_path / "1.jsonl").write_text("\n" + line + "\n")
    with pytest.raises(CorpusError, match=r"1\.jsonl:2"):
        judgements.load_all(tmp_path)


def test_every_composed_pair_can_be_sent() -> None:
    known = pairs.load_all(ROOT / "data/rewrites")
    found = judgements.of_pairs(known)
    assert len(found) == sum(len(p.calm) for p in known)
    assert all(j.mark == 2 and "{" not in j.sentence + j.text for j in found)


def test_the_shipped_judgements_are_of_flagged_sentences_of_the_corpus() -> None:
    messages = corpus.load_all([ROOT / "data/messages"])
    sentences = {(m.author, s.text) for m in messages for s in m.sentences if s.flagged}
    shipped = judgements.load_all(ROOT / "data/judgements")
    assert len(shipped) > 5000
    assert all((j.author, j.sentence) in sentences for j in shipped)
