"""How good a model is on annotated messages: the figures that ``tone-check evaluate`` prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, cohen_kappa_score, f1_score

from tone_check.classifier import Judged, JudgedMessage
from tone_check.report import ACTS, ITEMS
from tone_check.training.corpus import Labelled, Message

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SUBTLE = ("sarcasm", "passive-aggression")
# An act with fewer examples says nothing about the model.
ACT_SUPPORT = 20
BINS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence with what the annotators and the model say of it."""

    message: int
    truth: Labelled
    judged: Judged


def rows(messages: Sequence[Message], judged: Sequence[JudgedMessage]) -> list[Row]:
    """Pair every sentence with its judgement."""
    return [
        Row(number, truth, found)
        for number, (message, verdict) in enumerate(zip(messages, judged, strict=True))
        for truth, found in zip(message.sentences, verdict.sentences, strict=True)
    ]


def calibration_error(truth: Bools, probability: Floats) -> float:
    """Return the expected calibration error over ten equal bins (Naeini et al., 2015)."""
    which = np.minimum((probability * BINS).astype(int), BINS - 1)
    total = 0.0
    for b in range(BINS):
        inside = which == b
        if inside.any():
            total += abs(float(truth[inside].mean()) - float(probability[inside].mean())) * float(inside.mean())
    return total


def _precision_recall(truth: Bools, predicted: Bools) -> tuple[float, float, float]:
    hits = float((truth & predicted).sum())
    precision = hits / max(float(predicted.sum()), 1.0)
    recall = hits / max(float(truth.sum()), 1.0)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _scored(found: Sequence[Row]) -> dict[str, float]:
    """Compute every figure that gets an interval; a figure that does not exist here is left out."""
    figures: dict[str, float] = {}
    for label in ("resentment", "blame"):
        use = [r for r in found if getattr(r.truth, label) != 1]
        truth = np.array([getattr(r.truth, label) >= 2 for r in use], bool)
        score = np.array([getattr(r.judged.scores, label) for r in use], float)
        if truth.any():
            named = np.array([label in r.judged.labels for r in use], bool)
            figures[f"{label}_ap"] = float(average_precision_score(truth, score))
            figures[f"{label}_f1"] = _precision_recall(truth, named)[2]
            figures[f"{label}_ece"] = calibration_error(truth, score)
    rating = np.array([r.truth.professionalism for r in found])
    expected = np.array([r.judged.scores.professionalism for r in found])
    if len(set(rating.tolist())) > 1:
        whole = np.clip(np.rint(expected), 1, 5).astype(int)
        figures["professionalism_qwk"] = float(cohen_kappa_score(rating, whole, weights="quadratic"))
    poor = rating <= 2
    if poor.any():
        figures["unprofessional_ap"] = float(average_precision_score(poor, -expected))
        named = np.array(["unprofessional" in r.judged.labels for r in found], bool)
        figures["unprofessional_f1"] = _precision_recall(poor, named)[2]
    plain = [r for r in found if not r.truth.borderline]
    truth = np.array([r.truth.flagged for r in plain], bool)
    flagged = np.array([bool(r.judged.labels) for r in plain], bool)
    risk = np.array([r.judged.scores.risk for r in plain], float)
    if (~truth).any():
        figures["false_alarms_per_100_clean"] = 100 * float(flagged[~truth].mean())
    if truth.any():
        figures["flag_ap"] = float(average_precision_score(truth, risk))
        figures["flag_precision"], figures["flag_recall"], figures["flag_f1"] = _precision_recall(truth, flagged)
        figures["flag_ece"] = calibration_error(truth, risk)
    clean: dict[int, list[Row]] = {}
    for row in found:
        clean.setdefault(row.message, []).append(row)
    kept = [g for g in clean.values() if not any(r.truth.flagged or r.truth.borderline for r in g)]
    if kept:
        figures["clean_messages_flagged_percent"] = 100 * float(
            np.mean([any(r.judged.labels for r in g) for g in kept])
        )
    for act in SUBTLE:
        hits = [bool(r.judged.labels) for r in found if r.truth.flagged and act in r.truth.acts]
        if hits:
            figures[f"recall_{act}"] = float(np.mean(hits))
    return figures


def _acts(found: Sequence[Row]) -> dict[str, Any]:
    caught = [r for r in found if r.truth.flagged]
    table: dict[str, Any] = {}
    scores = []
    for act in ACTS:
        truth = np.array([act in r.truth.acts for r in caught], bool)
        if not truth.any():
            continue
        hits = [bool(r.judged.labels) for r in caught if act in r.truth.acts]
        # Named acts are judged on the sentences that annotators and model both flag: nothing is named elsewhere.
        both = [r for r in caught if r.judged.labels]
        named = [act in r.judged.acts for r in both]
        f1 = float(f1_score([act in r.truth.acts for r in both], named, zero_division=0.0)) if both else 0.0
        table[act] = {"n": int(truth.sum()), "flagged": round(float(np.mean(hits)), 3), "named_f1": round(f1, 3)}
        if truth.sum() >= ACT_SUPPORT:
            scores.append(f1)
    return {"by_act": table, "acts_macro_f1": round(float(np.mean(scores)), 3) if scores else None}


def _checklist(messages: Sequence[Message], judged: Sequence[JudgedMessage]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for item in ITEMS:
        pairs = [
            (m.checklist[item], j.checklist[item])
            for m, j in zip(messages, judged, strict=True)
            if m.checklist and m.checklist[item] is not None
        ]
        if pairs:
            table[item] = {"n": len(pairs), "agreement": round(float(np.mean([a == b for a, b in pairs])), 3)}
    return table


def bootstrap(
    found: Sequence[Row], repeats: int, seed: int, figures: Callable[[Sequence[Row]], Mapping[str, float]] = _scored
) -> dict[str, list[float]]:
    """Return 95% intervals of every figure, drawing whole messages with replacement."""
    groups: dict[int, list[Row]] = {}
    for row in found:
        groups.setdefault(row.message, []).append(row)
    members = list(groups.values())
    rng = np.random.default_rng(seed)
    draws: dict[str, list[float]] = {}
    for _ in range(repeats):
        drawn: list[Row] = []
        for number, k in enumerate(rng.integers(0, len(members), len(members))):
            drawn.extend(Row(number, r.truth, r.judged) for r in members[int(k)])
        for name, value in figures(drawn).items():
            draws.setdefault(name, []).append(value)
    return {n: [round(float(q), 4) for q in np.quantile(v, (0.025, 0.975))] for n, v in draws.items()}


def metrics(
    messages: Sequence[Message], judged: Sequence[JudgedMessage], repeats: int = 200, seed: int = 0
) -> dict[str, Any]:
    """Return every figure of an evaluation, ready for JSON."""
    found = rows(messages, judged)
    result: dict[str, Any] = {
        "messages": len(messages),
        "sentences": len(found),
        "flagged_sentences": sum(r.truth.flagged for r in found),
        "borderline_sentences": sum(r.truth.borderline for r in found),
        "figures": {k: round(v, 4) for k, v in _scored(found).items()},
    }
    if repeats:
        result["intervals_95"] = bootstrap(found, repeats, seed)
    result.update(_acts(found))
    result["checklist"] = _checklist(messages, judged)
    batches = sorted({m.batch for m in messages if m.batch})
    if len(batches) > 1:
        by_batch = {}
        for batch in batches:
            some = _scored([r for r in found if messages[r.message].batch == batch])
            wanted = ("flag_ap", "flag_f1", "false_alarms_per_100_clean", "clean_messages_flagged_percent")
            by_batch[batch] = {k: round(some[k], 4) for k in wanted if k in some}
        result["by_batch"] = by_batch
    return result


def write_predictions(path: Path, messages: Sequence[Message], judged: Sequence[JudgedMessage]) -> None:
    """Write one row per sentence and one per message, as the contract of ``evaluate --predictions`` says."""
    lines = []
    for message, verdict in zip(messages, judged, strict=True):
        for index, found in enumerate(verdict.sentences):
            scores = found.scores
            lines.append(
                {
                    "id": message.id,
                    "index": index,
                    "resentment": round(scores.resentment, 6),
                    "blame": round(scores.blame, 6),
                    "professionalism": round(scores.professionalism, 6),
                    "risk": round(scores.risk, 6),
                    "flagged": bool(found.labels),
                    "labels": list(found.labels),
                    "acts": list(found.acts),
                }
            )
        lines.append({"id": message.id, "checklist": dict(verdict.checklist)})
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
