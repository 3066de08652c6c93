"""A larger model that teaches the shipped one: what it hears, in degrees, for every sentence that is learned from.

The teacher is all-mpnet-base-v2 (Apache-2.0), four times the size, fine-tuned on
the same messages. It never ships; ``data/taught.npz`` keeps its logits, so that
the encoder can be trained again without it.

Arrays of ``taught.npz``: ``of`` (n,), ``"message id:place"``; ``logits`` (n, 25)
float16, the columns of ``encoder.logits``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tone_check.training.corpus import CorpusError, Message

if TYPE_CHECKING:
    from tone_check.training.encoder import Reader, Recipe


def recipe(seed: int) -> Recipe:
    """Return how the teacher is fine-tuned: slower than the small encoder, and for fewer epochs."""
    from tone_check.training.encoder import Recipe

    return Recipe(
        seed=seed, epochs=4, encoder_rate=4e-5, head_rate=5e-4, layer_decay=0.92, act_weight=0.5, taught_weight=0.0
    )


def write(model: Reader, folder: Path, messages: Sequence[Message], target: Path) -> None:
    """Write down what a fine-tuned teacher hears in every sentence; ``folder`` holds its tokenizer."""
    import torch

    from tone_check.training.encoder import encode, logits

    with torch.no_grad():
        heard = [logits(model, torch.from_numpy(v)).numpy() for v in encode(model, messages, folder)]
    names = [f"{m.id}:{i}" for m in messages for i in range(len(m.sentences))]
    np.savez_compressed(target, of=np.array(names), logits=np.concatenate(heard).astype(np.float16))


def load(path: Path) -> dict[str, npt.NDArray[np.float16]]:
    """Read ``taught.npz``.

    Raises:
        CorpusError: the file is missing or not in the format.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(zip((str(name) for name in arrays["of"]), arrays["logits"], strict=True))
    except (OSError, KeyError, ValueError) as error:
        raise CorpusError(f"{path}: what the teacher heard cannot be read: {error}") from None


def attach(messages: Sequence[Message], heard: dict[str, npt.NDArray[np.float16]]) -> list[Message]:
    """Return the messages with what the teacher heard; sentences it never read stay as they are."""
    return [
        replace(
            m,
            sentences=tuple(
                replace(s, taught=tuple(float(v) for v in heard[f"{m.id}:{i}"])) if f"{m.id}:{i}" in heard else s
                for i, s in enumerate(m.sentences)
            ),
        )
        for m in messages
    ]
