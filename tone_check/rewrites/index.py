"""Pairs and wordings as arrays: what each sentence says, as a vector, worked out when the model is trained.

Arrays of ``rewrites.npz``: ``content`` (pairs, c) float16, unit vectors of
``Heads.content`` of the harsh sides; ``wordings`` (wordings, c) float16, those of
the wordings; ``digest`` (32,) uint8, the SHA-256 of all their texts, so that an
index never serves texts it was not made from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tone_check.classifier import Classifier
from tone_check.rewrites.pairs import Pair
from tone_check.rewrites.wordings import Wording

Arrays = Mapping[str, npt.NDArray[Any]]
_NAMES = ("content", "wordings", "digest")
# What stands in a wording's holes while it is encoded.
_USUAL = {
    "date": "Friday", "elapsed": "three weeks", "count": "two", "amount": "£300", "person": "Ms Ruiz",
    "company": "the company", "role": "the role", "thing": "my application", "event": "the interview",
    "topic": "the job",
}  # fmt: skip


def digest(pairs: Sequence[Pair], wordings: Sequence[Wording]) -> npt.NDArray[np.uint8]:
    """Return the SHA-256 of the harsh texts and the wordings, in order."""
    content = "\n".join([*(p.harsh_text for p in pairs), *(w.text for w in wordings)]).encode()
    return np.frombuffer(hashlib.sha256(content).digest(), np.uint8)


def build(classifier: Classifier, pairs: Sequence[Pair], wordings: Sequence[Wording]) -> dict[str, npt.NDArray[Any]]:
    """Encode the harsh sentences and the wordings, each as a message of its own."""
    usual = [re.sub(r"\{([a-z]+)\}", lambda m: _USUAL.get(m.group(1), "it"), w.text) for w in wordings]
    return {
        "content": _content(classifier, [p.harsh_text for p in pairs]),
        "wordings": _content(classifier, usual),
        "digest": digest(pairs, wordings),
    }


def _content(classifier: Classifier, texts: Sequence[str]) -> npt.NDArray[np.float16]:
    rows = classifier.encoder.encode([[t] for t in texts])
    width = classifier.heads.content_weights.shape[1]
    found = classifier.heads.content(np.concatenate(rows)) if rows else np.zeros((0, width))
    return found.astype(np.float16)


def load(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read ``rewrites.npz``; nothing in it can carry code.

    Raises:
        OSError, ValueError: the file cannot be read or is not an index.
    """
    with np.load(path, allow_pickle=False) as arrays:
        return {name: np.asarray(arrays[name]) for name in _NAMES}


def fits(arrays: Arrays, pairs: Sequence[Pair], wordings: Sequence[Wording]) -> bool:
    """Say whether an index was made from exactly these texts."""
    return bool(np.array_equal(arrays["digest"], digest(pairs, wordings)))
