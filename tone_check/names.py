"""Who writes to whom is not judged: the people of a message are read under the same two names, whoever they are.

Greeting and sign-off give names away; wherever a name found there stands in the message, the encoder reads a
stand-in. So does a name after a title, and so do the pronouns and titles of men and women, and what else is capitalised
within a sentence and is no ordinary word: firms, places, other people. The words stay as many as they were, and nothing
but the encoder sees the stand-ins.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

READER, WRITER, ELSEWHERE = "Alex", "Sam", "Leeds"

# A greeting or a sign-off may stand below a subject line, or above a postscript.
_EDGE = 3
_GREETING = re.compile(
    r"(?:(?:hi|hiya|hello|hey|dear|greetings|to)|(?:good )?(?:morning|afternoon|evening)|good day)\b[ ,]{1,3}",
    re.IGNORECASE,
)
_WRITTEN = r"[^\W\d_a-z][\w-]*(?:['\u2019](?!s\b)[\w-]+)*"
_NAME = re.compile(_WRITTEN)
_WORD = re.compile(r"\S+")
_LONGEST_SIGN_OFF = 70
_CLOSING = re.compile(r"(?s)((?:.*(?=[,\n]))?)([,\n]?)(.*)")
_TITLES = frozenset("mr mrs ms miss mx dr prof professor sir madam".split())
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx)\b(\.?)(?=\s+[^\W\d_a-z])|\b(?:(?<=Dear )Sir|(?<=Dear )Madam)\b")
_AFTER_TITLE = re.compile(rf"(?:(?<=\bM[rsx]\s)|(?<=\bDr\s)|(?<=\b(?:M[rsx]|Dr)\.\s)){_WRITTEN}")
_PRONOUN = re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE)
_HERS = {"he": "she", "him": "her", "his": "her", "himself": "herself"}
# Words with a capital in greetings and sign-offs that name nobody.
_NOBODY = frozenset(
    """
    all everyone everybody hiring manager manager's there colleagues committee the and both recruitment recruiting
    admissions office human resources department desk support again dear regards thanks thank best kind kindest warm
    warmest yours sincerely faithfully truly cheers hi hello hey to whom it may concern team hr ps re monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august september october
    november december sirs friends friend folks
    """.split()
)
# Given names that are words as well: a name only where somebody is greeted or signs.
_ALSO_WORDS = frozenset(
    """
    will mark may grace hope rose bill art dawn frank grant joy faith drew sue rich pat guy chase miles lane dale heath
    june april summer autumn penny cherry fern olive park reed young son buddy don van ward rod chance nan angel
    """.split()
)


# Within a sentence a capital marks a name.
_PLACE = r"[A-Z\u00c0-\u017d][a-z\u00df-\u017f]{2,}"
_PLACES = re.compile(rf"(?<=[a-z,;] ){_PLACE}(?: {_PLACE})*(?!\w)")
# Capitals that name no firm and no place, or one that matters.
_NO_PLACES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december christmas easter english british american linkedin glassdoor google facebook twitter
    instagram trustpilot whatsapp excel zoom teams outlook mr mrs ms miss dr prof professor sir madam god lord mondays
    tuesdays wednesdays thursdays fridays saturdays sundays german french spanish polish italian swedish dutch
    portuguese chinese japanese korean arabic russian turkish indian welsh scottish irish greek european african
    asian american
    """.split()
)


@cache
def common_words() -> frozenset[str]:
    """Return the ordinary words of this project's corpus, in lower case, without names."""
    return frozenset(Path(__file__).with_name("common-words.txt").read_text(encoding="utf-8").split())


def found(sentences: Sequence[str]) -> tuple[dict[str, str], dict[int, dict[str, str]]]:
    """Return the names that greeting and sign-off of a message give away, each with its stand-in.

    First those that are names wherever they stand, then, by the number of the sentence, those that are words elsewhere.
    """
    everywhere: dict[str, str] = {}
    here: dict[int, dict[str, str]] = {}
    last = len(sentences) - _EDGE
    for number, sentence in enumerate(sentences):
        if _EDGE <= number < last:
            continue
        names: list[str] = []
        stand_in = READER
        greeting = _GREETING.match(sentence) if number < _EDGE else None
        if greeting:
            names = _run(sentence[greeting.end() : greeting.end() + _LONGEST_SIGN_OFF])
        elif number == 0 and sentence.endswith(",") and len(sentence) <= _LONGEST_SIGN_OFF:
            names = _run(sentence)
        elif number >= last:
            names, stand_in = _signed(sentence), WRITER
        for name in names:
            if name.lower() in _ALSO_WORDS or name.lower() in common_words():
                here.setdefault(number, {})[name] = stand_in
            else:
                everywhere.setdefault(name, stand_in)
    return everywhere, here


def _signed(sentence: str) -> list[str]:
    """Return the names of a sign-off: what follows its last comma or line break, or a line that is a name alone."""
    line = sentence.rstrip()
    if len(line) > _LONGEST_SIGN_OFF or line.endswith(("?", "!", ":")):
        return []
    closing, mark, name = _CLOSING.match(line.rstrip(".,")).groups()  # type: ignore[union-attr]
    if mark and len(closing) <= _LONGEST_SIGN_OFF // 2:
        return _run(name)
    return _run(line) if not line.endswith(".") and len(line.split()) <= 3 else []


def _run(text: str) -> list[str]:
    names: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group().strip(".,;:!()")
        lower = word.lower()
        if lower in _TITLES or lower in ("and", "&"):
            continue
        shouted = word.isupper() and len(word) > 2
        # A family name may well be a word: beside a given name it is one only here.
        ordinary = lower in _NOBODY or (not names and lower in common_words() and lower not in _ALSO_WORDS)
        if shouted or ordinary or not _NAME.fullmatch(word):
            break
        names.append(word)
        if match.group()[-1] in ".,;:!" and len(word) > 1:
            break
    return names


def firms_and_places(sentences: Sequence[str], people: Collection[str]) -> list[str]:
    """Return what is capitalised within a sentence and is no ordinary word and none of the letter's people."""
    names: dict[str, None] = {}
    for sentence in sentences:
        for run in _PLACES.findall(sentence):
            words = run.split()
            named = any(w in people or w.lower() in _NO_PLACES for w in words)
            if not named and not all(w.lower() in common_words() for w in words):
                names[run] = None
    return list(names)


def hidden(sentences: Sequence[str]) -> list[str]:
    """Return the sentences of a message with stand-ins for its people; every one keeps its number of words."""
    everywhere, here = found(sentences)
    for name in firms_and_places(sentences, tuple(everywhere)):
        everywhere.setdefault(name, " ".join([ELSEWHERE] * len(name.split())))
    pattern = _any_of(everywhere) if everywhere else None
    result = []
    for number, sentence in enumerate(sentences):
        text = sentence
        if pattern:
            text = pattern.sub(lambda m: everywhere[m.group()], text)
        if number in here:
            text = _any_of(here[number]).sub(lambda m, names=here[number]: names[m.group()], text)  # type: ignore[misc]
        result.append(_one_sex(text))
    return result


def _any_of(names: dict[str, str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True)) + r")\b")


def _one_sex(text: str) -> str:
    text = _TITLED.sub(lambda m: "Madam" if m.group() in ("Sir", "Madam") else "Ms" + (m.group(1) or ""), text)
    text = _AFTER_TITLE.sub(READER, text)
    return _PRONOUN.sub(_hers, text)


def _hers(match: re.Match[str]) -> str:
    word = match.group()
    other = _HERS[word.lower()]
    return other.upper() if word.isupper() and len(word) > 1 else other
