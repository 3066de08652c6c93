"""The question on the controlling terminal, when there is one that a person can answer on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Literal

Choice = Literal["send", "cancel", "revise"]


@contextlib.contextmanager
def terminal() -> Iterator[int | None]:
    """Open the controlling terminal; None if nobody could answer there.

    That is so without one (a client that called ``setsid``), in the background
    (reading would stop us for good), and where a full-screen client has put it
    in raw mode: a question would land in the middle of its screen.
    """
    try:
        descriptor = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        yield descriptor if _usable(descriptor) else None
    finally:
        os.close(descriptor)


def _usable(descriptor: int) -> bool:
    import termios

    try:
        mode = termios.tcgetattr(descriptor)[3]
        return bool(mode & termios.ICANON) and os.tcgetpgrp(descriptor) == os.getpgrp()
    except (OSError, termios.error):
        return False


def ask(descriptor: int, text: str, revisable: bool) -> Choice:
    """Show the findings and ask until there is an answer; no answer is no."""
    _write(descriptor, text)
    question = "Send it as it is? [s]end, [c]ancel" + (", cancel and save the [r]evised draft" if revisable else "")
    for _ in range(10):
        _write(descriptor, f"{question}: ")
        try:
            line = os.read(descriptor, 1000)
        except (OSError, KeyboardInterrupt):
            line = b""
        if not line:
            _write(descriptor, "\n")
            return "cancel"
        answer = line.strip().lower()
        if answer in (b"s", b"send"):
            return "send"
        if answer in (b"c", b"cancel", b"n", b"no", b"q"):
            return "cancel"
        if revisable and answer in (b"r", b"revise", b"revised"):
            return "revise"
    return "cancel"


def _write(descriptor: int, text: str) -> None:
    data = text.encode("utf-8", "replace")
    with contextlib.suppress(OSError):
        while data:
            data = data[os.write(descriptor, data) :]
