"""Annotated messages: the format of ``data/messages/*.jsonl`` and of every evaluation file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from tone_check.report import ACTS, ITEMS, Act, Item

Row = TypeVar("Row")


class CorpusError(Exception):
    """An annotated file that is not in the format; the message says where and what."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence with its labels (docs/annotation-guide.md)."""

    text: str
    resentment: int
    blame: int
    professionalism: int
    acts: tuple[Act, ...]
    disputed: bool = False
    # The same three by an independent second pass, where there was one.
    second: tuple[int, int, int] | None = None
    # The professionalism of three independent passes, where there were three: the encoder learns from all of them.
    ratings: tuple[int, ...] = ()
    # What a flagged sentence means (training/gists.py), most important first.
    gists: tuple[str, ...] = ()

    @property
    def flagged(self) -> bool:
        """Resentment or blame at 2 or 3, or professionalism at 1 or 2."""
        return self.resentment >= 2 or self.blame >= 2 or self.professionalism <= 2

    @property
    def rated(self) -> tuple[int, ...]:
        """The professionalism of every pass there was, the author's own first."""
        return self.ratings or (self.professionalism, *([self.second[2]] if self.second else []))

    @property
    def borderline(self) -> bool:
        """Too close to call: a hint only, or independent passes disagreed on the flag."""
        return self.disputed or (not self.flagged and (self.resentment == 1 or self.blame == 1))


@dataclass(frozen=True, slots=True)
class Message:
    """One annotated message; ``author`` is the unit of every split, ``pair`` joins minimal pairs."""

    id: str
    channel: str
    scenario: str
    voice: str
    sentences: tuple[Labelled, ...]
    checklist: Mapping[Item, bool | None]
    author: str = ""
    batch: str = ""
    pair: str | None = None
    # The checklist as an independent second pass filled it in, where there was one.
    second_checklist: Mapping[Item, bool | None] = field(default_factory=dict)

    @property
    def checklists(self) -> tuple[Mapping[Item, bool | None], ...]:
        """Every pass's checklist, the author's own first; none where there is none."""
        return tuple(marks for marks in (self.checklist, self.second_checklist) if marks)

    @property
    def texts(self) -> list[str]:
        """The sentences as given."""
        return [s.text for s in self.sentences]


def _sentence(row: Mapping[str, Any], where: str, labels: bool) -> Labelled:
    text = row.get("text")
    if not isinstance(text, str):
        raise CorpusError(f"{where}: a sentence needs a text")
    if not labels:
        return Labelled(text, 0, 0, 4, ())
    values = []
    for key, low, high in (("resentment", 0, 3), ("blame", 0, 3), ("professionalism", 1, 5)):
        value = row.get(key)
        if not isinstance(value, int) or not low <= value <= high:
            raise CorpusError(f"{where}: {key} must be a whole number from {low} to {high}, not {value!r}")
        values.append(value)
    acts = row.get("acts", [])
    if not isinstance(acts, list) or not set(acts) <= set(ACTS):
        raise CorpusError(f"{where}: acts must be a list of {', '.join(ACTS)}")
    resentment, blame, professionalism = values
    second = row.get("second")
    if second is not None and not (
        isinstance(second, list) and len(second) == 3 and all(type(v) is int for v in second)
    ):
        raise CorpusError(f"{where}: second must be three whole numbers, not {second!r}")
    ratings = row.get("ratings", [])
    if not isinstance(ratings, list) or not all(type(v) is int and 1 <= v <= 5 for v in ratings):
        raise CorpusError(f"{where}: ratings must be whole numbers from 1 to 5, not {ratings!r}")
    return Labelled(
        text,
        resentment,
        blame,
        professionalism,
        tuple(cast("list[Act]", acts)),
        bool(row.get("disputed", False)),
        cast("tuple[int, int, int]", tuple(second)) if second else None,
        ratings=tuple(ratings),
    )


def parse(line: str, where: str, labels: bool = True) -> Message:
    """Read one message from a line of JSON; with ``labels`` false only ``id`` and texts are needed.

    Raises:
        CorpusError: the line is not an annotated message; ``where`` opens the text.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{where}: not JSON: {error}") from None
    if not isinstance(row, dict) or not isinstance(row.get("sentences"), list) or "id" not in row:
        raise CorpusError(f"{where}: a message needs an id and a list of sentences")
    sentences = []
    for index, sentence in enumerate(row["sentences"]):
        if not isinstance(sentence, dict):
            raise CorpusError(f"{where}, sentence {index}: not an object")
        sentences.append(_sentence(sentence, f"{where}, sentence {index}", labels))
    return Message(
        id=str(row["id"]),
        channel=str(row.get("channel", "")),
        scenario=str(row.get("scenario", "")),
        voice=str(row.get("voice", "")),
        sentences=tuple(sentences),
        checklist=_checklist(row.get("checklist"), where),
        author=str(row.get("author", "")),
        batch=str(row.get("batch", "")),
        pair=row.get("pair"),
        second_checklist=_checklist(row.get("second_checklist"), where),
    )


def _checklist(marks: Any, where: str) -> dict[Item, bool | None]:
    marks = marks or {}
    if not isinstance(marks, dict) or any(marks.get(i) not in (True, False, None) for i in ITEMS):
        raise CorpusError(f"{where}: checklist items are true, false or null")
    return {i: marks.get(i) for i in ITEMS} if marks else {}


def load(path: Path, labels: bool = True) -> list[Message]:
    """Read an annotated file, one message a line; empty lines are skipped.

    Raises:
        CorpusError: the file cannot be read, a line is not in the format, or an id comes twice.
    """
    messages: list[Message] = []
    seen: set[str] = set()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        message = parse(line, f"{path}:{number}", labels)
        if message.id in seen:
            raise CorpusError(f"{path}:{number}: the id {message.id!r} comes twice")
        seen.add(message.id)
        messages.append(message)
    return messages


def files(folders: Iterable[Path]) -> list[Path]:
    """List the annotated files of the folders, in a stable order."""
    found = sorted(p for folder in folders for p in folder.glob("*.jsonl"))
    if not found:
        raise CorpusError(f"no .jsonl file in {', '.join(str(f) for f in folders)}")
    return found


def load_all(folders: Iterable[Path]) -> list[Message]:
    """Read every annotated file of the folders."""
    return [m for path in files(list(folders)) for m in load(path)]


def read_lines(path: Path, read: Callable[[Any], Row]) -> list[Row]:
    """Give the JSON of every line of a file to ``read``; empty lines are skipped.

    Raises:
        CorpusError: the file is missing, a line is not JSON, or ``read`` cannot use it; the message says where.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(read(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(f"{path}:{number}: {error}") from None
    return found


def read_folder(folder: Path, read: Callable[[Any], Row]) -> list[Row]:
    """Read every file of a folder by ``read_lines``, in a stable order; no folder, nothing."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in read_lines(path, read)]


def digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 over names and contents: says which data a model was trained on."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
