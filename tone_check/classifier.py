"""Sentence vectors to calibrated scores, labels, acts, and the message's checklist.

The heads were fitted with scikit-learn (``training.heads``) and are applied here
with numpy alone. The files were compared with their SHA-256 before any of them is
parsed here (``model_files``), and none of the formats can carry code.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tone_check.background import begun
from tone_check.digest import MODEL_SHA256
from tone_check.features import Encoder, FloatArray, session_from, tokenizer_from
from tone_check.model_files import ModelError, read_verified
from tone_check.report import ACTS, ITEMS, LABELS, Act, Item, Label, Scores, Strictness
from tone_check.resources import shipped

# The binary heads, in the order of the columns of ``binary_weights``; the last four are professionalism <= 1, 2, 3, 4.
BINARY = ("resentment", "blame", "unprofessional", "risk", "rating1", "rating2", "rating3", "rating4")

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model says of one sentence; ``labels`` is empty when it is not flagged."""

    scores: Scores
    labels: tuple[Label, ...]
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class JudgedMessage:
    """What the model says of a message: its sentences in order, and the checklist."""

    sentences: tuple[Judged, ...]
    checklist: Mapping[Item, bool | None]


def sigmoid(values: Array) -> Array:
    """Return the logistic function, computed without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


def pool(vectors: FloatArray, weights: Array, bias: Array) -> Array:
    """Project one message's sentence vectors and return the mean and the maximum over the sentences."""
    projected = vectors.astype(np.float64) @ weights + bias
    return np.concatenate([projected.mean(axis=0), projected.max(axis=0)])


@dataclass(frozen=True, slots=True)
class Heads:
    """The linear heads with their calibration.

    ``binary_weights`` has shape ``(dimensions, 8)`` (columns: ``BINARY``);
    ``binary_slope`` and ``binary_shift`` turn a head's logit into a calibrated
    one, ``rating_cuts`` (4) make a rating of the last four. ``act_weights`` is
    ``(dimensions, 14)``, ``act_thresholds`` act on its probabilities.
    ``content_weights`` (``(dimensions, c)``) keeps what a sentence says and drops
    its tone; ``match_weights`` is ``(4 * dimensions, 2)`` (see
    ``match``); ``gist_weights`` is ``(dimensions, g)``, a column for every
    entry of ``data/gists/gists.toml`` in its order.
    ``idle_weights`` is ``(dimensions, 1)`` (see ``idle``).
    ``scene_weights`` (``(dimensions, 7)``) act on the mean of a message's vectors.
    ``item_projection`` (``(dimensions, k)``) leaves k numbers of a sentence;
    ``item_weights`` is ``(2 * k, 6, 3)`` over (null, false, true), applied to
    their mean and maximum over the sentences.
    """

    binary_weights: Array
    binary_bias: Array
    binary_slope: Array
    binary_shift: Array
    rating_cuts: Array
    act_weights: Array
    act_bias: Array
    act_thresholds: Array
    content_weights: Array
    content_bias: Array
    match_weights: Array
    match_bias: Array
    gist_weights: Array
    gist_bias: Array
    idle_weights: Array
    idle_bias: Array
    scene_weights: Array
    scene_bias: Array
    item_projection: Array
    item_projection_bias: Array
    item_weights: Array
    item_bias: Array

    def logits(self, vectors: FloatArray) -> Array:
        """Return the uncalibrated logits of the binary heads, shape ``(sentences, 8)``."""
        return np.asarray(vectors.astype(np.float64) @ self.binary_weights + self.binary_bias)

    def probabilities(self, vectors: FloatArray) -> Array:
        """Return calibrated probabilities of the binary heads, shape ``(sentences, 8)``."""
        return sigmoid(self.logits(vectors) * self.binary_slope + self.binary_shift)

    def act_probabilities(self, vectors: FloatArray) -> Array:
        """Return act probabilities, shape ``(sentences, 14)``; they mean something for flagged sentences only."""
        return sigmoid(np.asarray(vectors.astype(np.float64) @ self.act_weights + self.act_bias))

    def content(self, vectors: FloatArray) -> Array:
        """Return unit vectors of what the sentences say, shape ``(sentences, c)``: close means the same is wanted."""
        raw = vectors.astype(np.float64) @ self.content_weights + self.content_bias
        return np.asarray(raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9))

    def match(self, sentences: FloatArray, proposals: FloatArray) -> Array:
        """Return how probably proposals are faithful to sentences, and how probably they could be sent in their place.

        Both arguments have shape ``(n, dimensions)``, a sentence and its proposal read side by side as one message;
        the result has shape ``(n, 2)``.
        """
        one, other = sentences.astype(np.float64), proposals.astype(np.float64)
        features = np.concatenate([one, other, np.abs(one - other), one * other], axis=1)
        return sigmoid(features @ self.match_weights + self.match_bias)

    def gists(self, vectors: FloatArray) -> Array:
        """Return how probable each gist is, shape ``(sentences, g)``; it means something for flagged sentences only."""
        return sigmoid(np.asarray(vectors.astype(np.float64) @ self.gist_weights + self.gist_bias))

    def idle(self, vectors: FloatArray) -> Array:
        """Return how probably a careful writer would leave each sentence out rather than say it in calmer words.

        Shape ``(sentences,)``; it means something for flagged sentences only.
        """
        return sigmoid(np.asarray(vectors.astype(np.float64) @ self.idle_weights + self.idle_bias))[:, 0]

    def scene(self, vectors: FloatArray) -> int:
        """Return what one message is about: a place in ``rewrites.wordings.SCENES``."""
        return int(np.argmax(vectors.astype(np.float64).mean(axis=0) @ self.scene_weights + self.scene_bias))

    def item_logits(self, vectors: FloatArray) -> Array:
        """Return the checklist's logits of one message, shape ``(6, 3)`` over (null, false, true)."""
        pooled = pool(vectors, self.item_projection, self.item_projection_bias)
        return np.asarray(np.einsum("d,dik->ik", pooled, self.item_weights) + self.item_bias)


_RATED = (1.0, 1.5, 2.5, 3.5, 4.5, 5.0)


def rating(probabilities: Array, cuts: Array) -> Array:
    """Return the rating 1 to 5 from the columns professionalism <= 1, 2, 3, 4.

    An expectation shrinks towards the middle: ``cuts`` says where it stands for 1.5, 2.5, 3.5 and 4.5.
    """
    return np.asarray(np.interp(5.0 - probabilities.sum(axis=1), (1.0, *cuts, 5.0), _RATED))


def _labels(probabilities: Array, threshold: float, own: Array) -> tuple[Label, ...]:
    """Flag by risk alone, then name the labels: those above their own threshold, or the likeliest one."""
    if probabilities[3] < threshold:
        return ()
    named = tuple(label for k, label in enumerate(LABELS) if probabilities[k] >= own[k])
    return named or (LABELS[int(np.argmax(probabilities[:3] - own))],)


class Classifier:
    """A loaded model: judges messages given as lists of sentences."""

    def __init__(
        self,
        folder: Path | None = None,
        threads: int = 0,
        read: Callable[[], tuple[dict[str, Any], dict[str, bytes]]] | None = None,
    ) -> None:
        """Verify and load a model folder; None is the shipped model. ``read`` returns files verified already.

        Raises:
            ModelError: a file is missing, altered or of another format.
        """
        self.folder = shipped("model") if folder is None else folder
        self.about, contents = read() if read else read_verified(self.folder, MODEL_SHA256 if folder is None else None)
        try:
            session = begun(lambda: session_from(contents["encoder.onnx"], threads))
            self.heads = _heads(contents["heads.npz"])
            tokenizer = tokenizer_from(contents["tokenizer.json"])
            self.encoder = Encoder(session(), tokenizer)
            self.thresholds: dict[str, float] = {k: float(v) for k, v in self.about["thresholds"]["risk"].items()}
            self._own = np.array([float(self.about["thresholds"][k]) for k in LABELS])
        except Exception as error:  # whatever a library raises on a file that is not what it should be
            raise ModelError(f"{self.folder}: the model cannot be loaded: {type(error).__name__}: {error}") from None

    @property
    def version(self) -> str:
        """The model's version, as in ``tone.json``."""
        return str(self.about["version"])

    def judge(self, messages: Sequence[Sequence[str]], strictness: Strictness = "normal") -> list[JudgedMessage]:
        """Judge whole messages, each a list of its own sentences in order."""
        vectors = self.encoder.encode(messages)
        return [self.judge_vectors(v, strictness) for v in vectors]

    def judge_vectors(self, vectors: FloatArray, strictness: Strictness = "normal") -> JudgedMessage:
        """Judge one message from its sentence vectors, shape ``(sentences, dimensions)``."""
        if not len(vectors):
            return JudgedMessage((), dict.fromkeys(ITEMS))
        probabilities = self.heads.probabilities(vectors)
        ratings = rating(probabilities[:, 4:], self.heads.rating_cuts)
        acts = self.heads.act_probabilities(vectors)
        threshold = self.thresholds[strictness]
        sentences = []
        for p, expected, act in zip(probabilities, ratings, acts, strict=True):
            labels = _labels(p, threshold, self._own)
            scores = Scores(float(p[0]), float(p[1]), float(expected), float(p[3]))
            sentences.append(Judged(scores, labels, _acts(act, self.heads.act_thresholds) if labels else ()))
        return JudgedMessage(tuple(sentences), _checklist(self.heads.item_logits(vectors), sentences))


# Acts that break "keep cool" whatever the labels are (docs/annotation-guide.md, message level).
_HEATED = frozenset({"threat", "ultimatum", "entitlement", "pressure"})
# "Cannot apply" is said only when it is this likely: a wrong null hides an item from the reader.
_NULL = 0.95


def _checklist(logits: Array, sentences: Sequence[Judged]) -> dict[Item, bool | None]:
    """Read the items off their logits; ``keeps-cool`` follows from what is flagged, so that the two never disagree."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    checklist: dict[Item, bool | None] = {
        item: None if p[0] >= _NULL else bool(p[2] > p[1]) for item, p in zip(ITEMS, odds, strict=True)
    }
    checklist["keeps-cool"] = not any(
        "resentment" in s.labels or "blame" in s.labels or not _HEATED.isdisjoint(s.acts) for s in sentences
    )
    return checklist


def _acts(probabilities: Array, thresholds: Array) -> tuple[Act, ...]:
    """Name the acts above their thresholds, likeliest first; at least one."""
    order = np.argsort(-(probabilities - thresholds), kind="stable")
    named = tuple(ACTS[int(k)] for k in order if probabilities[k] >= thresholds[k])
    return named or (ACTS[int(order[0])],)


def _heads(content: bytes) -> Heads:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Heads(**{name: np.asarray(arrays[name], dtype=np.float64) for name in Heads.__dataclass_fields__})
