"""Whose voice is it: regions of a reading text, found line by line.

Measured on the 59 plain mails of the case table (``python -m tests.readers.compare``; exact, own words lost, others'
words kept): this 59, 0, 0, written with the table at hand; mail-parser-reply 22, 81, 395; quotequail 18, 66, 611.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tone_check.draft import Region, RegionKind
from tone_check.readers.phrases import Finder, Phrases, phrases
from tone_check.span import LINE_END, Span

# No attribution, divider or label is longer, however its lines are broken.
_LONGEST_ATTRIBUTION = 400
_ATTRIBUTION_LINES = 4
# A signature without a delimiter is no longer than this many lines.
_LONGEST_SIGNATURE = 12

_MARK = re.compile(r"[ \t]{0,3}>")
_NUMBER_MARK = re.compile(r"\s{0,3}>{1,2}=?[\d.,$£€%]")
_MAILBOX_FROM = re.compile(r">From ")
_INITIALS = re.compile(r"\s{0,2}[A-Z]{1,4}> ?\S")
_BAR = re.compile(r"\s{0,2}[|:}] ")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}|mailto:")
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s?[hH]\s?\d{2}\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b")
_DIGIT = re.compile(r"\d")
_PRONOUN = re.compile(r"\b(?:you|i|we|he|she|they)(?: \w{2,12}ly)?\s*$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_RULE = re.compile(r"\s{0,3}(?:_{5,}|-{5,}|={5,}|\*{5,}|—{3,})\s*$")
_DASHED = re.compile(r"[\s>*]{0,6}(?:-{2,}|_{2,}|={2,}|—{1,})")
_LABEL = re.compile(r"[\s>*_|]{0,8}([^\W\d][^:：@<>\t]{0,24}?)[\s*_]{0,3}[:：](?!//)")
_FENCE = re.compile(r" {0,3}(`{3,}+|~{3,}+)([^`]*+)$")
_ARMOUR = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]{2,40})-----\s*$")
_HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_DIFF_HEADER = re.compile(
    r"(?:diff |index [0-9a-f]{4,}|--- \S|\+\+\+ \S|(?:new|deleted|old) (?:file )?mode |similarity index |rename |copy "
    r"|Binary files |GIT binary patch|Index: |={20,}$|@@ )"
)
_DIFFSTAT = re.compile(r" \S.{0,200}\| {1,8}(?:\d+|Bin)\b| \d+ files? changed")
_TRAILER = re.compile(
    r"(?:Signed-off-by|Reviewed-by|Acked-by|Tested-by|Reported-by|Suggested-by|Co-authored-by|Co-developed-by|Cc|Fixes"
    r"|Link|Closes|Change-Id|Message-Id): \S"
)
_LOG = re.compile(
    r"\W{0,2}\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,12} \S"
    r"|\W{0,2}[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \S{1,60} [\w./-]{1,40}(?:\[\d+\])?:"
    r"|\[?(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|TRACE)\]?[: ] ?\[?[\w.]{3,}[\]:]"
    r"|\W{0,2}\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d:?\d{0,2}[.,]?\d{0,6} \W?(?:ERROR|WARN|INFO|DEBUG|FATAL)"
)
_TRACE = re.compile(r"\s{0,8}(?:at [\w.$<>/-]{2,200}\([^()]{0,200}\)|\.\.\. \d{1,5} more|Caused by: [\w.$]{3,})\s*$")
_EXCEPTION = re.compile(r"(?:Exception in thread |[\w.]{0,200}(?:Error|Exception|Interrupt|Warning|Exit)\b(?:: |$))")
_PROMPT = re.compile(
    r"\s{0,8}(?:[\w.-]{1,40}@[\w.-]{1,60}:\S{1,80}[$#] |\$ [a-z./~][\w./~-]{0,60}(?: |$)|>>> \S|C:\\\S{0,80}> ?\S)"
)
_CODE_SIGNS = re.compile(r"[{}();=<>\[\]|&$#\\/_`]")

_DELIMITER = re.compile(r"\s{0,2}(?:--|—|–|___?|-- --|--\u00a0)[ \t\u00a0]{0,3}$")
_PHONE = re.compile(r"\+?\(?\d[\d\s()./\u00a0\u2010-\u2013-]{6,22}\d(?:\s{0,2}(?:x|ext\.?)\s{0,2}\d{1,6})?")
_LINK = re.compile(
    r"<?(?:https?://|www\.|mailto:|tel:)[^\s<>]{1,400}>?|[\w-]{2,40}(?:\.[\w-]{2,40}){0,4}\.(?:com|org|net|example|co\.uk|de|io|eu|uk|ca"
    r"|au|fr|es|it|nl|ch|at|ie|in|edu|gov|info|biz|me|us)(?:/[^\s<>]{0,200})?(?![\w@])"
)
_CONTACT_WORD = re.compile(
    r"\b(?:tel|telephone|phone|mobile|mob|cell|fax|direct|office|desk|switchboard|e-?mail|mail|web|website|url|linkedin|twitter"
    r"|skype|whatsapp|signal|telefon|mobil|handy|fon|t|m|p|e|w|f|d|o|c|dd|ddi|ext|in|pronouns|she|her|hers|he|him|his|they|them)\b",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[|·•/–—]|\s-\s")
_STREET = re.compile(
    r"^\W{0,3}(?:\d{1,5}[a-z]?,? [A-Z][\w'.]{1,30} .{0,40}?\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square|sq"
    r"|court|place|way|boulevard|blvd|floor|suite)\b|.{0,60}\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$"
    r"|.{0,60}, [A-Z]{2} \d{5}(?:-\d{4})?$|\w{3,30}(?:straße|strasse|str\.|weg|platz|allee) \d{1,4}"
    r"|\d{5} [A-Z]\w{2,30}$|p\.?o\.? box \d)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\W{0,2}(?:[^\W\d_a-z][\w.'’-]{0,30}+[ ,]{0,2}+){1,5}+\W{0,2}$")
_SENTENCE_END = re.compile(r"[.!?…][\"'’”)]{0,3}$")
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|i|i'm|i’m|my|we|our|p\.?s\.?)\b", re.IGNORECASE)
_QUOTATION = tuple("\"'“‘«„")
_MY_DEVICE = re.compile(r"\b(?:from|on|via|by) (?:my|our)\b|excuse (?:any|my|the)\b", re.IGNORECASE)
_DEVICE_LINK = re.compile(r"\s?<?https?://[^\s<>]{1,300}>?")


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines whose voice is known from the structure of the source; ``rest`` says that all that follows is it too."""

    span: Span
    kind: RegionKind


def mark(
    text: str, *, depths: Sequence[int] | None = None, known: Sequence[Mark] = (), mail: bool = False
) -> tuple[Region, ...]:
    """Return the regions of a reading text: in order, without overlaps, covering all of it.

    Args:
        text: what a reader sees.
        depths: the quote depth of each line, where the source says so (format=flowed).
        known: whole lines, sorted, whose voice the source says (HTML).
        mail: the text is the body of a mail, so headers at its top are a quoted mail's, not its own.
    """
    if not text:
        return ()
    page = _Page.of(text)
    page.place(known)
    _mark_code(page)
    _mark_quotes(page, depths)
    _mark_attributions(page, mail)
    words = phrases()
    lowered = text.lower().replace("’", "'")
    finders = _Finders(words.mobile.relevant(lowered), words.disclaimer.relevant(lowered))
    for block in list(page.blocks()):
        _mark_tail(page, block, finders)
    return page.regions()


@dataclass(frozen=True, slots=True)
class _Finders:
    """The phrases that occur at all in a text, looked up once for all its blocks."""

    mobile: Finder
    notices: Finder


class _Page:
    """A text's lines and what is known of each so far; None is the writer's own until something says otherwise."""

    def __init__(self, text: str, bounds: list[tuple[int, int]], lines: list[str]) -> None:
        self.text = text
        self.bounds = bounds
        self.lines = lines
        self.kinds: list[RegionKind | None] = [None] * len(lines)

    @staticmethod
    def of(text: str) -> _Page:
        bounds = []
        lines = []
        start = 0
        for end in LINE_END.finditer(text):
            bounds.append((start, end.end()))
            lines.append(text[start : end.start()])
            start = end.end()
        if start < len(text):
            bounds.append((start, len(text)))
            lines.append(text[start:])
        return _Page(text, bounds, lines)

    def __len__(self) -> int:
        return len(self.lines)

    def place(self, known: Sequence[Mark]) -> None:
        """Write down what the structure of the source says."""
        starts = [start for start, _ in self.bounds]
        for item in known:
            self.give(range(bisect_left(starts, item.span.start), bisect_left(starts, item.span.end)), item.kind)

    def free(self, i: int) -> bool:
        """Say whether line ``i`` holds something and nothing is known of it."""
        return self.kinds[i] is None and not self.blank[i]

    @cached_property
    def blank(self) -> list[bool]:
        return [not line or line.isspace() for line in self.lines]

    @cached_property
    def after(self) -> list[int]:
        """For every line the next one that is not blank; the number of lines where there is none."""
        following = [len(self.lines)] * len(self.lines)
        found = len(self.lines)
        for i in range(len(self.lines) - 1, -1, -1):
            following[i] = found
            if not self.blank[i]:
                found = i
        return following

    def quoted(self, i: int) -> bool:
        """Say whether line ``i`` exists and is quoted."""
        return i < len(self.lines) and self.kinds[i] in ("quote", "forwarded")

    def give(self, lines: Iterable[int], kind: RegionKind) -> None:
        """Give lines a kind, whatever was known of them."""
        for i in lines:
            self.kinds[i] = kind

    def fill(self, start: int, end: int, kind: RegionKind) -> None:
        """Give the lines of which nothing is known a kind."""
        for i in range(start, end):
            if self.kinds[i] is None:
                self.kinds[i] = kind

    def blocks(self) -> Iterator[range]:
        """Yield the runs of the writer's own lines; blank lines neither begin nor end one."""
        start = last = -1
        for i in range(len(self.lines)):
            if self.kinds[i] is not None:
                if start >= 0 and self.kinds[i] != "code":
                    yield range(start, last + 1)
                    start = -1
            elif not self.blank[i]:
                start = i if start < 0 else start
                last = i
        if start >= 0:
            yield range(start, last + 1)

    def regions(self) -> tuple[Region, ...]:
        """Return the regions; a blank line goes with what stands before it."""
        found: list[Region] = []
        kind: RegionKind = "own"
        begin = 0
        for i, (start, _) in enumerate(self.bounds):
            here = kind if self.blank[i] and i else (self.kinds[i] or "own")
            if here != kind and start > begin:
                found.append(Region(Span(begin, start), kind))
                begin = start
            kind = here
        return (*found, Region(Span(begin, len(self.text)), kind))


# --- code -------------------------------------------------------------------------------------------------------------


def _mark_code(page: _Page) -> None:
    """Mark fences, patches, armour, traces and logs: nobody's voice."""
    unclosed: dict[str, int] = {}
    ends = _armour_ends(page)
    patches = [i for i, line in enumerate(page.lines) if line.startswith("diff --git ")]
    i = 0
    while i < len(page):
        line = page.lines[i]
        if not page.free(i):
            i += 1
            continue
        end = i
        if fence := _FENCE.match(line):
            end = _fence_end(page, i, fence, unclosed)
        elif armour := _ARMOUR.match(line):
            end = _armour_end(page, i, armour, ends)
        elif line.startswith(("diff ", "Index: ", "--- ")) or line.rstrip() == "---":
            end = _patch_end(page, i, patches)
        elif line.startswith("Traceback (most recent call last)"):
            end = _traceback_end(page, i)
        elif _output(page, i):
            end = i + 1
        page.fill(i, end, "code")
        i = max(end, i + 1)


def _output(page: _Page, i: int) -> bool:
    """Say whether a line was written by a program: a trace, a log, a prompt, code set in."""
    line = page.lines[i]
    if _TRACE.match(line) or _LOG.match(line) or _PROMPT.match(line):
        return True
    if _EXCEPTION.match(line) and i + 1 < len(page) and _TRACE.match(page.lines[i + 1]):
        return True
    return _indented_code(line)


def _fence_end(page: _Page, i: int, fence: re.Match[str], unclosed: dict[str, int]) -> int:
    """Return where a fenced block ends; a fence that is never closed fences nothing in."""
    sign, size = fence.group(1)[0], len(fence.group(1))
    if sign in unclosed and size >= unclosed[sign]:
        return i
    for j in range(i + 1, len(page)):
        closing = page.lines[j].strip()
        if len(closing) >= size and closing == sign * len(closing):
            return j + 1
    unclosed[sign] = size
    return i


def _armour_ends(page: _Page) -> dict[str, list[int]]:
    ends: dict[str, list[int]] = {}
    if "-----END " in page.text:
        for i, line in enumerate(page.lines):
            found = _ARMOUR.match(line)
            if found and found.group(1) == "END":
                ends.setdefault(found.group(2), []).append(i)
    return ends


def _armour_end(page: _Page, i: int, armour: re.Match[str], ends: dict[str, list[int]]) -> int:
    if armour.group(1, 2) == ("BEGIN", "PGP SIGNED MESSAGE"):
        # The signed text stays; only the armour's header goes, up to its empty line.
        end = i + 1
        while end < len(page) and end < i + 8 and not page.blank[end]:
            end += 1
        return end
    known = ends.get(armour.group(2), [])
    at = bisect_left(known, i)
    return known[at] + 1 if at < len(known) else i + 1


def _patch_end(page: _Page, i: int, patches: list[int]) -> int:
    """Return where the patch that begins at line ``i`` ends, ``i`` if none does."""
    line = page.lines[i]
    if line.rstrip() == "---":
        # As git writes mail: notes and a diffstat between the dashes and the patch.
        following = page.after[i]
        at = bisect_left(patches, i)
        if at < len(patches) and patches[at] - i < 400:
            return _diff_end(page, patches[at])
        if following < len(page) and _DIFFSTAT.match(page.lines[following]):
            end = following
            while end < len(page) and _DIFFSTAT.match(page.lines[end]):
                end += 1
            return end
        return i
    if line.startswith("--- "):
        return _diff_end(page, i) if i + 1 < len(page) and page.lines[i + 1].startswith("+++ ") else i
    if line.startswith("Index: "):
        return _diff_end(page, i) if i + 1 < len(page) and page.lines[i + 1].startswith("=====") else i
    if line.startswith("diff --git ") or (i + 1 < len(page) and _DIFF_HEADER.match(page.lines[i + 1])):
        return _diff_end(page, i)
    return i


def _diff_end(page: _Page, i: int) -> int:
    """Follow a patch by the line counts of its hunks; what stands after the last one is text again."""
    old = new = 0
    end = i
    while end < len(page):
        line = page.lines[end]
        if old > 0 or new > 0:
            sign = line[:1]
            if sign == "-":
                old -= 1
            elif sign == "+":
                new -= 1
            elif sign in (" ", ""):
                old, new = old - 1, new - 1
            elif sign != "\\":
                break
        elif hunk := _HUNK.match(line):
            old, new = int(hunk.group(1) or 1), int(hunk.group(2) or 1)
        elif page.blank[end]:
            following = page.after[end]
            if following >= len(page) or not _DIFF_HEADER.match(page.lines[following]):
                break
        elif not _DIFF_HEADER.match(line) and not line.startswith("\\"):
            break
        end += 1
    return end


def _traceback_end(page: _Page, i: int) -> int:
    end = i + 1
    while end < len(page) and page.lines[end][:1] in (" ", "\t"):
        end += 1
    return end + 1 if end < len(page) and _EXCEPTION.match(page.lines[end]) else end


def _indented_code(line: str) -> bool:
    """Say whether an indented line is code: people indent prose too, so it must look like code."""
    if not line.startswith(("    ", "\t")):
        return False
    body = line.strip()[:200]
    signs = len(_CODE_SIGNS.findall(body))
    return signs >= 3 and signs * 2 >= len(_WORDS.findall(body))


# --- quotes -----------------------------------------------------------------------------------------------------------


def _mark_quotes(page: _Page, depths: Sequence[int] | None) -> None:
    """Mark the lines that carry a quote mark."""
    if depths is not None:
        for i, depth in enumerate(depths[: len(page)]):
            if depth and page.kinds[i] in (None, "code"):
                page.kinds[i] = "quote"
        return
    marked = [page.kinds[i] in (None, "code") and _MARK.match(line) is not None for i, line in enumerate(page.lines)]
    if True in marked:
        for i, here in enumerate(marked):
            if here and page.kinds[i] is None and not _own_mark(page, i, marked):
                page.kinds[i] = "quote"
        _mark_broken(page)
    _mark_initials(page)


def _own_mark(page: _Page, i: int, marked: list[bool]) -> bool:
    """Say whether a ``>`` is the writer's: ">50% of it" alone between plain lines, or a mailbox's ">From "."""
    line = page.lines[i]
    if (i and marked[i - 1]) or (i + 1 < len(page) and marked[i + 1]):
        return False
    return _NUMBER_MARK.match(line) is not None or _MAILBOX_FROM.match(line) is not None


def _mark_broken(page: _Page) -> None:
    """Mark what a client broke off the end of a long quoted line: a short piece amid the quote, in lower case."""
    for i in range(1, len(page) - 1):
        if page.kinds[i] is None and page.kinds[i - 1] == page.kinds[i + 1] == "quote":
            line, last, following = page.lines[i].strip(), page.lines[i - 1].rstrip(), page.lines[i + 1].lstrip("> \t")
            broken = len(last) >= 66 and not _closed(last) and len(line) <= 30 and line[:1].islower()
            if broken and not _closed(line) and following[:1].islower():
                page.kinds[i] = "quote"


def _mark_initials(page: _Page) -> None:
    """Mark quotes that begin with the quoted person's initials, two lines at least."""
    if "> " not in page.text:
        return
    run: list[int] = []
    for i in range(len(page) + 1):
        if i < len(page) and page.kinds[i] is None and _INITIALS.match(page.lines[i]):
            run.append(i)
            continue
        if i < len(page) and page.blank[i]:
            continue
        if len(run) > 1:
            page.give(run, "quote")
        run = []


# --- attributions and dividers ----------------------------------------------------------------------------------------


def _mark_attributions(page: _Page, mail: bool) -> None:
    """Mark the lines that introduce somebody else's words, and the rest where no mark does."""
    words = phrases()
    quotes = [i for i in range(len(page)) if page.quoted(i)]
    own_before = False
    i = 0
    while i < len(page):
        if not page.free(i) and page.kinds[i] != "attribution":
            i += 1
            continue
        divided = _divider(page, i, words)
        if divided is not None:
            end, kind = divided
            if kind == "quote" and not own_before and not mail and page.lines[i].lstrip()[:1].isalpha():
                page.fill(i, end, "attribution")  # the headers of a draft kept as text
                i = end
                continue
            page.fill(i, end, "attribution")
            following = page.after[end - 1]
            if page.quoted(following):
                i = end
                continue
            page.give(range(end, len(page)), kind)
            return
        found = _attribution(page, i, words)
        if found is None:
            own_before = own_before or page.kinds[i] is None
            i += 1
            continue
        end = found
        following = page.after[end - 1]
        marked_below = page.quoted(following) or _bars(page, following)
        if marked_below:
            page.fill(i, end, "attribution")
            if not page.quoted(following):
                while following < len(page) and (_BAR.match(page.lines[following]) or page.blank[following]):
                    page.fill(following, following + 1, "quote")
                    following += 1
        else:
            page.fill(i, end, "attribution")
            if own_before and (not quotes or quotes[-1] < end):
                page.give(range(end, len(page)), "quote")
                return
        i = end


def _bars(page: _Page, i: int) -> bool:
    """Say whether two lines from ``i`` on carry a bar as a quote mark."""
    return i + 1 < len(page) and bool(_BAR.match(page.lines[i])) and bool(_BAR.match(page.lines[i + 1]))


def _divider(page: _Page, i: int, words: Phrases) -> tuple[int, RegionKind] | None:
    """Return the end of a divider or header block that begins at line ``i``, and the kind of what follows it."""
    line = page.lines[i]
    if len(line) > _LONGEST_ATTRIBUTION:
        return None
    plain = line.strip(" \t>*-_=—:：")
    if _DASHED.match(line) and plain:
        kind: RegionKind | None = None
        if words.original.whole(plain):
            kind = "quote"
        elif words.forwarded.whole(plain):
            kind = "forwarded"
        end = _headers_end(page, page.after[i], words)
        if kind is not None or end:
            return end or i + 1, kind or "quote"
        return None
    if line.rstrip().endswith((":", "：", ">")) and words.begin.whole(plain):
        return _headers_end(page, page.after[i], words) or i + 1, "forwarded"
    end = _headers_end(page, page.after[i] if _RULE.match(line) else i, words)
    return (end, "quote") if end else None


def _headers_end(page: _Page, i: int, words: Phrases) -> int:
    """Return where a block of mail headers that begins at line ``i`` ends, 0 if none does."""
    if i >= len(page) or _label(page.lines[i], words) is None:
        return 0
    seen: set[str] = set()
    address = False
    end = at = i
    while at < len(page) and at < i + 24:
        line = page.lines[at]
        label = _label(line, words)
        if label is not None:
            if label in seen and label in ("from", "subject"):
                break
            seen.add(label)
            address = address or "@" in line or "mailto:" in line
            end = at + 1
        elif page.blank[at]:
            following = page.after[at]
            # Header lines set as paragraphs of their own; an empty line alone ends the block.
            if following != at + 1 or following >= len(page) or _label(page.lines[following], words) is None:
                break
        elif (
            line[:1] in (" ", "\t")
            or (at + 1 < len(page) and _label(page.lines[at + 1], words) is not None)
            or _goes_on(line)
        ):
            end = at + 1  # a long list of recipients goes on
        else:
            break
        at += 1
    enough = "from" in seen and len(seen) >= 3 and ("sent" in seen or address) and ("subject" in seen or address)
    return (
        end
        if enough or (seen >= {"from", "sent"} and address) or (seen >= {"sent", "to", "subject"} and address)
        else 0
    )


def _goes_on(line: str) -> bool:
    return len(line) <= 200 and "@" in line and line.rstrip().endswith((";", ">", ","))


def _label(line: str, words: Phrases) -> str | None:
    """Return what kind of header a line is by its label: from, sent, to, subject."""
    found = _LABEL.match(line)
    return words.labels.get(found.group(1).strip().lower()) if found else None


def _attribution(page: _Page, i: int, words: Phrases) -> int | None:
    """Return the end of an attribution that begins at line ``i``, None if none does."""
    joined = ""
    for end in range(i + 1, min(i + 1 + _ATTRIBUTION_LINES, len(page) + 1)):
        if not page.free(end - 1):
            return None
        line = page.lines[end - 1].strip()
        joined = f"{joined} {line}" if joined else line
        if len(joined) > _LONGEST_ATTRIBUTION:
            return None
        if end == i + 1 and not _may_begin(joined, words):
            # Only a line that is an attribution by itself remains possible.
            if not joined.endswith((":", "：", "-")):
                return None
            return end if _is_attribution(page, joined, i, end, words) else None
        if joined.endswith((":", "：", "----")):
            if _is_attribution(page, joined, i, end, words):
                return end
            if end == i + 1 and joined.endswith(":") and not _ADDRESS.search(joined):
                return None
        if _closed(line) and not _DIGIT.search(line[-6:]) and not line.endswith("."):
            return None
    return None


def _may_begin(line: str, words: Phrases) -> bool:
    """Say whether an attribution that goes on in the next line may begin like this."""
    first = _first_word(line.lstrip("-–—>*\"'“ ").lower()).rstrip(",.")
    if first in words.starts and (_DIGIT.search(line) or "@" in line):
        return True
    if _closed(line):
        return False
    return bool(_ADDRESS.search(line)) or (
        bool(_YEAR.search(line)) and (line[:1].isdigit() or not line.isascii() or bool(_TIME.search(line)))
    )


def _is_attribution(page: _Page, joined: str, start: int, end: int, words: Phrases) -> bool:
    """Say whether the joined lines are an attribution: some are so by themselves, some with a quote mark below."""
    marked = page.quoted(page.after[end - 1]) or _bars(page, page.after[end - 1])
    plain = joined.strip(" \t-–—>*\u00a0")
    lowered = plain.lower()
    body = lowered.rstrip(":： \u00a0")
    address = _ADDRESS.search(plain) is not None
    time = _TIME.search(plain) is not None
    year = _YEAR.search(plain) is not None
    if not plain.endswith((":", "：")) and not joined.startswith("--"):
        return False
    if any(v in lowered for v in words.verbs) and (address or time or year or marked):
        return True
    lead = _first_word(lowered)
    verb = next(
        (v for v in words.english_verbs if body.endswith(v) or f" {v} on " in body or lowered.startswith(f"{v} ")), None
    )
    if verb is None:
        # Any other language: an address, a date and a colon, with a quote below or nothing but these before the colon.
        if marked:
            return address or (year and time and _bare(plain))
        return address and year and time and _bare(plain)
    before = body[: -len(verb)] if body.endswith(verb) else ""
    if _PRONOUN.search(before):
        return marked and len(body) < 80
    if address or (time and (year or lead == "on")):
        return True
    if year and lead == "on" and (start == 0 or page.blank[start - 1]):
        return True
    return marked and len(_WORDS.findall(body)) <= 14


def _first_word(text: str) -> str:
    return next(iter(text.split()), "")


def _closed(line: str) -> bool:
    """Say whether a sentence ends where the line, without white space around it, does."""
    return _SENTENCE_END.search(line[-4:]) is not None


def _bare(line: str) -> bool:
    """Say whether next to nothing but a date, a name and an address stands in the line."""
    rest = _ADDRESS.sub(" ", line)
    return sum(1 for w in _WORDS.findall(rest) if w[:1].islower() and w.isascii()) <= 2


# --- what follows the text --------------------------------------------------------------------------------------------


def _mark_tail(page: _Page, block: range, finders: _Finders) -> None:
    """Mark signatures, notices and contact lines in a run of the writer's own lines."""
    words = phrases()
    end = block.stop
    _mark_mobile(page, block, finders.mobile)
    for i in block:
        if page.free(i) and _DELIMITER.match(page.lines[i]) and _delimits(page, i, block.stop):
            page.fill(i, block.stop, "signature")
            end = i
            break
    _mark_notices(page, block, finders.notices, words)
    for i in range(block.start, end):
        if page.free(i) and _TRAILER.match(page.lines[i]) and _trailers(page, i, block):
            page.kinds[i] = "signature"
    _mark_contacts(page, range(block.start, end), words)


def _trailers(page: _Page, i: int, block: range) -> bool:
    """Say whether a trailer stands in a run of trailers that names somebody by address."""
    return ("by: " in page.lines[i] and "@" in page.lines[i]) or (i > block.start and page.kinds[i - 1] == "signature")


def _delimits(page: _Page, i: int, end: int) -> bool:
    """Say whether a line of dashes delimits a signature: ``-- `` does, others if what follows looks like one."""
    if page.lines[i] == "-- ":
        return True
    following = page.after[i]
    if following < len(page) and page.kinds[following] == "signature":
        return True
    below = [page.lines[j].strip() for j in range(i + 1, min(end, i + 40)) if page.free(j)]
    if not below or len(below) > _LONGEST_SIGNATURE or any(len(line) > 90 for line in below):
        return False
    if any(_is_contact(line) for line in below):
        return True
    return _NAME.match(below[0]) is not None and not any(_prose(line) for line in below[1:])


def _prose(line: str) -> bool:
    """Say whether a line reads like a sentence rather than a title, a motto in quotes or an address."""
    if line.startswith(_QUOTATION):
        return False
    return len(line.split()) >= 4 and (_closed(line) or _SECOND_PERSON.search(line) is not None)


def _mark_mobile(page: _Page, block: range, finder: Finder) -> None:
    """Mark what a phone or program adds below the text."""
    if not finder.phrases:
        return
    for i in block:
        line = page.lines[i]
        if page.free(i) and len(line) <= 240:
            plain = _DEVICE_LINK.sub("", line).strip(" \t.*-_<>[]")
            if 5 <= len(plain) <= 100 and finder.whole(plain) and not _SECOND_PERSON.search(_MY_DEVICE.sub(" ", plain)):
                page.kinds[i] = "signature"


def _mark_notices(page: _Page, block: range, finder: Finder, words: Phrases) -> None:
    """Mark legal, scanner's and list notices, paragraph by paragraph."""
    if not finder.phrases:
        return
    noticed = False
    for paragraph in _paragraphs(page, block):
        lines = [" ".join(page.lines[i].replace("’", "'").split()) for i in paragraph]
        joined = " ".join(lines)
        found = finder.first(joined) or next(filter(None, map(finder.first, lines)), None)  # "^" may mean any line
        if found is not None:
            begin = paragraph.start + _line_of(
                lines, found.start() if found.string == joined else joined.find(found.string)
            )
            while begin > paragraph.start and not _ended(lines[begin - 1 - paragraph.start]):
                begin -= 1
            rules = [i for i in range(max(paragraph.start, begin - 4), begin) if _RULE.match(page.lines[i])]
            begin = rules[-1] if rules else begin
            page.give(range(begin, paragraph.stop), "disclaimer")
            noticed = True
        elif noticed and any(w in joined.lower() for w in words.legal):
            page.give(paragraph, "disclaimer")


def _paragraphs(page: _Page, block: range) -> Iterator[range]:
    start = -1
    for i in block:
        if page.blank[i] or page.kinds[i] not in (None, "signature"):
            if start >= 0:
                yield range(start, i)
            start = -1
        elif start < 0:
            start = i
    if start >= 0:
        yield range(start, block.stop)


def _line_of(lines: list[str], offset: int) -> int:
    """Return the number of the line in which an offset of the joined lines lies."""
    at = 0
    for number, line in enumerate(lines):
        at += len(line) + 1
        if offset < at:
            return number
    return len(lines) - 1


def _ended(line: str) -> bool:
    """Say whether a line is not broken by wrapping: short, or closed by punctuation."""
    return len(line) < 50 or line.endswith((".", "!", "?", ",", ":"))


def _mark_contacts(page: _Page, block: range, words: Phrases) -> None:
    """Mark title, phone and address lines below the name; the sign-off and the name stay the writer's own."""
    own = [i for i in block if page.free(i)][-3 * _LONGEST_SIGNATURE :]
    for place, i in enumerate(own):
        if _is_closing(page.lines[i].strip(), words):
            _mark_below_name(page, _signature_lines(page, own[place + 1 :]), block)
    _mark_below_name(page, _signature_lines(page, own[::-1])[::-1], block)


def _signature_lines(page: _Page, lines: Sequence[int]) -> list[int]:
    """Return the first of ``lines`` as far as they could be of a signature."""
    found: list[int] = []
    for i in lines[:_LONGEST_SIGNATURE]:
        line = page.lines[i].strip()
        if page.kinds[i] is not None or not (_is_contact(line) or _is_title(line)):
            break
        found.append(i)
    return found


def _mark_below_name(page: _Page, run: list[int], block: range) -> None:
    """Mark the lines of a run that follow its first, the name, up to the last contact line."""
    contacts = [i for i in run if _is_contact(page.lines[i].strip())]
    if contacts and contacts[0] != run[0]:
        page.give((i for i in run[1:] if i <= contacts[-1]), "signature")
        # A motto in quotation marks may close the signature.
        motto = page.after[contacts[-1]]
        if (
            motto in block
            and page.free(motto)
            and page.lines[motto].lstrip().startswith(_QUOTATION)
            and page.after[motto] >= block.stop
        ):
            page.kinds[motto] = "signature"


def _is_closing(line: str, words: Phrases) -> bool:
    return len(line) <= 40 and line.rstrip(" ,.!-–").lower() in words.closings


def _is_title(line: str) -> bool:
    """Say whether a line could be a name, a job title, a firm or a street."""
    if len(line) > 90 or len(line.split()) > 10:
        return False
    if _STREET.match(line):
        return True
    if line.endswith((".", "!", "?", ":", "…", ",")) and not line.endswith(
        ("Inc.", "Ltd.", "Co.", "Jr.", "Dr.", "e.V.", "LLP.")
    ):
        return False
    return not line[:1].islower() and _SECOND_PERSON.search(line) is None


def _is_contact(line: str) -> bool:
    """Say whether a line is a number, an address or a link with hardly a word around it."""
    if len(line) > 200:
        return False
    rest, links = _LINK.subn(" ", _ADDRESS.sub(" ", line))
    found = links > 0 or _ADDRESS.search(line) is not None
    rest, phones = _PHONE.subn(" ", rest)
    if not found and not phones:
        return False
    rest = _CONTACT_WORD.sub(" ", rest)
    allowed = 6 if _SEPARATOR.search(line) else 2
    return len(_WORDS.findall(rest)) <= allowed
