"""Reports as JSON: the contract of ``check --format json`` (schema: docs/reference/check.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tone_check.report import Finding, Report, Scores

_DIGITS = 4


def _scores(scores: Scores) -> dict[str, float]:
    return {
        "resentment": round(scores.resentment, _DIGITS),
        "blame": round(scores.blame, _DIGITS),
        "professionalism": round(scores.professionalism, _DIGITS),
        "risk": round(scores.risk, _DIGITS),
    }


def _sentence(finding: Finding) -> dict[str, Any]:
    return {
        "text": finding.text,
        "part": finding.part,
        "start": finding.start,
        "end": finding.end,
        "line": finding.line,
        "column": finding.column,
        **_scores(finding.scores),
        "flagged": finding.flagged,
        "labels": list(finding.labels),
        "acts": list(finding.acts),
        "evidence": [
            {"start": e.start, "end": e.end, "text": e.text, "label": e.label, "weight": round(e.weight, _DIGITS)}
            for e in finding.evidence
        ],
        "suggestions": [
            {"text": s.text, "kind": s.kind, **_scores(s.scores), "why": s.why} for s in finding.suggestions
        ],
    }


def message(report: Report) -> dict[str, Any]:
    """Return one report as the object that stands in ``messages`` and on a line of ``jsonl``."""
    return {
        "source": report.source,
        "verdict": report.verdict,
        "scores": dict.fromkeys(Scores.__dataclass_fields__) if report.scores is None else _scores(report.scores),
        "checklist": dict(report.checklist),
        "advice": [{"item": a.item, "message": a.message} for a in report.advice],
        "sentences": [_sentence(f) for f in report.sentences],
    }


def dumps(value: Any, indent: int | None = None) -> str:
    """Write JSON as UTF-8 can carry it: an unpaired surrogate, which cannot be encoded, becomes U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "replace").decode("utf-8") if any("\ud800" <= c <= "\udfff" for c in text) else text


def document(version: str, model: str, reports: Sequence[Report], errors: Sequence[Mapping[str, str]]) -> str:
    """Return the whole document of ``check --format json``."""
    content = {
        "tool": {"name": "tone-check", "version": version, "model": model},
        "messages": [message(r) for r in reports],
        "errors": [dict(e) for e in errors],
    }
    return dumps(content, indent=1) + "\n"


def line(report: Report) -> str:
    """Return one line of ``check --format jsonl``."""
    return dumps(message(report)) + "\n"
