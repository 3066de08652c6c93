"""A review from beginning to end: index, judge, sum up. Killed at any moment, it goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib

from tone_check import __version__
from tone_check.batch import index, own, rows, sources, workers
from tone_check.batch.entry import Entry
from tone_check.batch.errors import BatchError
from tone_check.batch.index import Index
from tone_check.batch.judging import Job, Task, checker, row, suggested
from tone_check.batch.naming import Names
from tone_check.batch.progress import Progress, Silent
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
# A message that has ended so many processes is given up.
_DEATHS = 5


@dataclass(frozen=True, slots=True)
class Options:
    """How to review; what changes a row is part of the run's identity (``_identity``).

    ``suggestions``: for so many of the worst sentences the report says what to write instead. They are looked for in
    the report only: for every flagged sentence of a mailbox it would take longer than all the rest. ``jobs`` 0 is one
    for every core.
    """

    mine: tuple[str, ...] = ()
    strictness: Strictness = "normal"
    ignore: tuple[str, ...] = ()
    redact: bool = False
    suggestions: int = 40
    jobs: int = 0
    backend: Backend = "loky"
    scheduler: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: counts of rows, whose they are, and whether they were continued from an earlier run."""

    messages: int
    judged: int
    flagged: int
    not_english: int
    skipped: int
    unreadable: int
    continued: int
    mine: tuple[str, ...]
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
        ModelError: the model cannot be used.
    """
    progress = Silent() if progress is None else progress
    try:
        with _folder(output):
            progress.stage("reading the mailbox")
            run = _prepare(given, output, options, progress, connect)
            done = _continued(run)
            progress.start(run.listed.count, done)
            _judge_all(run, done, progress)
            progress.stage("summing up, and looking for what to write instead")
            counts = _sum_up(run)
    except OSError as error:
        raise BatchError(f"{output}: {error.strerror or error}; free some space and run it again") from None
    finally:
        progress.stop()
    return Outcome(
        messages=counts["total"],
        judged=counts["judged"],
        flagged=counts["flagged"],
        not_english=counts["not_english"],
        skipped=counts["skipped"],
        unreadable=counts["unreadable"],
        continued=done,
        mine=run.mine,
        output=output,
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """What is settled before the first message is judged."""

    output: Path
    options: Options
    mine: tuple[str, ...]
    listed: Index
    names: Names
    connect: Callable[[str], Server] | None

    @property
    def rows(self) -> Path:
        return self.output / "messages.jsonl"

    @property
    def job(self) -> Job:
        options = self.options
        parent = os.getpid() if options.backend == "loky" else 0
        return Job(options.strictness, options.ignore, MODEL_SHA256, options.redact, self.mine, parent)

    def load(self, entry: Entry) -> bytes:
        if entry.kind == "imap" and self.connect is not None:
            return self.connect(entry.path).load(entry)
        return sources.load(entry)


def _prepare(
    given: Sequence[str],
    output: Path,
    options: Options,
    progress: Progress,
    connect: Callable[[str], Server] | None,
) -> _Run:
    listed = index.build(given, output, connect, progress.found)
    mine = tuple(sorted({a.strip().lower() for a in options.mine} or {listed.sender}))
    return _Run(output, options, mine, listed, Names(given, options.redact), connect)


@contextmanager
def _folder(output: Path) -> Iterator[None]:
    """Make the output folder and keep every other run out of it; one that was made for nothing goes again."""
    made = not output.exists()
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
        if made:
            with suppress(OSError):  # it is not empty, as it should be
                output.rmdir()


def _identity(run: _Run) -> dict[str, Any]:
    """Return what a run must have in common with an earlier one to go on with its rows."""
    # The digest covers addresses and phrases: the file stays free of them.
    hidden = json.dumps([run.mine, run.options.ignore, run.listed.digest])
    return {
        "format": FORMAT,
        "version": __version__,
        "model": MODEL_SHA256,
        "strictness": run.options.strictness,
        "redact": run.options.redact,
        "messages": run.listed.count,
        "digest": hashlib.sha256(hidden.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def _continued(run: _Run) -> int:
    """Return how many rows of an earlier run hold; if it was another kind of run, begin afresh."""
    about = run.output / "run.json"
    try:
        earlier = json.loads(about.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        earlier = None
    identity = _identity(run)
    if earlier == identity:
        return rows.repair(run.rows, (run.names.of(e) for e in run.listed))
    # The old rows go first: killed between these steps, the next run finds no rows it could mistake for its own.
    for name in ("messages.jsonl", "summary.json", "report.html", "run.json"):
        (run.output / name).unlink(missing_ok=True)
    rows.replace(about, json.dumps(identity, indent=1) + "\n")
    return 0


def _judge_all(run: _Run, done: int, progress: Progress) -> None:
    jobs = run.options.jobs if run.options.jobs > 0 else joblib.cpu_count()
    writer = rows.Writer(run.rows)
    deaths = 0  # in a row, at the same place
    try:
        with workers.backend(run.options.backend, run.options.scheduler):
            while done < run.listed.count:
                before = done
                # After two deaths at the same place the messages go one by one, to find the one that kills.
                alone = deaths >= 2
                chunks = _chunks(run, islice(run.listed, done, None), 1 if alone else _CHUNK_MESSAGES)
                try:
                    for lines in workers.judged(run.job, islice(chunks, 1) if alone else chunks, jobs):
                        writer.write(lines)
                        done += len(lines)
                        progress.advance(len(lines))
                    deaths = 0
                except WorkerDiedError:
                    deaths = deaths + 1 if done == before else 1
                    progress.note("a worker process died; going on")
                    if deaths >= _DEATHS:
                        _give_up(run, done, writer)
                        done += 1
                        deaths = 0
    finally:
        writer.close()


def _give_up(run: _Run, done: int, writer: rows.Writer) -> None:
    """Write the row of a message that ends every process that reads it."""
    source = run.names.of(next(islice(run.listed, done, None)))
    writer.write([row({"source": source, "error": f"{source}: ended every process that read it"})])


def _chunks(run: _Run, entries: Iterator[Entry], size: int) -> Iterator[list[Task]]:
    """Yield the tasks of consecutive messages; rows that need no worker ride along."""
    chunk: list[Task] = []
    weight = number = 0
    for entry in entries:
        task = _task(run, entry)
        chunk.append(task)
        if task.data is not None:
            number += 1
            weight += len(task.data)
        if number >= size or weight >= _CHUNK_BYTES or len(chunk) >= _CHUNK_ROWS:
            yield chunk
            chunk, weight, number = [], 0, 0
    if chunk:
        yield chunk


def _task(run: _Run, entry: Entry) -> Task:
    name = run.names.of(entry)
    if entry.error is not None:
        return Task(name, None, row({"source": name, "error": f"{name}: {entry.error}"}))
    why = own.skipped(entry.headers, run.mine)
    if why is not None:
        return Task(name, None, row({"source": name, "skipped": why}))
    try:
        return Task(name, run.load(entry))
    except OSError as error:
        return Task(name, None, row({"source": name, "error": f"{name}: cannot be read: {error.strerror}"}))


def _sum_up(run: _Run) -> dict[str, int]:
    """Write ``summary.json`` and ``report.html`` from the finished rows."""
    from tone_check.batch import summary
    from tone_check.reporters import html

    options = run.options
    found = summary.collect(rows.read(run.rows), (e.headers for e in run.listed), run.mine)
    model = checker(options.strictness, options.ignore).classifier.version
    content = summary.content(found, options.strictness, options.redact, run.mine, model)
    wanted = {place.number for place in found.places()[: options.suggestions]}
    entries = {number: entry for number, entry in enumerate(run.listed) if number in wanted}

    def instead(place: summary.Place) -> dict[int, list[dict[str, Any]]]:
        entry = entries[place.number]
        try:
            return suggested(run.job, run.names.of(entry), run.load(entry))
        except OSError:
            return {}

    sentences = summary.worst(found, instead, options.suggestions)
    if options.redact:
        sentences = [{**s, "to": []} for s in sentences]
    rows.replace(run.output / "summary.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    rows.replace(run.output / "report.html", html.page(content, sentences))
    counts: dict[str, int] = content["messages"]
    return counts
