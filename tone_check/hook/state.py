"""The user's state folder: report files and revised drafts, readable by their owner alone."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

# Reports quote private mail: few are kept, and not for long.
_KEPT = 40
_KEPT_SECONDS = 30 * 24 * 3600.0


def folder() -> Path:
    """Return where the state is: ``$XDG_STATE_HOME/tone-check``.

    Raises:
        OSError: there is no home folder.
    """
    base = os.environ.get("XDG_STATE_HOME", "")
    if base.startswith("/"):
        return Path(base) / "tone-check"
    try:
        return Path.home() / ".local" / "state" / "tone-check"
    except RuntimeError as error:
        raise OSError(0, str(error)) from None


def made(name: str = "") -> Path:
    """Return the state folder or one inside it, made if it was not there.

    Raises:
        OSError: it cannot be made.
    """
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = home / name
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def write(text: str, path: Path) -> None:
    """Write a new file that only its owner can read; a half-written one does not stay.

    Raises:
        OSError: it cannot be written, or is there already.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def write_report(report: str, revised: str | None) -> tuple[Path, Path | None]:
    """Write a report and, beside it, the revised draft; point ``latest.txt`` at the report.

    Raises:
        OSError: the report cannot be written.
    """
    home = made("reports")
    stem = time.strftime("%Y-%m-%dT%H-%M-%S") + "-" + os.urandom(3).hex()
    path = home / f"{stem}.txt"
    draft = home / f"{stem}.draft.txt"
    saved = None
    if revised is not None:
        with contextlib.suppress(OSError):
            write(revised, draft)
            saved = draft
            report += f"\nThe draft with the first suggestion for each sentence put in:\n{draft}\n"
    write(report, path)
    with contextlib.suppress(OSError):
        # Clients that show neither stream: one name that always leads to the newest report.
        link = home / f"{stem}.link"
        link.symlink_to(path.name)
        link.replace(home / "latest.txt")
    prune(home, _KEPT_SECONDS, _KEPT * 2)
    return path, saved


def prune(home: Path, seconds: float, most: int) -> None:
    """Remove files older than ``seconds``, and the oldest beyond ``most``; another process may be doing the same."""
    with contextlib.suppress(OSError):
        aged = sorted(((e.stat(follow_symlinks=False).st_mtime, e.path) for e in os.scandir(home)), reverse=True)
        oldest = time.time() - seconds
        for number, (changed, path) in enumerate(aged):
            if (changed < oldest or number >= most) and not path.endswith("latest.txt"):
                with contextlib.suppress(OSError):
                    Path(path).unlink()
