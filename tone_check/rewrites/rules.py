"""The rules of ``edits.toml``: which words of a sentence to drop, swap or turn into a question.

Every rule has a ``where``:

``start``     words at the beginning that are dropped or swapped
``end``       words at the end
``anywhere``  words wherever they stand
``whole``     a clause or a sentence from its first to its last word
``hint``      words that show what the sentence means, wherever they stand; ``say`` replaces all of it
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from tone_check.report import ACTS, Act
from tone_check.rewrites.pairs import REGISTERS, Register
from tone_check.rewrites.phrases import PhraseError, compile_phrase, source

Where = Literal["start", "end", "anywhere", "whole", "hint"]
WHERES: tuple[Where, ...] = ("start", "end", "anywhere", "whole", "hint")
EDITS = Path(__file__).with_name("edits.toml")


class RuleError(Exception):
    """A rule that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what the rule alone makes of it; None where it must not apply."""

    harsh: str
    calm: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: patterns, the words to say instead (none: drop), and what it is good for in plain words."""

    where: Where
    patterns: tuple[re.Pattern[str], ...]
    say: tuple[str, ...]
    why: str
    registers: tuple[Register, ...]
    acts: tuple[Act, ...]
    unless: tuple[re.Pattern[str], ...]
    examples: tuple[Example, ...]


@cache
def load(path: Path = EDITS) -> Mapping[Where, tuple[Rule, ...]]:
    """Read a file of rules, sorted by where they apply, each kind in the order of the file.

    Raises:
        RuleError: the file is missing or a rule is not in the format.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
    except (OSError, ValueError, KeyError) as error:
        raise RuleError(f"{path}: {error}") from None
    rules = []
    for number, entry in enumerate(entries, 1):
        try:
            rules.append(_rule(entry))
        except (PhraseError, ValueError, KeyError, TypeError) as error:
            raise RuleError(f"{path}: rule {number}: {error}") from None
    return {where: tuple(r for r in rules if r.where == where) for where in WHERES}


def _rule(entry: Mapping[str, Any]) -> Rule:
    where, registers, acts = entry["where"], tuple(entry.get("registers", REGISTERS)), tuple(entry.get("acts", ()))
    if where not in WHERES or not set(registers) <= set(REGISTERS) or not set(acts) <= set(ACTS):
        raise ValueError("unknown where, register or act")
    say = tuple(entry.get("say", ()))
    if where in ("whole", "hint") and not say:
        raise ValueError("a whole sentence needs something to say instead")
    return Rule(
        where=cast("Where", where),
        patterns=tuple(re.compile(_placed(source(p), where), re.IGNORECASE) for p in entry["match"]),
        say=say,
        why=str(entry["why"]),
        registers=registers,
        acts=acts,
        unless=tuple(compile_phrase(p) for p in entry.get("unless", ())),
        examples=tuple(Example(e[0], e[1] if len(e) > 1 else None) for e in entry.get("examples", ())),
    )


def _placed(pattern: str, where: Where) -> str:
    """Tie a pattern to its place; the end mark of a sentence is never part of it."""
    left, right = r"(?<![\w'’-])", r"(?![\w'’-])"
    if where == "start":
        return rf"^(?:{pattern}){right}[\s,:;–—-]*"
    if where == "end":
        return rf"[\s,;–—-]*{left}(?:{pattern})(?=[.!?…\s]*$)"
    if where == "whole":
        return rf"^(?:{pattern})[\s,.!?…]*$"
    return rf"{left}(?:{pattern}){right}"


def dropped(rule: Rule, text: str) -> str:
    """Return ``text`` with the words of a ``start``, ``end`` or ``anywhere`` rule dropped or swapped."""
    if any(u.search(text) for u in rule.unless):
        return text
    replacement = rule.say[0] if rule.say else ""
    for pattern in rule.patterns:
        text = pattern.sub(lambda m: filled(replacement, m.groupdict()) + _glue(rule.where, m.group(), replacement), text)
    return text


def said(rule: Rule, text: str) -> list[str]:
    """Return what a ``whole`` or ``hint`` rule says instead of ``text``; empty where it does not apply."""
    if any(u.search(text) for u in rule.unless):
        return []
    for pattern in rule.patterns:
        found = pattern.search(text)
        if found:
            return [filled(s, found.groupdict()) for s in rule.say]
    return []


def filled(template: str, holes: Mapping[str, str | None]) -> str:
    """Put the words of the writer into the holes of what is said."""
    return re.sub(r"\{(\w+)\}", lambda m: (holes.get(m.group(1)) or "").strip(" ,"), template)


def _glue(where: Where, matched: str, replacement: str) -> str:
    return " " if where == "start" and replacement else ""


def applicable(rules: Sequence[Rule], register: Register) -> list[Rule]:
    """Return the rules that speak in a register."""
    return [r for r in rules if register in r.registers]
