"""Sentences of the writer's own text: where each begins and ends.

Mail is not prose: greetings and sign-offs have no full stop, bullets have none
either, lines may be wrapped by hand or by the client, and a list of sentences
one a line must stay one. So lines are judged first (does the next one go on?),
then full stops within what belongs together. Measured against spaCy's
sentencizer, pysbd and sentencex in ``benchmarks/splitters.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tone_check.draft import Draft, Sentence
from tone_check.span import Span

# Longer lines than this are not wrapped text but paragraphs.
_WRAP_LIMIT = 100
# Nobody wraps more narrowly than this.
_WRAP_NARROWEST = 56
# Most clients wrap at this column or a few later.
_WRAP_USUAL = 72
# Shorter lines than this are broken on purpose, whatever follows.
_WRAP_LEAST = 40
# A sentence is cut at white space when it grows beyond this many code points: input without punctuation stays bounded.
_LONGEST = 1200

# The longest word that a wrap may have pushed to the next line.
_LONG_WORD = 16

_LINE = re.compile(r"[^\r\n]+")
_BULLET = re.compile(r"\s*(?:[-*\u2022\u2023\u25e6\u2013\u2014]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+")
_HEADING = re.compile(r"\s*#{1,6}\s+")
_GREETING = re.compile(
    r"\s*(?:hi|hiya|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|morning|to whom it may concern)\b"
    r"[^.!?\n]{0,60}[,:!]?\s*+$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:(?:with )?(?:(?:very |many |all )?(?:best|kind|kindest|warm|warmest|friendly)(?: (?:regards|wishes))?"
    r"|regards|thanks|thank you|many thanks|cheers|sincerely|yours|yours (?:sincerely|faithfully|truly)|respectfully"
    r"|best wishes|take care|all the best|with gratitude|gratefully))(?: (?:in advance|again))?\s*+[,.!]?\s*+$",
    re.IGNORECASE,
)
_NAME = re.compile(r"\s*(?:[^\W\d_][\w.'\u2019-]*\s*){1,4}\s*$")
_TERMINATED = re.compile(r"[.!?\u2026][\"'\u2019\u201d)\]*_]*\s*$")
# A possible end of a sentence: a run of stops, whatever closes after it, then white space. A run is looked at once,
# from its beginning and as a whole: a line of a million stops would otherwise be tried from every one of them.
_STOP = re.compile(r"(?<![.!?\u2026])([.!?\u2026]++)([\"'\u2019\u201d)\]*_]*+)(?=\s)")
_ABBREVIATIONS = frozenset(
    """
    mr mrs ms mx dr prof st jr sr rev hon fr messrs e.g eg i.e ie etc vs cf al approx appx dept no nos nr ref
    est fig figs vol pp ed eds ext tel mob inc ltd co corp bros plc gmbh bv jan feb mar apr jun jul aug sep
    sept oct nov dec mon tue tues wed thu thur thurs fri sat sun a.m p.m u.s u.k u.n ph.d b.a m.a b.sc m.sc
    ave blvd rd apt min max incl excl p.s attn c.v dipl ing cert gen col capt lt sgt gov sen rep rs md smt
    shri dra sra srta mme mlle eng mgr inst doz retd ret wm chas geo jas p.eng priv hr frl sig sgr stn bldg
    qty wk wks hrs mins pcs tba p.o
    """.split()
)
# After these a full stop may still end the sentence, when a capital follows.
_MAY_END = frozenset("etc inc ltd co corp plc a.m p.m u.s u.k ph.d al dept".split())
_DAYS_AND_MONTHS = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun".split()
)
_WORDLIKE = re.compile(r"[^\W_]|[\u2600-\u27bf\U0001f000-\U0001faff]")


def split(draft: Draft) -> list[Sentence]:
    """Return the sentences in the writer's own voice, in reading order."""
    found = []
    for number, part in enumerate(draft.parts):
        for own in part.own:
            for span in spans(part.text, own):
                text = " ".join(span.of(part.text).split())
                found.append(Sentence(number, span, part.offsets.to_source(span), text))
    return found


def spans(text: str, within: Span) -> Iterator[Span]:
    """Yield the spans of the sentences of ``text`` inside ``within``, trimmed of white space."""
    for block in _blocks(text, within):
        for span in _stops(text, block):
            trimmed = _trim(text, span)
            if trimmed is not None:
                # Where an endless sentence was cut, a piece may be left in which there is no word.
                yield from (s for s in _bounded(text, trimmed) if _WORDLIKE.search(text, s.start, s.end))


def _trim(text: str, span: Span) -> Span | None:
    piece = span.of(text)
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return Span(span.start + left, span.start + right) if left < right else None


def _bounded(text: str, span: Span) -> Iterator[Span]:
    """Cut an endless sentence at white space so that no unit grows without bound."""
    start = span.start
    while span.end - start > _LONGEST:
        cut = max(
            text.rfind(" ", start + _LONGEST // 2, start + _LONGEST),
            text.rfind("\n", start + _LONGEST // 2, start + _LONGEST),
        )
        if cut < 0:
            cut = start + _LONGEST
        piece = _trim(text, Span(start, cut))
        if piece is not None:
            yield piece
        start = cut
    piece = _trim(text, Span(start, span.end))
    if piece is not None:
        yield piece


def _blocks(text: str, within: Span) -> Iterator[Span]:
    """Join lines that a wrap divided; everything else that stands on its own line stays on its own."""
    lines = [Span(m.start(), m.end()) for m in _LINE.finditer(text, within.start, within.end)]
    written = [s.of(text) for s in lines]
    width = _wrap_width(written)
    capitals = _capitalises(written)
    wrapped = capitals and _is_wrapped(written, width)
    final = next((line for line in reversed(lines) if line.of(text).strip()), None)
    current: Span | None = None
    last: Span | None = None
    for line in lines:
        if not line.of(text).strip():
            continue
        if (
            current is not None
            and last is not None
            and _goes_on(text, last, line, width, capitals, wrapped, line == final)
        ):
            current = Span(current.start, line.end)
        else:
            if current is not None:
                yield current
            current = line
        last = line
    if current is not None:
        yield current


def _wrap_width(lines: list[str]) -> int:
    """Return the column at which the text was wrapped, 0 if it was not."""
    lengths = [len(line.rstrip()) for line in lines if not any(len(w) > _WRAP_LEAST for w in line[:400].split())]
    longest = max(lengths, default=0)
    return longest if _WRAP_NARROWEST <= longest <= _WRAP_LIMIT else 0


def _goes_on(text: str, above: Span, line: Span, width: int, capitals: bool, wrapped: bool, final: bool) -> bool:
    """Say whether ``line`` continues the block of which ``above`` is the last line so far."""
    if len(_line_ends(text[above.end : line.start])) > 1:
        return False  # an empty line stands between them
    last = above.of(text).rstrip()
    here = line.of(text)
    if _BULLET.match(here) or _HEADING.match(here) or _HEADING.match(last):
        return False
    if _CLOSING.match(last) or (
        # Whatever formula ends in a comma before a name at the very end is a sign-off too.
        last.endswith(",") and len(last) < _WRAP_LEAST and not _GREETING.match(last) and final
    ):
        # The length comes first: a long line could be four names in a great many ways.
        return len(here) < _WRAP_LEAST and bool(_NAME.match(here)) and here.strip()[:1].isupper()
    if _GREETING.match(last) or (_TERMINATED.search(last[-12:]) and not _abbreviated(last)):
        return False
    words = here.split(None, 1)
    small = capitals and here.lstrip()[:1].islower()
    if small and len(last) + 1 + len(words[0]) > _WRAP_USUAL and len(last) <= _WRAP_LIMIT:
        return True  # wherever another paragraph was wrapped, this line was full
    if not width or len(last) < _WRAP_LEAST:
        return False
    if len(last) + 1 + len(words[0]) <= width:
        return False
    # A small letter goes on. A capital does only in a text that is known to be wrapped: whoever leaves out full stops
    # begins every line with a capital all the same.
    return wrapped or small


def _capitalises(lines: list[str]) -> bool:
    """Say whether the writer begins what is new with a capital; who does not gives no sign of where a wrap is."""
    return not any(
        below.lstrip()[:1].islower()
        and (len(line.strip()) < _WRAP_LEAST or _TERMINATED.search(line.rstrip()[-12:]))
        and not _GREETING.match(line)
        and not _CLOSING.match(line)
        for line, below in pairwise(lines)
        if line.strip()
    )


def _is_wrapped(lines: list[str], width: int) -> bool:
    """Say whether some full line without a stop is followed by a line in small letters: only a wrap does that."""
    return bool(width) and any(
        len(line.rstrip()) > width - _LONG_WORD
        and not _TERMINATED.search(line.rstrip()[-12:])
        and below.lstrip()[:1].islower()
        for line, below in pairwise(lines)
    )


def _abbreviated(line: str) -> bool:
    """Say whether a line breaks off after an abbreviation that wants a word after it ("Mrs.")."""
    word = line.rsplit(None, 1)[-1]
    plain = word[:-1].lower().strip("(\"'\u201c\u2018")
    return word.endswith(".") and plain in _ABBREVIATIONS and plain not in _MAY_END


def _line_ends(gap: str) -> list[str]:
    return re.findall(r"\r\n|\r|\n", gap)


def _stops(text: str, block: Span) -> Iterator[Span]:
    """Divide a block at the stops that end a sentence."""
    start = block.start
    bullet = _BULLET.match(text, block.start, block.end)
    scan = bullet.end() if bullet else block.start
    for stop in _STOP.finditer(text, scan, block.end):
        if _ends(text, start, stop, block.end):
            yield Span(start, stop.end())
            start = stop.end()
    if start < block.end:
        yield Span(start, block.end)


def _ends(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    """Say whether this run of stops ends a sentence."""
    after = stop.end()
    while after < end and text[after].isspace():
        after += 1
    if after >= end:
        return True
    following = text[after]
    lower = following.islower()
    marks, closed = stop.group(1), stop.group(2)
    if closed and lower:
        return False  # "Why?" he asked.
    if _WORDLIKE.match(following) is None or (ord(following) > 0x2000 and not following.isalpha()):
        return following in "([\"'\u201c\u2018-\u2013\u2014"  # emoji belong to what they follow
    if "!" in marks or "?" in marks:
        return not (lower and len(marks) > 1)  # text-speak runs on: "any news??? u said today"
    if len(marks) > 1 or marks == "\u2026":
        return not lower
    word = _word_before(text, start, stop.start())
    plain = word.lower().strip("(\"'\u201c\u2018")
    if plain in ("no", "nos"):
        return closed != "" or not following.isdigit()
    if plain in _ABBREVIATIONS and not closed and not (plain in _DAYS_AND_MONTHS and word[:1].islower()):
        return plain in _MAY_END and not lower and not following.isdigit()
    if len(plain) == 1 and plain.isalpha() and word.strip("(\"'").isupper() and plain != "i":
        return False  # an initial
    if plain.isdigit() and len(plain) <= 3 and _comes_first(text, start, stop.start() - len(word)):
        return False  # the number of a list item
    return not lower or (plain.isalpha() and len(plain) > 1)


def _comes_first(text: str, start: int, at: int) -> bool:
    """Say whether nothing but white space stands between ``start`` and ``at``; looks no farther than that goes."""
    while at > start and text[at - 1].isspace():
        at -= 1
    return at == start


def _word_before(text: str, start: int, end: int) -> str:
    at = end
    while at > start and end - at < 40 and not text[at - 1].isspace():
        at -= 1
    return text[at:end]
