"""What the corpus must hold, counted over the files themselves (data/README.md reports the same figures)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations, pairwise

from tests.conftest import ROOT
from tone_check.training import corpus
from tone_check.training.corpus import Message
from tone_check.training.train import load_splits, split

FOLDER = ROOT / "data/messages"
_WORD = re.compile(r"[a-z0-9']+")
HEATED = {"threat", "ultimatum", "entitlement", "pressure"}


@cache
def messages() -> tuple[Message, ...]:
    return tuple(corpus.load_all([FOLDER]))


def long_enough(text: str) -> bool:
    return len(text.split()) >= 5


def test_ids_are_unique_over_all_files_and_every_message_has_author_and_batch() -> None:
    ids = Counter(m.id for m in messages())
    assert [i for i, n in ids.items() if n > 1] == []
    assert all(m.author and m.batch and m.voice for m in messages())
    for path in corpus.files([FOLDER]):
        assert {m.author for m in corpus.load(path)} == {path.stem}


def test_the_corpus_is_large_varied_and_mostly_plain() -> None:
    sentences = [s for m in messages() for s in m.sentences if long_enough(s.text)]
    assert len(messages()) >= 400
    assert len(sentences) >= 3000
    assert len({m.author for m in messages()}) >= 8
    assert len({m.voice for m in messages()}) >= 80
    core = sum(m.scenario.startswith("core") for m in messages())
    assert 0.6 <= core / len(messages()) <= 0.8
    fine = sum(not any(s.flagged for s in m.sentences) for m in messages())
    assert fine / len(messages()) >= 0.45


def test_labels_keep_the_rules_of_the_guide() -> None:
    for message in messages():
        for sentence in message.sentences:
            assert bool(sentence.acts) == sentence.flagged, (message.id, sentence.text)
        hot = any(s.resentment >= 2 or s.blame >= 2 or not HEATED.isdisjoint(s.acts) for s in message.sentences)
        assert message.checklist["keeps-cool"] is not hot, message.id


def test_minimal_pairs_have_two_sides_of_equal_length() -> None:
    sides = defaultdict(list)
    for message in messages():
        if message.pair:
            sides[message.pair].append(message)
    assert len(sides) >= 20
    for pair, both in sides.items():
        assert len(both) == 2, pair
        assert len(both[0].sentences) == len(both[1].sentences), pair
        hostile = [any(s.flagged for s in m.sentences) for m in both]
        assert sorted(hostile) == [False, True], pair


def test_authors_share_no_near_duplicates() -> None:
    """No two sentences of eight words or more by different authors share four fifths of their word pairs."""
    owners: dict[tuple[str, str], set[int]] = defaultdict(set)
    shingled: list[tuple[str, str, frozenset[tuple[str, str]]]] = []
    for message in messages():
        for sentence in message.sentences:
            words = _WORD.findall(sentence.text.lower())
            if len(words) >= 8:
                shingles = frozenset(pairwise(words))
                for shingle in shingles:
                    owners[shingle].add(len(shingled))
                shingled.append((message.author, sentence.text, shingles))
    shared: Counter[tuple[int, int]] = Counter()
    for places in owners.values():
        if len(places) <= 400:  # a pair of words that everybody uses costs much and says nothing
            for one, other in combinations(sorted(places), 2):
                if shingled[one][0] != shingled[other][0]:
                    shared[one, other] += 1
    alike = [
        (shingled[a][1], shingled[b][1])
        for (a, b), count in shared.items()
        if count >= 0.8 * len(shingled[a][2] | shingled[b][2])
    ]
    assert alike == [], alike


def test_held_out_authors_exist_and_nothing_is_on_both_sides() -> None:
    splits = load_splits(ROOT / "data/splits.toml")
    learning, tuning, testing = split(messages(), splits)
    assert {m.author for m in tuning} == set(splits.tune)
    assert {m.author for m in testing} == set(splits.test)
    assert {m.author for m in learning}.isdisjoint({*splits.tune, *splits.test})
