"""How probably could a proposal be sent? ``python -m benchmarks.sendable [MODEL]`` fits ``rewrites/sendable.toml``.

Readers marked proposals for flagged sentences of the tuning authors (``data/judgements``). On these a logistic
regression weighs what the model says of a proposal read beside its sentence, how it was made, and how many of its words
are the writer's. Printed are the numbers, and what another choice of the threshold would give: how many of these
sentences get a proposal, and what readers said of the one that comes first (five folds, sentences kept together).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from benchmarks.records import made
from tone_check.classifier import Classifier
from tone_check.rewrites import sendable
from tone_check.training import corpus
from tone_check.training.train import load_splits

ROOT = Path(__file__).resolve().parent.parent


def judged() -> list[dict[str, Any]]:
    """Return the judged proposals of the tuning authors of which it is known how they were made."""
    tune = load_splits(ROOT / "data/splits.toml").tune
    rows: list[dict[str, Any]] = corpus.read_folder(ROOT / "data/judgements", dict)
    return [r for r in rows if r["of"].partition("-")[0] in tune and r.get("how") in sendable.HOWS]


def records(rows: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the record of the rule that made each proposal; (0, 0) where no rule makes it in these words today."""
    messages = {m.id: m for m in corpus.load_all([ROOT / "data/messages"])}
    found = {key: {c.text: c.rule.sent for c in made(messages, key) if c.rule} for key in {r["of"] for r in rows}}
    return [found[r["of"]].get(r["text"], (0, 0)) for r in rows]


def main() -> None:
    """Fit, and print the numbers and the table."""
    rows = judged()
    classifier = Classifier(Path(sys.argv[1]) if sys.argv[1:] else None)
    read = classifier.encoder.encode([[r["sentence"], r["text"]] for r in rows])
    match = classifier.heads.match(np.stack([v[0] for v in read]), np.stack([v[1] for v in read]))
    sent = records(rows)
    features = np.stack(
        [sendable.features(r["sentence"], r["text"], r["how"], m, s) for r, m, s in zip(rows, match, sent, strict=True)]
    )
    marks = np.array([r["mark"] for r in rows])
    _, sentences = np.unique([r["of"] for r in rows], return_inverse=True)
    head = LogisticRegression(C=0.1, max_iter=3000)
    found = cross_val_predict(head, features, marks == 2, groups=sentences, cv=GroupKFold(5), method="predict_proba")[
        :, 1
    ]
    head.fit(features, marks == 2)
    print(
        f"# {len(rows)} proposals for {sentences.max() + 1} sentences, {np.mean(marks == 2):.0%} of them could be sent"
    )
    print(f"# average precision {average_precision_score(marks == 2, found):.3f}; of the match alone "
          f"{average_precision_score(marks == 2, match.mean(axis=1)):.3f}")  # fmt: skip
    print(f"constant = {head.intercept_[0]:.2f}")
    for name, weight in zip(sendable.NAMES, head.coef_[0], strict=True):
        print(f"{name} = {weight:.2f}")
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5):
        best = [max(np.flatnonzero(sentences == k), key=lambda i: found[i]) for k in range(sentences.max() + 1)]
        first = [marks[i] for i in best if found[i] >= threshold]
        print(
            f"# at {threshold:.2f}: {len(first) / len(best):.0%} of the sentences get one; could be sent "
            f"{np.mean(np.equal(first, 2)):.0%}, says something else {np.mean(np.equal(first, 0)):.0%}"
        )


if __name__ == "__main__":
    main()
