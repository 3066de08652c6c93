"""What ``tone-check batch`` costs: memory and speed by the size of the mailbox, its stages, its profile, and VADER.

Usage: python -m benchmarks.mailboxes [whole] [stages] [profile] [--messages N...] [--short] [--json FILE]
(with the extra ``bench``)

``whole`` runs the command on mailboxes of the given sizes with one worker and with two; ``stages`` does its work step
by step in this process, and VADER's beside it; ``profile`` says where the time goes. Nothing of this at the same time.
The mailboxes are made of the annotated messages in the forms that mail has, and thrown away.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import psutil

from tone_check import readers, sentences
from tone_check.batch import index, judging, sources
from tone_check.batch.entry import Entry
from tone_check.checker import ToneChecker
from tone_check.digest import MODEL_SHA256
from tone_check.draft import Draft
from tone_check.language import is_english
from tone_check.reporters import json as as_json
from tone_check.training import corpus
from tone_check.training.train import load_splits

ROOT = Path(__file__).resolve().parent.parent
MINE = "leo@mail.example"
_FIRST = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
# As many bytes of an attachment as a scanned page has: mail is mostly that.
_ATTACHMENT = bytes(range(256)) * 160
# Asking for the memory of three processes costs 20 ms of a core: oftener, it would slow down what it measures.
_POLL = 1.0
_MEBI = 1 << 20
_T = TypeVar("_T")


# A short message has at most so many sentences.
_SHORT = 5


def texts(short: bool) -> list[str]:
    """Return the text of every annotated message, the authors taking turns; or only of short ones of everyday mail."""
    files = sorted((ROOT / "data/messages").glob("*.jsonl"))
    columns = [
        [
            "\n\n".join(m.texts)
            for m in corpus.load(f)
            if not short or (m.batch == "plain" and len(m.sentences) <= _SHORT)
        ]
        for f in files
    ]
    return [column[row] for row in range(max(map(len, columns))) for column in columns if row < len(column)]


def mails(count: int, hours: int = 5, short: bool = False) -> Iterator[bytes]:
    """Yield so many mails, one every so many hours.

    In turn they are plain, answer a quoted one, have two forms (text and HTML), have an attachment.
    """
    written = texts(short)
    for number in range(count):
        own = f"{written[number % len(written)]}\n\nBest regards\nLeo\n-- \nLeo Brandt\n+44 20 7946 0000\n"
        quoted = "".join(f"> {line}\n" for line in written[(number + 1) % len(written)].splitlines())
        answer = f"{own}\nOn Mon, 4 Jan 2021 at 09:00, Ines Ruiz <ines@firm.example> wrote:\n{quoted}"
        message = EmailMessage()
        message["From"] = f"Leo Brandt <{MINE}>"
        message["To"] = f"person{number % 23}@firm{number % 23 % 7}.example"
        message["Subject"] = f"Letter {number}"
        message["Date"] = format_datetime(_FIRST + timedelta(hours=hours * number % 40_000))
        message["Message-ID"] = f"<{number}@mail.example>"
        message.set_content(own if number % 4 == 0 else answer)
        if number % 4 == 2:
            shown = "".join(f"<p>{p}</p>" for p in own.replace("&", "&amp;").replace("<", "&lt;").split("\n\n"))
            message.add_alternative(f"<html><body>{shown}</body></html>", subtype="html")
        if number % 4 == 3:
            message.add_attachment(_ATTACHMENT, maintype="application", subtype="pdf", filename="offer.pdf")
        yield message.as_bytes()


def write_mbox(path: Path, count: int, hours: int = 5, short: bool = False) -> Path:
    """Write a mailbox without holding it in memory."""
    with path.open("wb") as file:
        for data in mails(count, hours, short):
            file.write(b"From leo@mail.example Mon Jan  4 09:00:00 2021\n" + data.replace(b"\nFrom ", b"\n>From "))
            file.write(b"\n")
    return path


class Watch(threading.Thread):
    """Notes the largest proportional set size of a process and of all below it (shared pages are counted once)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self.total = self.parent = self.worker = 0.0
        self.cpu: dict[int, float] = {}

    def run(self) -> None:
        while self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE:
            try:
                family = [self._process, *self._process.children(recursive=True)]
            except psutil.Error:
                return
            sizes = [self._size(p) for p in family]
            self.total = max(self.total, sum(sizes))
            self.parent = max(self.parent, sizes[0])
            self.worker = max([self.worker, *sizes[1:]])
            time.sleep(_POLL)

    def _size(self, process: psutil.Process) -> float:
        try:
            times = process.cpu_times()
            self.cpu[process.pid] = times.user + times.system
            return float(process.memory_full_info().pss) / _MEBI
        except psutil.Error:  # it has just ended
            return 0.0


def whole(box: Path, count: int, jobs: int, folder: Path) -> dict[str, Any]:
    """Run the command; its own lines on standard error tell when each stage began."""
    command = [sys.executable, "-m", "tone_check", "batch", str(box), "--output", str(folder), "--jobs", str(jobs)]
    began = time.perf_counter()
    marks: dict[str, float] = {}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stderr is not None
        watch = Watch(process.pid)
        watch.start()
        for line in process.stderr:
            for stage in ("reading the mailbox", f"{count} messages\n", "summing up", "report:"):
                if stage in line:
                    marks.setdefault(stage, time.perf_counter() - began)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    watch.join()
    start, found, judged, end = marks.values()
    return {
        "messages": count, "jobs": jobs, "mailbox_mib": box.stat().st_size / _MEBI,
        "rows_mib": (folder / "messages.jsonl").stat().st_size / _MEBI,
        "seconds": end, "start": start, "index": found - start, "judging": judged - found, "summing_up": end - judged,
        "per_second": count / (judged - found), "cpu_seconds": sum(watch.cpu.values()),
        "peak_mib": watch.total, "parent_mib": watch.parent, "worker_mib": watch.worker,
    }  # fmt: skip


def _timed(seconds: dict[str, float], name: str, work: Callable[[], _T]) -> _T:
    began = time.process_time()
    result = work()
    seconds[name] = time.process_time() - began
    return result


def stages(box: Path, folder: Path) -> dict[str, Any]:
    """Do the work of one worker step by step, in processor seconds, and VADER's on the same sentences."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    folder.mkdir()
    seconds: dict[str, float] = {}
    checker = ToneChecker(suggest=False, threads=1)
    checker.check("Thank you for the conversation last week.")
    listed = _timed(seconds, "index", lambda: list(index.build([str(box)], folder)))
    data = _timed(seconds, "load", lambda: [sources.load(e) for e in listed])
    pairs = list(zip(listed, data, strict=True))
    drafts = _timed(seconds, "read mail", lambda: [readers.read_message(d, e.source) for e, d in pairs])
    split = _timed(seconds, "split", lambda: [sentences.split(d) for d in drafts])
    _timed(seconds, "language", lambda: [is_english(_own(d)) for d in drafts])
    messages = [[s.text for s in found] for found in split]
    _timed(seconds, "classifier", lambda: [checker.classifier.judge([m]) for m in messages])
    reports = _timed(seconds, "all but mail", lambda: [checker.check_draft(d) for d in drafts])
    parts = ("split", "language", "classifier")
    seconds["evidence and the rest"] = seconds.pop("all but mail") - sum(seconds[p] for p in parts)
    _timed(seconds, "rows", lambda: [as_json.dumps(as_json.message(r)) for r in reports])
    vader = SentimentIntensityAnalyzer()
    rival: dict[str, float] = {}
    _timed(rival, "vader", lambda: [vader.polarity_scores(s) for m in messages for s in m])
    mail = sum(seconds[name] for name in ("index", "load", "read mail", "split"))
    return {
        "messages": len(listed), "sentences": sum(map(len, messages)),
        "flagged_sentences": sum(len(r.flagged) for r in reports), "seconds": seconds, "total": sum(seconds.values()),
        "vader_precision": vader_precision(),
        "vader": rival["vader"], "vader_with_mail": rival["vader"] + mail,
    }  # fmt: skip


def vader_precision() -> tuple[float, float]:
    """Return VADER's average precision on the sentences of the test authors, and what chance would have."""
    from sklearn.metrics import average_precision_score
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    vader = SentimentIntensityAnalyzer()
    authors = load_splits(ROOT / "data/splits.toml").test
    found = [s for a in authors for m in corpus.load(ROOT / f"data/messages/{a}.jsonl") for s in m.sentences]
    flagged = [s.flagged for s in found]
    negative = [-vader.polarity_scores(s.text)["compound"] for s in found]
    return float(average_precision_score(flagged, negative)), sum(flagged) / len(flagged)


def _own(draft: Draft) -> str:
    return "\n".join(span.of(part.text) for part in draft.parts for span in part.own)


def profile(box: Path, folder: Path, shown: int = 12) -> list[tuple[str, float, int]]:
    """Return the functions with most time of their own, as shares, and their calls, for all that a worker does."""
    folder.mkdir()
    job = judging.Job("normal", (), MODEL_SHA256, False, (MINE,))

    def tasks(entries: list[Entry]) -> list[judging.Task]:
        return [judging.Task(e.source, sources.load(e)) for e in entries]

    entries = list(index.build([str(box)], folder))
    judging.judge(job, tasks(entries[:8]))
    profiler = cProfile.Profile()
    profiler.enable()
    entries = list(index.build([str(box)], folder))
    judging.judge(job, tasks(entries))
    profiler.disable()
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    total = sum(entry[2] for entry in stats.values())
    rows = sorted(stats.items(), key=lambda item: -item[1][2])[:shown]
    return [(_name(where), entry[2] / total, entry[1]) for where, entry in rows]


def _name(where: tuple[str, int, str]) -> str:
    path, line, function = where
    return function if path == "~" else f"{'/'.join(Path(path).parts[-2:])}:{line} {function}"


def _show_whole(row: dict[str, Any]) -> None:
    print(
        f"{row['messages']:7} messages ({row['mailbox_mib']:.0f} MiB), {row['jobs']} worker(s): "
        f"{row['per_second']:5.1f} messages/s while judging; start {row['start']:.1f} s, index {row['index']:.1f}, "
        f"judging {row['judging']:.1f}, summing up {row['summing_up']:.1f}; processor {row['cpu_seconds']:.0f} s; "
        f"peak {row['peak_mib']:.0f} MiB (parent {row['parent_mib']:.0f}, a worker {row['worker_mib']:.0f}); "
        f"rows {row['rows_mib']:.1f} MiB",
        flush=True,
    )


def _show_stages(found: dict[str, Any]) -> None:
    print(f"{found['messages']} messages, {found['sentences']} sentences, {found['flagged_sentences']} flagged")
    for name, value in found["seconds"].items():
        print(f"  {name:24} {value:7.2f} s {value / found['total']:6.1%}")
    print(f"  {'together':24} {found['total']:7.2f} s {found['messages'] / found['total']:6.1f} messages/s")
    print(f"  {'VADER, same sentences':24} {found['vader']:7.2f} s; with reading mail {found['vader_with_mail']:.2f} s")
    print("  VADER's average precision on the test authors {:.2f}, chance {:.2f}".format(*found["vader_precision"]))


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mailboxes")
    parser.add_argument("what", nargs="*", default=["whole", "stages", "profile"], metavar="whole|stages|profile")
    parser.add_argument("--messages", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--short", action="store_true", help="short everyday messages instead of the whole corpus")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    record: dict[str, Any] = {
        "machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version(),
        "load": os.getloadavg(),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        boxes = {count: write_mbox(folder / f"{count}.mbox", count, short=options.short) for count in options.messages}
        if "whole" in options.what:
            record["whole"] = []
            for count, box in boxes.items():
                for jobs in options.jobs:
                    record["whole"].append(whole(box, count, jobs, folder / f"{count}-{jobs}"))
                    _show_whole(record["whole"][-1])
        smallest = boxes[min(boxes)]
        if "stages" in options.what:
            record["stages"] = stages(smallest, folder / "stages")
            _show_stages(record["stages"])
        if "profile" in options.what:
            record["profile"] = profile(smallest, folder / "profile")
            for where, share, calls in record["profile"]:
                print(f"{share:6.1%} {calls:9} {where}")
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
