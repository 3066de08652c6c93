"""Mail as people have it: mbox files, Maildir, folders of ``.eml`` and ``.emlx``, a folder on an IMAP server.

``scan`` reads a source once and yields an ``Entry`` for every message in it, in an order that does not depend on the
machine; ``load`` returns the bytes of one. Nothing is ever written to a source.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tone_check.batch import headers, mbox
from tone_check.batch.entry import Entry
from tone_check.batch.errors import BatchError
from tone_check.batch.headers import Headers
from tone_check.readers import MAIL_LIMIT, sniff
from tone_check.readers.mail import without_emlx

if TYPE_CHECKING:
    from tone_check.batch.imap import Server

_MAIL_FILES = frozenset({".eml", ".emlx"})


@dataclass(slots=True)
class _Scan:
    """What a walk over the sources has seen so far."""

    digest: Callable[[bytes], object]
    visited: set[tuple[int, int]] = field(default_factory=set)

    def first_time(self, path: Path) -> bool:
        """Say whether this file or folder has not been met yet, under whatever name."""
        status = path.stat()
        key = (status.st_dev, status.st_ino)
        new = key not in self.visited
        self.visited.add(key)
        return new


def scan(
    sources: Sequence[str], digest: Callable[[bytes], object], connect: Callable[[str], Server] | None = None
) -> Iterator[Entry]:
    """Yield every message of the sources; ``digest`` is given what tells one state of them from another.

    Raises:
        BatchError: a source is not there, or is no mail.
    """
    walk = _Scan(digest)
    for group, name in enumerate(sources):
        digest(f"\0source {group} {name}\0".encode("utf-8", "surrogatepass"))
        if is_address(name):
            if connect is None:
                raise BatchError(f"{name}: no connection to a mail server here")
            yield from connect(name).entries(group, digest)
            continue
        path = Path(name)
        try:
            found = _folder(walk, path) if path.is_dir() else _single(walk, path)
            yield from _numbered(found, group)
        except FileNotFoundError:
            raise BatchError(f"{name}: no such file or folder") from None
        except OSError as error:
            raise BatchError(f"{name}: cannot be read: {error.strerror}") from None


def is_address(source: str) -> bool:
    """Say whether a source is a folder on a mail server."""
    return source.startswith(("imap://", "imaps://"))


def load(entry: Entry) -> bytes:
    """Return the message's bytes as they were sent: without a mailbox's or Apple Mail's wrapping.

    Raises:
        OSError: the file cannot be read any more.
    """
    path = Path(entry.path)
    with (path if path.exists() else _moved(path)).open("rb") as file:
        file.seek(entry.start)
        # One byte more than a mail may have, so that the reader notices.
        data = file.read(min(entry.end - entry.start, MAIL_LIMIT + 1))
    if entry.kind == "mbox":
        return mbox.unescape(data)
    return without_emlx(data) if entry.path.lower().endswith(".emlx") else data


def _moved(path: Path) -> Path:
    """Return where a message of a Maildir is since a mail program has read it: its unique name stays."""
    if path.parent.name in ("cur", "new"):
        unique = path.name.partition(":")[0]
        for place in ("cur", "new"):
            for found in (path.parent.parent / place).glob(f"{unique}*"):
                if found.name.partition(":")[0] == unique:
                    return found
    return path


def _numbered(found: Iterator[Entry], group: int) -> Iterator[Entry]:
    for number, entry in enumerate(found):
        yield replace(entry, group=group, number=number)


def _single(walk: _Scan, path: Path) -> Iterator[Entry]:
    """Yield the messages of a file that was named: it must be mail."""
    if path.suffix.lower() in _MAIL_FILES:
        if walk.first_time(path):
            yield _file(walk, path)
        return
    with path.open("rb") as file:
        head = file.read(65536)
    if _is_mbox(path, head):
        yield from _mbox(walk, path)
    elif sniff(head) == "mail":
        if walk.first_time(path):
            yield _file(walk, path)
    else:
        raise BatchError(f"{path}: neither a mailbox (mbox, Maildir) nor a mail")


def _is_mbox(path: Path, head: bytes) -> bool:
    return head.startswith(b"From ") or (not head and path.suffix.lower() in (".mbox", ".mbx", ""))


def _folder(walk: _Scan, folder: Path) -> Iterator[Entry]:
    """Yield what is in a folder and its subfolders, in the order of their names.

    A subfolder that cannot be opened is a message that cannot be read: it is not passed over in silence.
    """
    if not walk.first_time(folder):
        return
    try:
        names = sorted(p.name for p in folder.iterdir())
    except OSError as error:
        yield _unreadable(folder, error)
        return
    maildir = "cur" in names and "new" in names and (folder / "cur").is_dir()
    if maildir:
        yield from _maildir(walk, folder)
    for name in names:
        path = folder / name
        if maildir and name in ("cur", "new", "tmp"):
            continue
        try:
            if path.is_dir():
                # Maildir's subfolders begin with a dot; other hidden folders are nobody's mail.
                if not name.startswith(".") or (maildir and (path / "cur").is_dir()):
                    yield from _folder(walk, path)
            elif not name.startswith(".") and path.is_file() and not maildir:
                yield from _in_folder(walk, path)
            elif path.suffix.lower() in _MAIL_FILES and not path.exists():
                yield _unreadable(path, FileNotFoundError(2, "the link leads nowhere"))
        except OSError as error:
            yield _unreadable(path, error)


def _in_folder(walk: _Scan, path: Path) -> Iterator[Entry]:
    """Yield the messages of a file met in a folder; what is no mail by its name and beginning is passed over."""
    suffix = path.suffix.lower()
    if suffix in _MAIL_FILES:
        if walk.first_time(path):
            yield _file(walk, path)
    elif suffix in ("", ".mbox", ".mbx"):
        with path.open("rb") as file:
            head = file.read(5)
        if head == b"From ":
            yield from _mbox(walk, path)


def _maildir(walk: _Scan, folder: Path) -> Iterator[Entry]:
    """Yield the messages of a Maildir by their unique names: reading mail moves and renames files, order stays."""
    found = [
        path
        for sub in ("cur", "new")
        if (folder / sub).is_dir()
        for path in (folder / sub).iterdir()
        if not path.name.startswith(".")
    ]
    for path in sorted(found, key=lambda p: (p.name.partition(":")[0], p.name)):
        if path.is_file() and walk.first_time(path):
            yield _file(walk, path)


def _mbox(walk: _Scan, path: Path) -> Iterator[Entry]:
    if not walk.first_time(path):
        return
    with path.open("rb") as file, path.open("rb") as again:
        for number, (start, end) in enumerate(mbox.boundaries(file, walk.digest)):
            found = headers.parse(_read_at(again, start, min(end - start, headers.HEADER_LIMIT)))
            yield Entry(f"{_shown(path)}#{number}", 0, number, "mbox", str(path), start, end, found)


def _read_at(file: BinaryIO, start: int, size: int) -> bytes:
    """Read on from ``start``: a little first, for most header blocks are short."""
    file.seek(start)
    data = file.read(min(size, 8192))
    if b"\n\n" not in data and b"\n\r\n" not in data:
        data += file.read(size - len(data))
    return data


def _file(walk: _Scan, path: Path) -> Entry:
    try:
        with path.open("rb") as file:
            head = file.read(headers.HEADER_LIMIT)
            size = os.fstat(file.fileno()).st_size
            walk.digest(f"\0file {size} {_shown(path)}\0".encode())
            walk.digest(hashlib.file_digest(file, "sha256").digest())
            walk.digest(head)
    except OSError as error:
        return _unreadable(path, error)
    if path.suffix.lower() == ".emlx":
        head = head.partition(b"\n")[2]
    return Entry(_shown(path), 0, 0, "file", str(path), 0, size, headers.parse(head))


def _unreadable(path: Path, error: OSError) -> Entry:
    return Entry(_shown(path), 0, 0, "file", str(path), 0, 0, Headers(), f"cannot be read: {error.strerror}")


def _shown(path: Path) -> str:
    """Return a path as text that JSON can carry; bytes that are no text stay distinguishable."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")
