"""Bytes to text: byte-order marks, declared charsets with their aliases, and sensible guesses."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from tone_check.draft import UnreadableError

# Longest first: the UTF-32 mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Names seen in mail that Python does not know, or knows as something narrower than what is sent under them.
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-6-e": "iso-8859-6",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unicode": "utf-16",
    "utf8mb4": "utf-8",
    "cp-850": "cp850",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "windows-1252http-equivcontent-type": "cp1252",
}
# Python calls these encodings of text, but no mail is written in them.
_NOT_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252"})
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# Letters of western European words stand alone or in pairs between ASCII letters, never in long runs.
_HIGH_RUN = re.compile(r"[\u00c0-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192]{4}")
_WESTERN = re.compile(
    r"[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e"
    r"\u2018-\u201e\u2020-\u2022\u2026\u2039\u203a\u20ac\u2122\u2013\u2014"
    r"\u00a0\u00a1\u00a3\u00a7\u00a9\u00aa\u00ab\u00ae\u00b0\u00b1\u00b2\u00b3\u00b4\u00b5\u00b7\u00ba\u00bb\u00bc\u00bd\u00be\u00bf\u00ad]"
)
_FAR = re.compile("[\u0370-\u1fff\u2c00-\ud7ff\ue000-\uffef]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,4}=\s{0,4}[\"']?\s{0,4}([A-Za-z0-9_:.+-]{2,40})", re.IGNORECASE)


def byte_order_mark(data: bytes) -> tuple[str, int]:
    """Return the charset a byte-order mark announces and the mark's length; an empty name without one."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, len(mark)
    return "", 0


def decode_file(data: bytes) -> str:
    """Decode a file that carries no declaration: its mark, then UTF-8, then Windows-1252 if that makes sense.

    Raises:
        UnreadableError: it is binary or in a charset that cannot be told.
    """
    name, skip = byte_order_mark(data)
    if name:
        try:
            return data[skip:].decode(name)
        except UnicodeDecodeError as broken:
            raise UnreadableError(
                f"begins with the byte-order mark of {name.upper()} but byte {skip + broken.start} does not fit"
            ) from None
    if b"\0" in data:
        raise UnreadableError("is a binary file, not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as broken:
        text = _western(data)
        if text is None:
            raise UnreadableError(
                f"is neither UTF-8 (byte {broken.start} does not fit) nor Windows-1252; save it as UTF-8"
            ) from None
        return text


def paired(text: str) -> str:
    """Return text that can be encoded again: unpaired surrogates, which UTF-7 can spell, are replaced one by one.

    No tokenizer and no file takes them; code points are neither lost nor added, so offsets stay.
    """
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def decode_part(data: bytes, label: str | None) -> str:
    """Decode the text of a mail part; a missing, unknown or wrong label is no reason to give up on a mail."""
    return paired(_decoded(data, label))


def _decoded(data: bytes, label: str | None) -> str:
    name, skip = byte_order_mark(data)
    if name:
        try:
            return data[skip:].decode(name)
        except UnicodeDecodeError:
            pass
    codec = lookup(label) if label else None
    if codec is not None:
        if codec in _LATIN:
            return _latin(data, codec)
        try:
            return _without_mark(data.decode(codec))
        except (UnicodeError, ValueError):
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if codec is not None and codec not in _LATIN:
        # Truncated or damaged: most of it is still what the label says, a letter in a hundred may be lost.
        try:
            text = data.decode(codec, "replace")
        except (UnicodeError, ValueError):
            text = ""
        if text and text.count("\ufffd") * 50 <= len(text):
            return _without_mark(text)
    return _latin(data, "cp1252")


def html_label(data: bytes) -> str | None:
    """Return the charset that an HTML page declares about itself near its top."""
    found = _META.search(data[:2048])
    return found.group(1).decode("ascii") if found else None


@lru_cache(maxsize=256)
def lookup(label: str) -> str | None:
    """Return Python's name for a charset label, None if it is unknown or no charset."""
    plain = label.strip().strip("\"'").split(";")[0].strip().lower()[:60]
    try:
        found = codecs.lookup(_ALIASES.get(plain, plain))
    except (LookupError, ValueError, UnicodeError):
        if not plain.startswith("x-"):
            return None
        return lookup(plain[2:])
    if not getattr(found, "_is_text_encoding", True) or found.name.replace("-", "_") in _NOT_CHARSETS:
        return None
    return found.name


def _latin(data: bytes, codec: str) -> str:
    """Read what is labelled ASCII, Latin-1 or Windows-1252, each of which often is one of the others or UTF-8."""
    if data.isascii():
        return data.decode("ascii")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text:
        # A few letters of Windows-1252 can be valid UTF-8 by chance ("ä––"), but then for something far from Latin.
        high = [c for c in text if c > "\x7f"]
        if codec == "ascii" or len(high) >= 8 or not _FAR.search(text):
            return text
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1") if codec == "iso8859-1" else data.decode("cp1252", "replace")


def _western(data: bytes) -> str | None:
    """Decode Windows-1252 if the outcome looks like a western European text."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    high = sum(1 for c in text if c > "\x7f")
    if _CONTROLS.search(text) or _HIGH_RUN.search(text):
        return None
    fitting = sum(1 for _ in _WESTERN.finditer(text))
    return text if fitting * 20 >= high * 19 and high * 3 <= len(text) else None


def _without_mark(text: str) -> str:
    return text[1:] if text.startswith("\ufeff") else text
