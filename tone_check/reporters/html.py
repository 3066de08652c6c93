"""A review as one HTML file: no network, no folder beside it, nothing in it that a mail could make run.

Texts of mails reach the page in two ways only: escaped by ``html.escape``, or in a JSON block in which ``<``, ``>`` and
``&`` are escaped and which the page's script turns into text nodes. The content security policy names the three scripts
and the styles by their SHA-256; nothing else runs, and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

_FOLDER = Path(__file__).with_name("page")
# Plot puts this style into every chart (the class is ours); only by its hash may it stay.
_PLOT_STYLE = """:where(.chart) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.chart text),
:where(.chart tspan) {
  white-space: pre;
}"""
_QUOTES = "This file quotes your mail: treat it as you treat your mailbox."
_ITEM_NAMES = {
    "thanks": "Says thank you",
    "accepts-decision": "Accepts the decision",
    "feedback-request": "Asks for feedback",
    "continued-interest": "Stays interested",
    "single-clear-ask": "Asks one clear thing",
    "keeps-cool": "Keeps cool",
}


@cache
def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def page(summary: Mapping[str, Any], sentences: Sequence[Mapping[str, Any]]) -> str:
    """Return the report of a review: its summary, and the worst sentences."""
    scripts = {"d3": _asset("d3.min.js"), "plot": _asset("plot.umd.min.js"), "script": _asset("page.js")}
    style = _asset("page.css")
    return Template(_asset("page.html")).substitute(
        scripts,
        style=style,
        policy=_policy(scripts.values(), (style, _PLOT_STYLE)),
        period=_period(summary),
        answer=_answer(summary["messages"]),
        trend=_trend(summary["trend"]),
        figures=_figures(summary),
        charts=_charts(summary),
        guidance=_guidance(summary["guidance"]),
        listed=_listed(summary, sentences),
        footer=_footer(summary),
        data=_json({"summary": summary, "sentences": sentences}),
    )


def _policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hashes(contents: Iterable[str]) -> str:
    digests = (hashlib.sha256(c.encode("utf-8")).digest() for c in contents)
    return " ".join(f"'sha256-{base64.b64encode(d).decode('ascii')}'" for d in digests)


def _json(value: Any) -> str:
    """Write JSON that can stand in a script element: no character in it means anything to HTML."""
    text = json.dumps(value, ensure_ascii=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _period(summary: Mapping[str, Any]) -> str:
    first, last = summary["period"]["first"], summary["period"]["last"]
    if first is None:
        return ""
    return f", {_month(first)}" if first == last else f", {_month(first)} to {_month(last)}"


def _month(name: str) -> str:
    names = "January February March April May June July August September October November December".split()
    return f"{names[int(name[5:7]) - 1]} {name[:4]}"


def _answer(messages: Mapping[str, Any]) -> str:
    judged, flagged = messages["judged"], messages["flagged"]
    if not judged:
        return "<p class='answer'>There was no message of yours to judge.</p>"
    if not flagged:
        told = "It comes" if judged == 1 else "Not one sentence in them comes"
        fine = f"<strong>All {_n(judged)} of your messages are fine.</strong>"
        return f"<p class='answer fine'>{fine} {told} across badly.</p>"
    few = "has" if flagged == 1 else "have"
    return (
        f"<p class='answer'><strong>{_n(flagged)} of your {_n(judged)} messages</strong> ({_share(flagged, judged)}) "
        f"{few} a sentence that is likely to come across badly.</p>"
    )


def _trend(trend: Mapping[str, Any]) -> str:
    earlier, later = trend["earlier"], trend["later"]
    if trend["direction"] == "too few messages":
        return "<p class='trend'>There are too few dated messages to say whether it is getting better or worse.</p>"
    change = (
        f"{_percent(earlier['share'])} of the earlier half of your messages, {_percent(later['share'])} of the later"
    )
    low, high = (round(100 * v) for v in trend["change_95"])
    told = {
        "better": "It is getting <b>better</b>",
        "worse": "It is getting <b>worse</b>",
        "no clear change": "There is <b>no clear change</b> over time",
    }[trend["direction"]]
    return f"<p class='trend'>{told}: {change} (95% interval of the change: {low:+} to {high:+} points).</p>"


def _figures(summary: Mapping[str, Any]) -> str:
    guidance = summary["guidance"]
    follow_ups = guidance["rhythm"]
    days = follow_ups["median_days"]
    cards = [
        ("Messages judged", _n(summary["messages"]["judged"]), f"{_n(summary['sentences']['judged'])} sentences"),
        ("With a problem", _n(summary["messages"]["flagged"]), f"{_n(summary['sentences']['flagged'])} sentences"),
        ("Said thank you", *_done(guidance["checklist"]["thanks"])),
        ("Asked for feedback", *_done(guidance["checklist"]["feedback-request"])),
        (
            "Days between follow-ups",
            "–" if days is None else f"{days:g}",
            "nobody was written to twice unanswered" if days is None else "median; about 30 is advised",
        ),
    ]
    return "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>"
        for name, value, note in cards
    )


def _done(counts: Mapping[str, int]) -> tuple[str, str]:
    fits = counts["done"] + counts["missed"]
    return (_share(counts["done"], fits), f"of {_n(fits)} messages it fits") if fits else ("–", "fits none of them")


def _charts(summary: Mapping[str, Any]) -> str:
    labels = "".join(
        f"<span class='label {name}'>{name} {_n(counts['messages'])}</span> "
        for name, counts in summary["labels"].items()
    )
    months = _table(("Month", "Messages", "With a problem"), _rows(summary["months"], "month"))
    by_label = _table(
        ("Month", *summary["labels"]),
        [[m["month"], *(m[label] for label in summary["labels"])] for m in summary["months"]],
    )
    hours = _table(("Hour", "Messages", "With a problem"), _rows(summary["hours"], "hour"))
    people = _table(("Correspondent", "Messages", "With a problem"), _rows(summary["people"], "address"))
    domains = _table(("Domain", "Messages", "With a problem"), _rows(summary["domains"], "domain"))
    boxes = _table(("Mailbox label", "Messages", "With a problem"), _rows(summary["mailbox_labels"], "label"))
    acts = _table(("What it does", "Sentences"), [list(a) for a in summary["acts"].items()])
    found = [
        _figure(
            "months",
            "Month by month",
            "Dots are single months, larger for more messages; the line is the share over three months.",
            months,
            bool(summary["months"]),
            wide=True,
        ),
        _figure(
            "labels", "By label", f"<span class='meta'>{labels}</span>", by_label, bool(summary["acts"]), html=True
        ),
        _figure("hours", "By hour of the day", "Darker bars stand for more messages.", hours, bool(summary["months"])),
        _figure(
            "people",
            "By correspondent",
            "Messages, and those with a problem; most problems first.",
            people,
            bool(summary["people"]),
        ),
        _figure(
            "domains",
            "By domain",
            "Messages, and those with a problem; most problems first.",
            domains,
            bool(summary["domains"]),
        ),
        _figure(
            "acts",
            "What the flagged sentences do",
            "A sentence can do several things at once.",
            acts,
            bool(summary["acts"]),
            wide=True,
        ),
    ]
    if summary["mailbox_labels"]:
        found.append(f"<figure class='wide'><h3>By Gmail label</h3><div class='scroll'>{boxes}</div></figure>")
    return "".join(found)


def _guidance(guidance: Mapping[str, Any]) -> str:
    checklist = _table(
        ("", "Done", "Missed", "Does not apply"),
        [[_ITEM_NAMES[i], c["done"], c["missed"], c["not_applicable"]] for i, c in guidance["checklist"].items()],
    )
    found = guidance["rhythm"]
    people = _table(
        ("To", "Follow-ups", "Median days"),
        [[p["person"], p["follow_ups"], p["median_days"]] for p in found["by_person"]],
    )
    if found["follow_ups"]:
        told = (
            f"{_n(found['follow_ups'])} messages to {_n(found['people'])} people followed one without an answer, after "
            f"{found['median_days']:g} days in the middle; {_n(found['within_a_week'])} came within a week. "
            "About one a month is advised."
        )
    else:
        told = "No message followed another one to the same person that had no answer."
    return _figure(
        "checklist", "How often it was followed", "Of the messages that an item fits.", checklist, True
    ) + _figure("rhythm", "The rhythm of follow-ups", told, people, bool(found["follow_ups"]))


def _figure(chart: str, title: str, text: str, table: str, drawn: bool, wide: bool = False, html: bool = False) -> str:
    """Return a chart's place with its numbers as a table, for those who cannot or would not read charts."""
    name = " class='wide'" if wide else ""
    told = text if html else escape(text)
    if not drawn:
        return (
            f"<figure{name}><h3>{escape(title)}</h3><p>{told if chart == 'rhythm' else 'Nothing to show.'}</p></figure>"
        )
    return (
        f"<figure{name}><h3>{escape(title)}</h3><p>{told}</p><div class='plot' data-chart='{chart}'></div>"
        f"<details><summary>{escape(title)}: as a table</summary>"
        f"<div class='scroll' tabindex='0'>{table}</div></details></figure>"
    )


def _rows(rows: Iterable[Mapping[str, Any]], key: str) -> list[list[Any]]:
    return [[r[key], r["messages"], r["flagged"]] for r in rows]


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    def cell(tag: str, value: Any, first: bool) -> str:
        return f"<{tag}{'' if first else ' class=n'}>{escape(str(value))}</{tag}>"

    top = "".join(cell("th", h, i == 0) for i, h in enumerate(head))
    body = "".join("<tr>" + "".join(cell("td", v, i == 0) for i, v in enumerate(row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _listed(summary: Mapping[str, Any], sentences: Sequence[Mapping[str, Any]]) -> str:
    total = summary["sentences"]["flagged"]
    if not total:
        return "No sentence was flagged."
    told = f"The {_n(len(sentences))} worst of {_n(total)}" if total > len(sentences) else f"All {_n(total)}"
    if total == 1:
        told = "The one sentence that was flagged"
    with_advice = sum(bool(s["suggestions"]) for s in sentences)
    advice = f" The first ones say what to write instead ({_n(with_advice)} of them)." if with_advice else ""
    return f"{told}, the worst first, with what stood around them.{advice}"


def _footer(summary: Mapping[str, Any]) -> str:
    messages = summary["messages"]
    skipped = ", ".join(f"{_n(n)} {escape(why)}" for why, n in messages["skipped_why"].items())
    lines = [
        f"{_n(messages['total'])} messages in the source: {_n(messages['judged'])} judged, "
        + f"{_n(messages['skipped'])} skipped"
        + (f" ({skipped})" if skipped else "")
        + f", {_n(messages['not_english'])} not in English, {_n(messages['unreadable'])} unreadable, "
        + f"{_n(messages['undated'])} without a date.",
        "Written by: " + ", ".join(escape(m) for m in summary["mine"]) + "." if summary["mine"] else "",
        "Redacted: addresses, links and numbers are always replaced, names as far as they can be told; look it over "
        "before you pass it on." if summary["redacted"] else _QUOTES,
        f"tone-check {escape(summary['tool']['version'])}, model {escape(summary['tool']['model'])}, strictness "
        f"{escape(summary['strictness'])}. A model can be wrong in both directions; a sentence is yours to judge.",
    ]  # fmt: skip
    return "".join(f"<p>{line}</p>" for line in lines if line)


def _n(value: int) -> str:
    return f"{value:,}"


def _share(part: int, whole: int) -> str:
    return _percent(part / whole if whole else 0.0)


def _percent(share: float) -> str:
    value = 100 * share
    return f"{value:.0f}%" if value >= 1 or value == 0 else "under 1%"
