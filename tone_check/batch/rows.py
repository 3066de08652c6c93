"""``messages.jsonl``: one row a message, appended as they come, whole again after any interruption."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any


def repair(path: Path, sources: Iterable[str]) -> int:
    """Keep the rows that are whole and belong to these sources, in their order; return how many they are.

    What follows the first row that is torn, or is not the expected message's, is cut off.
    """
    if not path.exists():
        return 0
    good, count = 0, 0
    with path.open("rb") as file:
        for line, source in zip(file, sources, strict=False):
            if not line.endswith(b"\n") or _source(line) != source:
                break
            good += len(line)
            count += 1
    if path.stat().st_size != good:
        os.truncate(path, good)
    return count


def _source(line: bytes) -> str | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return str(row["source"]) if isinstance(row, dict) and "source" in row else None


class Writer:
    """Appends rows; when ``write`` returns they are on the disk."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        # The file may have been there with wider rights.
        os.fchmod(self._file, 0o600)

    def write(self, lines: Sequence[str]) -> None:
        """Append rows, each a line with its end.

        Raises:
            OSError: the disk is full, or worse; what is torn is repaired by the next run.
        """
        data = memoryview("".join(lines).encode("utf-8", "replace"))
        while data:
            data = data[os.write(self._file, data) :]
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a finished file."""
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)


def replace(path: Path, text: str) -> None:
    """Write a file in one step: there is the old one or the new one, never half of one."""
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, 0o600)
        file.write(text.encode("utf-8", "replace"))
        file.flush()
        os.fsync(handle)
    part.replace(path)
