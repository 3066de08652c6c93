"""The rhythm of follow-ups: how many days lie between messages to the same person that got no answer in between.

An answer is seen in two ways: a message from that person between the two, if the mailbox holds what came in; or the
later message says itself that it answers one that is not the writer's own. Where a mailbox holds only what was sent
and an answer was never answered in turn, it cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

# The guidance: about one message a month to somebody who does not answer.
RECOMMENDED_DAYS = 30
_DAY = 86_400
# A second message within the hour is an attachment that was forgotten, no follow-up.
_AFTERTHOUGHT = 3600
_BANDS = ((0, 2), (2, 7), (7, 14), (14, 21), (21, 45), (45, 90), (90, None))


@dataclass(frozen=True, slots=True)
class Event:
    """One dated message between the writer and one person; ``answers`` if it is the writer's and answers theirs."""

    person: str
    time: int
    own: bool
    answers: bool


def gaps(events: Iterable[Event]) -> dict[str, list[float]]:
    """Return, for every person, the days between the writer's unanswered messages to them, in order of time."""
    found: dict[str, list[float]] = {}
    waiting: dict[str, int] = {}
    for event in sorted(events, key=lambda e: (e.time, e.own, e.person)):
        last = waiting.get(event.person)
        if not event.own:
            waiting.pop(event.person, None)
            continue
        if last is not None and not event.answers:
            if event.time - last < _AFTERTHOUGHT:
                continue
            found.setdefault(event.person, []).append((event.time - last) / _DAY)
        waiting[event.person] = event.time
    return found


def describe(found: dict[str, list[float]], shown: int = 20) -> dict[str, Any]:
    """Return the figures of the report."""
    every = [days for person in found.values() for days in person]
    people = sorted(found, key=lambda p: (-len(found[p]), median(found[p]), p))[:shown]
    return {
        "recommended_days": RECOMMENDED_DAYS,
        "follow_ups": len(every),
        "people": len(found),
        "median_days": round(median(every), 1) if every else None,
        "within_a_week": sum(days < 7 for days in every),
        "bands": [
            {"from": low, "to": high, "count": sum(low <= d and (high is None or d < high) for d in every)}
            for low, high in _BANDS
        ],
        "by_person": [
            {"person": p, "follow_ups": len(found[p]), "median_days": round(median(found[p]), 1)} for p in people
        ],
    }
