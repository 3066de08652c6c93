"""What flagged sentences mean, for training: the labels, and the head that reads them off the vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tone_check.rewrites.pairs import Pair
from tone_check.rewrites.wordings import Wording
from tone_check.training.corpus import Message, read_lines

Labels = Mapping[str, tuple[str, ...]]


def load(path: Path, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read ``{"of": "b-012:7" or a pair's id, "gists": [...]}``, one object a line.

    Raises:
        CorpusError: the file is missing or a line is not in the format.
    """
    labels: dict[str, tuple[str, ...]] = {}

    def take(row: Any) -> None:
        gists = tuple(row["gists"])
        if not gists or not set(gists) <= set(names) or row["of"] in labels:
            raise ValueError("no gist, an unknown gist, or a second line for the same sentence")
        labels[row["of"]] = gists

    read_lines(path, take)
    return labels


def attach(messages: Sequence[Message], labels: Labels) -> list[Message]:
    """Return the messages with the gists of their sentences."""
    return [
        replace(
            m,
            sentences=tuple(replace(s, gists=labels.get(f"{m.id}:{i}", ())) for i, s in enumerate(m.sentences)),
        )
        for m in messages
    ]


def attach_pairs(pairs: Sequence[Pair], labels: Labels) -> list[Pair]:
    """Return the pairs with the gists of their harsh sides."""
    return [replace(p, gists=labels.get(p.id, ())) for p in pairs]


def calm_texts(wordings: Sequence[Wording], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return, for every gist in order, the wordings that need no words of the draft."""
    return {name: tuple(w.text for w in wordings if w.gist == name and not w.holes) for name in names}
