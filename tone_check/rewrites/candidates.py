"""Candidates made from the writer's own words: frames dropped, phrases swapped, halves kept, demands asked."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tone_check.report import Act
from tone_check.rewrites import clauses, rules, surface
from tone_check.rewrites.pairs import Register
from tone_check.rewrites.removal import asks, worth_keeping

# The most versions of a sentence that are made before the cheap ranking; a sentence of many clauses has many.
_MOST = 80
_PASSES = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed sentence, how it came about, and whether its words are licensed, by a rule or by a gist.

    ``likely`` is how probable it is that the writer means what a wording says, ``rule`` what said it, where a rule did.
    """

    text: str
    why: str
    how: str
    licensed: bool = True
    likely: float = 0.0
    rule: rules.Rule | None = None


def edited(sentence: str, register: Register, acts: Sequence[Act] = (), topic: str | None = None) -> list[Candidate]:
    """Return the versions of a sentence that the rules make, without judging any of them.

    ``topic`` is what the message is about, in its own words (``the night job``).
    """
    table = rules.load()
    plain = surface.calm(sentence)
    found: dict[str, Candidate] = {}

    def add(text: str, by: str | rules.Rule, how: str) -> None:
        text = surface.tidy(text)
        if text and text != sentence and text not in found and len(found) < _MOST:
            rule = None if isinstance(by, str) else by
            found[text] = Candidate(text, rule.why if rule else str(by), how, rule=rule)

    stripped, whys = trimmed(plain, table, register)
    why = whys[0] if whys else "without the shouting"
    bases = list(dict.fromkeys([stripped, plain]))
    for base in bases:
        for text, rule in _whole(base, table, register, acts):
            add(text, rule, "rule")
    for text, rule in _hints(plain, table, register, acts, topic):
        add(text, rule, "hint")
    add(stripped, why, "trim")
    add(plain, "without the shouting", "trim")
    for base in bases:
        for text, rule in _owned(base, table, register, acts):
            add(text, rule, "frame")
        for piece in clauses.pieces(base)[:_MOST]:
            later = not base.startswith(piece[:12])
            piece = surface.tidy(piece if "?" in sentence else piece.rstrip("?"))
            if not _tells(piece, later, bool(acts) and acts[0] in ("sarcasm", "passive-aggression")):
                continue
            short, more = trimmed(piece, table, register)
            for text, rule in _whole(short, table, register, acts):
                add(text, rule, "rule")
            if not _tells(short, False, False):
                continue
            add(short, (more or ["keeps the half that says something"])[0], "piece")
            for text, rule in _owned(short, table, register, acts):
                add(text, rule, "frame")
        for text, rule in _mended(base, table, register, acts):
            add(text, rule, "mend")
    return list(found.values())


def trimmed(text: str, table: Mapping[rules.Where, Sequence[rules.Rule]], register: Register) -> tuple[str, list[str]]:
    """Apply every ``start``, ``end`` and ``anywhere`` rule until nothing changes; return the text and the reasons."""
    whys: list[str] = []
    for _ in range(_PASSES):
        before = text
        for where in ("anywhere", "start", "end"):
            for rule in rules.applicable(table[where], register):
                new = rules.dropped(rule, text)
                if new != text:
                    whys.append(rule.why)
                    text = surface.tidy(new)
        if text == before:
            break
    return text, whys


def _whole(
    text: str, table: Mapping[rules.Where, Sequence[rules.Rule]], register: Register, acts: Sequence[Act]
) -> list[tuple[str, rules.Rule]]:
    """Apply the ``whole`` rules; one that names acts is for sentences that do one of them first of all."""
    if len(text) > _LONGEST_WHOLE:
        return []
    found = []
    for rule in rules.applicable(table["whole"], register):
        if rule.acts and not (acts and acts[0] in rule.acts):
            continue
        found += [(trimmed(surface.tidy(said), table, register)[0], rule) for said in rules.said(rule, text)]
    return _turned(found, text)


def _hints(
    text: str,
    table: Mapping[rules.Where, Sequence[rules.Rule]],
    register: Register,
    acts: Sequence[Act],
    topic: str | None,
) -> list[tuple[str, rules.Rule]]:
    more = {"about": f"about {topic}", "with": f"with {topic}"} if topic else {}
    found: list[tuple[str, rules.Rule]] = []
    for rule in rules.applicable(table["hint"], register):
        if not rule.acts or any(a in rule.acts for a in acts):
            found += _turned([(said, rule) for said in rules.said(rule, text, more)], text)
    return found


def _owned(
    text: str, table: Mapping[rules.Where, Sequence[rules.Rule]], register: Register, acts: Sequence[Act]
) -> list[tuple[str, rules.Rule]]:
    """Put a clause into words that own it as an impression or a feeling."""
    if text.endswith("?") or len(text.split()) > _LONGEST_OWNED or ". " in text:
        return []
    found: list[tuple[str, rules.Rule]] = []
    inner = surface.lowered(text.rstrip("."))
    for rule in rules.applicable(table["frame"], register):
        if any(a in rule.acts for a in acts):
            found += _turned([(said, rule) for said in rules.said(rule, text, {"s": inner})], text)[:2]
    return found


# What is longer is no sentence that one rule could say in other words; it would only be slow.
_LONGEST_WHOLE = 360
_MOST_PARTS = 7
# A longer clause cannot be owned in one breath.
_LONGEST_OWNED = 24
_EMPTY = re.compile(
    r"^(?:(?:i am told|i hear|i think|i suppose|i believe|i guess|i know you|i know that you|i know they|i"
    r" (?:do not|don['’]t) expect|i doubt|"
    r"he says|she says|they say|i am sure|i['’]m sure)\b(?! that)"
    r"|(?:i|we)(?:['’]m| am| are)? (?:understand|know|see|get it|guess|used to|sure|just|suppose|manage"
    r"|will manage|hope so|mean)\b.{0,14}$"
    r"|i['’]ll manage|(?:if|when|because|since|as|while|although|though|unless|whether|whoever|whatever"
    r"|until|before|after)\\b[^,]*$|(?:should|had|were) (?:i|you|we|they|he|she|it)\b|(?:he|she|it|they"
    r"|that|this|those|these)\b(?! (?:is|was) (?:my|the)\b))",
    re.IGNORECASE,
)


_BEGUN = re.compile(
    r"(?:i|we|you|he|she|it|they|who|there|nobody|please|could|can|would|any|is|are|do|did|when|what|where"
    r"|how|why)\b",
    re.I,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|did|does|do|will|would|can|could|said|came|\w{3,}ed)\b|['’](?:s|ve|d|ll)\b",
    re.I,
)
_ABOUT_YOU = re.compile(
    r"you(?:['’]re| are| were| have been| will not| won['’]t| knew| know| will tell)\b", re.IGNORECASE
)


def _tells(piece: str, later: bool, ironic: bool) -> bool:
    """Say whether a piece of a sentence can be understood alone and tells something.

    A piece that is not the first must ask or hold a number or a date: the
    point of a sentence comes first, what follows is mostly its sting.
    """
    if len(piece.split()) < (3 if worth_keeping(piece) else 4) or _EMPTY.match(piece):
        return False
    if (_ABOUT_YOU.match(piece) and not asks(piece)) or not (_BEGUN.match(piece) or _FINITE.search(piece)):
        return False
    return not later or asks(piece) or (worth_keeping(piece) and not ironic)


def _mended(
    text: str, table: Mapping[rules.Where, Sequence[rules.Rule]], register: Register, acts: Sequence[Act]
) -> list[tuple[str, rules.Rule]]:
    """Replace one clause by what a rule says instead and keep its neighbours: fact and question side by side.

    What follows in a threat or an ultimatum is what will happen otherwise: it goes.
    """
    threatens = not {"threat", "ultimatum"}.isdisjoint(acts)
    parts = clauses.split(text)
    if not 1 < len(parts) <= _MOST_PARTS:
        return []
    found = []
    for first in range(len(parts)):
        for end in range(first + 1, len(parts) + 1):
            if end - first == len(parts) or (first and _HANGS.search(parts[first].link)):
                continue
            middle = surface.tidy(clauses.joined(parts[first:end]))
            for said, why in _whole(trimmed(middle, table, register)[0], table, register, acts)[:2]:
                before = clauses.joined(parts[:first]) if first and clauses.has_verb(parts[0].text) else ""
                after = clauses.joined(parts[end:]) if end < len(parts) and parts[end].alone and not threatens else ""
                after = "" if _OTHERS.match(after) and not asks(after) else after
                if _INSULTS.match(before):
                    before = ""
                if len(before.split()) > _SHORT and _LEADS.match(before):
                    before, said = "", f"{before}, {surface.lowered(said)}"
                around = [surface.tidy(t) for t in (before, said, after) if t]
                if len(around) == 2:
                    found.append((_together(around[0], around[1]), why))
                found.append((said, why))
    return found


# What follows a mended clause and speaks of the reader or of others is the next reproach.
_OTHERS = re.compile(
    r"(?:and |but |so )?(?:you|they|he|she|nobody|no one|your|that\s+(?:an?|the|there|i|you|it|they|we|he|she)\b"
    r"|(?:that|this)(?:\s+is|['’]s)\s+(?:how|what|playing)|(?:that|it)(?:\s+(?:is|will\s+be)|['’](?:s|ll\s+be))\s+on\s+your"
    r"|i\s+(?:hope|trust)\s+(?:you|they|he|she)\s+(?:can\s+live|are|feel|enjoy|sleep)|i(?:['’]ll|\s+will|\s+shall)\s+(?:keep|go\s+on))\b",
    re.IGNORECASE,
)


# A clause that hangs on the one before it by these is no fact of its own; one that leads to the next stays with it.
_HANGS = re.compile(
    r"\b(?:as|because|since|which|who|whom|whose|until|while|if|unless|where|when|though|although|whereas|for|that"
    r"|than|like)\b",
    re.IGNORECASE,
)
_INSULTS = re.compile(r"you(?:['’]re| people are| are| were| lot are) (?:an?|the|all|so|just|nothing)\b", re.IGNORECASE)
_SHORT = 3
_LEADS = re.compile(
    r"(?:and |but |so )?(?:as|because|since|when|while|if|although|though|unless|until|before|after|once|now that)\b",
    re.IGNORECASE,
)


def _together(first: str, second: str) -> str:
    """Write two sentences as one where that is easy: a fact and the question that follows from it."""
    if re.match(r"(?:Could|Can|Would|When|What|Where|Is|Are|Do|Does|Please|Have|Has)\b", second) and first.endswith(
        "."
    ):
        return f"{first[:-1]}; {surface.lowered(second)}" if len(first) < 60 else f"{first} {second}"
    return f"{first} {second}"


def _turned(found: Sequence[tuple[str, rules.Rule]], text: str) -> list[tuple[str, rules.Rule]]:
    """Begin the list of variants at a place that depends on the words, so that no wording is always the first."""
    if not found:
        return []
    at = zlib.crc32(text.lower().encode()) % len(found)
    return [*found[at:], *found[:at]]
