"""The rules of ``edits/*.toml``: which words of a sentence to drop, swap or turn into a question.

Every rule has a ``where``:

``start``     words at the beginning that are dropped or swapped
``end``       words at the end
``anywhere``  words wherever they stand
``whole``     a clause or a sentence from its first to its last word
``hint``      words that show what the sentence means, wherever they stand; ``say`` replaces all of it
``frame``     what a clause looks like that may be owned; in ``say``, ``{s}`` is the clause

``unless`` and ``needs`` are words that must not, or one of which must, stand in the sentence; ``^`` before
one ties it to the beginning, ``$`` after it to the end. ``acts`` of a ``whole`` rule: what the sentence must do
first of all. ``sent = [5, 9]``: of nine sentences that it made, readers would send five (``python -m
benchmarks.records`` counts, on the training authors).

Holes of ``say``: the names of the match, and for hints ``{about}`` and ``{with}``
(``about the night job``: what the message is about, empty where nothing is found).
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from tone_check.report import ACTS, Act
from tone_check.rewrites import phrases
from tone_check.rewrites.pairs import REGISTERS, Register
from tone_check.rewrites.phrases import PhraseError
from tone_check.rewrites.surface import lowered

Where = Literal["start", "end", "anywhere", "whole", "hint", "frame"]
WHERES: tuple[Where, ...] = ("start", "end", "anywhere", "whole", "hint", "frame")
EDITS = Path(__file__).with_name("edits")
_KEPT = "kept.json"


class RuleError(Exception):
    """A rule that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what the rule alone makes of it; None where it must not apply."""

    harsh: str
    calm: str | None


# Every pattern asks it of the same few texts.
_folded = lru_cache(maxsize=64)(phrases.folded)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase tied to its place; ``anchors`` say what must stand in every text it matches (None: not asked yet)."""

    phrase: str
    before: str
    after: str
    anchors: tuple[frozenset[str], ...] | None = None

    def found(self, text: str) -> re.Match[str] | None:
        """Return the first match in a text."""
        return self.compiled().search(text) if self.possible(text) else None

    def possible(self, text: str) -> bool:
        """Say whether it is worth looking: a phrase is compiled the first time its letters are met."""
        plain = _folded(text)
        anchors = phrases.anchors(self.phrase) if self.anchors is None else self.anchors
        return all(any(letters in plain for letters in one) for one in anchors)

    def compiled(self) -> re.Pattern[str]:
        """Return the regular expression.

        Raises:
            PhraseError: the phrase is not in the language.
        """
        return phrases.compiled(self.phrase, self.before, self.after)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: patterns, the words to say instead (none: drop), and what it is good for in plain words.

    ``sent``: how many of the sentences that it made readers would send, of how many that they marked.
    """

    where: Where
    patterns: tuple[Pattern, ...]
    say: tuple[str, ...]
    why: str
    registers: tuple[Register, ...]
    acts: tuple[Act, ...]
    unless: tuple[Pattern, ...]
    needs: tuple[Pattern, ...]
    examples: tuple[Example, ...]
    sent: tuple[int, int]


@cache
def load(folder: Path = EDITS) -> Mapping[Where, tuple[Rule, ...]]:
    """Return the rules of a folder, sorted by where they apply, each kind in the order of the files' names and lines.

    What ``keep`` wrote since the files were changed is read instead, if it did; there are no examples in it.

    Raises:
        RuleError: there is no file, or a rule is not in the format.
    """
    found = _kept(folder)
    rules = parsed(folder) if found is None else found
    return {where: tuple(r for r in rules if r.where == where) for where in WHERES}


def parsed(folder: Path = EDITS) -> list[Rule]:
    """Read the rules of a folder from its ``*.toml``.

    Raises:
        RuleError: there is no file, or a rule is not in the format.
    """
    return [rule for _, _, rule in located(folder)]


def located(folder: Path = EDITS) -> list[tuple[Path, int, Rule]]:
    """Return every rule with its file and its number in it.

    Raises:
        RuleError: there is no file, or a rule is not in the format.
    """
    found = []
    for path, number, entry in _entries(folder):
        try:
            rule = _rule(entry)
            for pattern in (*rule.patterns, *rule.unless, *rule.needs):
                phrases.anchors(pattern.phrase)  # brackets that do not match
        except (PhraseError, re.error, ValueError, KeyError, TypeError) as error:
            raise RuleError(f"{path}: rule {number}: {error}") from None
        found.append((path, number, rule))
    return found


def keep(folder: Path = EDITS) -> None:
    """Write beside the files what is slow to find in them (``make rules``): it would be a tenth of a flagged check.

    Raises:
        RuleError: there is no file, or a rule is not in the format.
    """
    parsed(folder)
    rows = [
        {k: v for k, v in entry.items() if k != "examples"} | {"anchors": [phrases.anchors(p) for p in entry["match"]]}
        for _, _, entry in _entries(folder)
    ]
    lines = ",\n".join(json.dumps(row, default=sorted, ensure_ascii=False) for row in rows)
    (folder / _KEPT).write_text(f'{{"of": "{_digest(folder)}", "rules": [\n{lines}\n]}}\n', encoding="utf-8")


def _kept(folder: Path) -> list[Rule] | None:
    """Return the rules that ``keep`` wrote; None where there are none, or a file was changed since."""
    try:
        content = json.loads((folder / _KEPT).read_bytes())
        return [_rule(entry) for entry in content["rules"]] if content["of"] == _digest(folder) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(folder: Path) -> str:
    """Return the SHA-256 of the files and of the language they are written in."""
    digest = hashlib.sha256()
    for path in [*sorted(folder.glob("*.toml")), Path(phrases.__file__)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _entries(folder: Path) -> Iterator[tuple[Path, int, Mapping[str, Any]]]:
    """Yield every entry with its file and its number in it."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise RuleError(f"{folder}: no rules")
    for path in paths:
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
        except (OSError, ValueError, KeyError) as error:
            raise RuleError(f"{path}: {error}") from None
        for number, entry in enumerate(entries, 1):
            yield path, number, entry


def _rule(entry: Mapping[str, Any]) -> Rule:
    where, registers, acts = entry["where"], tuple(entry.get("registers", REGISTERS)), tuple(entry.get("acts", ()))
    if where not in WHERES or not set(registers) <= set(REGISTERS) or not set(acts) <= set(ACTS):
        raise ValueError("unknown where, register or act")
    say = tuple(entry.get("say", ()))
    if where in ("whole", "hint", "frame") and not say:
        raise ValueError("a whole sentence needs something to say instead")
    sent, marked = entry.get("sent", (0, 0))
    return Rule(
        where=cast("Where", where),
        patterns=tuple(
            replace(_placed(p, where), anchors=None if a is None else tuple(map(frozenset, a)))
            for p, a in zip(entry["match"], entry.get("anchors") or [None] * len(entry["match"]), strict=True)
        ),
        say=say,
        why=str(entry["why"]),
        registers=registers,
        acts=acts,
        unless=tuple(_condition(p) for p in entry.get("unless", ())),
        needs=tuple(_condition(p) for p in entry.get("needs", ())),
        sent=(int(sent), int(marked)),
        examples=tuple(Example(e[0], e[1] if len(e) > 1 else None) for e in entry.get("examples", ())),
    )


def _placed(phrase: str, where: Where) -> Pattern:
    """Tie a phrase to its place; the end mark of a sentence is never part of it."""
    left, right = r"(?<![\w'’-])", r"(?![\w'’-])"
    before, after = {
        "start": ("^", rf"{right}[\s,:;–—-]*"),
        "end": (rf"[\s,;–—-]*{left}", r"(?=[.!?…\s]*$)"),
        "whole": ("^", r"[\s,.!?…]*$"),
        "frame": ("^", r"[\s,.!?…]*$"),
    }.get(where, (left, right))
    return Pattern(phrase, before, after)


def _condition(phrase: str) -> Pattern:
    """Return the pattern of an ``unless`` or a ``needs``; ``^`` before it and ``$`` after it tie it to the ends."""
    start, end = phrase.startswith("^"), phrase.endswith("$")
    inner = _placed(phrase.removeprefix("^").removesuffix("$"), "anywhere")
    before = "^" + inner.before if start else inner.before
    return replace(inner, before=before, after=inner.after + (r"(?=[.!?…\s]*$)" if end else ""))


def dropped(rule: Rule, text: str) -> str:
    """Return ``text`` with the words of a ``start``, ``end`` or ``anywhere`` rule dropped or swapped."""
    # The exceptions are asked last: most rules do not match, and a pattern tied to its place says so soonest.
    if not any(p.found(text) for p in rule.patterns) or any(u.found(text) for u in rule.unless):
        return text
    replacement = rule.say[0] if rule.say else ""
    for pattern in rule.patterns:
        if not pattern.possible(text):
            continue
        text = pattern.compiled().sub(
            lambda m: filled(replacement, m.groupdict()) + _glue(rule.where, m.group(), replacement), text
        )
    return text


def said(rule: Rule, text: str, more: Mapping[str, str] | None = None) -> list[str]:
    """Return what a ``whole``, ``hint`` or ``frame`` rule says instead of ``text``; empty where it does not apply."""
    for pattern in rule.patterns:
        found = pattern.found(text)
        if found:
            if any(u.found(text) for u in rule.unless) or (rule.needs and not any(n.found(text) for n in rule.needs)):
                return []
            return [filled(s, {**found.groupdict(), **(more or {})}) for s in rule.say]
    return []


def filled(template: str, holes: Mapping[str, str | None]) -> str:
    """Put the words of the writer into the holes of what is said; ``{x|was}`` is ``were`` where ``{x}`` is many.

    No word keeps a capital that only its place gave it.
    """
    return re.sub(r"\{(\w+)(?:\|(\w+))?\}", lambda m: _hole(holes.get(m.group(1)) or "", m.group(2)), template)


def _hole(words: str, verb: str | None) -> str:
    words = words.strip(" ,.")
    if verb is None:
        return _inside(words)
    many = bool(re.search(r"[^su\W]s$|\b(?:criteria|people|children|men|women)$", words)) or " and " in words
    return {"was": "were", "is": "are", "has": "have"}[verb] if many else verb


def _inside(words: str) -> str:
    first = words.split(" ")[0]
    if first.istitle() and first.lower() in _VERBS:
        return words[0].lower() + words[1:]
    return lowered(words)


# Words that stand first in an order or a demand and are no names.
_VERBS = frozenset(
    "send pay call ring tell give explain return refund transfer fix repair answer reply confirm review"
    " correct sort remove replace sign forward provide reconsider pick let get respond show come do put check"
    " look read open it's be have write say make take stop approve issue cancel decide deliver process credit"
    " bring order email mail text message collect unlock activate acknowledge reimburse compensate drop turn"
    " switch hand look see deal speak talk fill count mark finish complete submit upload waive specify state"
    " name schedule cover arrange change mention apply withdraw settle release clear update book replace reopen"
    " touch use delete sell copy edit book furnish supply hand act write boiler heating deposit wages door roof"
    " leak bill payment parcel today tonight tomorrow"
    " restore unblock reverse reinstate lift honour honor teacher docs papers notes files keys money cash"
    " contract invoice photos giving putting saying asking closing sending taking making keeping leaving calling"
    " telling letting using charging changing cancelling ignoring hiding selling getting rejecting moving"
    " inviting judging treating withholding deducting blaming such anybody".split()
)


def _glue(where: Where, matched: str, replacement: str) -> str:
    return " " if where == "start" and replacement else ""


def applicable(rules: Sequence[Rule], register: Register) -> list[Rule]:
    """Return the rules that speak in a register."""
    return [r for r in rules if register in r.registers]
