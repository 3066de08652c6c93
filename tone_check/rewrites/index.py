"""The pairs as arrays: what each harsh sentence says, as a vector, worked out when the model is trained.

Arrays of ``rewrites.npz``: ``content`` (pairs, c) float16, unit vectors of
``Heads.content``; ``purposes`` (pairs,) int8, places in ``PURPOSES``; ``digest``
(32,) uint8, the SHA-256 of the pairs' harsh texts, so that an index never
serves pairs it was not made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tone_check.classifier import Classifier
from tone_check.rewrites.pairs import PURPOSES, Pair

Arrays = Mapping[str, npt.NDArray[Any]]
# How many harsh sentences are encoded in one call while the index is made.
_CALL = 64


def digest(pairs: Sequence[Pair]) -> npt.NDArray[np.uint8]:
    """Return the SHA-256 of the harsh texts, in order."""
    content = "\n".join(p.harsh_text for p in pairs).encode()
    return np.frombuffer(hashlib.sha256(content).digest(), np.uint8)


def build(classifier: Classifier, pairs: Sequence[Pair]) -> dict[str, npt.NDArray[Any]]:
    """Encode the harsh sentences, each as a message of its own."""
    rows = []
    for at in range(0, len(pairs), _CALL):
        rows += classifier.encoder.encode([[p.harsh_text] for p in pairs[at : at + _CALL]])
    width = classifier.heads.content_weights.shape[1]
    content = classifier.heads.content(np.concatenate(rows)) if rows else np.zeros((0, width))
    return {
        "content": content.astype(np.float16),
        "purposes": np.array([PURPOSES.index(p.purpose) for p in pairs], np.int8),
        "digest": digest(pairs),
    }


def load(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read ``rewrites.npz``; nothing in it can carry code.

    Raises:
        OSError, ValueError: the file cannot be read or is not an index.
    """
    with np.load(path, allow_pickle=False) as arrays:
        return {name: np.asarray(arrays[name]) for name in ("content", "purposes", "digest")}


def fits(arrays: Arrays, pairs: Sequence[Pair]) -> bool:
    """Say whether an index was made from exactly these pairs."""
    return bool(np.array_equal(arrays["digest"], digest(pairs)))
