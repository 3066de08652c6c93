"""HTML to reading text with exact source offsets, and the voices its structure tells apart.

A tokenizer of our own, because offsets are the point and the input is not to be trusted: selectolax and
BeautifulSoup give no offsets of text, lxml a line number; ``html.parser`` gives positions but takes 25 s for
64 kB of ``<a `` on Python 3.11.7 (quadratic) and fails with an AssertionError on ``<![``. This one reads each
character once and keeps its own stack, so depth costs nothing either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from tone_check.draft import Part, RegionKind
from tone_check.readers.building import Reading
from tone_check.readers.regions import Mark, mark
from tone_check.span import OffsetMap, Span

_VOID = frozenset("area base br col embed frame hr img input link meta param source track wbr".split())
# What is between these tags is not text; it ends at their own end tag only.
_RAW = frozenset("script style title textarea iframe noembed noframes xmp".split())
_HIDDEN = frozenset(
    "script style title textarea iframe noembed noframes template select datalist object audio video svg math".split()
)
_BLOCK = frozenset(
    """address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td
    tfoot th thead tr ul signature includetail""".split()
)
# Blocks with an empty line around them: neighbouring texts never belong to one sentence.
_APART = frozenset("p h1 h2 h3 h4 h5 h6 blockquote ul ol dl li dt dd table tr td th caption pre figure hr".split())
# Which element's end tag may close which: inline ones do not reach out of a block, blocks not out of a table cell.
_CELL = frozenset("table td th caption template object".split())
# What a start tag closes, and inside what: an item its neighbour in the same list, a cell the one before.
_ITEMS = (("li",), ("ul", "ol", "menu", "table"))
_CELLS = (("td", "th"), ("table",))
_TERMS = (("dt", "dd"), ("dl", "table"))
_CLOSES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": _ITEMS,
    "td": _CELLS,
    "th": _CELLS,
    "tr": _CELLS,
    "dt": _TERMS,
    "dd": _TERMS,
}
_INLINE_RANK, _BLOCK_RANK, _CELL_RANK = 0, 1, 2

_SPACE = " \t\r\n\f"
# White space, a character reference, or a stretch in which white space is single spaces between words.
_TOKEN = re.compile(
    r"([ \t\r\n\f]+)|(&(?:#[xX]?[0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});?)|[^ \t\r\n\f&]+(?: [^ \t\r\n\f&]+)*|&"
)
_PRE_TOKEN = re.compile(r"(\r\n|[\r\n])|(&(?:#[xX]?[0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});?)|[^\r\n&]+|&")
_TAG_NAME = re.compile(r"[A-Za-z][^\s/>]{0,60}")
_ATTRIBUTE = re.compile(r"([^\s/>=\"'][^\s/>=]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"'][^\s>]*)))?")
# A reference to a number that no character has; one of thousands of digits is an error to unescape().
_NO_LETTER = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9a-fA-F]{9,});?")
# Code points that show nothing and divide words only to look for them in vain; joiners of emoji stay.
_UNSEEN = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]")
_NOT_SHOWN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|mso-hide\s{0,3}:\s{0,3}all|font-size\s{0,3}:\s{0,3}0(?:px|pt|em|%)?\s{0,3}(?:;|!|$)"
    r"|max-height\s{0,3}:\s{0,3}0(?:px|pt)?\s{0,3}(?:;|!|$)|opacity\s{0,3}:\s{0,3}0(?:\.0{1,3})?\s{0,3}(?:;|!|$)",
    re.IGNORECASE,
)
_NO_BORDER = re.compile(r"border(?:-left)?\s{0,3}:\s{0,3}(?:none|0)", re.IGNORECASE)
_PRE_SPACE = re.compile(r"white-space\s{0,3}:\s{0,3}(?:pre|break-spaces)", re.IGNORECASE)

# What mail programs call things, by class, id, name and data attributes (an `x_` before a class is Outlook quoting it).
_VOICES: Mapping[str, RegionKind] = {
    "gmail_attr": "attribution",
    "moz-cite-prefix": "attribution",
    "reply-intro": "attribution",
    "zmail_extra_hr": "attribution",
    "__headers__": "attribution",
    "outlookmessageheader": "attribution",
    "moz-forward-container": "forwarded",
    "isforwardcontent": "forwarded",
    "yahoo_quoted": "quote",
    "yahooquoted": "quote",
    "protonmail_quote": "quote",
    "tutanota_quote": "quote",
    "zmail_extra": "quote",
    "moz-email-headers-table": "attribution",
    "olk_src_body_section": "quote",
    "isreplycontent": "quote",
    "__quoted_text__": "quote",
    "messagereplysection": "quote",
    "missive_quote": "quote",
    "front-blockquote": "quote",
    "quote:name": "quote",
    "quoted-content": "quote",
    "clean_bq": "quote",
    "ms-outlook-mobile-reference-message": "quote",
    "mail-editor-reference-message-container": "quote",
    "gmail_signature": "signature",
    "gmail_signature_prefix": "signature",
    "moz-signature": "signature",
    "ms-outlook-mobile-signature": "signature",
    "ms-outlook-mobile-body-separator-line": "signature",
    "applemailsignature": "signature",
    "protonmail_signature_block": "signature",
    "messagesignaturesection": "signature",
    "bloop_sign": "signature",
    "__sig_pre__": "signature",
    "__sig_post__": "signature",
    "signature:id": "signature",
    "zmail_signature": "signature",
    "ydp_signature": "signature",
    "mailspring-signature": "signature",
    "elementtoproof_signature": "signature",
    "dab4fad8-2dd7-40bb-a1b8-4e2aa1f9fdf2": "disclaimer",
    "gmail_disclaimer": "disclaimer",
    "includetail": "quote",
}
# After these, everything is the other message's, however it is nested.
_REST: Mapping[str, RegionKind] = {
    "divrplyfwdmsg": "attribution",
    "zwchr": "attribution",
    "__divider__": "attribution",
    "outlookmessageheader": "attribution",
    "reply-intro-forward": "attribution",
}


@dataclass(slots=True)
class _Element:
    """An open element and what it passes on to its children."""

    name: str
    rank: int
    kind: RegionKind
    hidden: bool
    pre: bool
    rest: bool


def html_part(source: str, name: str | None = None, *, mail: bool = False) -> Part:
    """Return an HTML text as a part of a draft."""
    text, offsets, known = reading_text(source)
    return Part(name, source, text, offsets, mark(text, known=known, mail=mail))


def reading_text(source: str) -> tuple[str, OffsetMap, tuple[Mark, ...]]:
    """Return what a reader sees of ``source``, the map back to it, and the voices its structure shows."""
    page = _Page(source)
    _tokenize(source, page)
    return page.finish()


class _Page:
    """The page as read so far: open elements, pending line breaks, text and voices."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.reading = Reading()
        self.stack = [_Element("", _CELL_RANK + 1, "own", False, False, False)]
        # For every name the places of its open elements in the stack, and for every rank those of the higher ranked.
        self.open: dict[str, list[int]] = {}
        self.barriers: tuple[list[int], list[int], list[int]] = ([], [], [])
        self.breaks = 0
        self.space: tuple[int, int] | None = None
        self.line_empty = True
        self.kind: RegionKind = "own"
        self.base: RegionKind = "own"
        self.marks: list[Mark] = []
        self.mark_start = 0

    # --- elements

    def start(self, name: str, attributes: str, at: int) -> None:
        if name == "br":
            self.breaks = min(self.breaks + 1, 3)
            return
        block = name in _BLOCK
        if block:
            self._close_implied(name)
            self.line_break(2 if name in _APART else 1)
        if name in _VOID:
            self._void(name, attributes)
            return
        above = self.stack[-1]
        kind, hidden, pre, rest = (
            above.kind,
            above.hidden or name in _HIDDEN,
            above.pre or name in ("pre", "xmp", "listing"),
            False,
        )
        if attributes or name in ("blockquote", "signature", "includetail"):
            values = _attributes(attributes)
            style = values.get("style", "")
            hidden = hidden or "hidden" in values or bool(style and _NOT_SHOWN.search(style))
            if style and _PRE_SPACE.search(style):
                pre = "nowrap" not in style.lower()
            own_kind, rest = _voice(name, values)
            if own_kind is not None and (kind == "own" or (kind == "quote" and own_kind == "attribution")):
                kind = own_kind
        rank = _CELL_RANK if name in _CELL else _BLOCK_RANK if block and name != "p" else _INLINE_RANK
        index = len(self.stack)
        self.stack.append(_Element(name, rank, kind, hidden, pre, rest))
        self.open.setdefault(name, []).append(index)
        for lower in range(rank):
            self.barriers[lower].append(index)

    def end(self, name: str) -> None:
        if name in _BLOCK:
            self.line_break(2 if name in _APART else 1)
        places = self.open.get(name)
        if not places:
            if name == "br":
                self.breaks = min(self.breaks + 1, 3)
            return
        at = places[-1]
        barrier = self.barriers[self.stack[at].rank]
        if self.stack[at].rank < _CELL_RANK and barrier and barrier[-1] > at:
            return
        self._pop_to(at)

    def _pop_to(self, at: int) -> None:
        while len(self.stack) > at:
            element = self.stack.pop()
            self.open[element.name].pop()
            for lower in range(element.rank):
                self.barriers[lower].pop()
            if element.rest:
                self.base = "quote"

    def _close_implied(self, name: str) -> None:
        """Close what this start tag ends without saying so: a paragraph, the item or cell before."""
        paragraphs = self.open.get("p")
        if paragraphs and (not self.barriers[0] or self.barriers[0][-1] < paragraphs[-1]):
            self._pop_to(paragraphs[-1])
        closes, within = _CLOSES.get(name, ((), ()))
        if closes:
            limit = max((self.open[w][-1] for w in within if self.open.get(w)), default=0)
            last = max((self.open[c][-1] for c in closes if self.open.get(c)), default=0)
            if last > limit:
                self._pop_to(last)

    def _void(self, name: str, attributes: str) -> None:
        if name == "hr" and attributes:
            rest = _voice(name, _attributes(attributes))[1]
            if rest:
                self.base = "quote"

    def line_break(self, lines: int) -> None:
        self.breaks = max(self.breaks, lines)

    # --- text

    def text(self, start: int, end: int) -> None:
        element = self.stack[-1]
        if element.hidden or start >= end:
            return
        kind = element.kind if element.kind != "own" else self.base
        tokens = _PRE_TOKEN if element.pre else _TOKEN
        for token in tokens.finditer(self.source, start, end):
            if token.group(1):
                if element.pre:
                    self.breaks = min(self.breaks + 1, 3)
                elif self.space is None:
                    self.space = token.span()
                continue
            if token.group(2):
                self._reference(token.start(), token.end(), kind)
            else:
                self._shown(token.start(), token.end(), kind)

    def _reference(self, start: int, end: int, kind: RegionKind) -> None:
        written = self.source[start:end]
        read = unescape(written)
        if read == written:
            self._shown(start, end, kind)
            return
        # "&copyright" is "©right": what follows the reference is text of its own.
        tail = 0
        if not written.endswith(";"):
            while tail < len(read) - 1 and read[-1 - tail] == written[-1 - tail]:
                tail += 1
        shown = _UNSEEN.sub("", read[: len(read) - tail])
        if shown and shown in _SPACE and not self.stack[-1].pre:
            self.space = self.space or (start, end - tail)
        elif shown:
            self._before(start, kind)
            self.reading.unit(shown, start, end - tail)
        if tail:
            self._shown(end - tail, end, kind)

    def _shown(self, start: int, end: int, kind: RegionKind) -> None:
        at = start
        for unseen in _UNSEEN.finditer(self.source, start, end):
            if at < unseen.start():
                self._before(at, kind)
                self.reading.copy(self.source, at, unseen.start())
            at = unseen.end()
        if at < end:
            self._before(at, kind)
            self.reading.copy(self.source, at, end)

    def _before(self, at: int, kind: RegionKind) -> None:
        """Write the line breaks and the space that are due before text at ``at``."""
        if kind != self.kind:
            self.breaks = max(self.breaks, 1)
        if self.breaks and self.reading.length:
            self.reading.unit("\n" * self.breaks, at, at)
        elif self.space is not None and self.reading.length:
            if self.space[1] - self.space[0] == 1 and self.source[self.space[0]] == " ":
                self.reading.copy(self.source, *self.space)
            else:
                self.reading.unit(" ", *self.space)
        self.breaks = 0
        self.space = None
        if kind != self.kind:
            self._close_mark()
            self.kind = kind

    def _close_mark(self) -> None:
        if self.kind != "own" and self.reading.length > self.mark_start:
            self.marks.append(Mark(Span(self.mark_start, self.reading.length), self.kind))
        self.mark_start = self.reading.length

    def finish(self) -> tuple[str, OffsetMap, tuple[Mark, ...]]:
        self._close_mark()
        text, offsets = self.reading.finish()
        return text, offsets, tuple(self.marks)


def _attributes(written: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for m in _ATTRIBUTE.finditer(written):
        value = next((v for v in m.group(2, 3, 4) if v is not None), "")
        found.setdefault(m.group(1).lower(), unescape(_NO_LETTER.sub("\ufffd", value)) if "&" in value else value)
    return found


def _voice(name: str, values: Mapping[str, str]) -> tuple[RegionKind | None, bool]:
    """Return whose voice an element marks, if any, and whether all that follows it is the other message's."""
    tokens = values.get("class", "").lower().split()[:40]
    identity = values.get("id", "").lower().strip()
    named = values.get("name", "").lower().strip()
    tokens += [identity, values.get("data-marker", "").lower(), values.get("data-smartmail", "").lower(), named]
    if identity.endswith("signature") and identity in (
        "signature",
        "x_signature",
        "applemailsignature",
        "emailsignature",
        "email-signature",
    ):
        return "signature", False
    if name == "signature":
        return "signature", False
    if named == "quote":
        return "quote", False
    for token in tokens:
        plain = token[2:] if token.startswith("x_") else token
        if plain in _REST:
            return _REST[plain], True
        if plain in _VOICES:
            return _VOICES[plain], False
        if plain.startswith(("yahoo_quoted", "yahoo-quoted")) or plain.endswith("yahoo_quoted"):
            return "quote", False
    if name == "blockquote":
        indented = "webkit-indent-blockquote" in tokens or (
            _NO_BORDER.search(values.get("style", "")) is not None
            and values.get("type") != "cite"
            and "gmail_quote" not in tokens
        )
        return (None if indented else "quote"), False
    if name == "includetail":
        return "quote", False
    return None, False


# --- tokens -----------------------------------------------------------------------------------------------------------


def _tokenize(source: str, page: _Page) -> None:
    """Send text and tags of ``source`` to ``page``; every character is looked at a bounded number of times."""
    at = 0
    size = len(source)
    lenient = False  # a quote that is never closed swallowed everything: from then on a tag ends at the first ">"
    while at < size:
        opening = source.find("<", at)
        if opening < 0:
            page.text(at, size)
            return
        following = source[opening + 1 : opening + 2]
        if following.isalpha() and following.isascii():
            page.text(at, opening)
            name_match = _TAG_NAME.match(source, opening + 1)
            assert name_match is not None
            end = -1 if lenient else _tag_end(source, name_match.end())
            if end < 0:
                lenient = True
                end = source.find(">", name_match.end())
                if end < 0:
                    return  # a tag that never ends shows nothing
            name = name_match.group().lower()
            page.start(name, source[name_match.end() : end], opening)
            at = end + 1
            if name in _RAW:
                at = _raw_end(source, name, at)
        elif following == "/" and source[opening + 2 : opening + 3].isalpha():
            page.text(at, opening)
            name_match = _TAG_NAME.match(source, opening + 2)
            end = source.find(">", opening + 2)
            if end < 0:
                return
            if name_match is not None:
                page.end(name_match.group().lower())
            at = end + 1
        elif following in ("!", "?", "/") and following:
            page.text(at, opening)
            at = _comment_end(source, opening)
        else:
            page.text(at, opening + 1)
            at = opening + 1


def _tag_end(source: str, at: int) -> int:
    """Return the place of the ``>`` that ends a tag, quoted values skipped; -1 if there is none."""
    for found in _TAG_STOP.finditer(source, at):
        if found.group() == ">":
            return found.start()
    return -1


_TAG_STOP = re.compile(r"=\s*\"[^\"]*\"|=\s*'[^']*'|>")


def _raw_end(source: str, name: str, at: int) -> int:
    """Return where the end tag of a raw element begins, the end of the source if it has none."""
    found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, at)
    return found.start() if found else len(source)


def _comment_end(source: str, at: int) -> int:
    if source.startswith("<!--", at):
        if source.startswith((">", "->"), at + 4):
            return source.index(">", at + 4) + 1
        end = source.find("-->", at + 4)
        return end + 3 if end >= 0 else len(source)
    end = source.find(">", at)
    return end + 1 if end >= 0 else len(source)
