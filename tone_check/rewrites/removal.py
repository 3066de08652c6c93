"""When to say "leave it out", and why, in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tone_check.report import Act
from tone_check.rewrites.facts import facts

_REASONS: dict[Act, str] = {
    "insult": "an insult: it asks nothing and tells nothing",
    "threat": "a threat: it will not bring an answer sooner",
    "sarcasm": "sarcasm: the reader will remember the sting, not the point",
    "passive-aggression": "a side blow: it asks nothing and tells nothing",
    "comparison": "about the person chosen, who is not yours to judge here",
    "guilt-trip": "a reproach the reader can do nothing about",
    "accusation": "an accusation that adds no fact and no question",
    "entitlement": "a claim the reader will only argue with",
    "ultimatum": "an ultimatum: it closes the door you want open",
    "venting": "it lets off steam: nothing is asked or told",
    "pleading": "it pleads: your case is stronger without it",
    "pressure": "it presses: the request has been made already",
    "informality": "banter: nothing is asked or told",
    "oversharing": "more than this reader needs to know",
}
_PARTING = re.compile(
    r"\b(?:good luck|goodbye|farewell|enjoy|hope you|wish you|best of luck|lose my number|regards|never again)\b", re.I
)
_ASK = re.compile(
    r"\?\s*$|\b(?:please|could you|can you|would you|let me know|tell me|send me|call me|ring me|pay me"
    r"|answer me|reply|explain"
    r"|i (?:want|need|expect|demand|request|require|insist)|give me|get back to me)\b",
    re.IGNORECASE,
)


def asks(sentence: str) -> bool:
    """Say whether a sentence asks for something."""
    return bool(_ASK.search(sentence))


def worth_keeping(sentence: str) -> bool:
    """Say whether a sentence asks for something or holds a number or a date."""
    found = facts(sentence)
    return bool(asks(sentence) or found.numbers or found.dates)


# A number or a date in these carries the sting, not the letter.
_BESIDE: frozenset[Act] = frozenset(
    {"sarcasm", "passive-aggression", "comparison", "threat", "venting", "oversharing", "insult", "guilt-trip"}
)


def beside_the_point(acts: Sequence[Act]) -> bool:
    """Say whether what a sentence does first makes its facts beside the point."""
    return bool(acts) and acts[0] in _BESIDE


def reason(sentence: str, acts: Sequence[Act], last: bool) -> str:
    """Say in plain words why a sentence is better left out."""
    if _PARTING.search(sentence) or (last and "threat" not in acts and "insult" not in acts):
        return "a parting shot: it asks nothing and tells nothing"
    return _REASONS[acts[0]] if acts else "it only hurts: nothing is asked or told"
