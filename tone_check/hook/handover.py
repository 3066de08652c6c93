"""Becoming sendmail: the process is replaced, so exit code, output, signals and terminal are sendmail's own.

The whole message is in an anonymous file before sendmail starts: whatever
happens to us, it never sees half a message, and it may leave its input unread.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

UNAVAILABLE, OS_ERROR = 69, 71


class HandoverError(Exception):
    """The command could not be started; ``code`` is the exit code, the message one line for the user."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def hand_over(command: Sequence[str], data: bytes) -> NoReturn:
    """Replace this process by the command with the message on its standard input; never returns.

    Raises:
        HandoverError: it could not be done; nothing was handed over.
    """
    try:
        os.dup2(_spooled(data), 0)
    except (OSError, MemoryError) as error:
        raise HandoverError(OS_ERROR, f"the message cannot be handed over: {error}") from None
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except (OSError, ValueError):
                continue
    # Python ignores these two for itself; a program started by a mail client does not expect that.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], list(command))  # noqa: S606
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOEXEC:
            _as_script(command)
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise HandoverError(UNAVAILABLE, f"{command[0]}: cannot be started: {reason}") from None


def _spooled(data: bytes) -> int:
    """Return an anonymous file that holds the message, at its beginning."""
    try:
        descriptor = os.memfd_create("message")
    except (AttributeError, OSError):
        descriptor = _temporary()
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _temporary() -> int:
    import tempfile

    descriptor, path = tempfile.mkstemp(prefix="tone-check-")
    os.unlink(path)  # noqa: PTH108
    return descriptor


def _as_script(command: Sequence[str]) -> None:
    """Run a script without ``#!`` as the C library would: with the shell."""
    import shutil

    path = command[0] if "/" in command[0] else shutil.which(command[0])
    if path is not None:
        os.execv("/bin/sh", ["/bin/sh", path, *command[1:]])  # noqa: S606
