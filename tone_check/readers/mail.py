"""Mail: which parts are the writer's text, and under which numbers.

The stdlib parser with its ``compat32`` policy: on 20,000 mails with mutated headers neither it nor the newer
``default`` policy failed, but that one took 4 times as long. Bodies are taken as bytes and decoded here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tone_check.draft import Draft, Part, Region, UnreadableError
from tone_check.readers.charsets import decode_part, html_label, lookup, paired
from tone_check.readers.phrases import phrases
from tone_check.readers.regions import mark
from tone_check.readers.text import TEXT_LIMIT, flowed_part, plain_part
from tone_check.span import OffsetMap, Span

if TYPE_CHECKING:
    from email.message import Message

# Deeper than any client nests; the number also bounds the path of a part.
_DEEPEST = 100
# So many characters at a time: the parser keeps the lines of what it is fed beside the text.
_CHUNK = 1 << 16

_PLAIN = frozenset({"text/plain", "text", "text/markdown", "text/x-markdown", "text/unknown"})
_HTML = frozenset({"text/html", "text/xhtml", "application/xhtml+xml"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_QUOTED = re.compile(rb"=([0-9A-Fa-f]{2})")
_TAGS = re.compile(r"\s{0,4}\[[^\]]{1,60}\]")
_PREFIX = re.compile(
    r"\s{0,4}([^\s:：\[\](){}^]{1,20}(?: [^\s:：\[\](){}^]{1,20}){0,2})\s?(?:[\[(^]\d{1,3}[\])]?)?\s?[:：]"
)
_WAS = re.compile(r"[(\[]\s?(?:was|war|war:|vorher|ehemals)\s?:?\s", re.IGNORECASE)
_UNFOLD = re.compile(r"\r?\n[ \t]?|\r")
_BOUNDARY = re.compile(r"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*\r?\nContent-", re.IGNORECASE)
_EMLX = re.compile(rb"\s{0,4}(\d{1,10})\s{0,8}\n")
_LEADING = re.compile(rb"(?:\xef\xbb\xbf|[\r\n])+")


def read_mail(data: bytes, source: str) -> Draft:
    """Return one mail as a draft.

    Raises:
        UnreadableError: there is no text in it, or it cannot be taken apart.
    """
    leading = _LEADING.match(data, 0, 1024)
    return read_message(_parsed(data[leading.end() :] if leading else data), source)


def _parsed(mail: bytes | str) -> Message:
    """Take a mail apart, at most as deep as its parts are looked at.

    The stdlib's parser goes as deep as Python lets it and compares every line with the boundary of every level: a
    thousand levels would make a large mail a matter of hours.

    Raises:
        UnreadableError: it is nested too deeply.
    """
    from email.feedparser import FeedParser

    class Bounded(FeedParser):
        def _new_message(self) -> None:
            if len(self._msgstack) > _DEEPEST:  # type: ignore[attr-defined]
                raise UnreadableError("is nested too deeply to be read")
            super()._new_message()  # type: ignore[misc]

    text = mail if isinstance(mail, str) else mail.decode("ascii", "surrogateescape")
    parser = Bounded()
    for at in range(0, len(text), _CHUNK):
        parser.feed(text[at : at + _CHUNK])
    return parser.close()


def without_emlx(data: bytes) -> bytes:
    """Return the mail inside an Apple ``.emlx`` file: after its length, before the property list."""
    counted = _EMLX.match(data)
    if counted is None:
        return data
    size = int(counted.group(1))
    return data[counted.end() : counted.end() + size]


def read_message(message: Message | bytes, source: str) -> Draft:
    """Return a parsed mail, or the bytes of one, as a draft.

    Its parts are numbered as IMAP numbers them; the subject comes first if it is the
    writer's own. An encrypted mail or a delivery report gives a draft without parts.

    Raises:
        UnreadableError: there is no text in it, or it cannot be taken apart.
    """
    if isinstance(message, (bytes, bytearray, memoryview)):
        return read_mail(bytes(message), source)
    if _is_report(message):
        return Draft(source, ())
    leaves, closed = _leaves(message)
    parts = [part for part in (_read(leaf, number) for number, leaf in leaves) if part is not None]
    if not parts:
        if closed:
            return Draft(source, ())
        raise UnreadableError("has no text part")
    subject = _subject(message, parts)
    return Draft(source, (subject, *parts) if subject else tuple(parts))


# --- which parts ------------------------------------------------------------------------------------------------------


def _content_type(part: Message) -> str:
    try:
        return part.get_content_type()
    except (ValueError, LookupError, TypeError, AttributeError):
        return "text/plain"


def _parameter(part: Message, name: str, header: str = "content-type") -> str:
    try:
        value = part.get_param(name, "", header)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    if isinstance(value, tuple):  # RFC 2231: charset, language, value
        value = value[2]
    return str(value or "").strip()


def _is_report(message: Message) -> bool:
    kind = _content_type(message)
    return kind == "multipart/report" or kind in ("message/delivery-status", "message/disposition-notification")


def _is_attachment(part: Message, alone: bool) -> bool:
    disposition = str(part.get("content-disposition") or "").strip().lower()
    if disposition.startswith("attachment"):
        return not alone
    return not alone and bool(_parameter(part, "filename", "content-disposition") or _parameter(part, "name"))


def _leaves(message: Message) -> tuple[list[tuple[str, Message]], bool]:
    """Return the text parts to be judged with their numbers, and whether something encrypted was met."""
    found: list[tuple[str, Message]] = []
    closed = False
    root = _repaired(message)
    queue: list[tuple[Message, str, int]] = [(root, "" if root.is_multipart() else "1", 0)]
    while queue:
        part, number, depth = queue.pop()
        kind = _content_type(part)
        if depth > _DEEPEST:
            raise UnreadableError("is nested too deeply to be read")
        if kind == "multipart/encrypted" or _is_sealed(part, kind):
            closed = True
        elif kind in _SMIME:
            inner = _opaque(part)
            if inner is None:
                closed = True
            else:
                queue.append((inner, number + ".1" if inner.is_multipart() else number, depth + 1))
        elif part.is_multipart():
            if kind.startswith("message/") or kind in ("multipart/digest", "multipart/report"):
                continue
            children = [(c, f"{number}.{i}" if number else str(i)) for i, c in enumerate(_children(part), 1)]
            if kind == "multipart/alternative":
                children = _best(children)
            elif kind in ("multipart/signed", "multipart/related"):
                children = children[:1]
            queue.extend((child, n, depth + 1) for child, n in reversed(children))
        elif (kind in _PLAIN or kind in _HTML or kind.startswith("multipart/")) and not _is_attachment(
            part, part is root
        ):
            found.append((number or "1", part))
    return found, closed


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        for child in payload:
            if not isinstance(child, str):
                yield _repaired(child)


def _repaired(part: Message) -> Message:
    """Return a multipart whose boundary is missing or wrong parsed again with the boundary that stands in its body."""
    if part.is_multipart() or part.get_content_maintype() != "multipart":
        return part
    payload = _payload(part)
    found = _BOUNDARY.search(payload) if payload else None
    # Boundaries are ASCII; the parser fails on a header with bytes and letters beyond it.
    if found is None or '"' in found.group(1) or not found.group(1).isascii():
        return part
    kind = _content_type(part)
    kind = kind if kind.isascii() else "multipart/mixed"
    again = _parsed(f'Content-Type: {kind}; boundary="{found.group(1)}"\n\n{payload}')
    if not again.is_multipart():
        return part
    for name, value in part.items():
        if name.lower() != "content-type":
            again[name] = value
    return again


def _is_sealed(part: Message, kind: str) -> bool:
    if kind == "application/pgp-encrypted":
        return True
    sealed = ("enveloped-data", "authenveloped-data", "compressed-data")
    return kind in _SMIME and _parameter(part, "smime-type").lower() in sealed


def _opaque(part: Message) -> Message | None:
    """Return the mail inside an S/MIME message that is signed but not encrypted, None if there is none to be found."""
    data = _body(part)
    content = _signed_content(data) if isinstance(data, bytes) else None
    if content is None:
        return None
    return _parsed(content)


# The object identifier 1.2.840.113549.1.7.1 (data) that stands before the content in a CMS structure.
_CMS_DATA = bytes.fromhex("06092a864886f70d010701")


def _signed_content(data: bytes) -> bytes | None:
    """Return the octet string of a CMS signed message without reading more of it than that."""
    at = data.find(_CMS_DATA, 0, 4096)
    if at < 0:
        return None
    pieces: list[bytes] = []
    at += len(_CMS_DATA)
    while at + 2 <= len(data) and len(pieces) < 100_000:
        tag, at = data[at], at + 1
        size, at = data[at], at + 1
        if size == 0x80:  # indefinite length: what follows are the pieces
            size = -1
        elif size > 0x80:
            wide = size & 0x7F
            size = int.from_bytes(data[at : at + wide], "big")
            at += wide
        if tag == 0x04 and size >= 0:
            pieces.append(data[at : at + size])
            at += size
        elif tag not in (0xA0, 0x24):
            break
    content = b"".join(pieces)
    return content if content[:400].lower().find(b"content-") >= 0 else None


def _best(children: list[tuple[Message, str]]) -> list[tuple[Message, str]]:
    """Return the alternative to be judged: plain text unless it says nothing, else HTML, else the last."""
    by_kind: dict[str, tuple[Message, str]] = {}
    for child, number in children:
        kind = _content_type(child)
        holds = (
            "html" if kind in _HTML else "plain" if kind in _PLAIN else "more" if kind.startswith("multipart/") else ""
        )
        if holds:
            by_kind.setdefault(holds, (child, number))
    plain = by_kind.get("plain")
    other = by_kind.get("more") or by_kind.get("html")
    if plain is not None and (other is None or not _is_stub(_text(plain[0]))):
        return [plain]
    if other is not None:
        return [by_kind.get("html", other)]
    return [plain] if plain else children[-1:]


def _is_stub(text: str) -> bool:
    """Say whether a plain alternative only sends the reader to the other one."""
    plain = " ".join(text[:2000].split())
    return not plain or (len(plain) < 300 and len(text) < 2000 and phrases().stub.first(plain) is not None)


# --- their text -------------------------------------------------------------------------------------------------------


def _payload(part: Message) -> str:
    """Return the body as the parser keeps it, bytes beyond ASCII as surrogates.

    get_payload() would decode it by its declared charset, replacing what does not fit.
    """
    payload = getattr(part, "_payload", None)
    return payload if isinstance(payload, str) else ""


def _body(part: Message) -> bytes | str:
    """Return the body after its transfer encoding; text if the message was never bytes."""
    payload = _payload(part)
    coding = str(part.get("content-transfer-encoding") or "").strip().lower().split(";")[0].split()[:1]
    if not payload.isascii():
        try:
            payload.encode("ascii", "surrogateescape")
        except UnicodeEncodeError:
            return payload  # built or parsed as text
    data = payload.encode("ascii", "surrogateescape")
    match coding:
        case ["quoted-printable"]:
            return binascii.a2b_qp(data)
        case ["base64"]:
            return _base64(data)
        case ["x-uuencode" | "uuencode" | "uue" | "x-uue"]:
            try:
                decoded = part.get_payload(decode=True)
            except (ValueError, binascii.Error):
                return data
            return decoded if isinstance(decoded, bytes) else data
        case _:
            return data


def _base64(data: bytes) -> bytes:
    """Decode base64 as mail programs do: what is no base64 is skipped, what is missing at the end is made up."""
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    try:
        return base64.b64decode(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return data


def _text(part: Message) -> str:
    body = _body(part)
    if isinstance(body, str):
        return paired(body)
    if len(body) > 4 * TEXT_LIMIT:
        raise UnreadableError(f"has a text of more than {TEXT_LIMIT // 1_000_000} MB")
    label = _parameter(part, "charset")
    if _content_type(part) in _HTML and (not label or lookup(label) in (None, "ascii")):
        label = html_label(body) or label
    return decode_part(body, label or None)


def _read(part: Message, number: str) -> Part | None:
    text = _text(part)
    if len(text) > TEXT_LIMIT:
        raise UnreadableError(f"has a text of more than {TEXT_LIMIT // 1_000_000} MB")
    if text.count("\0"):
        return None
    if _content_type(part) in _HTML:
        from tone_check.readers.html import html_part

        return html_part(text, number, mail=True)
    if _parameter(part, "format").lower() == "flowed":
        return flowed_part(text, number, delete_space=_parameter(part, "delsp").lower() == "yes")
    return plain_part(text, number, mail=True)


# --- the subject ------------------------------------------------------------------------------------------------------


# The subject of a patch is an order to the code, "Read it again", and belongs to the diff.
_PATCH = re.compile(r"\s*\[(?:RFC |RESEND )?PATCH\b[^\]]{0,80}\]")


def _subject(message: Message, parts: list[Part]) -> Part | None:
    """Return the decoded subject as a part if the writer wrote it, None if it is inherited or empty."""
    # As it was written: get() would put replacement characters where a header holds more than ASCII.
    raw = next((value for name, value in message.raw_items() if name.lower() == "subject"), None)
    if raw is None:
        return None
    subject = decode_header(str(raw))
    if not subject.strip() or _inherited(subject) or _PATCH.match(subject):
        return None
    if any(_stands_quoted(subject, part) for part in parts):
        return None
    was = _WAS.search(subject)
    regions: tuple[Region, ...] = mark(subject)
    if was is not None and was.start():
        regions = (Region(Span(0, was.start()), "own"), Region(Span(was.start(), len(subject)), "quote"))
    return Part("subject", subject, subject, OffsetMap.identity(len(subject)), regions)


def _inherited(subject: str) -> bool:
    """Say whether a subject carries a prefix of replying or forwarding, before or after a list's tag."""
    at = 0
    for _ in range(4):
        tag = _TAGS.match(subject, at)
        if tag is None:
            break
        at = tag.end()
    prefix = _PREFIX.match(subject, at)
    return prefix is not None and prefix.group(1).strip().lower() in phrases().subject_prefixes


def _stands_quoted(subject: str, part: Part) -> bool:
    """Say whether the subject is that of the mail quoted below: some clients reply without a prefix."""
    wanted = " ".join(subject.split()).lower()
    for region in part.regions:
        if region.kind in ("attribution", "quote", "forwarded"):
            for line in region.span.of(part.text).splitlines():
                label, colon, value = line.partition(":")
                if colon and len(label) < 40 and " ".join(value.strip(" *_").split()).lower() == wanted:
                    return phrases().labels.get(label.strip(" >*_\t\u00a0").lower()) == "subject"
    return False


def decode_header(raw: str) -> str:
    """Decode the encoded words of a header, broken ones as far as they go; offsets refer to the result."""
    raw = _UNFOLD.sub(lambda m: "" if m.group() == "\r" else " ", raw).strip()
    pieces: list[tuple[list[bytes], str] | str] = []
    at = 0
    for word in _WORD.finditer(raw):
        between = raw[at : word.start()]
        if between and not (between.isspace() and pieces and isinstance(pieces[-1], tuple)):
            pieces.append(_bare(between))
        label, coding, body = word.group(1).split("*")[0], word.group(2).lower(), word.group(3)
        data = body.encode("ascii", "surrogateescape") if _plain(body) else body.encode("utf-8", "surrogateescape")
        if coding == "b":
            data = _base64(data)
        else:
            data = _QUOTED.sub(lambda m: bytes.fromhex(m.group(1).decode("ascii")), data.replace(b"_", b" "))
        # A letter of several bytes may be cut in two by the end of a word: neighbours of one charset go together.
        last = pieces[-1] if pieces else None
        if isinstance(last, tuple) and last[1].lower() == label.lower():
            last[0].append(data)
        else:
            pieces.append(([data], label))
        at = word.end()
    if at < len(raw):
        pieces.append(_bare(raw[at:]))
    text = "".join(p if isinstance(p, str) else decode_part(b"".join(p[0]), p[1]) for p in pieces)
    return paired(" ".join(text.splitlines()) if len(text.splitlines()) > 1 else text)


def _plain(text: str) -> bool:
    try:
        text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _bare(text: str) -> str:
    """Return what stands outside encoded words: ASCII by the rules, UTF-8 or Windows-1252 in practice."""
    if text.isascii() or not _plain(text):
        return text
    return decode_part(text.encode("ascii", "surrogateescape"), None)
