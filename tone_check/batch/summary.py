"""What a review amounts to: one pass over the rows beside the index, holding counts and the worst sentences only."""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from sys import intern
from typing import Any

import numpy as np

from tone_check import __version__
from tone_check.batch import rhythm
from tone_check.batch.headers import Headers
from tone_check.batch.rhythm import Event
from tone_check.batch.trend import trend
from tone_check.digest import MODEL_SHA256
from tone_check.report import ITEMS, LABELS, Strictness

# So many sentences are shown, the worst first; so many people, places and mailbox labels are listed.
_SENTENCES = 300
_LISTED = 40
# With more recipients than this, a message is no follow-up to any one of them.
_PERSONAL = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a flagged sentence is: the message's number and headers, the sentence's index in it."""

    number: int
    headers: Headers
    index: int
    row: dict[str, Any]


@dataclass(slots=True)
class _Tally:
    """Messages and how many of them were flagged, by some key."""

    messages: Counter[Any] = field(default_factory=Counter)
    flagged: Counter[Any] = field(default_factory=Counter)

    def add(self, key: Any, flagged: bool) -> None:
        self.messages[key] += 1
        self.flagged[key] += flagged

    def rows(self, name: str, shown: Iterable[Any]) -> list[dict[str, Any]]:
        return [{name: k, "messages": self.messages[k], "flagged": self.flagged[k]} for k in shown]

    def most(self, name: str) -> list[dict[str, Any]]:
        """Return the keys with most flagged messages first, then those with most messages."""
        order = sorted(self.messages, key=lambda k: (-self.flagged[k], -self.messages[k], k))
        return self.rows(name, order[:_LISTED])


@dataclass(slots=True)
class Collected:
    """What one pass over the rows leaves."""

    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    labels: dict[str, Counter[str]] = field(default_factory=lambda: {"messages": Counter(), "sentences": Counter()})
    acts: Counter[str] = field(default_factory=Counter)
    months: _Tally = field(default_factory=_Tally)
    month_labels: Counter[tuple[str, str]] = field(default_factory=Counter)
    hours: _Tally = field(default_factory=_Tally)
    people: _Tally = field(default_factory=_Tally)
    domains: _Tally = field(default_factory=_Tally)
    boxes: _Tally = field(default_factory=_Tally)
    checklist: Counter[tuple[str, bool | None]] = field(default_factory=Counter)
    # Time, number and flag of every message in one integer (``_moment``): the only things kept of each are this and its
    # events, and ten million of either must fit.
    history: array[int] = field(default_factory=lambda: array("q"))
    events: list[Event] = field(default_factory=list)
    worst: list[tuple[float, int, int, Place]] = field(default_factory=list)

    def places(self) -> list[Place]:
        """Return the worst sentences, the worst first; of equals the earlier one."""
        return [place for *_, place in sorted(self.worst, key=lambda e: e[:3], reverse=True)]


def collect(rows: Iterable[dict[str, Any]], headers: Iterable[Headers], mine: Sequence[str]) -> Collected:
    """Read all rows beside the headers of the same messages."""
    found = Collected()
    identities: set[str] = set()
    for number, (row, about) in enumerate(zip(rows, headers, strict=True)):
        found.counts["total"] += 1
        if "error" in row:
            found.counts["unreadable"] += 1
        elif "skipped" in row:
            found.counts["skipped"] += 1
            found.skipped[row["skipped"]] += 1
            if about.time is not None and about.sender and about.sender not in mine:
                found.events.append(Event(intern(about.sender), about.time, own=False, answers=False))
        else:
            _judged(found, number, row, about, identities, mine)
    return found


def _judged(
    found: Collected, number: int, row: dict[str, Any], about: Headers, identities: set[str], mine: Sequence[str]
) -> None:
    flagged = row["verdict"] == "flagged"
    if row["verdict"] == "not-judged":
        found.counts["not_english"] += 1
    else:
        found.counts["judged"] += 1
        found.counts["flagged"] += flagged
        found.counts["sentences"] += len(row["sentences"])
        _sentences(found, number, row, about)
        _when(found, number, row, about, flagged)
        for person in about.recipients:
            found.people.add(person, flagged)
        for domain in sorted({p.rpartition("@")[2] for p in about.recipients}):
            found.domains.add(domain, flagged)
        for box in about.labels:
            found.boxes.add(box, flagged)
        for item in ITEMS if row["sentences"] else ():
            found.checklist[item, row["checklist"].get(item)] += 1
    _follow_up(found, about, identities, mine)


def _follow_up(found: Collected, about: Headers, identities: set[str], mine: Sequence[str]) -> None:
    copy = bool(about.identity) and about.identity in identities
    answers = bool(about.answers) and about.answers not in identities
    identities.add(about.identity)
    people = [p for p in about.recipients if p not in mine]
    if about.time is not None and not copy and len(people) <= _PERSONAL:
        found.events += [Event(intern(p), about.time, own=True, answers=answers) for p in people]


def _sentences(found: Collected, number: int, row: dict[str, Any], about: Headers) -> None:
    labels: set[str] = set()
    for index, sentence in enumerate(row["sentences"]):
        if not sentence["flagged"]:
            continue
        found.counts["flagged_sentences"] += 1
        labels.update(sentence["labels"])
        found.labels["sentences"].update(sentence["labels"])
        found.acts.update(sentence["acts"])
        entry = (sentence["risk"], -number, -index, Place(number, about, index, row))
        if len(found.worst) < _SENTENCES:
            heapq.heappush(found.worst, entry)
        else:
            heapq.heappushpop(found.worst, entry)
    found.labels["messages"].update(labels)


def _when(found: Collected, number: int, row: dict[str, Any], about: Headers, flagged: bool) -> None:
    if about.time is None:
        found.counts["undated"] += 1
        return
    found.history.append(_moment(about.time, number, flagged))
    local = written(about)
    month = f"{local:%Y-%m}"
    found.months.add(month, flagged)
    found.hours.add(local.hour, flagged)
    for label in {label for s in row["sentences"] for label in s["labels"]}:
        found.month_labels[month, label] += 1


def _moment(time: int, number: int, flagged: bool) -> int:
    """Pack a message so that the order of these integers is that of time, then of number."""
    return time << 31 | number << 1 | flagged


def _in_order(history: array[int]) -> list[bool]:
    """Return which messages were flagged, in order of time."""
    flags: list[bool] = (np.sort(np.array(history, np.int64)) & 1).astype(bool).tolist()
    return flags


def written(about: Headers) -> datetime:
    """Return when a message was written, by the writer's own clock."""
    return datetime.fromtimestamp(about.time or 0, UTC).replace(tzinfo=None) + timedelta(minutes=about.zone)


def content(
    found: Collected, strictness: Strictness, redacted: bool, mine: Sequence[str], model: str
) -> dict[str, Any]:
    """Return ``summary.json``: nothing in it depends on when or where it was made."""
    people, domains = found.people.most("address"), found.domains.most("domain")
    follow_ups = rhythm.describe(rhythm.gaps(found.events))
    if redacted:
        people, domains = _numbered(people, "address", "person"), _numbered(domains, "domain", "domain")
        follow_ups["by_person"] = _numbered(follow_ups["by_person"], "person", "person")
    return {
        "tool": {"name": "tone-check", "version": __version__, "model": model, "digest": MODEL_SHA256},
        "strictness": strictness,
        "redacted": redacted,
        "mine": [] if redacted else list(mine),
        "messages": {
            **{k: found.counts[k] for k in ("total", "judged", "flagged", "not_english", "skipped", "unreadable")},
            "undated": found.counts["undated"],
            "skipped_why": dict(sorted(found.skipped.items())),
        },
        "sentences": {"judged": found.counts["sentences"], "flagged": found.counts["flagged_sentences"]},
        "period": _period(found),
        "trend": trend(_in_order(found.history)),
        "labels": {label: {kind: found.labels[kind][label] for kind in ("messages", "sentences")} for label in LABELS},
        "acts": dict(sorted(found.acts.items(), key=lambda a: (-a[1], a[0]))),
        "months": [
            {**row, **{label: found.month_labels[row["month"], label] for label in LABELS}}
            for row in found.months.rows("month", _months(sorted(found.months.messages)))
        ],
        "hours": found.hours.rows("hour", range(24)),
        "people": people,
        "domains": domains,
        "mailbox_labels": [] if redacted else found.boxes.most("label"),
        "guidance": {
            "checklist": {
                item: {
                    "done": found.checklist[item, True],
                    "missed": found.checklist[item, False],
                    "not_applicable": found.checklist[item, None],
                }
                for item in ITEMS
            },
            "rhythm": follow_ups,
        },
    }


def _numbered(rows: list[dict[str, Any]], key: str, name: str) -> list[dict[str, Any]]:
    return [{**row, key: f"{name} {n}"} for n, row in enumerate(rows, 1)]


def _period(found: Collected) -> dict[str, str | None]:
    months = sorted(found.months.messages)
    return {"first": months[0] if months else None, "last": months[-1] if months else None}


def _months(known: list[str]) -> Iterator[str]:
    """Yield every month from the first to the last, those without a message too."""
    if not known:
        return
    (year, month), last = (int(v) for v in known[0].split("-")), known[-1]
    while (name := f"{year:04}-{month:02}") <= last:
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def worst(
    found: Collected, suggestions: Callable[[Place], dict[int, list[dict[str, Any]]]], suggested: int
) -> list[dict[str, Any]]:
    """Return the worst sentences with what stood around them; the first ``suggested`` with what to write instead."""
    cache: dict[int, dict[int, list[dict[str, Any]]]] = {}
    result = []
    for rank, place in enumerate(found.places()):
        if rank < suggested and place.number not in cache:
            cache[place.number] = suggestions(place)
        instead = cache.get(place.number, {}).get(place.index, [])
        result.append(_shown(place, instead))
    return result


def _shown(place: Place, instead: list[dict[str, Any]]) -> dict[str, Any]:
    sentences = place.row["sentences"]
    sentence = sentences[place.index]
    return {
        "source": place.row["source"],
        "date": None if place.headers.time is None else f"{written(place.headers):%Y-%m-%d}",
        "hour": None if place.headers.time is None else written(place.headers).hour,
        "to": list(place.headers.recipients[:5]),
        "before": [s["text"] for s in sentences[max(0, place.index - 2) : place.index]],
        "text": sentence["text"],
        "after": [s["text"] for s in sentences[place.index + 1 : place.index + 3]],
        "labels": sentence["labels"],
        "acts": sentence["acts"],
        "risk": sentence["risk"],
        "evidence": [e["text"] for e in sentence["evidence"]],
        "suggestions": [{"text": s["text"], "kind": s["kind"], "why": s["why"]} for s in instead[:2]],
    }
