"""A review from beginning to end: index, judge, sum up. Killed at any moment, it goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib

from tone_check import __version__
from tone_check.batch import index, own, rows, sources, workers
from tone_check.batch.errors import BatchError
from tone_check.batch.index import Index
from tone_check.batch.judging import Job, Task, row
from tone_check.batch.naming import Names
from tone_check.batch.progress import Progress, Silent
from tone_check.batch.sources import Entry
from tone_check.batch.workers import Backend, WorkerDiedError
from tone_check.digest import MODEL_SHA256
from tone_check.report import Strictness

if TYPE_CHECKING:
    from tone_check.batch.imap import Server

FORMAT = 1
# A chunk is what a worker gets at once: long enough to make its transport cheap, short enough to lose little.
_CHUNK_MESSAGES = 16
_CHUNK_ROWS = 512
_CHUNK_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """How to review; what changes a row is part of the run's identity (``_identity``)."""

    mine: tuple[str, ...] = ()
    strictness: Strictness = "normal"
    ignore: tuple[str, ...] = ()
    redact: bool = False
    jobs: int = 0
    backend: Backend = "loky"
    scheduler: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: counts of rows, and whether they were continued from an earlier run."""

    messages: int
    judged: int
    flagged: int
    skipped: int
    unreadable: int
    continued: int
    output: Path


def review(
    given: Sequence[str],
    output: Path,
    options: Options,
    progress: Progress | None = None,
    connect: Callable[[str], Server] | None = None,
) -> Outcome:
    """Review the sources and write ``messages.jsonl``, ``summary.json`` and ``report.html`` into a folder.

    ``connect`` opens a folder on a mail server (``imap.connector``); without it such sources are refused.

    Raises:
        BatchError: it cannot begin or go on; the rows written so far stay, and the same call continues.
    """
    progress = Silent() if progress is None else progress
    with _folder(output):
        progress.stage("reading the mailbox")
        listed = index.build(given, output, connect, progress.found)
        mine = tuple(sorted({a.strip().lower() for a in options.mine} or {listed.sender}))
        names = Names(given, options.redact, mine)
        path = output / "messages.jsonl"
        done = _continued(output, path, listed, names, _identity(options, mine, listed))
        progress.start(listed.count, done)
        try:
            _judge_all(path, listed, names, options, mine, done, progress, connect)
            return _summed_up(output, path, listed, names, options, mine, done, progress, connect)
        except OSError as error:
            raise BatchError(f"{output}: {error.strerror or error}; free some space and run it again") from None
        finally:
            progress.stop()


@contextmanager
def _folder(output: Path) -> Iterator[None]:
    """Make the output folder and keep every other run out of it."""
    try:
        output.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(output, os.O_RDONLY)
    except OSError as error:
        raise BatchError(f"{output}: cannot be used as a folder: {error.strerror}") from None
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # no such locks on this system
        pass
    except OSError:
        os.close(handle)
        raise BatchError(f"{output}: another review is writing here") from None
    try:
        yield
    finally:
        os.close(handle)


def _identity(options: Options, mine: tuple[str, ...], listed: Index) -> dict[str, Any]:
    """Return what a run must have in common with an earlier one to go on with its rows."""
    import hashlib

    # The digest covers addresses and phrases: the file stays free of them.
    hidden = json.dumps([mine, options.ignore, listed.digest])
    return {
        "format": FORMAT,
        "version": __version__,
        "model": MODEL_SHA256,
        "strictness": options.strictness,
        "redact": options.redact,
        "messages": listed.count,
        "digest": hashlib.sha256(hidden.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def _continued(output: Path, path: Path, listed: Index, names: Names, identity: dict[str, Any]) -> int:
    """Return how many rows of an earlier run hold; if it was another kind of run, begin afresh."""
    about = output / "run.json"
    try:
        earlier = json.loads(about.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        earlier = None
    if earlier == identity:
        return rows.repair(path, (names.of(e) for e in listed))
    # The old rows go first: killed between these steps, the next run finds no rows it could mistake for its own.
    for name in ("messages.jsonl", "summary.json", "report.html", "run.json"):
        (output / name).unlink(missing_ok=True)
    rows.replace(about, json.dumps(identity, indent=1) + "\n")
    return 0


def _judge_all(
    path: Path,
    listed: Index,
    names: Names,
    options: Options,
    mine: tuple[str, ...],
    done: int,
    progress: Progress,
    connect: Callable[[str], Server] | None,
) -> None:
    job = Job(options.strictness, options.ignore, MODEL_SHA256, options.redact, mine)
    jobs = options.jobs if options.jobs > 0 else joblib.cpu_count()
    loader = _Loader(connect)
    writer = rows.Writer(path)
    deaths_here = 0
    try:
        with workers.backend(options.backend, options.scheduler):
            while done < listed.count:
                before = done
                # After two deaths at the same place the messages go one by one, to find the one that kills.
                alone = deaths_here >= 2
                chunks = _chunks(islice(listed, done, None), names, mine, loader, 1 if alone else _CHUNK_MESSAGES)
                try:
                    for lines in workers.judged(job, islice(chunks, 1) if alone else chunks, jobs):
                        writer.write(lines)
                        done += len(lines)
                        progress.advance(len(lines))
                    deaths_here = 0
                except WorkerDiedError:
                    deaths_here = deaths_here + 1 if done == before else 1
                    progress.note("a worker process died; going on")
                    if deaths_here >= 5:
                        source = names.of(next(islice(listed, done, None)))
                        writer.write([row({"source": source, "error": f"{source}: ended every process that read it"})])
                        done += 1
                        deaths_here = 2
    finally:
        writer.close()


@dataclass(slots=True)
class _Loader:
    """Loads messages, from files or from the one server connection they need."""

    connect: Callable[[str], Server] | None

    def load(self, entry: Entry) -> bytes:
        if entry.kind == "imap" and self.connect is not None:
            return self.connect(entry.path).load(entry)
        return sources.load(entry)


def _chunks(
    entries: Iterator[Entry], names: Names, mine: Sequence[str], loader: _Loader, size: int
) -> Iterator[list[Task]]:
    """Yield the tasks of consecutive messages; rows that need no worker ride along."""
    chunk: list[Task] = []
    weight = number = 0
    for entry in entries:
        task = _task(entry, names.of(entry), mine, loader)
        chunk.append(task)
        if task.data is not None:
            number += 1
            weight += len(task.data)
        if number >= size or weight >= _CHUNK_BYTES or len(chunk) >= _CHUNK_ROWS:
            yield chunk
            chunk, weight, number = [], 0, 0
    if chunk:
        yield chunk


def _task(entry: Entry, name: str, mine: Sequence[str], loader: _Loader) -> Task:
    if entry.error is not None:
        return Task(name, None, row({"source": name, "error": f"{name}: {entry.error}"}))
    why = own.skipped(entry.headers, mine)
    if why is not None:
        return Task(name, None, row({"source": name, "skipped": why}))
    try:
        return Task(name, loader.load(entry))
    except OSError as error:
        return Task(name, None, row({"source": name, "error": f"{name}: cannot be read: {error.strerror}"}))


def _summed_up(
    output: Path,
    path: Path,
    listed: Index,
    names: Names,
    options: Options,
    mine: tuple[str, ...],
    done: int,
    progress: Progress,
    connect: Callable[[str], Server] | None,
) -> Outcome:
    counts = {"judged": 0, "flagged": 0, "skipped": 0, "unreadable": 0}
    for found in rows.read(path):
        kind = "skipped" if "skipped" in found else "unreadable" if "error" in found else "judged"
        counts[kind] += 1
        counts["flagged"] += found.get("verdict") == "flagged"
    return Outcome(listed.count, **counts, continued=done, output=output)


__all__ = ["BatchError", "Options", "Outcome", "review"]
