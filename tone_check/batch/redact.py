"""Redaction: addresses, links and everything with a digit always; names as well as can be told without a model.

A word is taken for a name if the message's own headers say so, if it follows a greeting, a title or an introduction,
if it is a common first name, or if it is capitalised and is no word that English capitalises by itself (at the
beginning of a sentence: and no common word). So firms, places and products go too. What is missed: names in lower case,
and names that are words where they begin a sentence (how many: docs/how-to/review-a-mailbox.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from email.parser import BytesHeaderParser
from functools import cache
from pathlib import Path
from typing import Any

from tone_check.batch import headers
from tone_check.names import common_words

_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.)[^\s<>\"']+|\bmailto:\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]+@[^\s<>()\[\]\"',;:@]+|(?<!\w)@[\w.]{2,}")
_SITE = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|io|co|uk|de|fr|es|eu|info|example)\b(?:/\S*)?", re.I)
_NUMBER = re.compile(r"[+#$€£(]*[^\W\d_]*\d(?:[\w.,:/()'+#-]*\w)?(?:[ \u00a0-]\(?\d(?:[\w.,:/()'+-]*\w)?)*[%€£$]?")
_STREET = re.compile(
    r"\d+\w?,? (?:[A-Z][\w'’.]+ ){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Way|Court|Ct|Square|Place|Boulevard|Blvd|Terrace|Close)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_GREETING = re.compile(
    r"\b(?:dear|hi|hello|hey|hallo|good (?:morning|afternoon|evening)|thanks|thank you|cheers|regards|best|sincerely)"
    r"[,!]?\s+",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:mr|mrs|ms|mx|miss|dr|prof|professor|sir|madam|herr|frau|señora?|monsieur|madame)\b\.?\s*", re.I
)
_INTRODUCED = re.compile(r"\b(?:my name is|my name's|this is|called|named|colleague|manager|boss)\s+", re.IGNORECASE)
_LETTERS = re.compile(r"(?<![\w\[])(?:[A-Z]\.[ ]?){1,3}(?=[A-Z])")
# Words that English capitalises by itself, and those that stand capitalised in letters without naming anybody.
_CAPITALISED = frozenset(
    """i i'm i've i'll i'd monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december christmas easter english british american european german
    french spanish italian dutch polish chinese japanese indian dear hi hello hey yes no ok okay best kind regards
    sincerely yours thank thanks cheers please ms mr mrs mx miss dr prof professor sir madam team hr hiring manager
    recruiter recruiting committee department director ceo cto cfo cv resume linkedin zoom teams google microsoft
    excel outlook internet phd msc ba ma bsc mba it pr qa api usa us uk eu god re fwd fw ps p.s subject attn faq pdf
    university college school to whom concern customer service support human resources the a an and or but so if when
    what who why how where there this that these those it it's he she we they you your our my his her their""".split()
)
# First names that are words: only a greeting, a title or a header makes them names.
_ALSO_WORDS = frozenset(
    """will mark may grace hope rose bill art dawn frank grant joy faith jack drew sue rich pat rob ray jean guy dean
    chase major miles gene lane page dale dean glen heath jewel june april august summer autumn daisy lily ivy olive
    pearl ruby amber crystal ginger honey iris jade melody misty penny robin sandy star sunny violet wade ward carol
    earnest ernest earl duke king prince lance pierce skip stone tad van vance victor virgil christian an so my see in
    ok many love long else young tu man merry forest cliff clay chance buddy sonny son queen princess angel precious
    charity constance patience prudence mercy destiny trinity harmony""".split()
)


@cache
def _first_names() -> frozenset[str]:
    """Return the common first names of the US census that are no words."""
    return frozenset(Path(__file__).with_name("first-names.txt").read_text(encoding="utf-8").split()) - _ALSO_WORDS


def redactor(data: bytes, mine: Sequence[str]) -> Redactor:
    """Return the redactor of one message: its headers name the people in it."""
    message = BytesHeaderParser().parsebytes(headers.block(data))
    people = headers.people(message, ("from", "sender", "reply-to", "to", "cc", "bcc"))
    return Redactor(
        {*_parts(name for name, _ in people), *_parts(_local(a) for _, a in people), *_parts(map(_local, mine))}
    )


def _local(address: str) -> str:
    return address.partition("@")[0]


def _parts(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        for word in re.split(r"[^\w]+|_|\d+", name.lower()):
            if len(word) >= 3 and word not in _CAPITALISED:
                yield word


class Redactor:
    """Takes out of texts what tells who and where somebody is."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(names)

    def text(self, text: str) -> str:
        """Return a text with [address], [link], [number] and [name] in place of what they say."""
        text = _LINK.sub("[link]", text)
        text = _ADDRESS.sub("[address]", text)
        text = _SITE.sub("[link]", text)
        text = _STREET.sub("[address]", text)
        text = _NUMBER.sub("[number]", text)
        return self._without_names(text)

    def _without_names(self, text: str) -> str:
        text = _LETTERS.sub("", text)
        certain = {m.end() for p in (_GREETING, _TITLE, _INTRODUCED) for m in p.finditer(text)}
        pieces: list[str] = []
        at, named = 0, -1
        for word in _WORD.finditer(text):
            if text[word.start() - 1 : word.start()] == "[" and text[word.end() : word.end() + 1] == "]":
                continue  # a mark of ours
            follows = named >= 0 and text[named : word.start()] in (" ", "-", " & ", " de ", " von ", " van ", " al ")
            if self._is_name(text, word, word.start() in certain, follows):
                own = re.sub(r"['’]s?\Z", "", word.group())
                pieces.append(text[at : word.start()])
                pieces.append("" if follows else "[name]")
                at = word.start() + len(own)
                if follows:
                    pieces[-2] = ""
                named = at
        return "".join(pieces) + text[at:]

    def _is_name(self, text: str, word: re.Match[str], certain: bool, follows: bool) -> bool:
        shown = re.sub(r"['’]s?\Z", "", word.group())
        lower = shown.lower()
        if lower in self._names or any(p in self._names for p in re.split(r"[-'’]", lower)):
            return True
        if lower in _CAPITALISED:
            return False
        known = not common_words().isdisjoint({lower, word.group().lower().replace("’", "'")})
        if certain and (shown[0].isupper() or lower in _first_names() or not known):
            return True
        if not shown[0].isupper() or (shown.isupper() and len(shown) > 1):
            return False
        if follows or lower in _first_names():
            return True
        # Where every word has a capital, only an uncommon one is taken for a name.
        return not _begins(text, word.start()) or not known

    def row(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return a row of ``messages.jsonl`` with every text in it redacted; its name is given elsewhere."""
        if "error" in content:
            source, error = str(content["source"]), str(content["error"])
            told = error.removeprefix(f"{source}: ")
            return {**content, "error": (f"{source}: " if told != error else "") + self.text(told)}
        if "sentences" not in content:
            return content
        return {**content, "sentences": [self._sentence(s) for s in content["sentences"]]}

    def _sentence(self, sentence: dict[str, Any]) -> dict[str, Any]:
        return {
            **sentence,
            "text": self.text(sentence["text"]),
            "evidence": [{**e, "text": self._inside(e["text"])} for e in sentence["evidence"]],
            "suggestions": [
                {**s, "text": self.text(s["text"]), "why": self.text(s["why"])} for s in sentence["suggestions"]
            ],
        }

    def _inside(self, text: str) -> str:
        """Redact words from inside a sentence: their first one is judged as if it did not begin it."""
        return self.text(f"a {text}")[2:]


def _begins(text: str, at: int) -> bool:
    """Say whether a sentence, a quotation or a line begins here, where any word has a capital."""
    before = text[:at].rstrip(" \t\u00a0")
    return not before or before.endswith((".", "!", "?", ":", "\n", "“", '"', "‘", "'", "(", "-", "–", "—", "*", "…"))
