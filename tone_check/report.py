"""What comes out: the dataclasses behind the JSON of ``check`` (docs/reference/json.md).

Field order is the key order of the JSON; offsets are code points into the
part named by ``part``, line and column count from 1 there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tone_check.span import Span

Label = Literal["resentment", "blame", "unprofessional"]
LABELS: tuple[Label, ...] = ("resentment", "blame", "unprofessional")

Act = Literal[
    "accusation", "entitlement", "guilt-trip", "sarcasm", "passive-aggression", "threat", "insult",
    "comparison", "ultimatum", "venting", "pleading", "pressure", "informality", "oversharing",
]  # fmt: skip
ACTS: tuple[Act, ...] = (
    "accusation", "entitlement", "guilt-trip", "sarcasm", "passive-aggression", "threat", "insult",
    "comparison", "ultimatum", "venting", "pleading", "pressure", "informality", "oversharing",
)  # fmt: skip

Item = Literal["thanks", "accepts-decision", "feedback-request", "continued-interest", "single-clear-ask", "keeps-cool"]
ITEMS: tuple[Item, ...] = (
    "thanks", "accepts-decision", "feedback-request", "continued-interest", "single-clear-ask", "keeps-cool",
)  # fmt: skip

# Advice speaks of the checklist, and of rhythm and confidence, which no single message can be marked on.
AdviceItem = Literal[
    "keeps-cool", "thanks", "accepts-decision", "feedback-request", "continued-interest", "single-clear-ask", "rhythm",
    "confidence",
]  # fmt: skip
ADVICE_ITEMS: tuple[AdviceItem, ...] = (
    "keeps-cool", "thanks", "accepts-decision", "feedback-request", "continued-interest", "single-clear-ask", "rhythm",
    "confidence",
)  # fmt: skip

Verdict = Literal["clean", "flagged", "not-judged"]
Strictness = Literal["gentle", "normal", "strict"]


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated scores of one sentence.

    ``resentment``, ``blame``: probability that the label is 2 or 3.
    ``professionalism``: expected rating, 1 to 5. ``risk``: probability that a
    careful reader would flag the sentence on any of the three.
    """

    resentment: float
    blame: float
    professionalism: float
    risk: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that raised a label: how much of the score goes when they go (``weight``, 0 to 1).

    ``start`` and ``end`` are offsets into the decoded part, ``within`` is the same stretch of the sentence's text.
    """

    start: int
    end: int
    text: str
    label: Label
    weight: float
    within: Span


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to write instead, with its scores in the sentence's place and the reason for it."""

    text: str
    kind: Literal["rewrite", "remove"]
    scores: Scores
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence in the writer's own voice and what was found about it."""

    text: str
    part: str | None
    start: int
    end: int
    line: int
    column: int
    scores: Scores
    labels: tuple[Label, ...]
    acts: tuple[Act, ...]
    evidence: tuple[Evidence, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def flagged(self) -> bool:
        """True exactly when some label is given."""
        return bool(self.labels)


@dataclass(frozen=True, slots=True)
class Advice:
    """One line for an item of the guidance that the message misses."""

    item: AdviceItem
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of one message."""

    source: str
    verdict: Verdict
    checklist: Mapping[Item, bool | None]
    advice: tuple[Advice, ...]
    sentences: tuple[Finding, ...]

    @property
    def flagged(self) -> tuple[Finding, ...]:
        """The flagged sentences, in the order of the message."""
        return tuple(f for f in self.sentences if f.flagged)

    @property
    def scores(self) -> Scores | None:
        """The message's scores: the worst over its sentences, None without any."""
        if not self.sentences:
            return None
        each = [f.scores for f in self.sentences]
        return Scores(
            resentment=max(s.resentment for s in each),
            blame=max(s.blame for s in each),
            professionalism=min(s.professionalism for s in each),
            risk=max(s.risk for s in each),
        )
