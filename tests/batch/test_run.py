"""Every message has exactly one row, whatever happens on the way."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.batch import mailboxes, pst
from tone_check.batch import BatchError, Options, judging, review, run
from tone_check.batch.rows import repair

COUNT = 20


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mailboxes.mbox(tmp_path_factory.mktemp("source") / "sent.mbox", mailboxes.letters(COUNT))


@pytest.fixture(scope="session")
def done(box: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("done") / "out"
    review([str(box)], output, Options(jobs=1))
    return output


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def read(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "messages.jsonl").read_text(encoding="utf-8").splitlines()]


def test_one_row_a_message_in_the_contract_s_form(box: Path, done: Path, valid: Callable[[Any], None]) -> None:
    rows = read(done)
    assert [r["source"] for r in rows] == [f"{box}#{n}" for n in range(COUNT)]
    for n, row in enumerate(rows):
        if n % 5 == 4:
            assert row == {"source": f"{box}#{n}", "skipped": "from somebody else"}
        else:
            valid(row)
            assert (row["verdict"] == "flagged") == (n % 3 == 0)


def test_only_the_owner_may_read_it(done: Path) -> None:
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in done.iterdir())
    assert stat.S_IMODE(done.stat().st_mode) == 0o700


def test_the_same_bytes_with_two_workers(box: Path, done: Path, tmp_path: Path) -> None:
    review([str(box)], tmp_path / "out", Options(jobs=2))
    assert contents(tmp_path / "out") == contents(done)


def test_again_changes_nothing(box: Path, done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(done)
    monkeypatch.setattr(judging, "judge", None)
    assert review([str(box)], done, Options(jobs=1)).continued == COUNT
    assert contents(done) == before


@pytest.mark.parametrize("kept", [0, 1, 700, 2001, -1, -40])
def test_a_torn_file_is_repaired(box: Path, done: Path, tmp_path: Path, kept: int) -> None:
    output = tmp_path / "out"
    output.mkdir()
    whole = (done / "messages.jsonl").read_bytes()
    (output / "run.json").write_bytes((done / "run.json").read_bytes())
    (output / "messages.jsonl").write_bytes(whole[:kept])
    outcome = review([str(box)], output, Options(jobs=1))
    assert outcome.continued == whole[:kept].count(b"\n")
    assert contents(output) == contents(done)


@pytest.mark.parametrize("tail", [b"\0" * 300, b'{"source": "x"}\n', b"[]\n", b"null\n", b"\xff\n", b"\n\n"])
def test_what_does_not_belong_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_bytes(b'{"source": "a"}\n{"source": "b"}\n' + tail)
    assert repair(path, iter("abc")) == 2
    assert path.read_bytes() == b'{"source": "a"}\n{"source": "b"}\n'


@pytest.mark.parametrize(
    "other",
    [Options(jobs=1, strictness="strict"), Options(jobs=1, ignore=("a joke",)), Options(jobs=1, mine=("x@y.z",))],
)
def test_other_options_begin_afresh(box: Path, done: Path, tmp_path: Path, other: Options) -> None:
    output = tmp_path / "out"
    output.mkdir()
    for name, data in contents(done).items():
        (output / name).write_bytes(data)
    assert review([str(box)], output, other).continued == 0
    review([str(box)], tmp_path / "fresh", other)
    assert contents(output) == contents(tmp_path / "fresh")


def test_another_model_begins_afresh(box: Path, done: Path, tmp_path: Path) -> None:
    about = json.loads((done / "run.json").read_text())
    output = tmp_path / "out"
    output.mkdir()
    (output / "run.json").write_text(json.dumps({**about, "model": "0" * 64}))
    (output / "messages.jsonl").write_bytes((done / "messages.jsonl").read_bytes())
    assert review([str(box)], output, Options(jobs=1)).continued == 0


def test_a_folder_made_for_nothing_goes_again(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    for output in (tmp_path / "new", kept):
        with pytest.raises(BatchError, match="no such file or folder"):
            review([str(tmp_path / "none.mbox")], output, Options(jobs=1))
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]


def test_two_reviews_at_once(box: Path, tmp_path: Path) -> None:
    with run._folder(tmp_path), pytest.raises(BatchError, match="another review"):
        review([str(box)], tmp_path, Options(jobs=1))


def test_unreadable_messages_are_rows(tmp_path: Path) -> None:
    folder = mailboxes.folder(tmp_path / "mail", mailboxes.letters(2))
    (folder / "0003.eml").write_bytes(b"From: leo@mail.example\nContent-Type: image/png\n\nxx")
    (folder / "0004.eml").write_bytes(b"")
    outcome = review([str(folder)], tmp_path / "out", Options(jobs=1))
    rows = read(tmp_path / "out")
    assert rows[2] == {"source": f"{folder}/0003.eml", "error": f"{folder}/0003.eml: has no text part"}
    assert rows[3] == {"source": f"{folder}/0004.eml", "skipped": "no sender"}
    assert (outcome.messages, outcome.judged, outcome.unreadable, outcome.skipped) == (4, 2, 1, 1)


def test_a_full_disk(box: Path, done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, room = os.write, [3000]

    def write(handle: int, data: Any) -> int:
        if room[0] <= 0:
            raise OSError(28, "No space left on device")
        room[0] -= len(data)
        return real(handle, data[: len(data) // 2 + 1])

    with monkeypatch.context() as patch:
        patch.setattr("tone_check.batch.rows.os.write", write)
        with pytest.raises(BatchError, match="No space left on device; free some space"):
            review([str(box)], tmp_path / "out", Options(jobs=1))
    review([str(box)], tmp_path / "out", Options(jobs=1))
    assert contents(tmp_path / "out") == contents(done)


KILL = """
import sys
from pathlib import Path
from tone_check.batch import Options, review
review([sys.argv[1]], Path(sys.argv[2]), Options(jobs=int(sys.argv[3]), suggestions=int(sys.argv[4])))
"""


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_again_and_again(tmp_path: Path, jobs: int) -> None:
    box = mailboxes.mbox(tmp_path / "sent.mbox", mailboxes.letters(100))
    review([str(box)], tmp_path / "whole", Options(jobs=2, suggestions=2))
    output = tmp_path / "out"
    rows = output / "messages.jsonl"
    command = [sys.executable, "-c", KILL, str(box), str(output), str(jobs), "2"]
    r, seen, kills = random.Random(jobs), b"", 0
    for _ in range(8):
        started = subprocess.Popen(command)
        # After some more rows have come, and then a moment that may end anywhere: in a row, between two, in the index.
        enough = len(seen) + r.choice([-1, 0, 1, 6_000, 20_000])
        while started.poll() is None and (rows.stat().st_size if rows.exists() else 0) <= enough:
            time.sleep(0.005)
        time.sleep(r.random() * 0.3)
        kills += started.poll() is None
        workers = _children(started.pid)
        started.kill()
        started.wait()
        assert _ended(workers), "workers end with the review that started them"
        now = rows.read_bytes() if rows.exists() else b""
        whole = now[: now.rfind(b"\n") + 1]
        assert whole.startswith(seen), "rows that were written survive"
        seen = whole
    assert kills >= 3
    subprocess.run(command, check=True, timeout=600)
    assert contents(output) == contents(tmp_path / "whole")


def _children(parent: int) -> list[int]:
    """Return the worker processes that joblib started for a process."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "popen_loky_posix" in line]


def _ended(processes: list[int]) -> bool:
    """Say whether all of these end within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        named = ",".join(map(str, processes or [0]))
        listed = subprocess.run(["ps", "-o", "stat=", "-p", named], capture_output=True, text=True, check=False)
        if all(state.startswith("Z") for state in listed.stdout.split()):
            return True
        time.sleep(0.1)
    return False


def _kill_workers_once(seconds: float) -> None:
    """Kill the workers of this process after a while."""
    import threading

    def kill() -> None:
        time.sleep(seconds)
        for pid in _children(os.getpid()):
            os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()


@pytest.mark.slow
def test_workers_that_die(tmp_path: Path) -> None:
    box = mailboxes.mbox(tmp_path / "sent.mbox", mailboxes.letters(120))
    review([str(box)], tmp_path / "whole", Options(jobs=2, suggestions=2))
    for number, seconds in enumerate((0.5, 3.0)):
        _kill_workers_once(seconds)
        review([str(box)], tmp_path / str(number), Options(jobs=2, suggestions=2))
        assert contents(tmp_path / str(number)) == contents(tmp_path / "whole")


def test_nothing_leaves_the_machine(box: Path, done: Path, tmp_path: Path) -> None:
    """Every Python process of the review, workers too, may speak to loopback only (``tests/loopback``)."""
    command = [sys.executable, "-c", KILL, str(box), str(tmp_path / "out"), "2", "40"]
    finished = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert b"FORBIDDEN" not in finished.stderr
    assert contents(tmp_path / "out") == contents(done)


def test_plain_lines_where_there_is_no_terminal(box: Path, tmp_path: Path) -> None:
    from io import StringIO

    from tone_check.batch import for_stream

    said = StringIO()
    review([str(box)], tmp_path / "out", Options(jobs=1, suggestions=0), for_stream(said))
    lines = said.getvalue().splitlines()
    assert lines[:2] == ["tone-check: reading the mailbox", f"tone-check: {COUNT} messages"]
    assert "\x1b" not in said.getvalue()


def _by_way_of_readpst(folder: Path, sender: str) -> list[dict[str, Any]]:
    """Convert an Outlook file as the documentation says and return the rows of its review."""
    if shutil.which("readpst") is None:
        pytest.fail("readpst is needed: tests/batch/debian-packages.txt")
    archive = pst.write(
        folder / "archive.pst",
        [
            pst.Letter(
                name="Zoë Brandt",
                sender=sender,
                to="Ines Ruiz <ines@firm.example>",
                subject=f"Letter {n}",
                body=f"Dear Ms Ruiz,\n\nThis is letter {n}.\n\nFrom here on I shall be “brief”.\n{mailboxes.RUDE}\n",
                sent=datetime(2024, 1, 3 + n, 9, 30, tzinfo=UTC),
            )
            for n in range(3)
        ],
    )
    tree = folder / "outlook"
    tree.mkdir()
    subprocess.run(["readpst", "-r", "-o", str(tree), str(archive)], check=True, capture_output=True, timeout=60)
    outcome = review([str(tree)], folder / "out", Options(jobs=1, suggestions=0))
    assert (outcome.messages, outcome.judged, outcome.skipped) == (3, 3, 0)
    return [json.loads(line) for line in (folder / "out" / "messages.jsonl").read_text().splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("sender", ["leo@mail.example", "/O=FIRM/OU=FIRST/CN=RECIPIENTS/CN=ZBRANDT"])
def test_a_pst_file_by_way_of_readpst(tmp_path: Path, sender: str) -> None:
    """Own messages are found even where Exchange gave their writer no address, and the text is what was written."""
    rows = _by_way_of_readpst(tmp_path, sender)
    assert [r["source"] for r in rows] == [f"{tmp_path}/outlook/Personal Folders/Sent Items/mbox#{n}" for n in range(3)]
    for n, row in enumerate(rows):
        assert [s["text"] for s in row["sentences"] if s["part"] != "subject"] == [
            "Dear Ms Ruiz,",
            f"This is letter {n}.",
            "From here on I shall be “brief”.",
            *(s + "." for s in mailboxes.RUDE.rstrip(".").split(". ")),
        ]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["mine"] == [sender if "@" in sender else "zoë brandt"]
    assert summary["period"] == {"first": "2024-01", "last": "2024-01"}
