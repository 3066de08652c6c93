"""Suggestions for whole messages, with the shipped model."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tone_check import rewrites
from tone_check.classifier import Classifier
from tone_check.report import Finding, Scores, Suggestion
from tone_check.resources import shipped
from tone_check.rewrites import applied, index, pairs, removal, suggest, wordings
from tone_check.rewrites.candidates import Candidate
from tone_check.rewrites.facts import facts, lost

pytestmark = pytest.mark.skipif(
    not (shipped("model") / "tone.json").exists(), reason="no trained model in model/: run make train first"
)

DRAFT = (
    "Dear Ms Ruiz,",
    "I applied for the night porter job in May.",
    "You told me Friday, and as usual nobody bothered to call.",
    "I demand a written explanation by Monday.",
    "You are a bunch of liars and clowns.",
    "Pay me my 45 euros for the train or I will call my lawyer.",
    "WHY DID NOBODY ANSWER ME???!!!",
    "Kind regards,",
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(threads=1)


def judged(classifier: Classifier, texts: tuple[str, ...]) -> list[Finding]:
    (message,) = classifier.judge([texts])
    return [
        Finding(t, None, 0, len(t), 1, 1, j.scores, j.labels, j.acts)
        for t, j in zip(texts, message.sentences, strict=True)
    ]


def test_only_flagged_sentences_get_suggestions_and_facts_are_never_removed(classifier: Classifier) -> None:
    found = suggest(classifier, judged(classifier, DRAFT), "normal")
    assert [f.text for f in found] == list(DRAFT)
    for finding in found:
        assert finding.flagged or not finding.suggestions
        if [s.kind for s in finding.suggestions] == ["remove"]:
            assert not removal.worth_keeping(finding.text)
        assert len(finding.suggestions) <= 3


def test_what_is_shown_keeps_the_facts_and_is_clean_in_its_place(classifier: Classifier) -> None:
    found = suggest(classifier, judged(classifier, DRAFT), "normal")
    for place, finding in enumerate(found):
        for suggestion in finding.suggestions:
            assert suggestion.why
            if suggestion.kind == "remove":
                assert suggestion.text == ""
                continue
            assert lost(facts(finding.text), facts(suggestion.text)) == []
            changed = [*DRAFT[:place], suggestion.text, *DRAFT[place + 1 :]]
            assert classifier.judge([changed])[0].sentences[place].labels == ()


def test_no_text_is_suggested_twice_and_the_same_draft_gets_the_same_suggestions(classifier: Classifier) -> None:
    findings = judged(classifier, (*DRAFT[:-1], *DRAFT[2:]))
    once, again = suggest(classifier, findings, "normal"), suggest(classifier, findings, "normal")
    assert once == again
    first = [t for t, f in zip(applied(once), once, strict=True) if f.suggestions and t]
    assert first
    assert len(first) == len(set(first))


def test_an_index_serves_only_the_texts_it_was_made_from(classifier: Classifier) -> None:
    known = pairs.load_all(shipped("data/rewrites"))[:5]
    calm = wordings.load_all(shipped("data/gists/wordings"))[:7]
    arrays = index.build(classifier, known, calm)
    assert index.fits(arrays, known, calm)
    assert not index.fits(arrays, known[:4], calm)
    assert not index.fits(arrays, known, calm[1:])
    for name in ("content", "wordings"):
        assert np.allclose(np.linalg.norm(arrays[name].astype(float), axis=1), 1, atol=0.01)


@pytest.mark.parametrize(
    ("how", "idle", "first"),
    [("rule", 0.9, "rewrite"), ("gist", 0.9, "remove"), ("gist", 0.3, "rewrite"), (None, 0.3, "remove")],
)
def test_removal_comes_before_a_composed_wording_where_a_writer_would_leave_it_out(
    how: str | None, idle: float, first: str
) -> None:
    scores = Scores(0.9, 0.1, 2.0, 0.9)
    finding = Finding("What a farce.", None, 0, 13, 1, 1, scores, ("resentment",), ("venting",))
    heads = SimpleNamespace(gists=lambda _: np.zeros((1, 1)), idle=lambda _: np.array([idle]))
    said = [rewrites.Scored(Candidate("I was unhappy.", "", how), SimpleNamespace(scores=scores), 1.0)] if how else []  # type: ignore[arg-type]
    remove = Suggestion("", "remove", scores, "why")
    options = rewrites._options(finding, said, np.zeros((1, 3), np.float32), SimpleNamespace(heads=heads), remove)  # type: ignore[arg-type]
    assert options[0].kind == first
    assert len(options) == 1 + (how == "gist" and first == "remove")
