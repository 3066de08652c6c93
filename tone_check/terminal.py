"""Text of strangers made safe for a terminal."""

from __future__ import annotations

import unicodedata


def printable(text: str, keep_lines: bool = False) -> str:
    """Replace everything a terminal could act on by a visible stand-in.

    Control characters (C0, C1), bidirectional overrides and other invisible
    format characters, unpaired surrogates and line separators never reach the
    terminal; tabs become spaces. Joiners inside emoji and words stay.
    """
    if text.isprintable():
        return text
    return "".join(_shown(c, keep_lines) for c in text)


def _shown(char: str, keep_lines: bool) -> str:
    if char == "\n" and keep_lines:
        return char
    if char in "\t\n\r\u00a0\u2028\u2029":
        return " "
    if char in "\u200c\u200d":
        return char
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return "\N{REPLACEMENT CHARACTER}"
    return char
