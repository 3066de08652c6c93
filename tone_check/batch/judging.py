"""What a worker does: bytes of mail in, rows out. One message a call, so that no score depends on its neighbours.

(The encoder's 8-bit activations are scaled per call: judged in one batch with others, a score may differ in the third
decimal. Batches of 8 or 32 took as long as single messages, so nothing is lost.)
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tone_check import readers
from tone_check.batch.errors import BatchError
from tone_check.checker import ToneChecker
from tone_check.digest import MODEL_SHA256
from tone_check.draft import UnreadableError
from tone_check.report import Strictness
from tone_check.reporters import json


@dataclass(frozen=True, slots=True)
class Job:
    """How to judge: the same for all messages of a run, and for all its workers.

    ``parent`` is the process whose end ends its workers too, 0 if they are not its children (Dask).
    """

    strictness: Strictness
    ignore: tuple[str, ...]
    model: str
    redact: bool
    mine: tuple[str, ...]
    parent: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """One message: its bytes, or the row that is known without reading it."""

    source: str
    data: bytes | None
    row: str | None = None


@cache
def checker(strictness: Strictness, ignore: tuple[str, ...], suggest: bool = False) -> ToneChecker:
    """Return this process's checker: one thread, for the processes share the cores among them."""
    # The tokenizer would start threads of its own for every sentence, and wait longer for them than it works.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return ToneChecker(strictness=strictness, ignore=ignore, suggest=suggest, threads=1)


def judge(job: Job, tasks: Sequence[Task]) -> list[str]:
    """Return the row of every task, in order.

    Raises:
        BatchError: this worker has another model than the one who asks.
    """
    if job.model != MODEL_SHA256:
        raise BatchError("a worker has another version of tone-check: its model is not the one of this machine")
    if job.parent not in (0, os.getpid()):
        _end_with(job.parent)
    return [_judged(job, task) if task.row is None else task.row for task in tasks]


@cache
def _end_with(parent: int) -> None:
    """End this worker when the review that started it was killed; by itself it would wait for minutes for more work."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def row(content: dict[str, Any]) -> str:
    """Return one row as a line."""
    return json.dumps(content) + "\n"


def suggested(job: Job, source: str, data: bytes) -> dict[int, list[dict[str, Any]]]:
    """Return the suggestions for the flagged sentences of one message, by the sentence's place in its row."""
    try:
        report = checker(job.strictness, job.ignore, suggest=True).check_draft(readers.read_message(data, source))
    except UnreadableError:
        return {}
    content = json.message(report)
    if job.redact:
        content = _redacted(job, data, content)
    return {place: s["suggestions"] for place, s in enumerate(content["sentences"]) if s["suggestions"]}


def _redacted(job: Job, data: bytes, content: dict[str, Any]) -> dict[str, Any]:
    from tone_check.batch.redact import redactor

    return redactor(data, job.mine).row(content)


def _judged(job: Job, task: Task) -> str:
    data = task.data or b""
    try:
        report = checker(job.strictness, job.ignore).check_draft(readers.read_message(data, task.source))
        content = json.message(report)
    except UnreadableError as error:
        content = {"source": task.source, "error": str(error)}
    except Exception as error:  # a fault of ours must not cost the other hundred thousand their row
        content = {"source": task.source, "error": f"{task.source}: cannot be read: {type(error).__name__}"}
    return row(_redacted(job, data, content) if job.redact else content)
