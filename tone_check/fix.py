"""Takes suggestions into a draft: as a diff, written, or one by one at the terminal.

Only the bytes of what is replaced change. Edits are made on decoded text at the offsets that findings carry, then
brought back into the file through its own charset and transfer encoding, and the outcome is read again before
anything is shown or written: what would not read as intended is refused.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import difflib
import html
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tone_check import readers
from tone_check.draft import Draft, Part, UnreadableError
from tone_check.readers.charsets import byte_order_mark, html_label, lookup
from tone_check.span import LINE_END, Span
from tone_check.terminal import printable

if TYPE_CHECKING:
    from email.message import Message

    from tone_check.checker import ToneChecker
    from tone_check.report import Finding, Report

NOTHING, FLAGGED, FAILED = 0, 1, 2

Complain = Callable[[str], None]
Coding = Literal["none", "7bit", "quoted-printable", "base64"]

_SPACES = " \t\u00a0"
# What stands before a sentence in its line and goes with it when nothing else is in that line: a list's bullet.
_LEAD = re.compile(r"[ \t\u00a0]*(?:(?:[-*+\u2022\u2013]|\d{1,3}[.)])[ \t\u00a0]+)?")
_BREAK = re.compile(r"(?:\r\n|\r|\n)[ \t]*")
_PLAIN = frozenset({"text/plain", "text", "text/markdown", "text/x-markdown", "text/unknown"})
_HTML = frozenset({"text/html", "text/xhtml", "application/xhtml+xml"})
_SIGNED = re.compile(r"multipart/signed|application/(?:x-)?(?:pkcs7-(?:mime|signature)|pgp-signature)\Z")
_INLINE_PGP = re.compile(r"(?:^[ \t]*|<[^<>]*>\s*)-----BEGIN PGP SIGNED MESSAGE-----", re.MULTILINE)
_LEADING = re.compile(rb"(?:\xef\xbb\xbf|[\r\n])+")
_HEAD_END = re.compile(rb"\n\r?\n")
_QP_LINE = re.compile(rb"(?:[^\n]*=[ \t]*\r?\n)*[^\n]*(?:\n|\Z)")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]*={0,2}\s*")
# Beyond this SMTP may cut a line (RFC 5321).
_LONGEST_LINE = 998
_FLOWED_WIDTH = 72
_TO_ASCII = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "})
_ELEMENT_OPENS = re.compile(r"<(p|div|li)\b[^<>]*>\s*\Z", re.IGNORECASE)
_BLOCK_OPENS = re.compile(r"<(?:br|p|div|li|td|body|blockquote)\b[^<>]*>\s*\Z", re.IGNORECASE)
_BR_BEFORE = re.compile(r"\s*<br\b[^<>]*>\s*\Z", re.IGNORECASE)
_BR_AFTER = re.compile(r"\s*<br\b[^<>]*>", re.IGNORECASE)
_BLOCK_CLOSES = re.compile(r"\s*</(?:p|div|li|td|body|blockquote)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Code points ``start`` to ``end`` of a text become ``replacement``."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a flagged sentence: another text, or an empty one to remove it."""

    finding: Finding
    text: str


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


def run(
    path: Path,
    checker: ToneChecker,
    *,
    write: bool = False,
    interactive: bool = False,
    complain: Complain,
    tell: Complain = lambda line: None,
) -> int:
    """Do the work of ``tone-check fix`` and return its exit code; the diff goes to standard output.

    ``complain`` is given what could not be done, ``tell`` what was.

    Raises:
        UnreadableError: the file cannot be read, or not be changed, with one line that says why.
    """
    if interactive and not (sys.stdin.isatty() and sys.stdout.isatty()):
        complain("--interactive asks on a terminal and there is none; use --write, or no option for a diff")
        return FAILED
    opened = open_draft(path)
    report = checker.check_draft(opened.draft)
    if report.verdict == "not-judged":
        complain(f"{path}: not judged: the text is not English")
    if not report.flagged:
        return NOTHING
    bodies = locate(opened, report)
    findings = _changeable(opened, bodies, report, complain)
    if interactive:
        asked = ask(opened, bodies, findings)
        if asked is None:
            complain(f"{path}: the terminal is gone; nothing was written")
            return FAILED
        choices = asked
    else:
        choices = first_choices(opened, bodies, findings, complain)
    data = fixed(opened, bodies, choices)
    if not (write or interactive):
        _show(opened, bodies, data)
    else:
        if data != opened.data:
            replace_file(opened, data)
        changed, flagged = len(choices), len(report.flagged)
        tell(f"{path}: {changed} of {flagged} flagged {'sentence' if flagged == 1 else 'sentences'} changed")
    return FLAGGED


# --- the file and the texts in it -------------------------------------------------------------------------------------


def open_draft(path: Path) -> Opened:
    """Read a file that is to be changed.

    Raises:
        UnreadableError: it cannot be read, is no file, or is signed.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise _refusal(path, "is not a regular file")
    draft = readers.read_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refusal(path, f"cannot be read: {error.strerror}") from None
    opened = Opened(path, data, readers.kind_of(path) or readers.sniff(data), draft)
    if any(_INLINE_PGP.search(part.source) for part in draft.parts):
        raise _refusal(path, "is signed (PGP); a change would break the signature")
    if opened.kind == "mail" and not _closed(opened):
        for leaf in _all_leaves(opened):
            if _SIGNED.match(leaf.headers.get_content_type()):
                raise _refusal(path, "is signed; a change would break the signature")
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
            raise _refusal(opened.path, "its charset cannot be written back unchanged; save it as UTF-8")
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


def _refusal(path: Path, reason: str) -> UnreadableError:
    return UnreadableError(f"{printable(str(path))}: {reason}")


# --- mail -------------------------------------------------------------------------------------------------------------


def _closed(opened: Opened) -> bool:
    """Say whether a mail is kept in a way that its bytes are not those of a mail."""
    mark = byte_order_mark(opened.data)[0]
    return opened.path.suffix.lower() == ".emlx" or mark not in ("", "utf-8")


def _all_leaves(opened: Opened) -> list[_Leaf]:
    """Take a mail apart; headers that the standard library fails on are a reason to leave it alone."""
    try:
        return list(_leaves(opened.data, _mail_start(opened.data), len(opened.data)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _refusal(opened.path, "has headers that cannot be taken apart safely") from None


def _mail_start(data: bytes) -> int:
    leading = _LEADING.match(data, 0, 1024)
    return leading.end() if leading else 0


def _mail_bodies(opened: Opened, parts: Sequence[Part]) -> dict[str | None, Body]:
    if not parts:
        return {}
    if _closed(opened):
        raise _refusal(opened.path, "is not kept as a plain mail file (.emlx or UTF-16); save the draft as .eml")
    leaves = [leaf for leaf in _all_leaves(opened) if leaf.number]
    texts = [leaf for leaf in leaves if leaf.headers.get_content_type() in _PLAIN | _HTML]
    bodies: dict[str | None, Body] = {}
    for part in parts:
        found = [leaf for leaf in texts if leaf.number == part.name]
        if len(found) != 1:
            raise _refusal(opened.path, f"part {part.name} cannot be found in the file without doubt")
        leaf = found[0]
        if any(set(leaf.alternatives) & set(t.alternatives) for t in texts if t is not leaf):
            raise _refusal(
                opened.path,
                "has its text twice, plain and HTML; change it in the mail client, or save it as plain text",
            )
        bodies[part.name] = _mail_body(opened, leaf, part)
    return bodies


def _mail_body(opened: Opened, leaf: _Leaf, part: Part) -> Body:
    raw = opened.data[leaf.start : leaf.end]
    coding = _coding(leaf.headers)
    if coding is None:
        raise _refusal(opened.path, f"part {part.name} is in a transfer encoding that is not changed here")
    if coding == "base64" and not _BASE64.fullmatch(raw):
        raise _refusal(opened.path, f"part {part.name} has something after its base64")
    try:
        body = _decoded(raw, coding)
    except binascii.Error:
        raise _refusal(opened.path, f"part {part.name} is damaged base64") from None
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
        raise _refusal(opened.path, f"part {part.name} cannot be written back unchanged in its charset")
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


# --- which sentences, which words -------------------------------------------------------------------------------------


def _changeable(
    opened: Opened, bodies: dict[str | None, Body], report: Report, complain: Complain
) -> tuple[Finding, ...]:
    """Return the flagged sentences that can be changed; the others are named with the reason."""
    found: list[Finding] = []
    for finding in report.flagged:
        body = bodies.get(finding.part)
        reason = ""
        if body is None:
            reason = "is in the subject; change it by hand"
        elif body.html and re.search(r"[<>]", body.source[finding.start : finding.end]):
            reason = "has HTML tags inside; change it by hand"
        elif found and found[-1].part == finding.part and finding.start < found[-1].end:
            reason = "overlaps the one before"
        if reason:
            complain(f"{_place(opened, finding)}: left as it is: the sentence {reason}")
        else:
            found.append(finding)
    return tuple(found)


def first_choices(
    opened: Opened, bodies: dict[str | None, Body], findings: Sequence[Finding], complain: Complain
) -> list[Choice]:
    """Choose the first suggestion of every sentence; those without one that fits the file are named."""
    choices = []
    for finding in findings:
        if not finding.suggestions:
            complain(f"{_place(opened, finding)}: left as it is: there is no suggestion")
            continue
        text = _writable(bodies[finding.part], finding.suggestions[0].text)
        if text is None:
            complain(f"{_place(opened, finding)}: left as it is: {_unwritable(bodies[finding.part])}")
            continue
        choices.append(Choice(finding, text))
    return choices


def _unwritable(body: Body) -> str:
    return f"the suggestion cannot be written in {body.codec}{' as 7bit' if body.coding == '7bit' else ''}"


def _place(opened: Opened, finding: Finding) -> str:
    return f"{opened.path}:{finding.line}:{finding.column}"


def _writable(body: Body, text: str) -> str | None:
    """Return a text as it may stand in a body, None if it holds letters that the body has no place for."""
    text = " ".join(text.split())
    if body.html:
        codec = "ascii" if body.coding == "7bit" else body.codec
        return html.escape(text, quote=False).encode(codec, "xmlcharrefreplace").decode(codec)
    for candidate in (text, text.translate(_TO_ASCII)):
        with contextlib.suppress(UnicodeError):
            data = candidate.encode(body.codec)
            if data.decode(body.codec) == candidate and (body.coding != "7bit" or data.isascii()):
                return candidate
    return None


# --- edits of a text --------------------------------------------------------------------------------------------------


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with the edits made, from right to left so that offsets stay true."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def edits_of(body: Body, choices: Sequence[Choice]) -> tuple[Edit, ...]:
    """Return the edits that the choices make of a body, in order and without overlaps."""
    spans = [(Span(c.finding.start, c.finding.end), c.text) for c in choices]
    edits = [Edit(s.start, s.end, _laid_out(body, s, text)) for s, text in spans if text]
    edits += _removals(body, sorted(s for s, text in spans if not text))
    return tuple(sorted(edits))


def _laid_out(body: Body, span: Span, text: str) -> str:
    """Return what stands for a sentence, broken into lines if the sentence was."""
    source = body.source
    words = text.split()
    broken = _BREAK.search(source, span.start, span.end)
    if broken is None and not body.flowed:
        return " ".join(words)
    first, last = _line_start(source, span.start), _line_end(source, span.end)
    newline = LINE_END.search(source, span.start if broken else 0)
    end_of_line = newline.group() if newline else body.newline.decode()
    if body.flowed:
        indent, width = "", _FLOWED_WIDTH
        end_of_line = ("  " if body.delete_space else " ") + end_of_line
    else:
        indent = broken.group().lstrip("\r\n") if broken else ""
        width = max(len(line) for line in LINE_END.split(source[first:last]))
    lines: list[str] = []
    column, line = span.start - first, ""
    for index, word in enumerate(words):
        # What follows the sentence in its last line stays there, so the last word has to bring it along.
        tail = len(source[span.end : last].rstrip()) if index == len(words) - 1 else 0
        if line and column + 1 + len(word) + tail > width:
            lines.append(line)
            line = indent + (" " if body.flowed and word.startswith((">", "From")) else "") + word
            column = len(line)
        else:
            line = f"{line} {word}" if line else word
            column += len(word) + (line != word)
    return end_of_line.join([*lines, line])


def _removals(body: Body, spans: Sequence[Span]) -> list[Edit]:
    """Return the edits that remove sentences, with a space or the lines that would be left empty."""
    source = body.source
    inline: list[Edit] = []
    blocks: list[Span] = []
    for run_ in _joined(spans, lambda gap: not gap.strip() and len(LINE_END.findall(gap)) < 2, source):
        first, last = _line_start(source, run_.start), _line_end(source, run_.end)
        alone = _LEAD.fullmatch(source, first, run_.start) and not source[run_.end : last].strip()
        if not alone:
            inline.append(_cut(body, run_, first, last))
        elif body.flowed and _ends_softly(source, first) and not source[run_.end : last].endswith(" "):
            # The line before would flow into the next paragraph: it takes over this one's hard end.
            inline.append(Edit(len(source[:first].rstrip()), last, ""))
        else:
            blocks.append(Span(first, _after_line(source, last)))
    edits = inline + [_without_lines(source, b) for b in _joined(blocks, lambda gap: not gap.strip(), source)]
    if not body.html:
        return edits
    widened = sorted(_with_tags(source, edit) for edit in edits)
    return [Edit(s.start, s.end, "") if len(group) > 1 else group[0] for s, group in _grouped(widened)]


def _joined(spans: Sequence[Span], fits: Callable[[str], bool], source: str) -> list[Span]:
    """Join neighbouring spans where what stands between them fits."""
    joined: list[Span] = []
    for span in spans:
        if joined and fits(source[joined[-1].end : span.start]):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def _grouped(edits: Sequence[Edit]) -> Iterator[tuple[Span, list[Edit]]]:
    """Yield removals that overlap together: two sentences may claim the same tag between them."""
    group: list[Edit] = []
    for edit in edits:
        if group and edit.start >= max(e.end for e in group):
            yield Span(group[0].start, max(e.end for e in group)), group
            group = []
        group.append(edit)
    if group:
        yield Span(group[0].start, max(e.end for e in group)), group


def _cut(body: Body, span: Span, first: int, last: int) -> Edit:
    """Return the removal of a sentence from lines that hold something else too."""
    source = body.source
    start, end = span.start, span.end
    if not source[end:last].strip():
        while start > first and source[start - 1] in _SPACES:
            start -= 1
        return Edit(start, end, "")
    while end < last and source[end] in _SPACES:
        end += 1
    if _LEAD.fullmatch(source, first, start):
        stuffed = body.flowed and start == first and source.startswith((">", "From "), end)
        return Edit(start, end, " " if stuffed else "")
    breaks = _BREAK.findall(source, span.start, span.end)
    if end == span.end or not breaks or body.flowed:
        if end == span.end:  # no space after it: then the one before goes
            while start > first and source[start - 1] in _SPACES:
                start -= 1
        return Edit(start, end, "")
    while start > first and source[start - 1] in _SPACES:
        start -= 1
    return Edit(start, end, breaks[-1])


def _without_lines(source: str, lines: Span) -> Edit:
    """Return the removal of whole lines, and of the empty ones that would then stand doubled or at an end."""
    start, end = lines.start, lines.end
    before = _line_start(source, _before_line(source, start))
    if (not start or not source[before:start].strip()) and not source[end : _line_end(source, end)].strip():
        while end < len(source) and not source[end : _line_end(source, end)].strip():
            end = _after_line(source, _line_end(source, end))
        while end == len(source) and start and not source[before:start].strip():
            start = before
            before = _line_start(source, _before_line(source, start))
    if end == len(source) and start and source[-1] not in "\r\n":
        start = _before_line(source, start)
    return Edit(start, end, "")


def _with_tags(source: str, edit: Edit) -> Edit:
    """Let an HTML element go with the only sentence in it, or the line break that only it was on."""
    before, after = source[max(0, edit.start - 500) : edit.start], source[edit.end : edit.end + 500]
    opened = _ELEMENT_OPENS.search(before)
    if opened is not None and not edit.replacement:
        closed = re.compile(rf"\s*</{opened.group(1)}\s*>", re.IGNORECASE).match(after)
        if closed is not None:
            return Edit(edit.start - len(before) + opened.start(), edit.end + closed.end(), "")
    line_break = _BR_AFTER.match(after)
    if line_break is not None and _BLOCK_OPENS.search(before):
        return replace(edit, end=edit.end + line_break.end())
    line_break = _BR_BEFORE.search(before)
    if line_break is not None and _BLOCK_CLOSES.match(after):
        return replace(edit, start=edit.start - len(before) + line_break.start())
    return edit


def _line_start(source: str, at: int) -> int:
    return max(source.rfind("\n", 0, at), source.rfind("\r", 0, at)) + 1


def _line_end(source: str, at: int) -> int:
    found = LINE_END.search(source, at)
    return found.start() if found else len(source)


def _after_line(source: str, end: int) -> int:
    found = LINE_END.match(source, end)
    return found.end() if found else end


def _before_line(source: str, start: int) -> int:
    """Return where the line before a line's start ends."""
    return start - (2 if source.endswith("\r\n", 0, start) else 1) if start else 0


def _ends_softly(source: str, start: int) -> bool:
    """Say whether the line before a line's start flows into it."""
    end = _before_line(source, start)
    line = source[_line_start(source, end) : end]
    return start > 0 and line.endswith(" ") and line != "-- "


# --- back to bytes ----------------------------------------------------------------------------------------------------


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
        raise _refusal(opened.path, "would not read as intended after the change; nothing was changed")
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
            raise _refusal(opened.path, "has changed meanwhile; nothing was written")
        Path(temporary).replace(target)
        temporary = ""
    except OSError as error:
        raise _refusal(opened.path, f"cannot be written: {error.strerror}") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


# --- the diff ---------------------------------------------------------------------------------------------------------


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


def _show(opened: Opened, bodies: dict[str | None, Body], data: bytes) -> None:
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


# --- one by one -------------------------------------------------------------------------------------------------------

_KEYS = "a accept, n next suggestion, e edit, r remove, s skip, u undo, q quit and keep what was accepted"


def ask(opened: Opened, bodies: dict[str | None, Body], findings: Sequence[Finding]) -> list[Choice] | None:
    """Ask about one sentence after the other and return what was chosen, None if the terminal has gone."""
    chosen: dict[int, Choice] = {}
    at, suggestion, shown = 0, 0, -1
    with _keys() as key:
        while at < len(findings):
            finding, body = findings[at], bodies[findings[at].part]
            if shown != at:
                _say(_in_context(opened, body, finding, f"{at + 1} of {len(findings)}"))
                shown, suggestion = at, 0
                _say(_proposal(finding, suggestion))
            pressed = key()
            text: str | None = None
            match pressed:
                case "":
                    return None
                case "q" | "\x04":
                    break
                case "u" if at:
                    at -= 1
                    chosen.pop(at, None)
                    continue
                case "u":
                    _say("  nothing to undo")
                case "n" if len(finding.suggestions) > 1:
                    suggestion = (suggestion + 1) % len(finding.suggestions)
                    _say(_proposal(finding, suggestion))
                case "n":
                    _say("  there is no other suggestion")
                case "a" if finding.suggestions:
                    text = finding.suggestions[suggestion].text
                case "a":
                    _say("  there is no suggestion to accept; edit, remove or skip it")
                case "e":
                    start = finding.suggestions[suggestion].text if finding.suggestions else ""
                    text = key.edit(start or finding.text)
                    if text is None:
                        _say("  not edited")
                case "r":
                    text = ""
                case "s":
                    at += 1
                    continue
                case _:
                    _say(f"  {_KEYS}")
            if text is not None:
                written = _writable(body, text)
                if written is None:
                    _say(f"  {_unwritable(body)}")
                    continue
                chosen[at] = Choice(finding, written)
                at += 1
    return [chosen[i] for i in sorted(chosen)]


def _in_context(opened: Opened, body: Body, finding: Finding, count: str) -> str:
    """Return the sentence with the line before and the line after it, and why it was flagged."""
    source = body.source
    before = [line for line in LINE_END.split(source[: _line_start(source, finding.start)]) if line.strip()]
    after = [line for line in LINE_END.split(source[_line_end(source, finding.end) :]) if line.strip()]
    lead = source[_line_start(source, finding.start) : finding.start].strip()
    rest = source[finding.end : _line_end(source, finding.end)].strip()
    around = [*before[-1:], lead], [rest, *after[:1]]
    because = [f"“{e.text}”" for e in finding.evidence[:3]]
    return "\n".join(
        [
            "",
            f"{_place(opened, finding)}  ({count})",
            *(f"    {line}" for line in around[0] if line),
            f"  > {finding.text}",
            *(f"    {line}" for line in around[1] if line),
            f"  why: {', '.join([*finding.labels, *finding.acts])}"
            + (f"; because of {', '.join(because)}" if because else ""),
        ]
    )


def _proposal(finding: Finding, chosen: int) -> str:
    if not finding.suggestions:
        return f"  no suggestion\n  {_KEYS}"
    lines = []
    for index, suggestion in enumerate(finding.suggestions):
        text = "(remove the sentence)" if suggestion.kind == "remove" else suggestion.text
        lines.append(
            f"  {'*' if index == chosen else ' '} {text}" + (f"  [{suggestion.why}]" if suggestion.why else "")
        )
    return "\n".join([*lines, f"  {_KEYS}"])


def _say(text: str) -> None:
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(printable(text, keep_lines=True).encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class _Keyboard:
    """The terminal: a call gives the next key, empty when the terminal has gone."""

    usual: Callable[[], None]
    single: Callable[[], None]

    def __call__(self) -> str:
        try:
            return os.read(sys.stdin.fileno(), 1).decode("ascii", "replace")
        except OSError:
            return ""

    def edit(self, text: str) -> str | None:
        """Return a text as it was left in the user's editor, None if there was no editing."""
        command = shlex.split(os.environ.get("EDITOR") or os.environ.get("VISUAL") or "vi")
        handle, name = tempfile.mkstemp(prefix="tone-check-", suffix=".txt")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
            self.usual()
            try:
                done = subprocess.run([*command, name], check=False).returncode
            finally:
                self.single()
            return None if done else " ".join(Path(name).read_text(encoding="utf-8").split())
        except (OSError, UnicodeError):
            return None
        finally:
            Path(name).unlink(missing_ok=True)


@contextlib.contextmanager
def _keys() -> Iterator[_Keyboard]:
    """Let keys come one by one, without waiting for a line, and put the terminal back whatever happens."""
    try:
        import termios
        import tty
    except ImportError:  # Windows: keys come with the line
        yield _Keyboard(lambda: None, lambda: None)
        return
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)

    def usual() -> None:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)

    def single() -> None:
        # Not TCSAFLUSH: what was typed ahead counts.
        tty.setcbreak(fd, termios.TCSADRAIN)

    single()
    try:
        yield _Keyboard(usual, single)
    finally:
        with contextlib.suppress(termios.error):
            usual()
