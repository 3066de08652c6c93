"""The gate that every suggestion passes: first what words alone can tell, then the classifier in place."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tone_check.classifier import Judged
from tone_check.report import Act
from tone_check.rewrites.clauses import has_verb
from tone_check.rewrites.facts import facts, invented, lost
from tone_check.rewrites.licence import content_stems, stem, unlicensed
from tone_check.rewrites.pairs import Register
from tone_check.rewrites.removal import asks, worth_keeping

# A rewrite must take away at least this share of the risk.
_BETTER = 0.25
_WORD = re.compile(r"[\w’']+")
_NEGATOR = re.compile(
    r"(?:not|never|nobody|none|nothing|neither|nor|without|cannot|no|no-one|nowhere)$|.*n['’]t$", re.IGNORECASE
)
# Who asks, waits or wishes says that a thing has not happened.
_OPEN = re.compile(r"\?|\b(?:wait|waiting|await|awaiting|hoped|hoping|hope|please|would (?:like|be glad|have))\b", re.I)
# Words after a negator whose meaning it turns round.
_REACH = 4


@cache
def _stings() -> re.Pattern[str]:
    content = tomllib.loads(Path(__file__).with_name("stings.toml").read_text(encoding="utf-8"))
    words = [re.escape(w).replace(r"\ ", r"\s+") for group in content["stings"].values() for w in group]
    return re.compile(rf"(?<![\w'’])(?:{'|'.join(sorted(words, key=len, reverse=True))})(?!\w)", re.IGNORECASE)


def stings(text: str) -> list[str]:
    """Return the words of a text that hurt, mock or press, whatever stands around them."""
    return [m.group() for m in _stings().finditer(text.replace("’", "'"))]


def problems(
    source: str, candidate: str, register: Register, licensed: bool, topic: str = "", composed: bool = False
) -> list[str]:
    """Return what is wrong with a candidate for ``source`` as far as words alone can tell; empty is good.

    ``licensed`` says that its words were taken from the sentence by a rule
    that the tests hold; otherwise every word must be licensed. ``topic`` is
    what the message is about, which a candidate may name. ``composed`` says
    that a person wrote it whole: only its facts are looked at.
    """
    before = facts(source)
    found = [] if composed else malformed(candidate, register)
    found += [f"loses {fact}" for fact in lost(before, facts(candidate))]
    found += [f"makes up {fact}" for fact in invented(f"{source} {topic}", candidate)]
    if composed:
        return found
    found += [f"still says {word!r}" for word in stings(candidate)]
    if not licensed:
        found += [f"makes up {word!r}" for word in sorted(unlicensed(candidate, f"{source} {topic}"))]
        found += [f"turns round {word!r}" for word in turned_round(source, candidate)]
        found += [f"brings in {char!r}" for char in sorted(set(candidate) - _ORDINARY - set(source) - set(topic))]
    return found


# What any English sentence may be written with. Other characters state things that no list of words would notice
# (letters that look like ours, emoji, currencies, markup) or make a terminal act: they must be the writer's own.
_ORDINARY = frozenset(string.ascii_letters + string.digits + " .,;:?!'\"()-’‘“”–—")

# What a polite stranger says in another's name, in words too small or too near the draft's for a licence to notice.
_CLAIMS = {
    "regret": r"\b(?:sorry|apolog\w*|regret\w*|forgive)\b",
    "thanks": r"\b(?:thank\w*|grateful\w*|gratitude)\b",
    "consent": r"\bI (?:(?:do|can|fully|quite|completely) )?(?:understand|accept|agree|respect)\b",
    "promise": r"\b(?:I|we)(?:['’]ll| will| shall| promise| am going to| are going to|['’](?:m|re) going to)\b",
}


def claims(source: str, candidate: str) -> list[str]:
    """Return what a candidate says for the writer, who did not say it: regret, thanks, consent, a promise; or nothing.

    For candidates whose words are a stranger's; our own are composed under rules that keep these out. Denials are
    looked at sentence by sentence: "It came; when will it?" asks, and states that it came.
    """
    found = [k for k, p in _CLAIMS.items() if re.search(p, candidate, re.I) and not re.search(p, source, re.I)]
    for part in re.split(r"(?<=[.;:?!])\s+", candidate):
        found += [f"turns round {word!r}" for word in turned_round(source, part)]
    return found if content_stems(candidate) else [*found, "nothing"]


_RUN_ON = re.compile(
    r"(?:Could|Can|Would|May|Will)\b[^?]*(?:,|\band|\bbut)\s+(?:it|this|that|i|you|he|she|they|we|there|nobody|no"
    r" one)(?:['’]\w+)?\s[^?]*\?",
    re.IGNORECASE,
)


# What a cut or a hole leaves behind: "noticed that how", "could to be told", "that the interview.", "it was not."
_BROKEN = re.compile(
    r"\bthat (?:how|because|for the sake|so that|if only|as if)\b|\b(?:could|can|would|may|shall) to\b"
    r"|\w (?:was|were|is|are|has|had) not\.$",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"(?:I|We)(?:['’]\w+| am| was| were| have| had| would| do| did| also| like| want| to)* \w+(?: \w+)? that "
    r"(?P<what>[^.;?!]+)",
    re.IGNORECASE,
)


def malformed(text: str, register: Register) -> list[str]:
    """Return what is not well formed: capital, end mark, quotes, doubled words, a verb."""
    found = []
    if not text or not re.match(r"[\"'“‘(]*[A-ZÀ-Þ0-9£$€]", text):
        found.append("no capital")
    if not re.search(r"[.?!][\"'”’)]*$", text):
        found.append("no end mark")
    if text.count('"') % 2 or text.count("“") != text.count("”") or text.count("(") != text.count(")"):
        found.append("quotes or brackets")
    if re.search(r"\b(?!(?:that|had|is)\b)(\w+)\s+\1\b", text, re.IGNORECASE) or re.search(
        r"[{}\[\]]|\s[,.;]|,,|\ba [aeio]\w", text
    ):
        found.append("doubled or broken words")
    if re.search(r"\b(?:thanks|thank you|let me know|bye)\?$", text, re.IGNORECASE):
        found.append("a question that ends in a formula")
    if _RUN_ON.match(text):
        found.append("a question that runs on")
    reported = _REPORTED.match(text)
    if _BROKEN.search(text) or (reported and not has_verb(reported["what"])):
        found.append("a broken clause")
    words = _WORD.findall(text)
    if len(words) < 2 or (register != "sms" and not has_verb(text)):
        found.append("no verb")
    if re.search(
        r"\b(?:and|but|or|so|because|that|which|who|to|of|for|with|the|a|an|my|your"
        r"|if|as|than|i'm|i’m|i've|from|that's|it's|is|are|was"
        r"|hey|nor|neither|(?:will|would|could|should|can|may|might|must) not)[.?!]*$",
        text,
        re.IGNORECASE,
    ) and not re.search(r"\b(?:who|to|for|with|of|from|so) ?\?$|(?<!,) so\.$|asked for\.$", text):
        found.append("ends in the air")
    return found


# What is cut out of these says something only if it asks or holds a fact.
_IDLE = frozenset({"sarcasm", "passive-aggression", "informality", "venting", "pleading"})
# What is cut out of a threat, an insult or a sneer at the person chosen still threatens or sneers, unless it asks.
_SHOWN_UP = frozenset({"threat", "insult", "comparison", "ultimatum", "oversharing"})


# The half of a reproach that speaks of the reader is the reproach.
_ABOUT_THEM = re.compile(r"(?:you|your|yours|he|she|they|nobody|no one|none of you|someone|somebody)\b", re.IGNORECASE)


_OWN_VOICE = re.compile(r"(?:I|we|my|our|it)\b", re.IGNORECASE)


def own_voice(candidate: str) -> bool:
    """Say whether a candidate speaks of the writer or asks."""
    return bool(_OWN_VOICE.match(candidate)) or asks(candidate)


def literal(candidate: str, acts: Sequence[Act]) -> bool:
    """Say whether words cut out of an ironic sentence can be meant as they stand: they ask, or hold a fact."""
    if not acts:
        return True
    if acts[0] in _SHOWN_UP or _ABOUT_THEM.match(candidate):
        return asks(candidate)
    return acts[0] not in _IDLE or worth_keeping(candidate) or bool(facts(candidate).names)


def _denied(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems that are denied in a text and those that are stated."""
    denied: set[str] = set()
    stated: set[str] = set()
    for clause in re.split(r"[.;:?!]|,|\b(?:but|and|because|so|although)\b", text):
        reach = 0
        for word in _WORD.findall(clause):
            if _NEGATOR.match(word):
                reach = _REACH
                continue
            (denied if reach else stated).add(stem(word))
            reach = max(0, reach - 1)
    return frozenset(denied), frozenset(stated)


def turned_round(source: str, candidate: str) -> list[str]:
    """Return the words that one of the two denies and the other only states."""
    denied, stated = _denied(source)
    now_denied, now_stated = _denied(candidate)
    small = {
        stem(w) for w in "i you we it is are was were have has had do did be been to a an the any me my your".split()
    }
    lost_denials = (denied - stated) & (now_stated - now_denied)
    if _OPEN.search(candidate):
        lost_denials = frozenset()
    new_denials = (stated - denied) & (now_denied - now_stated)
    return sorted(w for w in (lost_denials | new_denials) - small if len(w) > 2)


def clean(before: Judged, after: Judged, ceiling: float) -> bool:
    """Say whether a sentence in its place is clean on all labels, below a ceiling of risk, and better by a margin.

    The ceiling is the threshold of the strictest setting: what we propose must
    pass there too, whatever strictness the draft was judged with.
    """
    return not after.labels and after.scores.risk <= min(ceiling, max(0.05, (1 - _BETTER) * before.scores.risk))
