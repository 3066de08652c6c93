"""The shipped heads: scikit-learn on the encoder's sentence vectors, calibrated on authors held out."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, f1_score, precision_recall_curve

from tone_check.classifier import BINARY, Heads, pool
from tone_check.features import FloatArray
from tone_check.report import ACTS, ITEMS, LABELS
from tone_check.rewrites.pairs import Pair
from tone_check.rewrites.wordings import SCENES, Scene
from tone_check.training.corpus import Labelled, Message

Mask = npt.NDArray[np.bool_]

# False alarms per 100 clean sentences of the held-out authors that each strictness may cost, at the most.
FALSE_ALARMS = {"gentle": 0.25, "normal": 0.7, "strict": 2.5}

# Acts and checklist items have fewer examples than the labels; less shrinkage was better on the tuning authors.
_FEW_LABELS = 0.3
# Whether a sentence is better left out is a matter of taste: more shrinkage was better on authors left out in turn.
_SHRUNK = 0.03
# How finely the cuts of the rating are looked for, one after the other, and how often.
_CUT_STEP = 0.05
_SWEEPS = 3
# With fewer examples a gist is never named.
_FEWEST = 8

_POSITIVE: Mapping[str, Callable[[Labelled], bool]] = {
    "resentment": lambda s: s.resentment >= 2,
    "blame": lambda s: s.blame >= 2,
    "unprofessional": lambda s: s.professionalism <= 2,
    "risk": lambda s: s.flagged,
}
# The steps of the rating: where several passes rated a sentence, each has its part in what is learned.
_STEPS: Mapping[str, int] = {"rating1": 1, "rating2": 2, "rating3": 3, "rating4": 4}


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The fitted estimators, as ``model/pipeline.joblib`` keeps them."""

    binary: Mapping[str, CalibratedClassifierCV]
    acts: Mapping[str, LogisticRegression]
    items: Mapping[str, LogisticRegression]
    gists: Mapping[str, LogisticRegression]
    scenes: LogisticRegression | None
    idle: LogisticRegression | None


def positive(name: str, sentences: Sequence[Labelled]) -> Mask:
    """Return which sentences are positive for a binary head."""
    return np.array([_POSITIVE[name](s) for s in sentences])


def share(name: str, sentences: Sequence[Labelled]) -> npt.NDArray[np.float64]:
    """Return how positive the sentences are for a binary head: 0 or 1; for a step, the share of ratings up to it."""
    if name in _STEPS:
        return np.array([np.mean([p <= _STEPS[name] for p in s.rated]) for s in sentences])
    return positive(name, sentences).astype(np.float64)


def counted(name: str, sentences: Sequence[Labelled]) -> Mask:
    """Return which sentences count for a binary head: a 1 on its label, or a borderline flag, is left out."""
    if name == "risk":
        return np.array([not s.borderline for s in sentences])
    if name in ("resentment", "blame"):
        return np.array([getattr(s, name) != 1 for s in sentences])
    return np.ones(len(sentences), bool)


PROJECTED = (
    "item_projection", "item_projection_bias", "content_weights", "content_bias", "match_weights", "match_bias"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Projection:
    """What was learned with the encoder (``PROJECTED``): the few numbers a checklist is read off, the directions of
    content, and what makes a proposal match a sentence."""

    weights: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]
    content: npt.NDArray[np.float64]
    content_bias: npt.NDArray[np.float64]
    match_weights: npt.NDArray[np.float64]
    match_bias: npt.NDArray[np.float64]

    def pooled(self, vectors: FloatArray) -> npt.NDArray[np.float64]:
        """Return what the checklist of one message is read off, exactly as it will be when it ships."""
        return pool(vectors, self.weights, self.bias)


def fit(
    messages: Sequence[Message],
    vectors: Sequence[FloatArray],
    held_out: Sequence[Message],
    held_out_vectors: Sequence[FloatArray],
    projection: Projection,
    pairs: Sequence[Pair],
    pair_vectors: Sequence[FloatArray],
    gist_names: Sequence[str],
    calm: Mapping[str, str | None],
    seed: int,
    strength: float = 0.02,
) -> Pipeline:
    """Fit every head on the messages and calibrate the binary ones on held-out authors.

    ``calm`` is what writers put in the place of flagged sentences (``training.calm``).
    """
    rows, sentences = np.concatenate(vectors), [s for m in messages for s in m.sentences]
    other_rows, others = np.concatenate(held_out_vectors), [s for m in held_out for s in m.sentences]
    binary = {}
    for name in BINARY:
        use, other_use = counted(name, sentences), counted(name, others)
        head = _logistic(strength, seed).fit(*_parts(rows[use], share(name, sentences)[use]))
        # The sigmoid is Platt's, with his smoothed targets: two numbers cannot follow the noise of the held-out set.
        calibrated = CalibratedClassifierCV(FrozenEstimator(head), method="sigmoid")
        with warnings.catch_warnings():
            # That the weights are for the calibration alone is what is wanted: the head is fitted already.
            warnings.filterwarnings("ignore", "Since FrozenEstimator does not appear to accept sample_weight")
            binary[name] = calibrated.fit(*_parts(other_rows[other_use], share(name, others)[other_use]))
    flagged = np.array([s.flagged for s in sentences])
    kept = [s for s in sentences if s.flagged]
    acts = {}
    for act in ACTS:
        truth = np.array([act in s.acts for s in kept])
        acts[act] = _logistic(_FEW_LABELS, seed).fit(rows[flagged], truth) if truth.any() and not truth.all() else None
    # A checklist that two passes have filled in counts half for either.
    marked = [(i, marks, 1 / len(m.checklists)) for i, m in enumerate(messages) for marks in m.checklists]
    summary = np.stack([projection.pooled(vectors[i]) for i, _, _ in marked])
    weights = np.array([weight for _, _, weight in marked])
    items: dict[str, LogisticRegression] = {}
    for item in ITEMS:
        kinds = np.array([{None: 0, False: 1, True: 2}[marks[item]] for _, marks, _ in marked])
        items[item] = _logistic(_FEW_LABELS, seed).fit(summary, kinds, weights)
    return Pipeline(
        binary,
        {a: h for a, h in acts.items() if h is not None},
        items,
        _fit_gists(sentences, rows, pairs, pair_vectors, gist_names, seed),
        _fit_scenes(messages, vectors, seed),
        _fit_idle(messages, vectors, calm, seed),
    )


def _parts(rows: FloatArray, shares: npt.NDArray[np.float64]) -> tuple[FloatArray, Mask, npt.NDArray[np.float64]]:
    """Return rows, truth and weights: a row that is partly positive stands on either side, weighed by its share."""
    yes, no = shares > 0, shares < 1
    return (
        np.concatenate([rows[yes], rows[no]]),
        np.concatenate([np.ones(int(yes.sum()), bool), np.zeros(int(no.sum()), bool)]),
        np.concatenate([shares[yes], 1 - shares[no]]),
    )


def _fit_gists(
    sentences: Sequence[Labelled],
    rows: FloatArray,
    pairs: Sequence[Pair],
    pair_vectors: Sequence[FloatArray],
    names: Sequence[str],
    seed: int,
) -> dict[str, LogisticRegression]:
    """Fit one head a gist on the flagged sentences, read in their messages, and on the pairs, each by itself."""
    here = [i for i, s in enumerate(sentences) if s.flagged and s.gists]
    there = [i for i, p in enumerate(pairs) if p.gists]
    meant = [sentences[i].gists for i in here] + [pairs[i].gists for i in there]
    if not meant:
        return {}
    seen = np.concatenate([rows[here], *(pair_vectors[i] for i in there)])
    found = {}
    for name in names:
        truth = np.array([name in gists for gists in meant])
        if truth.sum() >= _FEWEST:
            found[name] = _logistic(_FEW_LABELS, seed).fit(seen, truth)
    return found


def _fit_scenes(messages: Sequence[Message], vectors: Sequence[FloatArray], seed: int) -> LogisticRegression | None:
    """Fit what a message is about on those whose scenario says it."""
    kinds = [scene_of(m) for m in messages]
    known = [i for i, kind in enumerate(kinds) if kind is not None]
    if len({kinds[i] for i in known}) < 2:
        return None
    means = np.stack([vectors[i].mean(axis=0) for i in known])
    return _logistic(_FEW_LABELS, seed).fit(means, np.array([SCENES.index(str(kinds[i])) for i in known]))


def _fit_idle(
    messages: Sequence[Message], vectors: Sequence[FloatArray], calm: Mapping[str, str | None], seed: int
) -> LogisticRegression | None:
    """Fit which flagged sentences a writer would leave out, on those for which somebody composed what to send."""
    rows, truth = [], []
    for message, found in zip(messages, vectors, strict=True):
        for index, row in enumerate(found):
            key = f"{message.id}:{index}"
            if key in calm:
                rows.append(row)
                truth.append(calm[key] is None)
    return _logistic(_SHRUNK, seed).fit(np.stack(rows), truth) if len(set(truth)) == 2 else None


# What words of a scenario say a message is about; the first that is found holds.
_SCENES: tuple[tuple[Scene, str], ...] = (
    ("offer", r"offer|contract (?:changed|withdrawn)|start date|salary"),
    ("rejection", r"core.*(?:reject|turned down|unsuccessful|declin|not selected|someone else|refus|feedback)"),
    ("application", r"core"),
    ("payment", r"invoice|payment|unpaid|fee|deposit|refund|debt|owe[sd]? money|overdue|bill|expenses|royalt"),
    ("review", r"paper|grant|proposal|reviewer|manuscript|bid|tender|fund|abstract|thesis|submission|pitch|talk"),
    ("colleague", r"colleague|co-founder|friend|intro|band|club|team|committee|volunteer|neighbour|choir|cousin"),
    ("service", r"."),
)


def scene_of(message: Message) -> Scene | None:
    """Read what a message is about off its scenario; None where it has none."""
    text = message.scenario.lower()
    return next((scene for scene, words in _SCENES if re.search(words, text)), None)


def _logistic(strength: float, seed: int) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=2000, random_state=seed)


def export(
    pipeline: Pipeline,
    projection: Projection,
    held_out: Sequence[Message],
    held_out_vectors: Sequence[FloatArray],
    gist_names: Sequence[str],
) -> Heads:
    """Write the pipeline down as plain arrays; thresholds of the acts are chosen on the held-out authors."""
    dimensions = held_out_vectors[0].shape[1]
    columns, bias, slope, shift = [], [], [], []
    for name in BINARY:
        inner: Any = pipeline.binary[name].calibrated_classifiers_[0]
        head, platt = inner.estimator.estimator, inner.calibrators[0]
        columns.append(head.coef_[0])
        bias.append(float(head.intercept_[0]))
        slope.append(-float(platt.a_))
        shift.append(-float(platt.b_))
    act_columns = np.zeros((dimensions, len(ACTS)))
    act_bias = np.full(len(ACTS), -20.0)  # an act nobody showed us is never named
    for k, act in enumerate(ACTS):
        if act in pipeline.acts:
            act_columns[:, k] = pipeline.acts[act].coef_[0]
            act_bias[k] = float(pipeline.acts[act].intercept_[0])
    item_weights = np.zeros((2 * projection.weights.shape[1], len(ITEMS), 3))
    item_bias = np.full((len(ITEMS), 3), -1e9)
    for k, item in enumerate(ITEMS):
        weights, offsets, kinds = _multinomial(pipeline.items[item])
        item_weights[:, k, kinds] = weights.T
        item_bias[k, kinds] = offsets
    gist_weights = np.zeros((dimensions, len(gist_names)))
    gist_bias = np.full(len(gist_names), -20.0)
    for k, name in enumerate(gist_names):
        if name in pipeline.gists:
            gist_weights[:, k] = pipeline.gists[name].coef_[0]
            gist_bias[k] = float(pipeline.gists[name].intercept_[0])
    idle_weights, idle_bias = np.zeros((dimensions, 1)), np.full(1, -20.0)
    if pipeline.idle is not None:
        idle_weights, idle_bias = pipeline.idle.coef_.T, pipeline.idle.intercept_
    scene_weights = np.zeros((dimensions, len(SCENES)))
    scene_bias = np.full(len(SCENES), -1e9 if pipeline.scenes is not None else 0.0)
    if pipeline.scenes is not None:
        weights, offsets, kinds = _multinomial(pipeline.scenes)
        scene_weights[:, kinds] = weights.T
        scene_bias[kinds] = offsets
    heads = Heads(
        binary_weights=np.stack(columns, axis=1),
        binary_bias=np.array(bias),
        binary_slope=np.array(slope),
        binary_shift=np.array(shift),
        rating_cuts=np.array([1.5, 2.5, 3.5, 4.5]),
        act_weights=act_columns,
        act_bias=act_bias,
        act_thresholds=np.full(len(ACTS), 0.35),
        content_weights=projection.content,
        content_bias=projection.content_bias,
        match_weights=projection.match_weights,
        match_bias=projection.match_bias,
        gist_weights=gist_weights,
        gist_bias=gist_bias,
        idle_weights=idle_weights,
        idle_bias=idle_bias,
        scene_weights=scene_weights,
        scene_bias=scene_bias,
        item_projection=projection.weights,
        item_projection_bias=projection.bias,
        item_weights=item_weights,
        item_bias=item_bias,
    )
    return _with_rating_cuts(_with_act_thresholds(heads, held_out, held_out_vectors), held_out, held_out_vectors)


def _multinomial(head: LogisticRegression) -> tuple[Any, Any, list[int]]:
    """Return weights, offsets and class numbers; a two-class fit is written as two rows."""
    kinds = [int(k) for k in head.classes_]
    if len(kinds) == 2:
        return np.stack([np.zeros_like(head.coef_[0]), head.coef_[0]]), np.array([0.0, head.intercept_[0]]), kinds
    return head.coef_, head.intercept_, kinds


def _with_act_thresholds(heads: Heads, held_out: Sequence[Message], vectors: Sequence[FloatArray]) -> Heads:
    sentences = [s for m in held_out for s in m.sentences]
    flagged = np.array([s.flagged for s in sentences])
    probabilities = heads.act_probabilities(np.concatenate(vectors))[flagged]
    kept = [s for s in sentences if s.flagged]
    thresholds = heads.act_thresholds.copy()
    for k, act in enumerate(ACTS):
        truth = np.array([act in s.acts for s in kept])
        if truth.sum() >= 6:
            grid = np.arange(0.1, 0.75, 0.05)
            thresholds[k] = grid[int(np.argmax([f1_score(truth, probabilities[:, k] >= t) for t in grid]))]
    return replace(heads, act_thresholds=thresholds)


def _with_rating_cuts(heads: Heads, held_out: Sequence[Message], vectors: Sequence[FloatArray]) -> Heads:
    """Choose the cuts whose ratings agree best with the held-out authors' annotators (quadratic kappa).

    Where several passes rated a sentence, their median is agreed with.
    """
    truth = [round(float(np.median(s.rated))) for m in held_out for s in m.sentences]
    expected = 5.0 - heads.probabilities(np.concatenate(vectors))[:, 4:].sum(axis=1)
    cuts = [1.5, 2.5, 3.5, 4.5]

    def agreement(tried: Sequence[float]) -> float:
        found = 1 + np.searchsorted(np.array(tried), expected, side="right")
        return float(cohen_kappa_score(truth, found, labels=[1, 2, 3, 4, 5], weights="quadratic"))

    for _ in range(_SWEEPS):
        for k in range(4):
            low, high = [1.0, *cuts, 5.0][k], [1.0, *cuts, 5.0][k + 2]
            between = np.arange(low + _CUT_STEP, high, _CUT_STEP)
            cuts[k] = max(between, key=lambda cut: agreement([*cuts[:k], cut, *cuts[k + 1 :]]))
    return replace(heads, rating_cuts=np.array(cuts))


def thresholds(heads: Heads, held_out: Sequence[Message], vectors: Sequence[FloatArray]) -> dict[str, Any]:
    """Choose the operating points on held-out authors.

    The risk threshold of a strictness is the one with the best F1 among those
    that keep to its false alarms; a label's own threshold is the one with the best F1.
    """
    sentences = [s for m in held_out for s in m.sentences]
    probabilities = heads.probabilities(np.concatenate(vectors))
    chosen: dict[str, Any] = {}
    for k, label in enumerate(LABELS):
        use = counted(label, sentences)
        chosen[label] = round(_best_f1(positive(label, sentences)[use], probabilities[use, k], 0.0), 4)
    use = counted("risk", sentences)
    truth, risk = positive("risk", sentences)[use], probabilities[use, BINARY.index("risk")]
    clean = np.sort(risk[~truth])[::-1]
    chosen["risk"] = {}
    for name, allowed in FALSE_ALARMS.items():
        floor = float(clean[min(int(len(clean) * allowed / 100), len(clean) - 1)]) + 1e-4
        best = floor if name == "strict" else _best_f1(truth, risk, floor)
        chosen["risk"][name] = round(best, 4)
    return chosen


def _best_f1(truth: Mask, scores: Any, floor: float) -> float:
    precision, recall, cuts = precision_recall_curve(truth, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    allowed = np.where(cuts >= floor)[0]
    return float(cuts[allowed[int(np.argmax(f1[allowed]))]]) if len(allowed) else floor
