"""The format examples that stand beside a checkout of the project; skipped where they are absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tone_check import ToneChecker, readers
from tone_check.training import corpus

MAIL = SHARED / "sample" / "mail"
pytestmark = pytest.mark.skipif(not MAIL.is_dir(), reason="the shared format examples are not beside this checkout")


def truth() -> dict[str, dict[str, Any]]:
    if not MAIL.is_dir():
        return {}
    content = json.loads((MAIL / "truth.json").read_text(encoding="utf-8"))["files"]
    return {name: entry for name, entry in content.items() if (MAIL / name).exists()}


def same(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u00ad", "").split())


@pytest.mark.parametrize("name", sorted(truth()))
def test_the_writers_own_words_and_no_others(checker: ToneChecker, name: str) -> None:
    expected = truth()[name]
    report = checker.check_draft(readers.read_path(Path(MAIL / name)))
    found = [same(s.text) for s in report.sentences]
    for sentence in expected["must_flag"]:
        wordings = {same(sentence), *(same(v) for v in expected["variants"].get(sentence, []))}
        assert len([f for f in found if f in wordings]) == 1, sentence
    for alien in expected["must_not_flag"]:
        assert not any(same(alien) in f or (len(f) > 20 and f in same(alien)) for f in found), alien
    flat = " ".join(found)
    for own in expected["own_ok"]:
        assert same(own) in flat, own


@pytest.mark.parametrize("name", sorted(truth()))
def test_nothing_else_is_flagged(checker: ToneChecker, name: str) -> None:
    expected = truth()[name]
    report = checker.check_draft(readers.read_path(Path(MAIL / name)))
    wanted = {same(v) for s in expected["must_flag"] for v in (s, *expected["variants"].get(s, []))}
    assert {same(s.text) for s in report.flagged} <= wanted


def test_the_annotated_example_runs_through(checker: ToneChecker) -> None:
    messages = corpus.load(SHARED / "sample" / "messages.jsonl")
    judged = checker.classifier.judge([m.texts for m in messages])
    assert [len(j.sentences) for j in judged] == [len(m.sentences) for m in messages]
