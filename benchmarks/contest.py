"""A contest of models on the same splits: ``python -m benchmarks.contest`` (ten minutes; the last rows need the extra).

Every model learns from the same authors and is read on the same held-out ones: average precision of the flag, and the
recall at one and at two false alarms per 100 clean sentences. Borderline sentences are left out, as everywhere.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tone_check.classifier import BINARY, Classifier
from tone_check.training import corpus
from tone_check.training.corpus import Message
from tone_check.training.train import load_splits, split

ROOT = Path(__file__).resolve().parent.parent
Scores = npt.NDArray[np.float64]
# A model: what it learns from, and then the scores of the sentences of other messages, in order.
Learner = Callable[[Sequence[Message]], Callable[[Sequence[Message]], Scores]]


def truth(messages: Sequence[Message]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which sentences are flagged and which count."""
    sentences = [s for m in messages for s in m.sentences]
    return np.array([s.flagged for s in sentences]), np.array([not s.borderline for s in sentences])


def alone(messages: Sequence[Message]) -> list[tuple[str, str]]:
    return [(s.text, "") for m in messages for s in m.sentences]


def with_neighbours(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Return every sentence and, apart, the two beside it."""
    found = []
    for m in messages:
        texts = ["", *m.texts, ""]
        found += [(texts[i], f"{texts[i - 1]} {texts[i + 1]}") for i in range(1, len(texts) - 1)]
    return found


def _first(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [r[0] for r in rows]


def _second(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [r[1] for r in rows]


def _grams(column: Callable[[Sequence[tuple[str, str]]], list[str]]) -> Any:
    grams = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)),
            ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True)),
        ]
    )
    return make_pipeline(FunctionTransformer(column), grams)


def ngrams(rows: Callable[[Sequence[Message]], list[tuple[str, str]]], context: bool) -> Learner:
    def learn(messages: Sequence[Message]) -> Callable[[Sequence[Message]], Scores]:
        parts = [_grams(_first), _grams(_second)] if context else [_grams(_first)]
        model = make_pipeline(make_union(*parts), LogisticRegression(C=4.0, max_iter=300, solver="liblinear"))
        flagged, counted = truth(messages)
        model.fit([r for r, c in zip(rows(messages), counted, strict=True) if c], flagged[counted])
        return lambda others: np.asarray(model.decision_function(rows(others)))

    return learn


def vectors(encode: Callable[[Sequence[Message]], Scores]) -> Learner:
    """Return logistic regression on sentence vectors that somebody else makes."""

    def learn(messages: Sequence[Message]) -> Callable[[Sequence[Message]], Scores]:
        flagged, counted = truth(messages)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
        model.fit(encode(messages)[counted], flagged[counted])
        return lambda others: np.asarray(model.decision_function(encode(others)))

    return learn


def shipped(messages: Sequence[Message]) -> Callable[[Sequence[Message]], Scores]:
    """Return the shipped model; it learned from the same authors."""
    classifier = Classifier()
    column = BINARY.index("risk")

    def score(others: Sequence[Message]) -> Scores:
        return np.concatenate(
            [classifier.heads.logits(v)[:, column] for v in classifier.encoder.encode([m.texts for m in others])]
        )

    return score


def static_and_frozen() -> dict[str, Learner]:
    """Return the pre-trained encoder's word vectors, a small convolution over them, and the encoder itself, frozen."""
    import torch
    from transformers import AutoModel

    from tone_check.features import tokenizer_from, windows
    from tone_check.training.encoder import base_folder

    folder = base_folder()
    tokenizer = tokenizer_from((folder / "tokenizer.json").read_bytes())
    model = AutoModel.from_pretrained(str(folder), add_pooling_layer=False).eval()
    words = model.embeddings.word_embeddings.weight.detach()

    def ids(texts: Sequence[str]) -> list[list[int]]:
        return [e.ids or [0] for e in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def mean(messages: Sequence[Message]) -> Scores:
        return np.stack([words[i].mean(0).numpy() for i in ids([s.text for m in messages for s in m.sentences])])

    def frozen(messages: Sequence[Message]) -> Scores:
        rows: list[npt.NDArray[np.float32]] = []
        with torch.no_grad():
            for message in messages:
                for window in windows(tokenizer, message.texts):
                    states = model(input_ids=torch.tensor([window.ids])).last_hidden_state[0]
                    rows += [states[a:b].mean(0).numpy() for _, a, b in window.sentences]
        return np.stack(rows)

    return {
        "static word vectors, mean": vectors(mean),
        "static word vectors, convolution": convolution(words, ids),
        "encoder frozen, sentence in its message": vectors(frozen),
    }


def convolution(words: Any, ids: Callable[[Sequence[str]], list[list[int]]]) -> Learner:
    """Return a small convolutional reader over static vectors: widths 1 to 4, the largest response of each filter."""
    import torch
    from torch import nn

    class Reader(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.filters = nn.ModuleList(nn.Conv1d(words.shape[1], 96, w, padding=w - 1) for w in (1, 2, 3, 4))
            self.drop = nn.Dropout(0.4)
            self.out = nn.Linear(4 * 96, 1)

        def forward(self, batch: torch.Tensor) -> torch.Tensor:
            seen = words[batch].transpose(1, 2)
            found = torch.cat([f(seen).relu().amax(2) for f in self.filters], dim=1)
            return self.out(self.drop(found)).squeeze(1)

    def padded(rows: Sequence[list[int]]) -> torch.Tensor:
        longest = min(64, max(map(len, rows)))
        return torch.tensor([r[:longest] + [0] * (longest - len(r)) for r in rows])

    def learn(messages: Sequence[Message]) -> Callable[[Sequence[Message]], Scores]:
        torch.manual_seed(7)
        flagged, counted = truth(messages)
        rows = ids([s.text for m in messages for s in m.sentences])
        use = np.where(counted)[0]
        reader = Reader()
        optimiser = torch.optim.AdamW(reader.parameters(), lr=1e-3, weight_decay=0.01)
        order = np.random.default_rng(7)
        for _ in range(4):
            reader.train()
            for chunk in np.array_split(order.permutation(use), len(use) // 128):
                loss = nn.functional.binary_cross_entropy_with_logits(
                    reader(padded([rows[i] for i in chunk])), torch.tensor(flagged[chunk].astype(np.float32))
                )
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        reader.eval()

        def score(others: Sequence[Message]) -> Scores:
            found = ids([s.text for m in others for s in m.sentences])
            with torch.no_grad():
                parts = [reader(padded(found[i : i + 256])).numpy() for i in range(0, len(found), 256)]
            return np.concatenate(parts).astype(np.float64)

        return score

    return learn


def row(name: str, scores: Scores, messages: Sequence[Message]) -> str:
    flagged, counted = truth(messages)
    y, p = flagged[counted], scores[counted]
    clean = np.sort(p[~y])[::-1]
    recalls = [float((p[y] > clean[int(len(clean) * percent / 100)]).mean()) for percent in (1, 2)]
    return f"{name} | {average_precision_score(y, p):.3f} | {recalls[0]:.3f} | {recalls[1]:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.contest")
    parser.add_argument("--without-torch", action="store_true", help="Leave out the rows that need the encoder extra.")
    options = parser.parse_args()
    messages = corpus.load_all([ROOT / "data/messages"])
    learning, tuning, testing = split(messages, load_splits(ROOT / "data/splits.toml"))
    contestants: dict[str, Learner] = {
        "n-grams, sentence alone": ngrams(alone, context=False),
        "n-grams, with neighbours": ngrams(with_neighbours, context=True),
        **({} if options.without_torch else static_and_frozen()),
        "shipped: encoder fine-tuned on whole messages": shipped,
    }
    print("| model | authors | AP | recall at 1 false alarm per 100 | at 2 |\n|---|---|---|---|---|")
    for name, learn in contestants.items():
        score = learn(learning)
        print(f"| {row(f'{name} | tune', score(tuning), tuning)} |", flush=True)
        print(f"| {row(f'{name} | test', score(testing), testing)} |", flush=True)


if __name__ == "__main__":
    main()
