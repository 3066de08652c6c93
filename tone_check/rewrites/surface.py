"""The surface of a sentence: shouting, strings of marks and emoji, text-speak, spacing, capital and end mark."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tone_check.rewrites.pairs import Register

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\u2b00-\u2bff\ufe0f\u200d\u20e3]+"
    r"|(?<![\w/])(?:[:;=]['-]?[()DPp/|]|<3|xD|\^\^)(?!\w)"
)
_CAPS = re.compile(r"\b[A-Z][A-Z'’]+\b")
_LETTERS = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"(?:[^\W_]|[&@])+(?:['’][^\W\d_]+)?")
_AUXILIARY = r"(?:do|does|did|is|are|am|was|were|can|could|will|would|shall|should|may|might|have|has|had)"
_QUESTION = re.compile(
    rf"^(?:and |but |so |then )?(?:(?:who|what|when|where|why|how|which)(?:['’]s\b| {_AUXILIARY}(?:n['’]t)?\b)"
    rf"|how (?:long|much|many|far|soon|often)\b|what (?:happened|about)\b"
    rf"|(?!should |had |were |may ){_AUXILIARY}(?:n['’]t)?\s"
    r"(?:i|you|we|they|he|she|it|there|this|that|the|my|your|our|any|anyone|somebody|someone|anybody)\b"
    r"|(?:should|may|might) (?:i|we)\b(?! (?:see|hear|not|find|receive|fail))|any (?:news|update|word|chance)\b)",
    re.IGNORECASE,
)


@cache
def _table() -> tuple[Mapping[str, str], frozenset[str]]:
    content = tomllib.loads(Path(__file__).with_name("surface.toml").read_text(encoding="utf-8"))
    return content["words"], frozenset(content["abbreviations"])


def register_of(sentences: Sequence[str]) -> Register:
    """Say in which register a message is written: text-speak, contractions and long words tell."""
    words = [w for s in sentences for w in _WORD.findall(s)]
    if not words:
        return "plain"
    table, _ = _table()
    spoken = sum(w.lower() in table for w in words)
    careless = sum(s[:1].islower() for s in sentences)
    if spoken >= max(2, 0.04 * len(words)) or (spoken and len(words) < 25) or careless > len(sentences) / 2:
        return "sms"
    contracted = sum("'" in w or "’" in w for w in words)
    stiff = sum(
        bool(
            re.match(
                r"(?:shall|hereby|kindly|regret|therefore|herewith|sincerely|faithfully|esteemed|sir|madam"
                r"|regards|respectfully|accordingly|nevertheless|however|whom|upon|dear)$",
                w,
                re.I,
            )
        )
        for w in words
    )
    return "formal" if stiff >= 2 and contracted * 60 <= len(words) else "plain"


def calm(text: str) -> str:
    """Return the sentence without shouting, strings of marks and emoji, and with text-speak written out."""
    table, _ = _table()
    text = re.sub(r"\.{2,}|…", lambda m: "." if m.end() == len(text.rstrip()) else ",", _EMOJI.sub(" ", text))
    text = quiet(text)
    spoken = any(w.lower() in table for w in _WORD.findall(text))
    if spoken:
        text = _WORD.sub(lambda m: m.group() if _names(m) else _written(m.group(), table), text)
    text = re.sub(r"\b(\w+)((?:\s+\1\b){1,})", r"\1", text, flags=re.IGNORECASE) if spoken or "lease" in text else text
    text = re.sub(r"\b(\w+ \w+)((?:,? \1\b)+)", r"\1", text, flags=re.IGNORECASE) if spoken or "!" in text else text
    text = re.sub(r"([a-vx-z])\1{2,}", r"\1", text)
    text = re.sub(r"[!?]*\?[!?]*", "?", text)
    text = re.sub(r"!+", ".", text)
    return tidy(text)


def _names(word: re.Match[str]) -> bool:
    """Say whether a single capital inside a sentence is the name of something: class B, plan C."""
    return word.start() > 0 and len(word.group()) == 1 and word.group().isupper() and word.group() != "U"


def _written(word: str, table: Mapping[str, str]) -> str:
    new = table.get(word.lower())
    if new is None:
        return word
    return new[:1].upper() + new[1:] if word[:1].isupper() and word != "I" and not word.isupper() else new


def quiet(text: str) -> str:
    """Write shouted words small; a word in capitals that is an abbreviation stays."""
    _, abbreviations = _table()
    capitals = [m.group() for m in _CAPS.finditer(text)]
    letters = _LETTERS.findall(text)
    shouting = bool(letters) and sum(c.isupper() for c in letters) > 0.6 * len(letters) and len(letters) > 6
    if not capitals:
        return text
    run = {w for m in re.finditer(r"\b[A-Z][A-Z'’]*(?:\s+[A-Z][A-Z'’]*)+\b", text) for w in m.group().split()}

    def lower(match: re.Match[str]) -> str:
        word = match.group()
        if word in abbreviations or (not shouting and not re.search("[AEIOUY]", word)):
            return word
        if not shouting and len(word) <= 5 and word.lower() not in _SHOUTED and (word not in run or len(run) < 3):
            return word
        return word.lower()

    text = _CAPS.sub(lower, text)
    if shouting:
        text = re.sub(r"\bA\b", "a", text)
    return text[:1].upper() + text[1:] if shouting else text


_SHOUTED = frozenset(
    "not no now all and but you your never ever still any so much very one two three me my we they him"
    " her this that these"
    " those why how what who when where again please must will did do does had has have was were is are"
    " be need want give"
    " money pay paid day days week month year years time times only every each more same real right wrong left job asap"
    " ring call hello answer today bad good lie lied lies stop enough over first last done only zero"
    " nobody none".split()
)


def tidy(text: str) -> str:
    """Return ``text`` with single spaces, marks in their places, a capital and one end mark."""
    text = re.sub(r"\s+", " ", text).strip(" ,;:–—-")
    text = re.sub(r"\s+([,.;:?!])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:–—-]+\s*([.?!])", r"\1", text)
    text = re.sub(r"([?.])[.?]+", r"\1", text)
    text = re.sub(r",(?=[^\s\d\"'”’)])", ", ", text)
    text = re.sub(r"(?<![\w'’])i(?=['’]|\b(?![\w.]))", "I", text)
    if not text:
        return ""
    head = re.match(r"[\"'“‘(]*", text)
    at = head.end() if head else 0
    text = text[:at] + text[at : at + 1].upper() + text[at + 1 :]
    text = re.sub(
        r"((?<!\b[ap]\.m)(?<!\be\.g)(?<!\bi\.e)(?<!\b[A-Z]r)(?<!\bNo)(?<!\bvs)[.?!]\s+)([a-z])",
        lambda m: m.group(1) + m.group(2).upper(),
        text,
    )
    if text[-1:] not in ".?!" and text[-2:-1] not in ".?!":
        text += "."
    if text[-1] == "." and _QUESTION.match(_last(text)) and "." not in _last(text)[:-1]:
        text = text[:-1] + "?"
    return text


def _last(text: str) -> str:
    return re.split(r"(?<=[.?!])\s+", text)[-1]


def lowered(text: str) -> str:
    """Return ``text`` as it stands inside a sentence: its first letter small unless the word is a name or ``I``."""
    first = re.match(r"\w+", text)
    if (
        first is None
        or first.group() == "I"
        or first.group().startswith("I'")
        or (len(first.group()) > 1 and first.group().isupper())
    ):
        return text
    if first.group() in _OPENING_WORDS:
        return text[0].lower() + text[1:]
    return text


_OPENING_WORDS = frozenset(
    "The A An My Our Your His Her Their Its This That These Those You We They He She It There What When"
    " Where Why How Who"
    " Which If As Since Because After Before On In At By From For To With Without Of Not No Nobody None Nothing All Any"
    ""
    " During Throughout Within Instead Once Someone Somebody Everyone Everybody Anyone Neither Both Another Last One"
    " Most Only Twice"
    " Every Each Some Two Three Four Five Six Seven Eight Nine Ten Please Could Can Would Will And But So"
    " Eleven Twelve Fifteen Twenty Thirty Forty Fifty Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth"
    " Then Now".split()
)
