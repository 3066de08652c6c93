"""What the review needs of a message's header block: who wrote it to whom, when, in answer to what."""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_tz

from tone_check.readers.mail import decode_header

# A header block is rarely over 20 kB; what is beyond this is not read for the index.
HEADER_LIMIT = 262_144
# More recipients than this is a circular, not a correspondence.
_RECIPIENTS = 20
_IDENTITY = re.compile(r"<([^<>\s]{1,400})>")
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r")
# readpst writes this for whoever has no address of the internet's kind: all of a company's own people on Exchange.
_NO_ADDRESS = "mailer-daemon"
_EARLIEST, _LATEST = 315_532_800, 4_102_444_800  # 1980 and 2100: a date beyond them is a fault


@dataclass(frozen=True, slots=True)
class Headers:
    """The facts of one message.

    ``sender`` and ``recipients`` are addresses in lower case (``people`` says when they are names); ``time`` is in
    seconds since 1970, ``zone`` the writer's distance from UTC in minutes.
    ``identity`` and ``answers`` are short digests of Message-ID and of the
    message that is answered; ``labels`` are Gmail's.
    """

    sender: str = ""
    recipients: tuple[str, ...] = ()
    time: int | None = None
    zone: int = 0
    identity: str = ""
    answers: str = ""
    labels: tuple[str, ...] = ()


def block(data: bytes) -> bytes:
    """Return the header block at the beginning of ``data``."""
    data = data[:HEADER_LIMIT].lstrip(b"\r\n")
    end = _BLANK.search(data)
    return data[: end.start()] if end else data


def parse(data: bytes) -> Headers:
    """Read the header block of a message; what is missing or broken is left empty."""
    message = BytesHeaderParser().parsebytes(block(data))
    time, zone = _date(message)
    return Headers(
        sender=next((a for _, a in people(message, ("from", "sender"))), ""),
        recipients=tuple(dict.fromkeys(a for _, a in people(message, ("to",))))[:_RECIPIENTS],
        time=time,
        zone=zone,
        identity=next(iter(_identities(message, ("message-id",))), ""),
        answers=next(iter([*_identities(message, ("in-reply-to",)), *_identities(message, ("references",))[-1:]]), ""),
        labels=_labels(message),
    )


def people(message: Message, fields: Iterable[str]) -> list[tuple[str, str]]:
    """Return (name, address in lower case) for everybody in the given fields, in order.

    Where readpst found no address, the name stands for it.
    """
    found = []
    for field in fields:
        values = [_raw(v) for v in message.get_all(field, [])]
        try:
            pairs = getaddresses(values)
        except (ValueError, IndexError, TypeError):
            continue
        for name, address in pairs:
            shown, where = decode_header(name).strip(), address.strip().lower()
            if "@" in where:
                found.append((shown, where))
            elif where == _NO_ADDRESS and shown:
                found.append((shown, shown.lower()))
    return found


def _raw(value: object) -> str:
    # A header with bytes beyond ASCII comes as an object of the email package; its text has surrogates or U+FFFD.
    return " ".join(str(value).split())


def _date(message: Message) -> tuple[int | None, int]:
    candidates = [message.get("date"), *(str(r).rpartition(";")[2] for r in message.get_all("received", [])[:1])]
    for value in candidates:
        try:
            parsed = parsedate_tz(_raw(value)) if value is not None else None
            if parsed is None:
                continue
            offset = parsed[9] or 0
            time = calendar.timegm((*parsed[:6], 0, 1, -1)) - offset
        except (ValueError, IndexError, TypeError, OverflowError):
            continue
        if _EARLIEST <= time < _LATEST and abs(offset) <= 16 * 3600:
            return time, offset // 60
    return None, 0


def _identities(message: Message, fields: Iterable[str]) -> list[str]:
    found = []
    for field in fields:
        for value in message.get_all(field, []):
            found += [digest(i) for i in _IDENTITY.findall(_raw(value))[-20:]]
    return list(dict.fromkeys(found))


def digest(identity: str) -> str:
    """Return eight bytes that stand for an identity: enough to tell a mailbox's messages apart."""
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _labels(message: Message) -> tuple[str, ...]:
    value = message.get("x-gmail-labels")
    if value is None:
        return ()
    return tuple(label.strip().strip('"') for label in decode_header(str(value)).split(",") if label.strip())
