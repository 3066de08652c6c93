"""What is evaluated is what ships: sentences as given, and the same messages as text."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tone_check import ToneChecker, readers
from tone_check.training import corpus
from tone_check.training.train import load_splits


@pytest.mark.slow
def test_evaluate_and_check_give_the_same_flags(checker: ToneChecker) -> None:
    """Every sentence as given is compared with those of ``check`` that share text with it, and the other way round."""
    splits = load_splits(ROOT / "data/splits.toml")
    messages = [m for author in splits.test for m in corpus.load(ROOT / f"data/messages/{author}.jsonl")]
    judged = checker.classifier.judge([m.texts for m in messages])
    reports = checker.check_drafts([readers.read_text("\n".join(m.texts), m.id) for m in messages])
    same, total = 0, 0
    for message, verdict, report in zip(messages, judged, reports, strict=True):
        places, at = [], 0
        for text in message.texts:
            places.append((at, at + len(text)))
            at += len(text) + 1
        for (start, end), given in zip(places, verdict.sentences, strict=True):
            over = [f for f in report.sentences if f.start < end and f.end > start]
            total += 1
            same += bool(given.labels) == any(f.flagged for f in over)
        for finding in report.sentences:
            under = [
                j for (a, b), j in zip(places, verdict.sentences, strict=True) if finding.start < b and finding.end > a
            ]
            total += 1
            same += finding.flagged == any(j.labels for j in under)
    assert total > 5000
    assert same / total >= 0.99
