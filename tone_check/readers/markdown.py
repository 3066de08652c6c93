"""Markdown as a part: the text stays as it is written, what is not prose or not the writer's is marked.

Emphasis and links keep their signs: a sentence's text equals its slice of the file, as the contract has it for all
but HTML and flowed text, and a person reading the report finds in the file what the report shows.
"""

from __future__ import annotations

import re

from tone_check.draft import Part, RegionKind
from tone_check.readers.regions import Mark, mark
from tone_check.span import LINE_END, OffsetMap, Span

_FENCE = re.compile(r" {0,3}(?:> ?){0,3}(`{3,}+|~{3,}+)([^`]*+)$")
_DEFINITION = re.compile(r" {0,3}\[[^\]\n]{1,200}\]:\s{1,8}\S")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_TABLE_RULE = re.compile(r"[ \t|:-]{3,}$")
_ITEM = re.compile(r"\s{0,12}(?:[-*+]|\d{1,9}[.)])\s")
_TAG_ONLY = re.compile(r"\s{0,3}</?[A-Za-z][^>]{0,400}>\s*$")


def markdown_part(source: str, name: str | None = None) -> Part:
    """Return a Markdown text as a part of a draft."""
    return Part(name, source, source, OffsetMap.identity(len(source)), mark(source, known=_marks(source)))


def _marks(source: str) -> tuple[Mark, ...]:
    """Return the lines that are not prose: front matter, code, comments, rules, link definitions."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for found in LINE_END.finditer(source):
        bounds.append((start, found.end()))
        start = found.end()
    if start < len(source):
        bounds.append((start, len(source)))
    lines = [source[a:b].rstrip("\r\n") for a, b in bounds]
    kinds: list[RegionKind | None] = [None] * len(lines)
    i: int = _front_matter(lines)
    kinds[:i] = ["code"] * i
    in_list = False
    while i < len(lines):
        line = lines[i]
        end = i
        if fence := _FENCE.match(line):
            end = _fence_end(lines, i, fence.group(1))
        elif line.lstrip().startswith("<!--"):
            while end < len(lines) and "-->" not in lines[end]:
                end += 1
            end = min(end + 1, len(lines))
        elif _no_prose(line, not i or not lines[i - 1].strip()) or (not in_list and _indented_code(lines, kinds, i)):
            end = i + 1
        if _ITEM.match(line):
            in_list = True
        elif line.strip() and not line.startswith((" ", "\t")):
            in_list = False
        kinds[i:end] = ["code"] * (end - i)
        i = max(end, i + 1)
    return tuple(Mark(Span(*bounds[n]), kind) for n, kind in enumerate(kinds) if kind is not None)


def _indented_code(lines: list[str], kinds: list[RegionKind | None], i: int) -> bool:
    """Say whether a line is code by its indentation: it must go on no paragraph."""
    if not lines[i].startswith(("    ", "\t")) or not lines[i].strip():
        return False
    return not i or not lines[i - 1].strip() or kinds[i - 1] == "code"


def _no_prose(line: str, after_blank: bool) -> bool:
    """Say whether a line is a rule, a link definition, the rule of a table or a tag by itself."""
    if _RULE.match(line):
        # Two or three dashes may stand above a signature or below a heading.
        return after_blank or line.strip() not in ("--", "---")
    return bool(
        _DEFINITION.match(line) or ("|" in line and "-" in line and _TABLE_RULE.match(line)) or _TAG_ONLY.match(line)
    )


def _front_matter(lines: list[str]) -> int:
    """Return how many lines at the top are metadata between dashes."""
    if not lines or lines[0].rstrip() not in ("---", "+++"):
        return 0
    for i in range(1, min(len(lines), 200)):
        if lines[i].rstrip() in (lines[0].rstrip(), "..."):
            return i + 1
    return 0


def _fence_end(lines: list[str], i: int, fence: str) -> int:
    """Return where a fenced block ends; one that is never closed runs to the end, as CommonMark has it."""
    for j in range(i + 1, len(lines)):
        closing = lines[j].strip(" \t>")
        if len(closing) >= len(fence) and closing == fence[0] * len(closing):
            return j + 1
    return len(lines)
