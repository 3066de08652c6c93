"""How good the suggestions are on annotated messages: what ``tone-check evaluate --rewrites`` prints.

What a machine can count is counted: how many flagged sentences get help and of
which kind, whether what is shown passes the gate again, whether facts survive,
and how varied the texts are. Whether a person would send them is asked in
``data/preference``.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tone_check.classifier import Classifier
from tone_check.report import Finding
from tone_check.rewrites import ranking, suggest
from tone_check.rewrites.facts import facts, invented, lost
from tone_check.training.corpus import Message


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A message with its findings; ``kept`` are those suggestions that a second judgement in place finds clean."""

    message: Message
    findings: tuple[Finding, ...]
    shown: int
    kept: int


def rewrite(classifier: Classifier, messages: Iterable[Message]) -> list[Rewritten]:
    """Judge the messages as given and look for suggestions for what is flagged."""
    found = []
    for message in messages:
        (judged,) = classifier.judge([message.texts])
        findings = [
            Finding(text, None, 0, len(text), 1, 1, j.scores, j.labels, j.acts)
            for text, j in zip(message.texts, judged.sentences, strict=True)
        ]
        if any(f.flagged for f in findings):
            suggested = suggest(classifier, findings, "normal")
            found.append(Rewritten(message, tuple(suggested), *_judged_again(classifier, suggested)))
    return found


def _judged_again(classifier: Classifier, findings: Sequence[Finding]) -> tuple[int, int]:
    """Put every first rewrite into its place and judge the message anew; return how many there are, how many clean."""
    texts = [f.text for f in findings]
    places = [i for i, f in enumerate(findings) if f.suggestions and f.suggestions[0].kind == "rewrite"]
    changed = [[*texts[:i], findings[i].suggestions[0].text, *texts[i + 1 :]] for i in places]
    judged = classifier.judge(changed)
    return len(places), sum(not j.sentences[i].labels for i, j in zip(places, judged, strict=True))


def figures(rewritten: Sequence[Rewritten]) -> dict[str, Any]:
    """Return coverage, gate, content kept and variety; shares are of flagged sentences unless they say otherwise."""
    flagged = [f for r in rewritten for f in r.findings if f.flagged]
    helped = [f for f in flagged if f.suggestions]
    first = [f for f in helped if f.suggestions[0].kind == "rewrite"]
    texts = Counter(ranking.key(f.suggestions[0].text) for f in first)
    return {
        "flagged": len(flagged),
        "with_a_suggestion": _share(len(helped), len(flagged)),
        "first_choice_is_a_rewrite": _share(len(first), len(flagged)),
        "rewrites_clean_in_place": _share(sum(r.kept for r in rewritten), sum(r.shown for r in rewritten)),
        "rewrites_keeping_numbers_and_dates": _share(
            sum(not lost(facts(f.text), facts(f.suggestions[0].text)) for f in first), len(first)
        ),
        "rewrites_inventing_no_name_number_or_date": _share(
            sum(
                not invented(" ".join(f.text for f in r.findings), f.suggestions[0].text)
                for r in rewritten
                for f in r.findings
                if f.flagged and f.suggestions and f.suggestions[0].kind == "rewrite"
            ),
            len(first),
        ),
        "most_common_first_choice": _share(texts.most_common(1)[0][1] if texts else 0, len(first)),
        "messages_with_a_text_twice": sum(_repeats(r) for r in rewritten),
    }


def _repeats(rewritten: Rewritten) -> bool:
    texts = [
        ranking.key(f.suggestions[0].text)
        for f in rewritten.findings
        if f.suggestions and f.suggestions[0].kind == "rewrite"
    ]
    return len(texts) != len(set(texts))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def samples(rewritten: Sequence[Rewritten], count: int, seed: int) -> list[dict[str, str]]:
    """Return unselected flagged sentences with their first suggestion, to be read by a person."""
    flagged = [(r.message.id, f) for r in rewritten for f in r.findings if f.flagged]
    drawn = random.Random(seed).sample(flagged, min(count, len(flagged)))  # noqa: S311 - a sample, not a secret
    return [
        {
            "message": where,
            "sentence": finding.text,
            "kind": finding.suggestions[0].kind if finding.suggestions else "none",
            "suggestion": finding.suggestions[0].text if finding.suggestions else "",
            "why": finding.suggestions[0].why if finding.suggestions else "",
        }
        for where, finding in drawn
    ]
