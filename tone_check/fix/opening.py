"""A file that is to be changed: its texts, found again in its bytes, under charset and transfer encoding."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tone_check import readers
from tone_check.draft import Draft, Part, UnreadableError
from tone_check.readers.charsets import byte_order_mark, html_label, lookup
from tone_check.terminal import printable

if TYPE_CHECKING:
    from email.message import Message

    from tone_check.report import Report

Coding = Literal["none", "7bit", "quoted-printable", "base64"]
_PLAIN = frozenset({"text/plain", "text", "text/markdown", "text/x-markdown", "text/unknown"})
_HTML = frozenset({"text/html", "text/xhtml", "application/xhtml+xml"})
_SIGNED = re.compile(r"multipart/signed|application/(?:x-)?(?:pkcs7-(?:mime|signature)|pgp-signature)\Z")
_INLINE_PGP = re.compile(r"(?:^[ \t]*|<[^<>]*>\s*)-----BEGIN PGP SIGNED MESSAGE-----", re.MULTILINE)
_LEADING = re.compile(rb"(?:\xef\xbb\xbf|[\r\n])+")
_HEAD_END = re.compile(rb"\n\r?\n")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]*={0,2}\s*")


@dataclass(frozen=True, slots=True)
class Body:
    """One text of a file: bytes ``start`` to ``end``, under a transfer encoding and in a charset."""

    source: str
    start: int
    end: int
    codec: str
    coding: Coding = "none"
    newline: bytes = b"\n"
    html: bool = False
    mail: bool = False
    flowed: bool = False
    delete_space: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A file and the draft that was read from it."""

    path: Path
    data: bytes
    kind: readers.Kind
    draft: Draft


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A part of a mail without parts: where its body stands, and inside which alternatives."""

    number: str
    headers: Message
    start: int
    end: int
    alternatives: tuple[int, ...]


def open_draft(path: Path) -> Opened:
    """Read a file that is to be changed.

    Raises:
        UnreadableError: it cannot be read, is no file, or is signed.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise refusal(path, "is not a regular file")
    draft = readers.read_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise refusal(path, f"cannot be read: {error.strerror}") from None
    opened = Opened(path, data, readers.kind_of(path) or readers.sniff(data), draft)
    if any(_INLINE_PGP.search(part.source) for part in draft.parts):
        raise refusal(path, "is signed (PGP); a change would break the signature")
    if opened.kind == "mail" and not _closed(opened):
        for leaf in _all_leaves(opened):
            if _SIGNED.match(leaf.headers.get_content_type()):
                raise refusal(path, "is signed; a change would break the signature")
    return opened


def locate(opened: Opened, report: Report) -> dict[str | None, Body]:
    """Find the texts with flagged sentences in the bytes of the file, the subject left out.

    Raises:
        UnreadableError: one of them cannot be changed safely.
    """
    wanted = {f.part for f in report.flagged} - {"subject"}
    parts = [part for part in opened.draft.parts if part.name in wanted]
    if opened.kind == "mail":
        return _mail_bodies(opened, parts)
    is_html = opened.kind == "html"
    skip = byte_order_mark(opened.data)[1]
    labels = [html_label(opened.data) if is_html else None, "utf-8", "cp1252"]
    bodies: dict[str | None, Body] = {}
    for part in parts:
        codec = _codec(opened.data[skip:], part.source, [byte_order_mark(opened.data)[0], *labels])
        if codec is None:
            raise refusal(opened.path, "its charset cannot be written back unchanged; save it as UTF-8")
        bodies[part.name] = Body(part.source, skip, len(opened.data), codec, html=is_html)
    return bodies


def _codec(data: bytes, text: str, labels: Sequence[str | None]) -> str | None:
    """Return the first charset in which the bytes are the text and the text is the bytes again."""
    for label in labels:
        codec = lookup(label) if label else None
        if codec is not None:
            with contextlib.suppress(UnicodeError, ValueError):
                if data.decode(codec) == text and text.encode(codec) == data:
                    return codec
    return None


def refusal(path: Path, reason: str) -> UnreadableError:
    """Return the error that says in one line why a file is not changed."""
    return UnreadableError(f"{printable(str(path))}: {reason}")


def _closed(opened: Opened) -> bool:
    """Say whether a mail is kept in a way that its bytes are not those of a mail."""
    mark = byte_order_mark(opened.data)[0]
    return opened.path.suffix.lower() == ".emlx" or mark not in ("", "utf-8")


def _all_leaves(opened: Opened) -> list[_Leaf]:
    """Take a mail apart; headers that the standard library fails on are a reason to leave it alone."""
    try:
        return list(_leaves(opened.data, _mail_start(opened.data), len(opened.data)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise refusal(opened.path, "has headers that cannot be taken apart safely") from None


def _mail_start(data: bytes) -> int:
    leading = _LEADING.match(data, 0, 1024)
    return leading.end() if leading else 0


def _mail_bodies(opened: Opened, parts: Sequence[Part]) -> dict[str | None, Body]:
    if not parts:
        return {}
    if _closed(opened):
        raise refusal(opened.path, "is not kept as a plain mail file (.emlx or UTF-16); save the draft as .eml")
    leaves = [leaf for leaf in _all_leaves(opened) if leaf.number]
    texts = [leaf for leaf in leaves if leaf.headers.get_content_type() in _PLAIN | _HTML]
    bodies: dict[str | None, Body] = {}
    for part in parts:
        found = [leaf for leaf in texts if leaf.number == part.name]
        if len(found) != 1:
            raise refusal(opened.path, f"part {part.name} cannot be found in the file without doubt")
        leaf = found[0]
        if any(set(leaf.alternatives) & set(t.alternatives) for t in texts if t is not leaf):
            raise refusal(
                opened.path,
                "has its text twice, plain and HTML; change it in the mail client, or save it as plain text",
            )
        bodies[part.name] = _mail_body(opened, leaf, part)
    return bodies


def _mail_body(opened: Opened, leaf: _Leaf, part: Part) -> Body:
    raw = opened.data[leaf.start : leaf.end]
    coding = _coding(leaf.headers)
    if coding is None:
        raise refusal(opened.path, f"part {part.name} is in a transfer encoding that is not changed here")
    if coding == "base64" and not _BASE64.fullmatch(raw):
        raise refusal(opened.path, f"part {part.name} has something after its base64")
    try:
        body = _decoded(raw, coding)
    except binascii.Error:
        raise refusal(opened.path, f"part {part.name} is damaged base64") from None
    is_html = leaf.headers.get_content_type() in _HTML
    labels = [
        _parameter(leaf.headers, "charset"),
        html_label(body) if is_html else None,
        "ascii",
        "utf-8",
        "cp1252",
        "latin-1",
    ]
    codec = _codec(body, part.source, labels)
    if codec is None:
        raise refusal(opened.path, f"part {part.name} cannot be written back unchanged in its charset")
    return Body(
        part.source,
        leaf.start,
        leaf.end,
        codec,
        coding,
        b"\r\n" if b"\r\n" in opened.data[: leaf.start] else b"\n",
        is_html,
        mail=True,
        flowed=not is_html and _parameter(leaf.headers, "format") == "flowed",
        delete_space=_parameter(leaf.headers, "delsp") == "yes",
    )


def _parameter(headers: Message, name: str) -> str:
    try:
        value = headers.get_param(name) or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return str(value[2] if isinstance(value, tuple) else value).strip().lower()


def _coding(headers: Message) -> Coding | None:
    """Return the transfer encoding, None for one that is not written here."""
    named = str(headers.get("content-transfer-encoding") or "7bit").split(";")[0].strip().lower()
    known: dict[str, Coding] = {
        "7bit": "7bit",
        "8bit": "none",
        "binary": "none",
        "quoted-printable": "quoted-printable",
        "base64": "base64",
    }
    return known.get(named)


def _leaves(
    data: bytes, start: int, end: int, number: str | None = None, inside: tuple[int, ...] = ()
) -> Iterator[_Leaf]:
    """Yield the parts of a mail with their places; multiparts too, without a number, since their type may matter.

    Written here because no parser says where a part stands. Whatever this reads otherwise than the reader does
    is found out by comparing texts, and refused.
    """
    from email.parser import BytesHeaderParser

    # A part that begins with an empty line has no headers.
    head = start if data.startswith((b"\n", b"\r\n"), start, end) else -1
    body = start + (2 if data.startswith(b"\r\n", start, end) else 1)
    if head < 0:
        found = _HEAD_END.search(data, start, end)
        head, body = (found.start() + 1, found.end()) if found else (end, end)
    headers = BytesHeaderParser().parsebytes(data[start:head])
    kind = headers.get_content_type()
    if headers.get_content_maintype() != "multipart":
        yield _Leaf(number or "1", headers, body, end, inside)
        return
    yield _Leaf("", headers, body, end, inside)
    boundary = headers.get_boundary()
    if not boundary or len(inside) > 20 or (number or "").count(".") > 20:
        return
    if kind == "multipart/alternative":
        inside = (*inside, start)
    line = re.compile(
        rb"^--" + re.escape(boundary.encode("ascii", "surrogateescape")) + rb"(--)?[ \t]*(?:\r?\n|\Z)", re.MULTILINE
    )
    child, at = 0, -1
    for found in line.finditer(data, body, end):
        if at >= 0:
            child += 1
            # The line end before a boundary belongs to the boundary.
            stop = found.start() - (2 if data.endswith(b"\r\n", at, found.start()) else 1)
            name = f"{number}.{child}" if number else str(child)
            yield from _leaves(data, at, max(at, stop), name, inside)
        at = found.end()
        if found.group(1):
            return


def _decoded(raw: bytes, coding: Coding) -> bytes:
    if coding == "quoted-printable":
        return binascii.a2b_qp(raw)
    return base64.b64decode(raw) if coding == "base64" else raw
