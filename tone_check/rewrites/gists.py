"""Gists: what a flagged sentence means once the sting is out (``data/gists/gists.toml``).

A sarcastic line about a broken telephone says that nobody has answered. What
it says is read by a head of the model; a calm wording may be proposed only for
a sentence that says its gist.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tone_check.resources import shipped


class GistError(Exception):
    """The list of gists cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Gist:
    """One gist: its name, what it means, what a wording is good for, whether letters need it, what words say it,
    and whether a wording may be proposed for it at all."""

    name: str
    means: str
    why: str
    keep: bool
    families: tuple[str, ...]
    say: bool


@cache
def load(path: Path | None = None) -> tuple[Gist, ...]:
    """Read the list of gists in the order of the file, which is the order of the model's columns.

    Raises:
        GistError: the file is missing or an entry is not in the format.
    """
    path = path or shipped("data/gists/gists.toml")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(
            Gist(
                name,
                str(entry["means"]),
                str(entry["why"]),
                bool(entry.get("keep", False)),
                tuple(entry.get("families", ())),
                bool(entry.get("say", True)),
            )
            for name, entry in table.items()
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GistError(f"{path}: {error}") from None


def names() -> tuple[str, ...]:
    """Return the names of the shipped gists in order."""
    return tuple(g.name for g in load())
