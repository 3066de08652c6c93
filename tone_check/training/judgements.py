"""What readers said of calm sentences proposed for flagged ones: ``data/judgements/*.jsonl``.

``{"of": "b-012:7", "sentence", "text", "mark"}``: 2 could be sent in its place, 1 says nothing that the writer did not
say or clearly mean but is weak, 0 says something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tone_check.rewrites.pairs import Pair, plain
from tone_check.training.corpus import read_folder


@dataclass(frozen=True, slots=True)
class Judgement:
    """One proposal for one flagged sentence with its mark, 0 to 2; ``author`` is whose message the sentence is from."""

    author: str
    sentence: str
    text: str
    mark: int


def load_all(folder: Path) -> list[Judgement]:
    """Read every file of a folder in a stable order; no folder, no judgements.

    Raises:
        CorpusError: a line is not a judgement; the message says where.
    """
    return read_folder(folder, _judgement)


def _judgement(row: Any) -> Judgement:
    found = Judgement(str(row["of"]).partition("-")[0], str(row["sentence"]), str(row["text"]), int(row["mark"]))
    if found.mark not in (0, 1, 2) or not found.sentence or not found.text:
        raise ValueError("a mark is 0, 1 or 2, and neither text is empty")
    return found


def of_pairs(pairs: Sequence[Pair]) -> list[Judgement]:
    """Return every composed pair as a proposal that can be sent."""
    return [Judgement(p.author, p.harsh_text, plain(calm), 2) for p in pairs for calm in p.calm]
