"""The list of a review's messages: made once at the beginning, kept in a file that has no name.

It holds addresses, so it must not stay behind: not even a killed review leaves it anywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tone_check.batch import sources
from tone_check.batch.entry import Entry
from tone_check.batch.headers import Headers

if TYPE_CHECKING:
    from tone_check.batch.imap import Server

# What Gmail calls sent mail in its own language; a label tells better than a count whose mailbox it is.
_SENT = frozenset({"sent", "sent mail", "gesendet", "messages envoyés", "enviados", "inviati", "verzonden", "skickat"})


@dataclass(frozen=True, slots=True)
class Index:
    """The entries of all sources in order; ``digest`` tells one state of the sources from another."""

    file: IO[bytes]
    count: int
    digest: str
    sender: str

    def __iter__(self) -> Iterator[Entry]:
        # Read by position: several of these iterators may be under way, one of them in a thread of joblib's.
        rest, at = b"", 0
        while block := os.pread(self.file.fileno(), 1 << 16, at):
            at += len(block)
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield _entry(json.loads(line))


def build(
    given: Sequence[str],
    folder: Path,
    connect: Callable[[str], Server] | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> Index:
    """Scan the sources; ``folder`` is where the nameless file is made, ``tick`` is told the count now and then.

    Raises:
        BatchError: a source is not there, or is no mail.
    """
    seen = hashlib.sha256()
    senders: Counter[str] = Counter()
    sent: Counter[str] = Counter()
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (it lives as long as the index)
    count = 0
    for entry in sources.scan(given, seen.update, connect):
        file.write(json.dumps(_row(entry)).encode("ascii") + b"\n")
        # A message is on the list for good once it was seen, so its place in the source is part of the state.
        seen.update(f"\0{entry.source}\0{entry.start}\0{entry.end}\0{entry.error}\0".encode("utf-8", "surrogatepass"))
        count += 1
        if entry.headers.sender:
            senders[entry.headers.sender] += 1
            if any(label.lower() in _SENT for label in entry.headers.labels):
                sent[entry.headers.sender] += 1
        if count % 1000 == 0:
            tick(count)
    file.flush()
    return Index(file, count, seen.hexdigest(), _most_frequent(sent or senders))


def _most_frequent(senders: Counter[str]) -> str:
    """Return the address that wrote most; of equals the first in the alphabet, so that two runs agree."""
    return min(senders, key=lambda a: (-senders[a], a), default="")


def _row(entry: Entry) -> list[Any]:
    h = entry.headers
    facts = [h.sender, h.recipients, h.time, h.zone, h.identity, h.answers, h.labels]
    return [entry.source, entry.group, entry.number, entry.kind, entry.path, entry.start, entry.end, entry.error, facts]


def _entry(row: list[Any]) -> Entry:
    source, group, number, kind, path, start, end, error, facts = row
    sender, recipients, time, zone, identity, answers, labels = facts
    found = Headers(sender, tuple(recipients), time, zone, identity, answers, tuple(labels))
    return Entry(source, group, number, kind, path, start, end, found, error)
