"""Changed texts back into the bytes of their file, and the file replaced at once."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tone_check import readers
from tone_check.draft import UnreadableError
from tone_check.fix.edits import Choice, Edit, apply, edits_of
from tone_check.fix.opening import Body, Opened, refusal

_QP_LINE = re.compile(rb"(?:[^\n]*=[ \t]*\r?\n)*[^\n]*(?:\n|\Z)")
# Beyond this SMTP may cut a line (RFC 5321).
_LONGEST_LINE = 998


def fixed(opened: Opened, bodies: dict[str | None, Body], choices: Sequence[Choice]) -> bytes:
    """Return the bytes of the file with the choices taken, all others as they were.

    Raises:
        UnreadableError: the outcome would not read as it should.
    """
    data = opened.data
    texts = {part.name: part.source for part in opened.draft.parts}
    for name, body in sorted(bodies.items(), key=lambda item: item[1].start, reverse=True):
        edits = edits_of(body, [c for c in choices if c.finding.part == name])
        if edits:
            texts[name] = apply(body.source, edits)
            data = data[: body.start] + _rebuilt(data[body.start : body.end], body, edits) + data[body.end :]
    if data != opened.data and not _reads_as(opened, data, texts):
        raise refusal(opened.path, "would not read as intended after the change; nothing was changed")
    return data


def _rebuilt(raw: bytes, body: Body, edits: Sequence[Edit]) -> bytes:
    match body.coding:
        case "quoted-printable":
            text = body.source
            for edit in sorted(edits, reverse=True):
                changed = apply(text, [edit])
                raw = _requoted(raw, text.encode(body.codec), changed.encode(body.codec), body.newline)
                text = changed
            return raw
        case "base64":
            coded = base64.b64encode(apply(body.source, edits).encode(body.codec))
            stripped = raw.strip()
            width = len(stripped.split(b"\n", 1)[0].rstrip()) if b"\n" in stripped else 76
            lines = [coded[at : at + width] for at in range(0, len(coded), width)]
            tail = raw[len(raw.rstrip()) :]
            return raw[: len(raw) - len(raw.lstrip())] + body.newline.join(lines) + (tail if stripped else b"")
        case _:
            return apply(body.source, edits).encode(body.codec)


def _requoted(raw: bytes, old: bytes, new: bytes, newline: bytes) -> bytes:
    """Return quoted-printable bytes that decode to ``new`` instead of ``old``, only the lines that differ rewritten."""
    lines = [m.group() for m in _QP_LINE.finditer(raw) if m.group()]
    decoded = [binascii.a2b_qp(line) for line in lines]
    same = _common(old, new)
    most = min(len(old), len(new)) - same
    tail = _common(old[len(old) - most :][::-1], new[len(new) - most :][::-1])
    ends: list[int] = []
    for line in decoded:
        ends.append((ends[-1] if ends else 0) + len(line))
    first = next((i for i, end in enumerate(ends) if end > same), max(0, len(ends) - 1))
    last = next((i for i, end in enumerate(ends) if end >= max(len(old) - tail, same + 1)), max(0, len(ends) - 1))
    start = ends[first - 1] if first else 0
    stop = ends[last] + len(new) - len(old) if ends else len(new)
    # A line that lost its end runs into the next one, which then is coded with it.
    while stop > start and last + 1 < len(lines) and not new[start:stop].endswith(b"\n"):
        last += 1
        stop = ends[last] + len(new) - len(old)
    coded = newline.join(_quoted(line, newline) for line in new[start:stop].split(newline))
    return b"".join(lines[:first]) + coded + b"".join(lines[last + 1 :])


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes two texts begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _quoted(line: bytes, newline: bytes) -> bytes:
    """Return one line as quoted-printable, softly broken before column 76."""
    out, width = bytearray(), 0
    for index, byte in enumerate(line):
        plain = 33 <= byte <= 126 and byte != 61
        plain = plain or (byte in b" \t" and index < len(line) - 1)
        piece = bytes([byte]) if plain else b"=%02X" % byte
        if width + len(piece) > 75:
            out += b"=" + newline
            width = 0
        out += piece
        width += len(piece)
    return bytes(out)


def _reads_as(opened: Opened, data: bytes, texts: dict[str | None, str]) -> bool:
    if opened.kind == "mail" and _too_long(opened.data, data):
        return False
    try:
        draft = readers.read_bytes(data, "-", opened.kind)
    except UnreadableError:
        # Nothing may be left of a draft that was all reproach.
        return opened.kind != "mail" and not any(text.strip() for text in texts.values())
    again = {part.name: part.source for part in draft.parts}
    # A subject counts as quoted or not by what the text says; it was not touched.
    return {k: v for k, v in again.items() if k != "subject"} == {k: v for k, v in texts.items() if k != "subject"}


def _too_long(old: bytes, new: bytes) -> bool:
    """Say whether a mail got lines that no server need carry, and had none before."""
    longest = [max(map(len, data.split(b"\n"))) for data in (old, new)]
    return longest[0] <= _LONGEST_LINE < longest[1]


def replace_file(opened: Opened, data: bytes) -> None:
    """Put new bytes in the place of a file at once: whoever reads it sees the old ones or the new.

    Raises:
        UnreadableError: it was changed meanwhile or cannot be written.
    """
    temporary = ""
    try:
        target = opened.path.resolve(strict=True)  # a link stays, what it leads to is replaced
        status = target.stat()
        handle, temporary = tempfile.mkstemp(prefix=".tone-check-", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError, AttributeError):
            os.chown(temporary, status.st_uid, status.st_gid)
        shutil.copymode(target, temporary)
        if target.read_bytes() != opened.data:
            raise refusal(opened.path, "has changed meanwhile; nothing was written")
        Path(temporary).replace(target)
        temporary = ""
    except OSError as error:
        raise refusal(opened.path, f"cannot be written: {error.strerror}") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
