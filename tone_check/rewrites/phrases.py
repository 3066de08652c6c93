"""The small language in which the rules of ``*.toml`` here are written, turned into regular expressions.

``(a|b)`` is a choice, ``[words]`` may be missing (also inside a word: ``call[ed]``),
``{name}`` is any stretch without a comma, ``{name*}`` any stretch at all,
``{name:kind}`` with a kind listed in ``KINDS`` a stretch of that shape,
``{name=a|b}`` one of these; a name that comes twice is remembered the first
time only. A space stands for any white space, case does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_NUMBER = (
    r"(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|several|many|a\ few"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-\w+|half\ an?|a\ whole|the\ whole)"
)
_UNIT = r"(?:second|minute|hour|day|night|week|weekend|month|year|summer|winter|season)s?"
_WEEKDAY = r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?s?"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:(?:(?:this|next|last|on|the)\s+)*(?:{_WEEKDAY}|(?:the\s+)?{_DAY}(?:\s+of)?\s+{_MONTH}|{_MONTH}\s+{_DAY}"
    rf"|the\s+{_DAY}\b|{_MONTH}|(?:the\s+)?end\s+of\s+(?:the\s+)?\w+|(?:this|next|last)\s+(?:week|month|year))"
    r"(?:\s+(?:at\s+)?(?:noon|midnight|morning|evening|afternoon|\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|o'clock)?))?"
    r"|today|tomorrow(?:\s+(?:morning|noon|evening))?|tonight|noon|midnight|yesterday"
    r"|\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|o'clock)|end\s+of\s+(?:the\s+)?(?:day|week|month|business)|eod|cob)"
)
_AMOUNT = (
    r"(?:(?:the|my|our|those|all|outstanding)\s+)*(?:[£$€₹¥]\s?\d[\d.,]*[km]?|\d[\d.,]*\s?(?:[£$€]|\w*(?:euros?|dollars?|pounds?|quid"
    r"|francs?|rupees?|shillings?|pesos?|kroner|zł|rand|naira|usd|eur|gbp))\b)"
)
# A verb in the past with the small words before it; and what a clause goes on with, in one breath.
_PAST = (
    r"(?:(?:have|has|had|['’](?:ve|d|s))\s+)?(?:(?:never|only|just|still|already|both|all|then|also|simply|even|once|later)\s+)?"
    r"(?:(?:did|was|were|had|could|would)(?:n['’]t|\s+not)?"
    r"|been|came|went|took|got|made|gave|sent|wrote|saw|heard|found|left|kept|held|paid|put|met|knew|thought|brought"
    r"|bought|ran|sat|stood|spent|lost|won|cost|let|led|built|drove|spoke|rang|cut|set|felt|meant|chose|drew|forgot|hung|sold"
    r"|threw|told|said|shut|hid|read|broke|began|fell|became|hit|swore|slept|taken|given|written|chosen|broken|thrown|gone"
    r"|[\w-]{2,}(?<!e)ed)"
)
_ONE = r"(?:[^\s,;:?!.]|(?<=\d)[,.:](?=\d)|\.(?!\s|$))+"
_WORDS = (
    rf"{_ONE}(?:(?:\s+|,\s+(?!(?:and|but|so|yet|or|which|who|because|though|as|for|it|that|this|you|we|i|he|she|they|not"
    r"|there|if|nobody|no|my|your|then|even|since|when|while|until|like|with|without|don['’]t|do|so|let|never|what|just|only|thanks|please|where|after)\b))"
    rf"{_ONE}){{0,22}}?"
)
_LEAD = (
    r"(?:(?:instead|then|twice|once)|(?:in|at|on|during|after|before|since|for|from|when|last|throughout|within|every)"
    r"(?:\s+[^\s,;:?!.]+){1,6}?),?"
)

# A deadline in spoken words: "half four", "close of business today", "six tonight", "tomorrow lunchtime".
_FILLER = r"(?:at|the|of|this|next|on|half|quarter|past|end|close|first|thing|early|late|a|any)"
_ANCHOR = (
    rf"(?:{_WEEKDAY}|{_MONTH}|{_DAY}(?:[:.]\d\d)?(?:\s*(?:am|pm|o['’]clock|[ap]\.m))?|noon|midday|midnight|lunch(?:time)?"
    r"|dinner(?:\s?time)?|tea(?:\s?time)?|breakfast|today|tomorrow|tonight|morning|evening|afternoon|night|weekends?|week"
    r"|month|year|day|business|play|eod|cob|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
)
_WHEN = rf"(?:{_FILLER}\s+){{0,3}}{_ANCHOR}(?:\s+(?:{_FILLER}\s+){{0,2}}{_ANCHOR}){{0,3}}"

# What is asked for, by a pronoun or by its name; and a time with the word that leads to it.
_NP = r"(?:my|our|the|your|his|her|their|this|that|all my|both my)\s+(?:[\w'’-]+\s+){0,2}?[\w'’-]+"
_THING = rf"(?:{_NP}|it|this|that|these|those|they|them)"
_TIME = rf"(?:(?:by|before|on|over|at|until)\s+(?:the\s+)?)?{_WHEN}(?![\w'’])"

# What ``{name:kind}`` stands for; every kind is read the same wherever it is used.
KINDS: Mapping[str, str] = {
    "word": r"[^\W_][\w'’-]*",
    "number": _NUMBER,
    "elapsed": rf"{_NUMBER}(?:\s+(?:whole|long|full|more|entire))?\s+{_UNIT}\b(?:\s+and\s+a\s+half)?",
    "date": rf"{_DATE}(?![\w'’])",
    "when": rf"{_WHEN}(?![\w'’])",
    "amount": _AMOUNT,
    "past": _PAST,
    "words": _WORDS,
    "lead": _LEAD,
    "np": _NP,
    "thing": _THING,
    "time": _TIME,
}
# Letters one of which stands in every stretch of a kind, where that can be said shortly.
_LETTERS: Mapping[str, frozenset[str]] = {
    "elapsed": frozenset("second minute hour day night week month year summer winter season".split()),
    "amount": frozenset("0123456789"),
}
_HOLE = re.compile(r"\{(\w+)(?::(\w+)|(\*)|=([^{}]*))?\}")
_TOKEN = re.compile(r"\[[^\]]*\](?=\s|$)|(?:\{[^{}]*\}|\[[^\]\s]*\]|[^\s\[])+")


class PhraseError(Exception):
    """A phrase that is not in the language; the message says what is wrong with it."""


@cache
def compiled(phrase: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """Turn one phrase, between two pieces of a regular expression, into a regular expression.

    Raises:
        PhraseError: brackets do not match or a kind is unknown.
    """
    try:
        return re.compile(f"{before}(?:{source(phrase)}){after}", re.IGNORECASE)
    except re.error as error:
        raise PhraseError(f"{phrase!r}: {error}") from None


_PAIRS = {"(": ")", "[": "]", "{": "}"}


def folded(text: str) -> str:
    """Write a text as anchors look for it: its words with one space around each, then the text itself, lower case."""
    plain = text.lower().replace("\u2019", "'")
    return f" {' '.join(_WORDLIKE.findall(plain))} \n{plain}"


@cache
def anchors(phrase: str) -> tuple[frozenset[str], ...]:
    """Return what must stand in every ``folded`` text that a phrase matches: one of each set.

    A space at the end of an anchor says that the word ends there. Compiling thousands of phrases takes longer than
    judging a draft, and a sentence needs few of them.

    Raises:
        PhraseError: brackets do not match.
    """
    if len(_alternatives(phrase)) > 1:
        return tuple(p for p in (_likeliest(phrase),) if p)
    return tuple(dict.fromkeys(p for p in _pieces(phrase) if p))


def _likeliest(phrase: str, left: bool = True, right: bool = True) -> frozenset[str]:
    """Return the one set that is met most rarely; empty where nothing must stand there.

    ``left`` and ``right`` say whether a word begins and ends where the phrase does.
    """
    alternatives = _alternatives(phrase)
    if len(alternatives) > 1:
        options = [_likeliest(a, left, right) for a in alternatives]
        return frozenset().union(*options) if all(options) else frozenset()
    pieces = _pieces(phrase, left, right)
    return max(pieces, key=lambda option: min(map(len, option), default=0), default=frozenset())


_WORDLIKE = re.compile(r"[\w'-]+")
_BRACKET = re.compile(r"[()\[\]{}]")
_BAR = re.compile(r"[()\[\]{}|]")


def _pieces(phrase: str, left: bool = True, right: bool = True) -> list[frozenset[str]]:
    """Return, for every part of a phrase that must be there, the letters of its alternatives."""
    found: list[frozenset[str]] = []
    at = 0
    for bracket in _BRACKET.finditer(phrase):
        start = bracket.start()
        if start < at:
            continue
        found += _literals(phrase[at:start], left and not at, False)
        end = _closing(phrase, start)
        inner, named, choice = phrase[start + 1 : end], bracket.group() == "{", bracket.group() == "("
        if named and ":" in inner:
            found.append(_LETTERS.get(inner.partition(":")[2], frozenset()))
        elif choice or (named and "=" in inner):
            begins = phrase[start - 1].isspace() if start else left
            ends = phrase[end + 1].isspace() if end + 1 < len(phrase) else right
            found.append(_likeliest(inner.partition("=")[2] if named else inner, begins, ends))
        at = end + 1
    return [*found, *_literals(phrase[at:], left and not at, right)]


def _literals(text: str, left: bool, right: bool) -> list[frozenset[str]]:
    """Return the words of a stretch without brackets; one that is not of letters is looked for wherever it stands."""
    words = text.lower().split()
    left, right = left or text[:1].isspace(), right or text[-1:].isspace()
    return [
        frozenset({f"{' ' * (n > 0 or left)}{w}{' ' * (n + 1 < len(words) or right)}" if _WORDLIKE.fullmatch(w) else w})
        for n, w in enumerate(words)
    ]


def _closing(phrase: str, at: int) -> int:
    """Return where the bracket at a place is closed."""
    depth = 0
    for bracket in _BRACKET.finditer(phrase, at):
        depth += 1 if bracket.group() in _PAIRS else -1
        if not depth and _PAIRS.get(phrase[at]) == bracket.group():
            return bracket.start()
    raise PhraseError(f"{phrase!r}: brackets do not match")


def _alternatives(text: str) -> list[str]:
    """Divide a phrase at the bars outside its brackets."""
    if "|" not in text:
        return [text]
    parts, depth, at = [], 0, 0
    for mark in _BAR.finditer(text):
        if mark.group() != "|":
            depth += 1 if mark.group() in _PAIRS else -1
        elif not depth:
            parts.append(text[at : mark.start()])
            at = mark.end()
    return [*parts, text[at:]]


def source(phrase: str) -> str:
    """Return the regular expression of a phrase as text."""
    tokens = _TOKEN.findall(phrase)
    result, required = "", False
    for token in tokens:
        if token.startswith("[") and token.endswith("]") and "[" not in token[1:]:
            body = _words(token[1:-1])
            result += rf"(?:[\s,]+(?:{body}))?" if required else rf"(?:(?:{body})[\s,]+)?"
        else:
            result += (r"\s+" if required else "") + _words(token)
            required = True
    if not required:
        raise PhraseError(f"{phrase!r}: nothing in it is required")
    return _named_once(result)


def _named_once(pattern: str) -> str:
    """Let a name remember only the first place where it stands: a regular expression may not have it twice."""
    seen: set[str] = set()

    def name(match: re.Match[str]) -> str:
        if match.group(1) in seen:
            return "(?:"
        seen.add(match.group(1))
        return match.group()

    return re.sub(r"\(\?P<(\w+)>", name, pattern)


def _words(text: str) -> str:
    out, at = [], 0
    for hole in _HOLE.finditer(text):
        out.append(_literal(text[at : hole.start()]))
        out.append(_hole(hole))
        at = hole.end()
    out.append(_literal(text[at:]))
    return "".join(out)


def _literal(text: str) -> str:
    text = re.sub(r"([?.*+$^])", r"\\\1", text)
    text = re.sub(r"\s+", r"\\s+", text).replace("(", "(?:")
    return re.sub(r"\[([^\]]*)\]", r"(?:\1)?", text).replace("'", "['’]")


def _hole(hole: re.Match[str]) -> str:
    name, kind, anything, choice = hole.groups()
    if kind is not None and kind not in KINDS:
        raise PhraseError(f"unknown kind {kind!r} in {hole.group()}")
    if choice:
        return f"(?P<{name}>{_literal(choice)})"
    body = KINDS[kind] if kind else ".+?" if anything else "[^,;:]+?"
    return f"(?P<{name}>{body})"
