"""The change as a unified diff that ``patch`` applies."""

from __future__ import annotations

import difflib
import os
import re
import sys

from tone_check.fix.opening import Body, Opened
from tone_check.terminal import printable


def unified_diff(old: bytes, new: bytes, name: bytes) -> bytes:
    """Return a unified diff that ``patch`` applies; lines end with LF, a CR before it is part of the line."""
    before, after = _lines(old), _lines(new)
    if before == after:
        return b""
    # Attachments may be long: what is equal at both ends is not compared again. It still gives every hunk its full
    # context: with less on one side, patch takes the hunk for one at an end of the file.
    shorter = min(len(before), len(after))
    skip = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), shorter)
    tails = zip(reversed(before[skip:]), reversed(after[skip:]), strict=False)
    tail = next((i for i, (a, b) in enumerate(tails) if a != b), shorter - skip)
    middle = difflib.SequenceMatcher(None, before[skip : len(before) - tail], after[skip : len(after) - tail])
    whole = difflib.SequenceMatcher(None, before, after)
    whole.opcodes = [  # type: ignore[attr-defined]  # where it keeps what it has found, to be grouped below
        ("equal", 0, skip, 0, skip),
        *((tag, i + skip, j + skip, k + skip, m + skip) for tag, i, j, k, m in middle.get_opcodes()),
        ("equal", len(before) - tail, len(before), len(after) - tail, len(after)),
    ]
    label = _file_label(name)
    out = [b"--- " + label, b"+++ " + label]
    for group in whole.get_grouped_opcodes(3):
        ours, theirs = (group[0][1], group[-1][2]), (group[0][3], group[-1][4])
        out.append(b"@@ -%s +%s @@\n" % (_range(*ours), _range(*theirs)))
        for tag, i, j, k, m in group:
            if tag == "equal":
                out += [b" " + _ended(line) for line in before[i:j]]
            else:
                out += [b"-" + _ended(line) for line in before[i:j]]
                out += [b"+" + _ended(line) for line in after[k:m]]
    return b"".join(out)


def _lines(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> bytes:
    length = end - start
    first = start + (1 if length else 0)
    return b"%d" % first if length == 1 else b"%d,%d" % (first, length)


def _file_label(name: bytes) -> bytes:
    """Return a file name as patch reads it: quoted as in C if need be, ended by a tab if it has spaces."""
    if any(byte < 32 or byte in b'"\\\x7f' for byte in name):
        shown = b"".join(b"\\%03o" % b if b < 32 or b in b'"\\\x7f' else bytes([b]) for b in name)
        return b'"' + shown + b'"\n'
    return name + (b"\t\n" if b" " in name else b"\n")


def show(opened: Opened, bodies: dict[str | None, Body], data: bytes) -> None:
    """Write the diff: the file's own bytes for a program, something harmless for a terminal."""
    name = os.fsencode(opened.path)
    if not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(unified_diff(opened.data, data, name))
        sys.stdout.buffer.flush()
        return
    body = next((b for b in bodies.values() if not b.mail), None)
    codec, skip = (body.codec, body.start) if body else ("utf-8", 0)
    old, new = (d[skip:].decode(codec, "replace").encode("utf-8", "replace") for d in (opened.data, data))
    shown = unified_diff(old, new, name).decode("utf-8", "replace").replace("\r\n", "\n")
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(printable(shown, keep_lines=True).encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()
