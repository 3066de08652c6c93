"""The facts of a sentence: its numbers, dates, names and what it denies. None may be lost or made up."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen"
    " nineteen"
).split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {w: str(i) for i, w in enumerate(_ONES) if i > 1} | {w: str(10 * i) for i, w in enumerate(_TENS) if i > 1}
_NUMBERS |= {
    f"{t}-{o}": str(10 * i + j) for i, t in enumerate(_TENS) if i > 1 for j, o in enumerate(_ONES) if 0 < j < 10
}
_NUMBERS |= {"twice": "2", "dozen": "12", "hundred": "100", "thousand": "1000", "million": "1000000"}
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_NUMBERS |= {w: f"{i}th" for i, w in enumerate(_ORDINALS, 2)}
# Figures of speech that carry no number worth keeping.
_IDIOMS = re.compile(
    r"\b(?:second (?:look|thought|nature|chance|rate)|third party|a (?:million|thousand|hundred) (?:times"
    r"|things|miles)|two-faced|24/7"
    r"|one hundred percent|100 ?%|ten times (?:better|more)|two (?:seconds|minutes) (?:to|of your)|five"
    r" minutes (?:to|of your)|in two minds"
    r"|a seconds?|split second|just a second|for a second|ten a penny|nine to five|thousands? of|hundreds?"
    r" of|millions? of"
    r"|for the (?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) (?:and last )?time,"
    r"|(?:explained|said|told you|wrote|asked) (?:once or )?twice|a line or two|one line|dozens? of)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+(?:[.,:/]\d+)*")
_WORD = re.compile(r"[A-Za-z]+(?:-[a-z]+)?")
_WEEKDAY = re.compile(
    r"\b(?:(mon|tues|wednes|thurs|fri|satur|sun)day|(tue|wed|thu|thur|thurs|mon|fri|sat|sun))s?\b(?!-)", re.IGNORECASE
)
_MONTH = re.compile(
    r"\b(?:(january|february|april|june|july|august|september|october|november|december)"
    r"|(?-i:(March|May(?! (?:I|we)\b)|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)))\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(today|tomorrow|tonight|yesterday|noon|midnight|this week|next week|last week|this month|next"
    r" month|last month|last year|next year"
    r"|end of (?:the )?(?:day|week|month|business))\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<![.?!:]\s)(?<!^)(?<![\"“‘(])\b[A-ZÀ-Þ][\w'’-]*[a-zà-ÿ][\w-]*|\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Herr|Frau|Mme|Madame)\.?\s+[A-ZÀ-Þ][\w-]+"
)
_NOT_NAMES = frozenset(
    "i i'm i've i'd i'll mr mrs ms miss dr prof madam sir dear monday tuesday wednesday thursday friday"
    " saturday sunday mondays fridays"
    " january february march april may june july august september october november december english"
    " internet god jesus christ christmas"
    " easter ok cv pdf hr".split()
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|none|nothing|neither|nor|without|cannot|no-one|nowhere|hardly|unable|refused?|failed)\b|n['’]t\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What must survive: numbers and dates by value; names as words; whether anything is denied."""

    numbers: frozenset[str]
    dates: frozenset[str]
    names: frozenset[str]
    denies: bool


def facts(text: str) -> Facts:
    """Read the facts off a sentence."""
    plain = _IDIOMS.sub(" ", text)
    numbers = {d.rstrip(".,:/").replace(",", "") for d in _DIGITS.findall(plain)}
    numbers |= {_NUMBERS[w.lower()] for w in _WORD.findall(plain) if w.lower() in _NUMBERS}
    for word in _WORD.findall(plain):  # "three-week" holds a three
        first = word.lower().split("-")[0]
        if "-" in word and word.lower() not in _NUMBERS and first in _NUMBERS:
            numbers.add(_NUMBERS[first])
    dates = {
        (a or b).lower()[:3]
        for a, b in _WEEKDAY.findall(text)
        if a or b.lower() not in ("sat", "sun", "wed") or b[:1].isupper()
    }
    dates |= {(a or b).lower()[:3] for a, b in _MONTH.findall(text)}
    dates |= {re.sub(r"\bthe ", "", m.lower()) for m in _RELATIVE.findall(text)}
    names = {
        w
        for m in _NAME.findall(text)
        for w in re.findall(r"[\w-]+", re.sub(r"['’]\w+", "", m))
        if w.lower() not in _NOT_NAMES
    }
    return Facts(frozenset(numbers), frozenset(dates), frozenset(names), bool(_NEGATION.search(text)))


def words_in_capitals(text: str) -> frozenset[str]:
    """Return every word with a capital, also the first of a sentence: where a name may come from."""
    return frozenset(re.sub(r"['’]s$", "", w) for w in re.findall(r"\b[A-ZÀ-Þ][\w'’-]*", text))


def lost(before: Facts, after: Facts) -> list[str]:
    """Return the numbers and dates that are gone."""
    return sorted((before.numbers - after.numbers) | (before.dates - after.dates))


def invented(before: str, after: str) -> list[str]:
    """Return numbers, dates and names of ``after`` that ``before`` does not have."""
    old, new = facts(before), facts(after)
    known = {w.lower() for w in words_in_capitals(before)} | {w.lower() for w in re.findall(r"[\w-]+", before)}
    strange = {n for n in new.names if n.lower() not in known}
    return sorted((new.numbers - old.numbers) | (new.dates - old.dates) | strange)
