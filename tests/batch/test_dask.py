"""The same work on a Dask cluster: a real scheduler and two worker processes on loopback, one of them killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batch import mailboxes
from tests.batch.test_run import contents
from tone_check.batch import BatchError, Options, review

LOCAL = {**os.environ, "DASK_DISTRIBUTED__DASHBOARD__LINK": "", "no_proxy": "127.0.0.1"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1"]
    worker += ["--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)]
    quiet: dict[str, Any] = {
        "env": LOCAL,
        "cwd": Path.cwd(),
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    started = [subprocess.Popen([*scheduler, "--no-dashboard"], **quiet)]
    started += [subprocess.Popen(worker, **quiet) for _ in range(2)]
    try:
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(30)


@pytest.mark.slow
def test_the_same_bytes_with_a_worker_killed_in_the_middle(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, processes = cluster
    box = mailboxes.mbox(tmp_path / "sent.mbox", mailboxes.letters(240))
    review([str(box)], tmp_path / "here", Options(jobs=2, suggestions=3))
    output = tmp_path / "there"
    killed = []

    def kill() -> None:
        rows = output / "messages.jsonl"
        while not rows.exists() or rows.stat().st_size < 20_000:
            time.sleep(0.05)
        processes[0].send_signal(signal.SIGKILL)
        killed.append(rows.read_bytes().count(b"\n"))

    threading.Thread(target=kill, daemon=True).start()
    review([str(box)], output, Options(backend="dask", scheduler=address, suggestions=3))
    assert killed
    assert killed[0] < 240
    assert contents(output) == contents(tmp_path / "here")


def test_no_scheduler(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    box = mailboxes.mbox(tmp_path / "sent.mbox", mailboxes.letters(1))
    with pytest.raises(BatchError, match="needs --scheduler"):
        review([str(box)], tmp_path / "out", Options(backend="dask"))
