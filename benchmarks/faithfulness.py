"""Are the words shown as evidence those that did it? ``python -m benchmarks.faithfulness [FILES] [--sentences N]``.

For every flagged sentence of the test authors the evidence is taken out and, in turn, other stretches of as many words;
it is faithful where its absence lowers the risk more than theirs does on average.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Sequence
from pathlib import Path

from tone_check import evidence
from tone_check.classifier import Classifier
from tone_check.training import corpus
from tone_check.training.train import load_splits

ROOT = Path(__file__).resolve().parent.parent
OTHERS = 8


def without(words: Sequence[str], gone: set[int]) -> str:
    return " ".join(w for i, w in enumerate(words) if i not in gone) or "."


def measure(classifier: Classifier, texts: Sequence[str], index: int, seed: int) -> tuple[float, float] | None:
    """Return the risk without the evidence and the mean risk without as many other words; None if there are none."""
    judged = classifier.judge([texts])[0].sentences[index]
    words = texts[index].split()
    shown = {i for s in evidence.find(classifier, texts, index, judged.labels) for i in range(s.first, s.end)}
    others = [
        set(range(a, a + len(shown)))
        for a in range(len(words) - len(shown) + 1)
        if shown.isdisjoint(range(a, a + len(shown)))
    ]
    if not others or not shown:
        return None
    drawn = random.Random(seed).sample(others, min(OTHERS, len(others)))
    variants = [[*texts[:index], without(words, gone), *texts[index + 1 :]] for gone in [shown, *drawn]]
    risks = [m.sentences[index].scores.risk for m in classifier.judge(variants)]
    return risks[0], statistics.fmean(risks[1:])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faithfulness")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--sentences", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    authors = load_splits(ROOT / "data/splits.toml").test
    files = options.files or [ROOT / f"data/messages/{a}.jsonl" for a in authors]
    messages = [m for f in files for m in corpus.load(f)]
    classifier = Classifier()
    flagged = [
        (m.texts, i)
        for m, j in zip(messages, classifier.judge([m.texts for m in messages]), strict=True)
        for i, s in enumerate(j.sentences)
        if s.labels
    ]
    random.Random(options.seed).shuffle(flagged)
    found = [measure(classifier, texts, i, options.seed) for texts, i in flagged[: options.sentences]]
    measured = [f for f in found if f is not None]
    faithful = sum(gone < others for gone, others in measured)
    print(f"flagged sentences          {len(found)}, {len(measured)} of them long enough to compare")
    print(f"evidence is faithful in    {faithful / max(1, len(measured)):.1%}")
    print(f"mean risk without it       {statistics.fmean(g for g, _ in measured):.3f}")
    print(f"without as many others     {statistics.fmean(o for _, o in measured):.3f}")


if __name__ == "__main__":
    main()
