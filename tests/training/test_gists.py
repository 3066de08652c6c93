"""Labels of what flagged sentences mean: read, attached, and turned into calm company for training."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tone_check.rewrites import gists as gist_list
from tone_check.rewrites.pairs import Pair
from tone_check.rewrites.wordings import Wording
from tone_check.training import augment, corpus, gists
from tone_check.training.corpus import CorpusError, Labelled, Message

NAMES = ("silence", "waiting", "nothing")


def message(*sentences: Labelled) -> Message:
    return Message("m-1", "email", "core: x", "v", sentences, {"thanks": True}, "a")


def test_labels_are_attached_to_sentences_and_pairs(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"of": "m-1:1", "gists": ["waiting", "silence"]}\n\n{"of": "p-1", "gists": ["nothing"]}\n')
    labels = gists.load(path, NAMES)
    (found,) = gists.attach([message(Labelled("a", 0, 0, 4, ()), Labelled("b", 2, 0, 2, ("sarcasm",)))], labels)
    assert [s.gists for s in found.sentences] == [(), ("waiting", "silence")]
    pair = Pair("p-1", "p", "core", "plain", "none", ("insult",), "harsh", (), "why")
    assert gists.attach_pairs([pair], labels)[0].gists == ("nothing",)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"of": "m-1:1", "gists": []}',
        '{"of": "m-1:1", "gists": ["unheard"]}',
        '{"gists": ["silence"]}',
        '{"of": "m-0:0", "gists": ["silence"]}',
    ],
)
def test_a_broken_line_is_one_clear_error(tmp_path: Path, line: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"of": "m-0:0", "gists": ["silence"]}\n' + line + "\n")
    with pytest.raises(CorpusError, match=r"labels\.jsonl:2"):
        gists.load(path, NAMES)


def test_the_shipped_labels_are_of_flagged_sentences_and_pairs_that_exist() -> None:
    labels = gists.load(ROOT / "data/gists/labels.jsonl", gist_list.names())
    pairs = {json.loads(line)["id"] for p in (ROOT / "data/rewrites").glob("*.jsonl") for line in p.open()}
    sentences = {f"{m.id}:{i}" for m in corpus.load_all([ROOT / "data/messages"]) for i in range(len(m.sentences))}
    assert set(labels) <= pairs | sentences
    assert len(labels) > 8000
    assert all(g == ("nothing",) or "nothing" not in g for g in labels.values())


def test_calm_texts_are_those_without_slots_by_gist_in_order() -> None:
    def wording(gist: str, text: str) -> Wording:
        return Wording(text, "w", gist, frozenset(), "plain", text)

    found = gists.calm_texts(
        [wording("waiting", "It is late."), wording("silence", "No word."), wording("silence", "None since {date}.")],
        NAMES,
    )
    assert found == {"silence": ("No word.",), "waiting": ("It is late.",), "nothing": ()}
    assert tuple(found) == NAMES


def test_calm_sentences_take_the_place_of_flagged_ones_only_and_drop_the_checklist() -> None:
    calm = {"silence": ("I have had no answer.",)}
    hostile = Labelled("Cat got your tongue?", 2, 1, 2, ("sarcasm",), gists=("silence",))
    plain = Labelled("Thank you.", 0, 0, 4, ())
    shown = augment.augment([message(plain, hostile, plain)] * 200, calm, random.Random(3))
    changed = [m for m in shown if any(s.text == "I have had no answer." for s in m.sentences)]
    assert 5 < len(changed) < 60
    for m in changed:
        assert m.checklist == {}
        assert [s.flagged for s in m.sentences] == [False] * len(m.sentences)
        assert {s.text for s in m.sentences} <= {"Thank you.", "I have had no answer."}
