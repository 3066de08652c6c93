"""What a review amounts to: counts that add up, a trend that is not read into noise, the rhythm of follow-ups."""

from __future__ import annotations

import random
from array import array
from typing import Any

import pytest

from tone_check.batch import rhythm, summary
from tone_check.batch.headers import Headers
from tone_check.batch.rhythm import Event
from tone_check.batch.trend import trend

DAY = 86_400


def row(number: int, flagged: bool = False, risk: float = 0.9) -> dict[str, Any]:
    sentences = [
        {
            "text": f"Sentence {k} of {number}.",
            "flagged": flagged and k == 1,
            "labels": ["blame"] if flagged and k == 1 else [],
            "acts": ["accusation"] if flagged and k == 1 else [],
            "risk": risk if k == 1 else 0.1,
            "evidence": [],
        }
        for k in range(3)
    ]
    checklist = {"thanks": True, "accepts-decision": None}
    return {
        "source": f"s#{number}",
        "verdict": "flagged" if flagged else "clean",
        "checklist": checklist,
        "sentences": sentences,
    }


def about(day: int, to: str = "a@b.example", **more: Any) -> Headers:
    return Headers("me@x.example", (to,), 1_704_067_200 + day * DAY, 60, **more)


def content(rows: list[dict[str, Any]], headers: list[Headers], redacted: bool = False) -> dict[str, Any]:
    found = summary.collect(rows, headers, ["me@x.example"])
    return summary.content(found, "normal", redacted, ["me@x.example"], "1")


def test_counts() -> None:
    rows = [row(0), row(1, flagged=True), {"source": "s#2", "error": "x"}, {"source": "s#3", "skipped": "no sender"}]
    rows.append({**row(4), "verdict": "not-judged", "sentences": []})
    headers = [about(0), about(70, "c@d.example"), Headers(), Headers(), Headers("me@x.example")]
    found = content(rows, headers)
    assert found["messages"] == {
        "total": 5, "judged": 2, "flagged": 1, "not_english": 1, "skipped": 1, "unreadable": 1, "undated": 0,
        "skipped_why": {"no sender": 1},
    }  # fmt: skip
    assert found["sentences"] == {"judged": 6, "flagged": 1}
    assert [(m["month"], m["messages"], m["flagged"], m["blame"]) for m in found["months"]] == [
        ("2024-01", 1, 0, 0), ("2024-02", 0, 0, 0), ("2024-03", 1, 1, 1),
    ]  # fmt: skip
    assert found["people"][0] == {"address": "c@d.example", "messages": 1, "flagged": 1}
    assert sum(h["messages"] for h in found["hours"]) == 2
    assert found["hours"][1]["messages"] == 2, "by the writer's own clock"
    assert found["guidance"]["checklist"]["thanks"] == {"done": 2, "missed": 0, "not_applicable": 0}


def test_redacted_counts_name_nobody() -> None:
    found = content([row(0), row(1)], [about(0), about(3)], redacted=True)
    assert "example" not in str(found)
    assert found["people"][0]["address"] == "person 1"
    assert found["guidance"]["rhythm"]["by_person"][0]["person"] == "person 1"


def test_the_worst_sentences_are_kept_and_the_earlier_of_equals_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "_SENTENCES", 3)
    risks = [0.5, 0.9, 0.7, 0.9, 0.6]
    rows = [row(n, flagged=True, risk=r) for n, r in enumerate(risks)]
    found = summary.collect(rows, [about(n) for n in range(5)], [])
    asked: list[int] = []

    def instead(place: summary.Place) -> dict[int, list[dict[str, Any]]]:
        asked.append(place.number)
        return {1: [{"text": "Better.", "kind": "rewrite", "why": "calmer"}]}

    shown = summary.worst(found, instead, 2)
    assert [s["source"] for s in shown] == ["s#1", "s#3", "s#2"]
    assert asked == [1, 3]
    assert [bool(s["suggestions"]) for s in shown] == [True, True, False]
    assert shown[0]["before"] == ["Sentence 0 of 1."]


def test_trend() -> None:
    assert trend([True] * 10 + [False] * 10)["direction"] == "too few messages"
    assert trend([True, False] * 50)["direction"] == "no clear change"
    assert trend([True] * 30 + [False] * 70)["direction"] == "better"
    assert trend([False] * 70 + [True] * 30)["direction"] == "worse"
    assert trend([])["earlier"]["share"] is None


def test_noise_is_rarely_read_as_a_trend() -> None:
    r = random.Random(3)
    told = [trend([r.random() < 0.1 for _ in range(80)])["direction"] for _ in range(400)]
    assert sum(t != "no clear change" for t in told) <= 0.06 * 400


def event(day: float, own: bool = True, answers: bool = False, person: str = "a") -> Event:
    return Event(person, int(day * DAY), own, answers)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event(0), event(3), event(33)], {"a": [3, 30]}),
        ([event(33), event(0), event(3)], {"a": [3, 30]}),
        ([event(0), event(2, own=False), event(3)], {}),
        ([event(0), event(3, answers=True), event(8)], {"a": [5]}),
        ([event(0), event(0.01), event(5)], {"a": [5]}),
        ([event(0), event(1, person="b"), event(5)], {"a": [5]}),
        ([event(1, own=False), event(2)], {}),
    ],
)
def test_rhythm(events: list[Event], expected: dict[str, list[float]]) -> None:
    assert {p: [round(d) for d in days] for p, days in rhythm.gaps(events).items()} == expected


def test_a_reply_to_one_s_own_message_is_a_follow_up() -> None:
    rows = [row(n) for n in range(3)]
    headers = [about(0, identity="1"), about(5, identity="2", answers="1"), about(9, identity="3", answers="theirs")]
    assert content(rows, headers)["guidance"]["rhythm"]["follow_ups"] == 1


def test_the_same_message_twice_is_no_follow_up() -> None:
    rows = [row(n) for n in range(2)]
    assert content(rows, [about(0, identity="1"), about(2, identity="1")])["guidance"]["rhythm"]["follow_ups"] == 0


def test_described() -> None:
    told = rhythm.describe({"a": [1.0, 30.0], "b": [400.0]})
    assert told["median_days"] == 30.0
    assert sum(b["count"] for b in told["bands"]) == told["follow_ups"] == 3
    assert rhythm.describe({})["median_days"] is None


def test_moments_are_in_order_of_time_then_number() -> None:
    latest = (4_102_444_799, 2**30 - 1)
    moments = [(*latest, True), (20, 7, False), (20, 6, True), (10, 8, False), (0, 9, True)]
    history = array("q", [summary._moment(*m) for m in moments])
    assert summary._in_order(history) == [True, False, True, False, True]
    assert summary._in_order(array("q")) == []
