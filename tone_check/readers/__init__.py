"""From files and bytes to drafts: which texts are in it, and which of them are the writer's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tone_check.draft import Draft, UnreadableError
from tone_check.readers.charsets import byte_order_mark, decode_file, decode_part, html_label, lookup, paired
from tone_check.readers.text import TEXT_LIMIT, plain_part

if TYPE_CHECKING:
    from email.message import Message

__all__ = [
    "MAIL_LIMIT",
    "TEXT_LIMIT",
    "Kind",
    "files_below",
    "kind_of",
    "read_bytes",
    "read_message",
    "read_path",
    "read_text",
    "sniff",
]

Kind = Literal["text", "markdown", "html", "mail"]

# A mail may be this long with its attachments, which are not read.
MAIL_LIMIT = 64_000_000

_SUFFIXES: dict[str, Kind] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".eml": "mail",
    ".emlx": "mail",
    ".html": "html",
    ".htm": "html",
}
_HEADER = re.compile(rb"([!-9;-~]{1,60}):(?:[ \t][^\r\n]*|)(?:\r?\n|\r|\Z)")
_FOLDED = re.compile(rb"[ \t][^\r\n]*(?:\r?\n|\r|\Z)")
_MAIL_HEADERS = frozenset(
    b"""from to cc bcc subject date message-id mime-version received return-path content-type in-reply-to references
    reply-to sender delivered-to user-agent x-mailer content-transfer-encoding thread-topic thread-index""".split()
)
_PAGE = re.compile(
    rb"\s{0,400}(?:<\?xml[^>]{0,200}>\s{0,40}|<!--.{0,400}?-->\s{0,40}){0,2}"
    rb"<(?:!doctype\s{1,4}html|html|head|body|div|p|table|meta|span|font|br|h[1-6]|blockquote|ul|ol|style|center)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)


def read_path(path: Path) -> Draft:
    """Return the draft in a file.

    Raises:
        UnreadableError: with one line that says what is wrong and where.
    """
    source = str(path)
    limit = MAIL_LIMIT if kind_of(path) in ("mail", None) else TEXT_LIMIT
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise UnreadableError(f"{_safe(source)}: no such file") from None
    except IsADirectoryError:
        raise UnreadableError(f"{_safe(source)}: is a folder that cannot be read as a draft") from None
    except PermissionError:
        raise UnreadableError(f"{_safe(source)}: no permission to read it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableError(f"{_safe(source)}: {_safe(reason)}") from None
    if path.suffix.lower() == ".emlx":
        from tone_check.readers.mail import without_emlx

        data = without_emlx(data) if len(data) <= limit else data
    return read_bytes(data, source, kind_of(path) or sniff(data))


def read_bytes(data: bytes, source: str, kind: Kind | None = None) -> Draft:
    """Return the draft in ``data``, called ``source`` in what is reported; without a kind it is told by its beginning.

    Raises:
        UnreadableError: with one line that says what is wrong and where.
    """
    try:
        return _read(data, source, kind or sniff(data))
    except UnreadableError as error:
        raise UnreadableError(f"{_safe(source)}: {error}") from None


def read_text(text: str, source: str) -> Draft:
    """Return plain text that is already decoded as a draft.

    Raises:
        UnreadableError: it is empty or too long.
    """
    if not text.strip():
        raise UnreadableError(f"{_safe(source)}: is empty")
    if len(text) > TEXT_LIMIT:
        raise UnreadableError(f"{_safe(source)}: is larger than {TEXT_LIMIT // 1_000_000} MB")
    return Draft(source, (plain_part(paired(text)),))


def read_message(message: Message | bytes, source: str) -> Draft:
    """Return a mail as a draft: one of a mailbox, or the one a mail client hands over.

    Raises:
        UnreadableError: with one line that says what is wrong and where.
    """
    from tone_check.readers import mail

    try:
        if isinstance(message, bytes):
            return _read(message, source, "mail")
        return mail.read_message(message, source)
    except UnreadableError as error:
        raise UnreadableError(f"{_safe(source)}: {error}") from None


def kind_of(path: Path) -> Kind | None:
    """Return what a file is by its name, None if the name does not say."""
    return _SUFFIXES.get(path.suffix.lower())


def sniff(data: bytes) -> Kind:
    """Return what bytes without a telling name are: mail by its headers, HTML by its first tag, else text."""
    if byte_order_mark(data)[0].startswith("utf-8"):
        data = data[3:]
    head = data[:65536]
    if _looks_like_mail(head):
        return "mail"
    return "html" if _PAGE.match(head) else "text"


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the drafts in a folder and its subfolders, in the order of their names.

    Left out: what is hidden, what is no draft by its name, links that lead back. A folder
    that cannot be opened is yielded itself, so that reading it says why.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            if path.is_dir():
                status = path.stat()
                if (status.st_dev, status.st_ino) in seen:
                    continue
                seen.add((status.st_dev, status.st_ino))
                inside = [p for p in path.iterdir() if not p.name.startswith(".")]
                waiting.extend(sorted(inside, key=lambda p: p.name, reverse=True))
            elif kind_of(path) is not None and (path.is_file() or path.is_symlink()):
                yield path
        except OSError:
            yield path


def _read(data: bytes, source: str, kind: Kind) -> Draft:
    limit = MAIL_LIMIT if kind == "mail" else TEXT_LIMIT
    if not data:
        raise UnreadableError("is empty")
    if len(data) > limit:
        raise UnreadableError(f"is larger than {limit // 1_000_000} MB")
    if kind == "mail":
        from tone_check.readers.mail import read_mail

        if b"\0" in data[:1024] and not byte_order_mark(data)[0]:
            raise UnreadableError("is a binary file, not a mail")
        return read_mail(_as_utf8(data), source)
    text = _page_text(data) if kind == "html" else decode_file(data)
    if not text.strip():
        raise UnreadableError("is empty")
    if kind == "html":
        from tone_check.readers.html import html_part

        return Draft(source, (html_part(text),))
    if kind == "markdown":
        from tone_check.readers.markdown import markdown_part

        return Draft(source, (markdown_part(text),))
    return Draft(source, (plain_part(text),))


def _page_text(data: bytes) -> str:
    """Decode an HTML file: its mark, what it says of itself, else as any file."""
    label = html_label(data)
    if byte_order_mark(data)[0] or b"\0" in data or not label or lookup(label) is None:
        return decode_file(data)
    return decode_part(data, label)


def _as_utf8(data: bytes) -> bytes:
    """Return a mail that somebody saved as UTF-16 in bytes that its headers can be read from."""
    name, skip = byte_order_mark(data)
    if not name or name == "utf-8":
        return data
    try:
        return data[skip:].decode(name).encode("utf-8")
    except UnicodeError:
        raise UnreadableError(f"begins with the byte-order mark of {name.upper()} but is not {name.upper()}") from None


def _looks_like_mail(head: bytes) -> bool:
    """Say whether bytes begin with a block of headers, two of them known from mail."""
    at = head.index(b"\n") + 1 if head.startswith((b"From ", b">From ")) and b"\n" in head else 0
    known = 0
    while at < len(head):
        field = _HEADER.match(head, at)
        if field is not None:
            known += field.group(1).lower() in _MAIL_HEADERS
        else:
            field = _FOLDED.match(head, at) if at else None
            if field is None:
                break
        at = field.end()
    return known >= 2 and (at >= len(head) or head[at : at + 1] in (b"\r", b"\n"))


def _safe(text: str) -> str:
    """Return text that does nothing to a terminal but stand there, on one line."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)
    return shown if len(shown) <= 400 else shown[:200] + "…" + shown[-199:]
