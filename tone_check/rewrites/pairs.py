"""Harsh-to-calm pairs, each composed singly: ``data/rewrites/*.jsonl``.

``{"id", "author", "domain", "register", "purpose", "acts", "harsh", "calm": [...]}``; where the calm
sentence carries over words that differ from letter to letter, both sides have
them as a slot, ``{date:Friday}``. A sentence that only hurts has no calm side
and gives the reason for leaving it out as ``remove``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from tone_check.report import ACTS, Act

Purpose = Literal[
    "status", "reply", "reason", "second-look", "payment", "repair", "promise", "silence", "effort", "fact",
    "disappointment", "doubt", "deadline", "decline", "interest", "consequence", "complaint", "thanks", "other", "none",
]  # fmt: skip
PURPOSES: tuple[Purpose, ...] = (
    "status", "reply", "reason", "second-look", "payment", "repair", "promise", "silence", "effort", "fact",
    "disappointment", "doubt", "deadline", "decline", "interest", "consequence", "complaint", "thanks", "other", "none",
)  # fmt: skip
Register = Literal["formal", "plain", "sms"]
REGISTERS: tuple[Register, ...] = ("formal", "plain", "sms")
SLOT_KINDS = (
    "person", "company", "role", "date", "amount", "count", "elapsed", "channel", "thing", "event", "ref",
)  # fmt: skip

SLOT = re.compile(r"\{([a-z]+):([^{}]+)\}")


class PairError(Exception):
    """A file of pairs that is not in the format; the message says where and what."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One harsh sentence with what the writer would really send; slots stand as ``{kind:words}``."""

    id: str
    author: str
    domain: str
    register: Register
    purpose: Purpose
    acts: tuple[Act, ...]
    harsh: str
    calm: tuple[str, ...]
    remove: str | None
    # What the harsh sentence means (data/gists/labels.jsonl); read for training only.
    gists: tuple[str, ...] = ()

    @property
    def in_message(self) -> bool:
        """Whether the harsh sentence is one of a message of the corpus (its id names message and place)."""
        return ":" in self.id

    @property
    def harsh_text(self) -> str:
        """The harsh sentence as somebody wrote it."""
        return plain(self.harsh)

    @property
    def calm_texts(self) -> tuple[str, ...]:
        """The calm sentences with the words of this pair in their slots."""
        return tuple(plain(c) for c in self.calm)


def plain(text: str) -> str:
    """Write a sentence without the marks of its slots."""
    return SLOT.sub(r"\2", text)


def load(path: Path) -> list[Pair]:
    """Read a file of pairs, one JSON object a line.

    Raises:
        PairError: a line is not a pair, or a slot stands on one side only.
        OSError: the file cannot be read.
    """
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            try:
                pairs.append(_pair(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise PairError(f"{path}:{number}: {error}") from None
    return pairs


def load_all(folder: Path) -> list[Pair]:
    """Read every file of pairs in a folder, in a stable order."""
    return [p for path in sorted(folder.glob("*.jsonl")) for p in load(path)]


def _pair(row: dict[str, Any]) -> Pair:
    acts, calm = tuple(row["acts"]), tuple(row["calm"])
    if not set(acts) <= set(ACTS) or not acts:
        raise ValueError(f"acts must be some of {', '.join(ACTS)}")
    if row["purpose"] not in PURPOSES or row["register"] not in REGISTERS:
        raise ValueError("unknown purpose or register")
    if (row["purpose"] == "none") != (not calm) or (not calm) != bool(row.get("remove")):
        raise ValueError("a pair has either calm sentences or, with purpose none, a reason to remove")
    here = set(SLOT.findall(row["harsh"]))
    for text in calm:
        for kind, words in SLOT.findall(text):
            if kind not in SLOT_KINDS or (kind, words) not in here:
                raise ValueError(f"slot {{{kind}:{words}}} is unknown or not in the harsh sentence")
    return Pair(
        id=str(row["id"]),
        author=str(row["author"]),
        domain=str(row["domain"]),
        register=cast("Register", row["register"]),
        purpose=cast("Purpose", row["purpose"]),
        acts=cast("tuple[Act, ...]", acts),
        harsh=str(row["harsh"]),
        calm=calm,
        remove=row.get("remove"),
    )
