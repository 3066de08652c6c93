"""Send again to send: a refused message that comes back as it was is let through.

A refusal leaves a mark named after the message's own text, subject and
recipients, which is what stays when a client renews Date, Message-ID and
boundaries. A mark counts from 3 seconds after the refusal was shown: a client's
own retry comes sooner. Every refusal renews it, so retries in a row do not pass.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Sequence

from tone_check.hook import headers, state

SOONEST = 3.0
LATEST = 600.0
_MARKS = 1000
_RECIPIENTS = (b"to", b"cc", b"bcc")
# The hook's first process has no clock to stop it: both are read in one go, however long a header is.
_WORD = re.compile(rb"[^\s<>,;:\"()]+")
_BOUNDARIES = 100
_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]+)|([^\";\s]+))", re.IGNORECASE)


def fingerprint(data: bytes, command: Sequence[str], own: str | None) -> str:
    """Return the name of a message: its own text (None if it could not be read), subject and recipients."""
    subject = b""
    found: set[bytes] = set()
    for field in headers.fields(data):
        if field.name == b"subject":
            subject = b" ".join(field.value.split())
        elif field.name in _RECIPIENTS:
            found.update(a.lower() for a in _WORD.findall(field.value) if b"@" in a[1:-1])
    # On the command line recipients follow "--" or look like addresses; the sender's address does not change either.
    bare = list(command[command.index("--") + 1 :]) if "--" in command else []
    found.update(os.fsencode(a).lower() for a in (*bare, *(a for a in command[1:] if "@" in a)))
    digest = hashlib.sha256()
    for piece in (_body(data) if own is None else own.encode(), subject, *sorted(found)):
        digest.update(len(piece).to_bytes(8))
        digest.update(piece)
    return digest.hexdigest()


def _body(data: bytes) -> bytes:
    """Return the body with the boundaries of its parts, which every attempt renews, taken out."""
    body = data[headers.body_start(data) :]
    for quoted, bare in list(dict.fromkeys(_BOUNDARY.findall(data)))[:_BOUNDARIES]:
        body = body.replace(quoted or bare, b"")
    return body


def may_pass(name: str, arrived: float) -> bool:
    """Say whether this message was refused, and the refusal shown, long enough and not too long before it arrived.

    ``arrived`` is when the attempt began: a slow machine must not turn a quick retry into a late one.
    """
    try:
        age = arrived - (state.folder() / "refused" / name).lstat().st_mtime
    except OSError:
        return False
    return SOONEST <= age <= LATEST


def remember(name: str) -> None:
    """Note that this message's refusal has just been shown.

    Raises:
        OSError: it cannot be noted.
    """
    home = state.made("refused")
    now = time.time()
    descriptor = os.open(home / name, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.utime(descriptor, (now, now))  # our clock, not that of a file server
    finally:
        os.close(descriptor)
    state.prune(home, LATEST, _MARKS)


def forget(name: str) -> None:
    """Take a mark away."""
    with contextlib.suppress(OSError):
        (state.folder() / "refused" / name).unlink()
