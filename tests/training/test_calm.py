"""Calm versions of sentences of the messages: read, told where they are broken, and what the shipped ones must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tone_check.training import calm, corpus
from tone_check.training.corpus import CorpusError, Labelled, Message


def test_a_line_is_a_calm_sentence_or_none_and_a_folder_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_text('{"of": "b-1:7", "calm": "Any news?"}\n\n{"of": "b-1:8", "calm": null}\n')
    assert calm.load_all(tmp_path) == {"b-1:7": "Any news?", "b-1:8": None}
    assert calm.load_all(tmp_path / "none") == {}


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"of": "b-1:7", "calm": ""}',
        '{"of": "b-1:7", "calm": 3}',
        '{"of": "b-1:7"}',
        '{"of": "b-1:6", "calm": "Any news at all?"}',
    ],
)
def test_a_broken_line_is_one_clear_error(tmp_path: Path, line: str) -> None:
    (tmp_path / "1.jsonl").write_text('{"of": "b-1:6", "calm": "Any news?"}\n' + line + "\n")
    with pytest.raises(CorpusError, match=r"1\.jsonl:2"):
        calm.load_all(tmp_path)


def test_only_flagged_sentences_with_a_calm_version_make_a_pair() -> None:
    harsh = Labelled("Still nothing, typical.", 2, 2, 2, ("accusation",), gists=("silence",))
    message = Message("b-1", "email", "core: silence", "", (Labelled("Hi,", 0, 0, 4, ()), harsh, harsh), {}, "b")
    (pair,) = calm.of_messages([message], {"b-1:0": "Hello,", "b-1:1": "I have no news yet.", "b-1:2": None})
    assert (pair.id, pair.author, pair.domain, pair.gists) == ("b-1:1", "b", "core", ("silence",))
    assert (pair.harsh_text, pair.calm_texts) == ("Still nothing, typical.", ("I have no news yet.",))
    assert pair.in_message


def test_the_shipped_ones_are_of_flagged_sentences_and_no_two_of_a_message_are_alike() -> None:
    flagged = {
        f"{m.id}:{i}" for m in corpus.load_all([ROOT / "data/messages"]) for i, s in enumerate(m.sentences) if s.flagged
    }
    shipped = calm.load_all(ROOT / "data/calm")
    assert len(shipped) > 2500
    assert set(shipped) <= flagged
    seen = [(key.partition(":")[0], text) for key, text in shipped.items() if text]
    assert len(seen) == len(set(seen))
