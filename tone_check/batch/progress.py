"""How far it is: a bar on a terminal, a plain line now and then anywhere else."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol, TextIO

_EVERY = 10.0


class Progress(Protocol):
    """What a run tells the one who waits."""

    def stage(self, name: str) -> None:
        """Say what is being done now."""

    def found(self, count: int) -> None:
        """Say how many messages have been found so far."""

    def start(self, total: int, done: int) -> None:
        """Begin counting rows; ``done`` were there already."""

    def advance(self, count: int) -> None:
        """Count rows that have been written."""

    def note(self, text: str) -> None:
        """Say something in passing."""

    def stop(self) -> None:
        """End, whatever came of it."""


class Silent:
    """Says nothing."""

    def stage(self, name: str) -> None:
        """Ignore it."""

    def found(self, count: int) -> None:
        """Ignore it."""

    def start(self, total: int, done: int) -> None:
        """Ignore it."""

    def advance(self, count: int) -> None:
        """Ignore it."""

    def note(self, text: str) -> None:
        """Ignore it."""

    def stop(self) -> None:
        """Ignore it."""


class Lines:
    """Plain lines, one every ten seconds at most."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._total = self._done = self._begun_with = 0
        self._begun = self._said = time.monotonic()

    def stage(self, name: str) -> None:
        """Print it."""
        self.note(name)

    def found(self, count: int) -> None:
        """Print it when it is time."""
        if self._due():
            self.note(f"{count} messages found")

    def start(self, total: int, done: int) -> None:
        """Print what lies ahead."""
        self._total, self._done, self._begun_with = total, done, done
        self._begun = self._said = time.monotonic()
        self.note(f"{total} messages, {done} already done; continuing" if done else f"{total} messages")

    def advance(self, count: int) -> None:
        """Print rate and time left when it is time."""
        self._done += count
        if self._due():
            rate = (self._done - self._begun_with) / max(time.monotonic() - self._begun, 1e-9)
            left = int((self._total - self._done) / max(rate, 1e-9))
            self.note(f"{self._done} of {self._total}, {rate:.0f} a second, {_clock(left)} left")

    def note(self, text: str) -> None:
        """Print a line."""
        self._stream.write(f"tone-check: {text}\n")
        self._stream.flush()

    def stop(self) -> None:
        """Say nothing more."""

    def _due(self) -> bool:
        now = time.monotonic()
        due = now - self._said >= _EVERY
        if due:
            self._said = now
        return due


class Bar:
    """A bar with rate and time left."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Rich

        self._rich = Rich(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(file=stream),
            transient=True,
        )
        self._task: Any = None
        self._begun = time.monotonic()
        self._new = 0

    def stage(self, name: str) -> None:
        """Show it beside the bar."""
        self._rich.start()
        if self._task is None:
            self._task = self._rich.add_task(name, total=None, rate="")
        self._rich.update(self._task, description=name)

    def found(self, count: int) -> None:
        """Show the count."""
        self._rich.update(self._task, completed=count)

    def start(self, total: int, done: int) -> None:
        """Show the bar."""
        self._begun, self._new = time.monotonic(), 0
        self._rich.reset(self._task, total=total, completed=done, description="judging", rate="")

    def advance(self, count: int) -> None:
        """Move the bar."""
        self._new += count
        rate = self._new / max(time.monotonic() - self._begun, 1e-9)
        self._rich.update(self._task, advance=count, rate=f"{rate:.0f}/s")

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._rich.console.print(f"tone-check: {text}", markup=False, highlight=False)

    def stop(self) -> None:
        """Take the bar away."""
        self._rich.stop()


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def for_stream(stream: TextIO | None = None) -> Progress:
    """Return what suits a stream (standard error): a bar for a terminal, lines for anything else."""
    stream = sys.stderr if stream is None else stream
    return Bar(stream) if stream.isatty() else Lines(stream)
