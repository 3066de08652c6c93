"""What is read stays here: no process of the suite gets out, and nothing is written but what was asked for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch import mailboxes
from tests.conftest import ROOT
from tests.loopback.sitecustomize import is_local

HOSTILE = (ROOT / "examples/hostile.txt").read_bytes()
# From the range for documentation: nobody is there.
ELSEWHERE = ("192.0.2.1", 9)
FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TMPDIR")


def test_this_process_reaches_loopback_only() -> None:
    with socket.socket() as listening, socket.socket() as calling:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        calling.connect(listening.getsockname())
    with socket.socket() as calling, pytest.raises(PermissionError, match="loopback only"):
        calling.connect(ELSEWHERE)
    with socket.socket(type=socket.SOCK_DGRAM) as calling, pytest.raises(PermissionError, match="loopback only"):
        calling.sendto(b"x", ELSEWHERE)
    with pytest.raises(PermissionError, match="loopback only"):
        socket.getaddrinfo("mail.example", 25)
    with socket.socket() as listening, pytest.raises(PermissionError, match="loopback only"):
        listening.bind(("192.0.2.1", 0))


def test_a_child_of_this_process_reaches_loopback_only() -> None:
    program = f"import socket; socket.create_connection({ELSEWHERE!r}, 1)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"PermissionError" in done.stderr
    assert b"FORBIDDEN" in done.stderr


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), (b"127.8.9.1", True), ("::1", True), ("localhost", True), (None, True),
     ("192.168.0.1", False), ("localhost.example", False), ("::ffff:192.0.2.1", False), (b"mail.example", False)],
)  # fmt: skip
def test_what_is_local(host: object, local: bool) -> None:
    assert is_local(host) is local


def test_onnxruntime_keeps_to_itself(tmp_path: Path) -> None:
    """From 1.29 on it reports to its maker and leaves an identifier, unless told otherwise before it is loaded."""
    program = "import tone_check, onnxruntime as o, os; o.SessionOptions(); print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    for name in FOLDERS:
        (tmp_path / name).mkdir(mode=0o700)
        environment[name] = str(tmp_path / name)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=True)
    assert done.stdout == b"1\n"
    assert {name: written(tmp_path / name) for name in FOLDERS} == {name: [] for name in FOLDERS}


def written(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir() or p.is_symlink())


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "left"),
    [
        (["check", "draft.txt"], b"", 1, []),
        (["check", "--format", "json", "--advice", "-"], HOSTILE, 1, []),
        (["check", "--output", "asked.json", "--format", "json", "draft.txt"], b"", 1, ["asked.json"]),
        (["fix", "draft.txt"], b"", 1, []),
        (["fix", "--write", "draft.txt"], b"", 1, []),
        (["batch", "sent.mbox", "--output", "asked", "--jobs", "2", "--suggestions", "2"], b"", 0,
         ["asked/messages.jsonl", "asked/report.html", "asked/run.json", "asked/summary.json"]),
        (["model"], b"", 0, []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_nothing_is_written_but_what_was_asked_for(
    arguments: list[str], stdin: bytes, code: int, left: list[str], tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "draft.txt").write_bytes(HOSTILE)
    mailboxes.mbox(work / "sent.mbox", mailboxes.letters(6))
    given = written(work)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    for name in FOLDERS:
        (tmp_path / name).mkdir(mode=0o700)
        environment[name] = str(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-m", "tone_check", *arguments],
        input=stdin, capture_output=True, cwd=work, env=environment, check=False, timeout=300,
    )  # fmt: skip
    assert b"FORBIDDEN" not in done.stderr
    assert done.returncode == code, done.stderr.decode()
    assert {name: written(tmp_path / name) for name in FOLDERS} == {name: [] for name in FOLDERS}
    assert written(work) == sorted(given + left)
    if "--write" not in arguments:
        assert (work / "draft.txt").read_bytes() == HOSTILE
