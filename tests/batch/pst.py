"""The smallest Outlook file that holds mail, written by the published format ([MS-PST], the older 32-bit kind).

No small and free sample exists among Debian's packages, and ``pst-utils`` only reads. Written are those parts of the
format that a reader walks through: the header, the two indexes, and a property list for the store, its folders and
messages. Allocation maps, checksums and the tables that Outlook shows lists from are left out, so Outlook itself would
want to repair it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_PAGE = 512
_STORE, _ROOT, _TOP, _SENT, _FIRST_MAIL = 0x21, 0x122, 0x8022, 0x8042, 0x200024
_NEXT_NODE = 0x20  # the low five bits of a node's number say what it is
_TEXT, _BINARY, _TIME, _LONG = 0x001E, 0x0102, 0x0040, 0x0003
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """A sent message as Outlook keeps it: without header lines, for it was never transported to its sender."""

    name: str
    sender: str
    to: str
    subject: str
    body: str
    sent: datetime


Properties = Mapping[tuple[int, int], bytes | int]


def _heap(properties: Properties) -> bytes:
    """Return a property list as one block: a heap whose first items are the tree's head and its only leaf."""
    items: list[bytes] = [b"", b""]
    leaf = b""
    for (name, kind), value in sorted(properties.items()):
        if isinstance(value, int):
            leaf += struct.pack("<HHI", name, kind, value)
        else:
            items.append(value)
            leaf += struct.pack("<HHI", name, kind, len(items) << 5)
    items[0] = struct.pack("<BBBBI", 0xB5, 2, 6, 0, 2 << 5)
    items[1] = leaf
    places = [12]
    for item in items:
        places.append(places[-1] + len(item))
    body = b"".join(items)
    padding = len(body) % 2
    head = struct.pack("<HBBII", 12 + len(body) + padding, 0xEC, 0xBC, 1 << 5, 0)
    table = struct.pack(f"<HH{len(places)}H", len(items), 0, *places)
    block = head + body + bytes(padding) + table
    if len(block) > 8180:
        raise ValueError("a longer text needs more than one block")
    return block


def _page(entries: Sequence[bytes], kind: int, number: int) -> bytes:
    """Return a leaf of one of the two indexes: all there is of it."""
    size = len(entries[0])
    room = 496 // size
    if len(entries) > room:
        raise ValueError("more messages need more than one page")
    tail = struct.pack("<BBBBBBHII", len(entries), room, size, 0, kind, kind, 0, number, 0)
    return b"".join(entries).ljust(496, b"\0") + tail


def write(path: Path, letters: Sequence[Letter]) -> Path:
    """Write an Outlook file whose folder "Sent Items" holds the letters."""
    top = bytes(4) + b"\x11" * 16 + struct.pack("<I", _TOP)
    nodes: list[tuple[int, int, Properties]] = [
        (_STORE, 0, {(0x3001, _TEXT): b"Personal Folders", (0x35DF, _LONG): 0x89, (0x35E0, _BINARY): top}),
        (_ROOT, _ROOT, _folder(b"", 0)),
        (_TOP, _ROOT, _folder(b"Top of Personal Folders", 0)),
        (_SENT, _TOP, _folder(b"Sent Items", len(letters))),
        *((_FIRST_MAIL + _NEXT_NODE * n, _SENT, _mail(letter)) for n, letter in enumerate(letters)),
    ]
    data = b""
    blocks, tree = [], []
    first = 3 * _PAGE  # the header and the two indexes come before
    for place, (number, parent, properties) in enumerate(nodes):
        block = _heap(properties)
        identity = 4 * (place + 1)
        blocks.append(struct.pack("<IIHH", identity, first + len(data), len(block), 2))
        tree.append(struct.pack("<IIII", number, identity, 0, parent))
        trailer = struct.pack("<HHII", len(block), 0, identity, 0)
        data += block + bytes(-(len(block) + len(trailer)) % 64) + trailer
    header = bytearray(_PAGE)
    header[:4] = b"!BDN"
    header[8:14] = struct.pack("<2sHH", b"SM", 14, 19)
    header[0xA8:0xAC] = struct.pack("<I", first + len(data))
    header[0xB8:0xC8] = struct.pack("<IIII", 1, _PAGE, 2, 2 * _PAGE)
    header[0x1CC:0x1CE] = b"\x80\0"  # not scrambled
    path.write_bytes(bytes(header) + _page(tree, 0x81, 1) + _page(blocks, 0x80, 2) + data)
    return path


def _folder(name: bytes, messages: int) -> Properties:
    return {(0x3001, _TEXT): name, (0x3602, _LONG): messages, (0x3603, _LONG): 0, (0x3613, _TEXT): b"IPF.Note"}


def _mail(letter: Letter) -> Properties:
    ticks = int((letter.sent - _EPOCH).total_seconds()) * 10_000_000
    return {
        (0x001A, _TEXT): b"IPM.Note",
        (0x0037, _TEXT): letter.subject.encode("cp1252"),
        (0x0039, _TIME): struct.pack("<Q", ticks),
        (0x0042, _TEXT): letter.name.encode("cp1252"),
        (0x0064, _TEXT): b"SMTP" if "@" in letter.sender else b"EX",
        (0x0065, _TEXT): letter.sender.encode("ascii"),
        (0x0C1A, _TEXT): letter.name.encode("cp1252"),
        (0x0C1E, _TEXT): b"SMTP" if "@" in letter.sender else b"EX",
        (0x0C1F, _TEXT): letter.sender.encode("ascii"),
        (0x0E04, _TEXT): letter.to.encode("cp1252"),
        (0x0E07, _LONG): 1,
        (0x1000, _TEXT): letter.body.replace("\n", "\r\n").encode("cp1252"),
    }
