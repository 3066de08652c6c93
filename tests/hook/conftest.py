"""A hook to send through: state, settings, current folder and outbox of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SENDMAIL = (sys.executable, str(HERE / "sendmail.py"))


@dataclass(frozen=True)
class Post:
    """Where a test sends from."""

    home: Path
    outbox: Path
    env: Mapping[str, str]

    @property
    def state(self) -> Path:
        return self.home / "state" / "tone-check"

    @property
    def settings(self) -> Path:
        return self.home / "config" / "tone-check" / "config.toml"

    @property
    def sent(self) -> list[bytes]:
        return [p.read_bytes() for p in sorted(self.outbox.glob("*.eml"))]

    @property
    def reports(self) -> list[Path]:
        found = (self.state / "reports").glob("*.txt")
        return sorted(p for p in found if not p.is_symlink() and not p.name.endswith(".draft.txt"))

    def hook(
        self,
        data: bytes,
        *options: str,
        args: tuple[str | bytes, ...] = ("-oi", "-f", "me@example.org", "--", "you@example.org"),
        command: tuple[str, ...] = SENDMAIL,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[bytes]:
        """Send a message through the stub hook and wait."""
        line = [sys.executable, str(HERE / "stub.py"), *options, "--", *command, *args]
        return subprocess.run(
            line,
            input=data,
            capture_output=True,
            env={**self.env, **(env or {})},
            cwd=cwd or self.home,
            timeout=timeout,
            check=False,
        )

    def age_marks(self, seconds: float) -> None:
        """Let time pass for what the hook remembers."""
        for mark in (self.state / "refused").iterdir():
            when = time.time() - seconds
            os.utime(mark, (when, when))


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """Return a place to send from that shares nothing with the tester's own settings."""
    return make_post(tmp_path)


def make_post(folder: Path) -> Post:
    outbox = folder / "outbox"
    outbox.mkdir(parents=True)
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
    env = {
        **kept,
        "HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "OUTBOX": str(outbox),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(HERE.parents[1]),  # the checkout that these tests belong to, whatever is installed
    }
    return Post(folder, outbox, env)
