"""A sentence as its clauses: what can stand alone and what hangs on the clause before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SUBJECT = (
    r"(?:i|i['’](?:m|ve|d|ll)|you|you['’](?:re|ve|d|ll)|he|she|it|it['’]s|we|we['’](?:re|ve|d|ll)|they|they['’](?:re|ve|d|ll)"
    r"|this|that|that['’]s|there|there['’]s|nobody|no one|no-one|none of|nothing|somebody|someone"
    r"|everybody|everyone|one (?:can|could|must|would|is)"
    r"|(?:my|your|our|his|her|their|the)\s+[\w'’-]+(?:\s+[\w'’-]+){0,3}?\s+(?:is|are|was|were|has|have|had|will|would|can|could|did|does|do|must|should|said|told|came|went|took|got|made)"
    r"|please|kindly|(?:could|can|would|will|do|did|are|is|have|has|was|were) (?:you|i|we|he|she|they|it"
    r"|anyone|anybody|somebody|someone))\b"
)
_COORDINATE = (
    r"(?:and then|and so|and yet|and now|and still|and|but|so|yet|or|then|though|although|while|whereas|because|since"
    r"|as|for)"
)
# A full stop after these ends no sentence: titles, and a single letter of a name.
_NO_STOP = "".join(rf"(?<!\b{short})" for short in ("Mr", "Ms", "Mrs", "Dr", "St", "Prof", "Rev", "Sgt", "[A-HJ-Z]"))
_BREAKS = re.compile(
    rf"(?P<stop>(?:[?!]|{_NO_STOP}\.)\s+(?=[A-Z\"“‘'(]))"
    rf"|(?P<mark>\s*;\s*|\s+[–—-]{{1,2}}\s+|\s*—\s*|:\s+(?={_SUBJECT}))"
    rf"|(?P<comma>,\s+(?P<link>{_COORDINATE})\s+(?={_SUBJECT}|[a-z]+(?:ed|s)?\s|[a-z]))"
    rf"|(?P<bare>\s+(?P<bare_link>and now|and then|and|but|so|because|yet)\s+(?={_SUBJECT}))"
    rf"|(?P<splice>,\s+(?={_SUBJECT}))"
    rf"|(?P<hang>\s+(?P<hang_link>until|while|although|though|as if|as though|unless|whereas)\s+(?={_SUBJECT}))"
    r"|(?P<tail>,\s+(?P<tail_link>which|who|whom|whose|not that|not to mention|even if|even though|if"
    r"|unless|as if|as though|such as"
    r"|except that|however|thanks to|just like|much like|like|instead of|rather than|let alone|never mind"
    r"|while|when|where|until"
    r"|with|without|after which|after|before|to|as|of which|for which|in which)\s+(?=\S))",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"^(?:and |but |so |then |now |yet )?(?:{_SUBJECT})", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|can|could|will|would|shall|should|may|might|must|need)\b"
    r"|n['’]t\b|['’](?:m|re|ve|ll|d|s)\b|\b\w{2,}ed\b"
    r"|\b(?:said|told|came|went|took|got|made|gave|sent|wrote|saw|heard|found|left|kept|held|read|paid|put|met|knew|thought|brought"
    r"|bought|taught|ran|sat|stood|spent|lost|won|cost|let|led|built|drove|flew|spoke|rang|cut|set|felt|meant|understood|slept|began"
    r"|chose|drew|forgot|gone|done|seen|known|grew|hung|lent|rose|sold|woke|wore|know|think|want|wish|hope|ask|wait|see|say|tell|expect"
    r"|believe|understand|look|remain|work|live|remember|find|hear|feel|believe|guess|trust|agree|accept|attach|enclose|send|write|call"
    r"|pay|give|take|get|make|keep|let|let's|please|withdraw|stay|run|runs|takes|says|means|needs|seems|looks|costs|wants|works|knows)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence; ``link`` ties it to the one before, ``alone`` says it can stand alone."""

    text: str
    link: str
    alone: bool


def split(sentence: str) -> list[Clause]:
    """Split a sentence (its end mark belongs to the last clause) at the places where clauses meet."""
    clauses: list[Clause] = []
    at, link, tail = 0, "", False
    depth_free = _outside_quotes(sentence)
    for found in _BREAKS.finditer(sentence):
        if not depth_free[found.start()] or found.start() - at < 3:
            continue
        rest = sentence[found.end() :]
        is_tail = found.group("tail") is not None or found.group("hang") is not None
        words = found.group("link") or found.group("bare_link") or found.group("tail_link") or ""
        if found.group("comma") and not _ALONE.match(rest) and not _verbal(rest):
            continue
        clauses.append(_clause(sentence[at : found.start()], link, tail))
        at, link, tail = found.end(), found.group()[: len(found.group())], is_tail
        if is_tail:
            link = found.group()
        elif words.lower() in _SUBORDINATE:
            tail = True
    clauses.append(_clause(sentence[at:], link, tail))
    return clauses


_SUBORDINATE = frozenset({"though", "although", "while", "whereas", "because", "since", "as", "for"})


def _verbal(rest: str) -> bool:
    return bool(_VERB.search(" ".join(rest.split()[:6])))


def _clause(text: str, link: str, tail: bool) -> Clause:
    return Clause(text.strip(), link, not tail and bool(_ALONE.match(text.strip())) and has_verb(text))


def _outside_quotes(text: str) -> list[bool]:
    inside, result = False, []
    for character in text:
        if character in '"“”':
            inside = not inside
        result.append(not inside)
    return result


def has_verb(text: str) -> bool:
    """Say whether a stretch of text has a word that can be its verb."""
    return bool(_VERB.search(text)) or text.rstrip().endswith("?")


def joined(clauses: Sequence[Clause]) -> str:
    """Put neighbouring clauses together again with the words that tied them."""
    return "".join((c.link if i else "") + c.text for i, c in enumerate(clauses))


_SUBORDINATOR = re.compile(
    r"(?:and |but |so )?(?:if|when|whenever|because|since|as|while|although|though|unless|whether|whoever"
    r"|whatever|until|before|after|once|should|had|were)\b",
    re.IGNORECASE,
)


def pieces(sentence: str) -> list[str]:
    """Return the shorter versions of a sentence: a run of its clauses, the first of which can stand alone."""
    clauses = split(sentence)
    count = len(clauses)
    found: list[str] = []
    for size in range(count - 1, 0, -1):
        for first in range(count - size + 1):
            run = clauses[first : first + size]
            hangs = size == 1 and _SUBORDINATOR.match(run[0].text)
            if ((first == 0 and has_verb(run[0].text)) or run[0].alone) and has_verb(run[-1].text) and not hangs:
                found.append(joined(run))
    # the middle dropped: what comes first and what comes last
    if count == 3 and clauses[2].link.strip(" ,").lower() in ("and", "but", "so") and clauses[2].alone:
        found.append(clauses[0].text + clauses[2].link + clauses[2].text)
    return list(dict.fromkeys(found))
