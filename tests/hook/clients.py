"""A mail system for real clients: their own home, the hook and msmtp on their PATH, an SMTP server on loopback.

``tone-check`` and ``msmtp`` on that PATH are the real ones behind three lines of
shell that keep a copy of what came in: the hook's input and output can be compared.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.hook.stub import STING

ROOT = Path(__file__).parents[2]
SUBJECT = "The planning coordinator role"
CLEAN = (ROOT / "examples" / "clean.txt").read_text()
# Flagged by the stub judge, and blunt enough for any model worth shipping.
HOSTILE = f"""\
Dear Ms Halloran,

You people wasted five weeks of my life.
{STING}
This is the most incompetent and dishonest panel I have ever had to deal with.

Nadia Brandt
"""


@dataclass(frozen=True)
class MailSystem:
    """What a test sends through and looks into."""

    home: Path
    env: Mapping[str, str]
    port: int
    inbox: list[bytes] = field(default_factory=list)

    @property
    def handed_in(self) -> list[bytes]:
        """What the client gave to the hook, oldest first."""
        return _contents(self.home / "handed-in")

    @property
    def handed_on(self) -> list[bytes]:
        """What the hook gave to msmtp, oldest first."""
        return _contents(self.home / "handed-on")

    @property
    def reports(self) -> list[Path]:
        found = (self.home / ".local/state/tone-check/reports").glob("*.txt")
        return sorted(p for p in found if not p.is_symlink() and not p.name.endswith(".draft.txt"))

    def run(self, *command: str, text: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program of this mail system without a terminal."""
        return subprocess.run(
            command, input=text, capture_output=True, text=True, env=self.env, cwd=cwd or self.home, timeout=120,
            check=False, start_new_session=True,
        )  # fmt: skip

    def install(self, client: str, cwd: Path | None = None) -> None:
        """Set a client up the way a person is told to."""
        done = self.run("tone-check", "hook", "--install", client, "--write", "--", "msmtp", cwd=cwd)
        assert done.returncode == 0, done.stderr

    def wait_a_moment(self) -> None:
        """Let the three seconds pass after which sending again sends."""
        for mark in (self.home / ".local/state/tone-check/refused").iterdir():
            when = time.time() - 5
            os.utime(mark, (when, when))

    def assert_arrived_unaltered(self, sting: str = "") -> None:
        """One message arrived: what the client gave to the hook, what msmtp got and what the server got are the same.

        msmtp takes Bcc out and adds nothing; SMTP writes line ends as CRLF and ends every message with one.
        """
        assert len(self.handed_on) == 1
        assert self.handed_in[-1] == self.handed_on[0]
        assert len(self.inbox) == 1
        sent = self.handed_on[0].replace(b"\r\n", b"\n")
        assert self.inbox[0].replace(b"\r\n", b"\n") == (sent if sent.endswith(b"\n") else sent + b"\n")
        assert sting.encode() in self.inbox[0]

    def assert_refused(self, shown: str) -> None:
        """Nothing was handed on, there is a report, and what the person was shown says why and where it is.

        Which sentences are flagged is the model's affair; the first one must be shown.
        """
        assert self.handed_on == []
        assert self.inbox == []
        report = self.reports[-1].read_text()
        sentence = report[report.index("\u201c") : report.index("\u201d")]
        assert " ".join(sentence.split()) in " ".join(shown.split())
        # A pager breaks the path where its line ends.
        assert str(self.reports[-1]) in "".join(shown.replace("+", "").split())


def _contents(folder: Path) -> list[bytes]:
    return [p.read_bytes() for p in sorted(folder.iterdir(), key=lambda p: p.stat().st_mtime_ns)]


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test on a machine that lacks a program, saying which (debian-packages.txt names the packages)."""
    missing = [p for p in programs if shutil.which(p) is None and not Path(p).exists()]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


@contextmanager
def mail_system(home: Path) -> Iterator[MailSystem]:
    """Start the server and lay out the home folder."""
    server = pytest.importorskip("aiosmtpd.controller", reason="not installed: aiosmtpd")
    inbox: list[bytes] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            inbox.append(bytes(envelope.original_content or envelope.content))
            return "250 Message accepted"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = server.Controller(Handler(), hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    try:
        yield MailSystem(home, _laid_out(home, port), port, inbox)
    finally:
        controller.stop()


def _laid_out(home: Path, port: int) -> dict[str, str]:
    for name in ("bin", "handed-in", "handed-on", "tmp", "run"):
        (home / name).mkdir(parents=True, exist_ok=True)
    settings = home / ".msmtprc"
    settings.write_text(
        f"account default\nhost 127.0.0.1\nport {port}\nfrom me@example.org\nauth off\ntls off\n"
        "set_date_header off\nset_msgid_header off\n"
    )
    settings.chmod(0o600)
    hook = f"{shlex.quote(sys.executable)} -P {shlex.quote(str(Path(__file__).with_name('door.py')))}"
    _script(home / "bin/tone-check", _recording(home / "handed-in", hook, only="hook"))
    _script(home / "bin/msmtp", _recording(home / "handed-on", shutil.which("msmtp") or "msmtp"))
    return {
        "HOME": str(home),
        "MAILRC": str(home / ".mailrc"),
        "PATH": f"{home / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "TMPDIR": str(home / "tmp"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "EMAIL": "me@example.org",
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def _recording(folder: Path, command: str, only: str = "") -> str:
    copy = f'"{folder}/$$"'
    record = f'cat > {copy}\nexec {command} "$@" < {copy}\n'
    if not only:
        return record
    return f'if [ "$1" != {only} ] || [ "$2" = --install ]; then exec {command} "$@"; fi\n{record}'


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(0o755)


@dataclass(frozen=True)
class Screen:
    """A terminal with a full-screen program in it, worked by keys and read as text."""

    socket: Path
    env: Mapping[str, str]

    def _tmux(self, *arguments: str) -> str:
        line = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments]
        return subprocess.run(line, env=self.env, capture_output=True, text=True, check=True, timeout=30).stdout

    def keys(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self._tmux("send-keys", "-t", "main", *keys)

    def text(self) -> str:
        """Return what the person sees."""
        return self._tmux("capture-pane", "-p", "-t", "main")

    def coloured(self) -> str:
        """Return what the person sees, with colours as ANSI sequences."""
        return self._tmux("capture-pane", "-e", "-p", "-t", "main")

    def wait_for(self, what: str | Callable[[str], bool], seconds: float = 120) -> str:
        """Wait until something is seen and return the screen."""
        end = time.monotonic() + seconds
        while True:
            seen = self.text()
            if what(seen) if callable(what) else what in seen:
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"{what!r} did not appear:\n{seen}")
            time.sleep(0.1)


@contextmanager
def screen(system: MailSystem, *command: str, cwd: Path | None = None, rows: int = 40) -> Iterator[Screen]:
    """Run a full-screen program in a terminal of 100 columns."""
    shown = Screen(system.home / "tmux", system.env)
    line = shlex.join(command)
    # The shell stays after the program, so that its last words can be read.
    shown._tmux(
        "new-session", "-d", "-s", "main", "-x", "100", "-y", str(rows), "-c", str(cwd or system.home),
        f"{line}; echo \"exit code $?\"; cat",
    )  # fmt: skip
    try:
        yield shown
    finally:
        shown._tmux("kill-server")
