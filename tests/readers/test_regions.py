"""Whose voice each line is, to the line: the pictures of regions.txt, and the edges that are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tone_check.draft import Region, RegionKind
from tone_check.readers import regions
from tone_check.readers.phrases import phrases
from tone_check.readers.regions import Mark, _Page, mark
from tone_check.span import Span

LETTERS: dict[RegionKind, str] = {
    "own": "o", "attribution": "a", "quote": "q", "forwarded": "f", "signature": "s", "disclaimer": "d", "code": "c"
}  # fmt: skip
KINDS: dict[str, RegionKind | None] = {letter: kind for kind, letter in LETTERS.items()} | {"o": None}
PICTURES = [
    (title, rows.strip("\n").replace("␠", " ").replace("␉", "\t").split("\n"))
    for title, _, rows in (
        picture.partition("\n")
        for picture in Path(__file__).with_name("regions.txt").read_text("utf-8").split("\n== ")[1:]
    )
]


def voices(text: str, depths: Sequence[int] | None = None, known: Sequence[Mark] = (), mail: bool = True) -> str:
    """Return a letter for every line."""
    found = mark(text, depths=depths, known=known, mail=mail)
    letters = "".join(LETTERS[r.kind] * len(r.span) for r in found)
    assert len(letters) == len(text)
    starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n" and i + 1 < len(text))]
    return "".join(letters[start] for start in starts)


def page(text: str, kinds: str = "") -> _Page:
    """Return a page of which something is known: a letter for each of its first lines."""
    made = _Page.of(text)
    made.kinds[: len(kinds)] = [KINDS[letter] for letter in kinds]
    return made


@pytest.mark.parametrize(("title", "rows"), PICTURES, ids=[title for title, _ in PICTURES])
def test_picture(title: str, rows: list[str]) -> None:
    text = "\n".join(row[2:] for row in rows)
    for end in ("", "\n", "\n\n"):
        found = voices(text + end, mail=not title.endswith("(file)"))
        assert [f"{letter}|{row[2:]}" for letter, row in zip(found, rows, strict=False)] == rows


# --- the page ---------------------------------------------------------------------------------------------------------


def test_lines_and_their_bounds() -> None:
    made = _Page.of("a\r\n\n b\rc")
    assert (made.lines, made.bounds) == (["a", "", " b", "c"], [(0, 3), (3, 4), (4, 7), (7, 8)])
    assert _Page.of("a\n").bounds == [(0, 2)]
    assert len(made) == 4
    assert made.kinds == [None] * 4


def test_blank_lines_and_what_comes_after() -> None:
    made = page("\na\n \n\nb\n\n", "oq")
    assert made.blank == [True, False, True, True, False, True]
    assert made.after == [1, 4, 4, 4, 6, 6]
    assert [made.free(i) for i in range(6)] == [False, False, False, False, True, False]


def test_what_is_quoted() -> None:
    made = page("a\nb\nc\nd\n", "qfao")
    assert [made.quoted(i) for i in range(5)] == [True, True, False, False, False]


def test_giving_and_filling() -> None:
    made = page("a\nb\nc\nd\n", "oqoo")
    made.fill(0, 3, "code")
    assert made.kinds == ["code", "quote", "code", None]
    made.give([1, 3], "signature")
    assert made.kinds == ["code", "signature", "code", "signature"]


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ("oooo", [range(0, 4)]),
        ("qooo", [range(2, 4)]),
        ("ooqo", [range(0, 1), range(3, 4)]),
        ("ooqq", [range(0, 1)]),
        ("ooco", [range(0, 4)]),
        ("oocc", [range(0, 1)]),
        ("ccoo", [range(2, 4)]),
        ("qqqq", []),
    ],
)
def test_runs_of_own_lines(kinds: str, found: list[range]) -> None:
    assert list(page("a\n\nb\nc\n", kinds).blocks()) == found


@pytest.mark.parametrize(
    ("text", "kinds", "found"),
    [
        ("a\nb\n", "oo", [(0, 4, "own")]),
        ("a\nb\n", "qq", [(0, 4, "quote")]),
        ("a\n\nb", "qoo", [(0, 3, "quote"), (3, 4, "own")]),
        ("\na\n", "oq", [(0, 1, "own"), (1, 3, "quote")]),
        ("\na\n", "qo", [(0, 1, "quote"), (1, 3, "own")]),
        ("a\n\nb\n", "osq", [(0, 3, "own"), (3, 5, "quote")]),
    ],
)
def test_regions_cover_the_text(text: str, kinds: str, found: list[tuple[int, int, RegionKind]]) -> None:
    assert page(text, kinds).regions() == tuple(Region(Span(start, end), kind) for start, end, kind in found)


def test_nothing_has_no_regions() -> None:
    assert mark("") == ()


def test_a_text_is_no_mail_unless_somebody_says_so() -> None:
    text = "From: i@x\nSent: today\nDear Ines,\n"
    assert [r.kind for r in mark(text)] == ["attribution", "own"]
    assert [r.kind for r in mark(text, mail=True)] == ["attribution", "quote"]


# --- what the source says ---------------------------------------------------------------------------------------------


def test_known_lines() -> None:
    known = [Mark(Span(2, 6), "forwarded"), Mark(Span(8, 10), "quote")]
    assert voices("a\nb\nc\nd\ne\nf\n", known=known) == "offoqo"
    # A forwarded mail's marks are its own; a known attribution may be a divider.
    assert voices("a\nb\n", depths=[1, 1], known=[Mark(Span(0, 2), "forwarded")]) == "fq"
    divider = "-----Original Message-----\n"
    assert voices(divider + "You lied.\n", known=[Mark(Span(0, len(divider)), "attribution")]) == "aq"
    # It does not make the headers below it a quoted mail's.
    text = "Ines:\nFrom: Ines <i@x.example>\nTo: Leo\nSubject: x\nDear\n"
    assert voices(text, known=[Mark(Span(0, 6), "attribution")], mail=False) == "aaaao"
    assert voices(text, mail=False) == "oaaaq"


def test_depths_go_before_marks() -> None:
    assert voices("a\n> b\nc\n", depths=[1, 0, 0]) == "qoo"
    assert voices("```\nx\n```\nplain\n", depths=[1, 1, 2, 0]) == "qqqo"
    assert voices("a\n", depths=[1, 1, 1]) == "q"


# --- code -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("between", "found"), [(398, "c" * 400), (399, "o" * 400 + "c")])
def test_a_patch_is_looked_for_below_the_dashes(between: int, found: str) -> None:
    text = "plain\n" * 300 + "---\n" + "note\n" * between + "diff --git a/x b/x\n"
    assert voices(text) == "o" * 300 + found


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("    (((", True),
        ("\t(((", True),
        ("   (((", False),
        ("    ((", False),
        ("    (x)", False),
        ("    ((( a b c d e f", True),
        ("    ((( a b c d e f g", False),
        ("    (((( a b c d e f g h", True),
        # What counts are the first 200 signs.
        ("    (" + "x" * 198 + ")" + "((", False),
        ("    ((( a b c d e " + "f" * 185 + " g h i", True),
        ("    ((( a b c d e " + "f" * 184 + " g h i", False),
    ],
)
def test_what_is_set_in_is_code_if_it_looks_like_it(line: str, code: bool) -> None:
    assert regions._indented_code(line) is code


# --- quotes -----------------------------------------------------------------------------------------------------------

LONG = "> " + "x" * 64


@pytest.mark.parametrize(
    ("last", "piece", "following", "broken"),
    [
        (LONG, "with your", "> application at", True),
        (LONG[:-1], "with your", "> application at", False),
        (LONG[:-4] + "    ", "with your", "> application at", False),
        (LONG[:-1] + ".", "with your", "> application at", False),
        (LONG, "w" * 30, "> application at", True),
        (LONG, f"  {'w' * 30}  ", "> application at", True),
        (LONG, "w" * 31, "> application at", False),
        (LONG, "With your", "> application at", False),
        (LONG, "iPhones are", "> application at", True),
        (LONG, "with you.", "> application at", False),
        (LONG, "no.", "> application at", False),
        (LONG, "with your", "> Application at", False),
        (LONG, "with your", "> iPhones", True),
        (LONG, "with your", ">\t> application", True),
        (LONG, "with your", "> Xavier", False),
    ],
)
def test_a_piece_broken_off_a_quoted_line(last: str, piece: str, following: str, broken: bool) -> None:
    text = f"{last}\n{piece}\n{following}\n"
    expected = "qqq" if broken else "qoq"
    assert voices(text) == expected
    assert voices(text + "Bye.\n") == expected + "o"
    assert voices("Hi.\n" + text) == "o" + expected


def test_nothing_is_broken_off_own_lines() -> None:
    assert voices(f"> a\n{'x' * 66}\nwith your\napplication\n") == "qooo"
    assert voices(f"{LONG}\nwith your\napplication\n") == "qoo"
    assert voices(f"> a\n{'x' * 66}\nwith your\n> application\n") == "qooq"
    assert voices(f"with your\n> application\n{LONG}\n") == "oqq"


# --- dividers and headers ---------------------------------------------------------------------------------------------

HEADERS = {"from": "From: Ines", "sent": "Sent: today", "to": "To: Leo", "subject": "Subject: x"}
ENOUGH = {"from sent subject", "from sent to subject"}
ENOUGH_WITH_ADDRESS = ENOUGH | {"from sent", "from sent to", "from to subject", "sent to subject"}


@pytest.mark.parametrize("address", ["", " i@x", " mailto:i"])
@pytest.mark.parametrize("chosen", range(1, 16))
def test_which_headers_make_a_block(chosen: int, address: str) -> None:
    names = [name for number, name in enumerate(HEADERS) if chosen >> number & 1]
    lines = [HEADERS[name] for name in names]
    lines[0] += address
    enough = " ".join(names) in (ENOUGH_WITH_ADDRESS if address else ENOUGH)
    made = page("\n".join([*lines, "Text."]))
    assert regions._headers_end(made, 0, phrases()) == (len(lines) if enough else 0)
    assert regions._headers_end(made, len(lines), phrases()) == 0
    assert regions._headers_end(made, len(lines) + 1, phrases()) == 0


def test_headers_are_no_longer_than_24_lines() -> None:
    assert voices("Hi.\nFrom: i@x\nSent: today\n" + "\tx\n" * 30) == "o" + "a" * 24 + "q" * 8


@pytest.mark.parametrize(("length", "found"), [(400, (2, "quote")), (401, None)])
def test_no_header_is_longer_than_an_attribution_may_be(length: int, found: tuple[int, str] | None) -> None:
    assert regions._divider(page("From: i@x".ljust(length, "x") + "\nSent: today\nText."), 0, phrases()) == found


@pytest.mark.parametrize(
    ("line", "on"),
    [
        ("a@b;", True),
        ("a@b>", True),
        ("a@b, ", True),
        ("a@b", False),
        ("ab;", False),
        ("@".ljust(199, "x") + ";", True),
        ("@".ljust(200, "x") + ";", False),
    ],
)
def test_recipients_that_go_on(line: str, on: bool) -> None:
    assert regions._goes_on(line) is on


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("From: x", "from"),
        ("> *Sent:* x", "sent"),
        ("\tCC    : x", "to"),
        ("Betreff： x", "subject"),
        ("Foo: x", None),
        ("From x", None),
    ],
)
def test_labels(line: str, label: str | None) -> None:
    assert regions._label(line, phrases()) == label


# --- attributions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("On Thu, 16 Oct\n2025 at 16:03\nInes\n<i@x.example> wrote:", 4),
        ("On Thu, 16 Oct\n2025\nat 16:03\nInes\n<i@x.example> wrote:", None),
        ("On Thu, 16 Oct", None),
        ("On Thu, 16 Oct\n\nInes <i@x.example> wrote:", None),
        ("On 5 May 2025 16:03 " + "x" * 374 + " wrote:", None),
        ("On 5 May 2025 16:03 " + "x" * 373 + " wrote:", 1),
        ("On 5 May 2025 16:03\n" + "x" * 373 + " wrote:", 2),
        ("On 5 May 2025 16:03\n" + "x" * 374 + " wrote:", None),
        ("Ines 5\nOkafor <i@x.example> wrote:", None),
        ("On 5 May 2025 Ines\n<i@x.example> 写道：", 2),
        ("---- On 5 May 2025 16:03\nInes <i@x.example> wrote ----", 2),
        ("  On 5 May 2025 16:03  \n  Ines wrote:  ", 2),
    ],
)
def test_where_an_attribution_ends(text: str, end: int | None) -> None:
    assert regions._attribution(page(text), 0, phrases()) == end


@pytest.mark.parametrize(
    ("line", "may"),
    [
        ("On 5 May", True),
        ("on a@b", True),
        ("On @ Ines", True),
        ("On Monday", False),
        ("Am. 5", True),
        ("On, 5", True),
        ("-- On 5", True),
        ("“On 5", True),
        ("Xon 5", False),
        ("Foo 5", False),
        ("Foo a@b.c", True),
        ("Foo a@b.c!", False),
        ("On 5!", True),
        ("Foo 2025 16:03", True),
        ("Foo 2025", False),
        ("2025 Foo", True),
        ("5 Foo 2025", True),
        ("é 2025", True),
        ("Foo 16:03", False),
        ("5 Foo", False),
        ("-", False),
    ],
)
def test_what_may_begin_an_attribution(line: str, may: bool) -> None:
    assert regions._may_begin(line, phrases()) is may


@pytest.mark.parametrize(
    ("line", "alone", "marked"),
    [
        # A colon, or dashes before it.
        ("Ines wrote", False, False),
        ("-- Ines <i@x.example> wrote --", True, True),
        ("- Ines <i@x.example> wrote -", False, False),
        ("Ines 写道：", False, True),
        # A verb of another language and one thing more.
        ("Ines schrieb:", False, True),
        ("Ines <i@x.example> schrieb:", True, True),
        ("Ines schrieb um 16:03:", True, True),
        ("Ines schrieb 2025:", True, True),
        # English verbs at the end, at the beginning, before a date.
        ("Ines wrote:", False, True),
        ("Ines wrote :", False, True),
        ("Quoting Ines:", False, True),
        ("Ines wrote on Monday:", False, True),
        ("Ines rewrote it all on Monday:", False, False),
        # No verb: an address, a date, next to nothing else.
        ("Ines <i@x.example> 2025 16:03:", True, True),
        ("the big bad wolf <i@x.example> 2025 16:03:", False, True),
        ("Ines <i@x.example> 2025:", False, True),
        ("Ines <i@x.example> 16:03:", False, True),
        ("Ines <i@x.example>:", False, True),
        ("Ines 2025 16:03:", False, True),
        ("the big bad wolf 2025 16:03:", False, False),
        ("Ines 2025:", False, False),
        ("Ines 16:03:", False, False),
        ("Hello:", False, False),
        # A pronoun: no attribution by itself, whatever else there is.
        ("As you wrote:", False, True),
        ("To i@x.example, as you said:", False, True),
        ("x" * 69 + " you wrote:", False, True),
        ("x" * 70 + " you wrote:", False, False),
        ("You wrote on 5 May 2025 at 16:03:", True, True),
        # An address, a time and a year, a time or year and the word "on".
        ("16:03 2025 Ines wrote:", True, True),
        ("On Monday at 16:03 Ines wrote:", True, True),
        ("At 16:03 Ines wrote:", False, True),
        ("Xon Monday at 16:03 Ines wrote:", False, True),
        ("Ines <i@x.example> wrote on i 1603:", True, True),
        ("On 16 Oct 2025 Ines wrote:", True, True),
        ("In Oct 2025 Ines wrote:", False, True),
        ("a b c d e f g h i j k l m wrote:", False, True),
        ("a b c d e f g h i j k l m n wrote:", False, False),
    ],
)
def test_what_is_an_attribution(line: str, alone: bool, marked: bool) -> None:
    def found(text: str, kinds: str) -> bool:
        return regions._is_attribution(page(text, kinds), line, 0, 1, phrases())

    assert found(f"{line}\nplain\nplain", "ooo") is alone
    assert found(f"{line}\n\n> a\nplain", "ooqo") is marked
    assert found(f"{line}\n| a\n| b\nplain", "oooo") is marked


@pytest.mark.parametrize(("above", "found"), [("\nHi.\n", False), ("Hi.\n", False), ("Hi.\n\n", True), ("\n", True)])
def test_a_date_without_a_time_stands_at_the_top_of_its_paragraph(above: str, found: bool) -> None:
    line = "On 16 Oct 2025 Ines wrote:"
    made = page(f"{above}{line}\nplain\n")
    start = made.lines.index(line)
    assert regions._is_attribution(made, line, start, start + 1, phrases()) is found


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("a b", True),
        ("a b c", False),
        ("A B C D", True),
        ("é ü ö", True),
        ("a b c@d.e", True),
        ("iPhone iPad iPod", False),
    ],
)
def test_hardly_a_word(line: str, bare: bool) -> None:
    assert regions._bare(line) is bare


@pytest.mark.parametrize(
    ("line", "closed"),
    [("a.", True), ("Go!", True), ("a?”)'", True), ("a…", True), ("a. b", False), ("a:", False), ("", False)],
)
def test_where_a_sentence_ends(line: str, closed: bool) -> None:
    assert regions._closed(line) is closed


# --- what follows the text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("below", "found"),
    [
        (["Leo", *["Painter"] * 11], True),
        (["Leo", *["Painter"] * 12], False),
        (["Leo", "P" * 90], True),
        (["Leo", "P" * 91], False),
        (["hello", *[""] * 37, "+44 20 7946 0000"], True),
        (["hello", *[""] * 38, "+44 20 7946 0000"], False),
        (["hello"], False),
        (["Leo", "“You and I are one.”"], True),
    ],
)
def test_how_far_dashes_delimit(below: list[str], found: bool) -> None:
    made = page("\n".join(["Hi.", "--", *below]))
    assert regions._delimits(made, 1, len(made)) is found
    assert not regions._delimits(made, 1, 2)


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("a b c d.", True),
        ("a b c d", False),
        ("a b c.", False),
        ("you b c d", True),
        ("you b c", False),
        ("“a b c d.”", False),
    ],
)
def test_what_reads_like_a_sentence(line: str, prose: bool) -> None:
    assert regions._prose(line) is prose


MOBILE = "This message was sent from a mobile device"


@pytest.mark.parametrize(
    ("line", "voice"),
    [
        (MOBILE.ljust(100, "x"), "s"),
        (MOBILE.ljust(101, "x"), "o"),
        ("发自我的i", "s"),
        ("发自我的", "o"),
        ("Sent from my iPhone <https://".ljust(239, "x") + ">", "s"),
        ("Sent from my iPhone <https://".ljust(240, "x") + ">", "o"),
        ("Sent From My iPhone", "s"),
        ("[Sent from my iPhone]", "s"),
        ("XSent from my iPhone", "o"),
        ("iPhoneから送信 <https://x.example>", "s"),
    ],
)
def test_what_a_phone_adds(line: str, voice: str) -> None:
    assert voices(f"Hi there.\n{line}\n") == f"o{voice}"


def test_paragraphs_are_of_own_lines_and_signatures() -> None:
    made = page("\na\nb\n\nc\nd\ne\nf\n", "ooosqsdo")
    assert list(regions._paragraphs(made, range(0, 8))) == [range(1, 3), range(5, 6), range(7, 8)]
    assert list(regions._paragraphs(made, range(2, 4))) == [range(2, 3)]
    assert list(regions._paragraphs(page("a\nb"), range(0, 2))) == [range(0, 2)]


def test_the_line_of_an_offset() -> None:
    assert [regions._line_of(["ab", "c", "d"], offset) for offset in (0, 2, 3, 4, 5, 6, 9)] == [0, 0, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("line", "ended"),
    [
        ("x" * 49, True),
        ("x" * 50, False),
        *((("x" * 50) + sign, True) for sign in ".!?,:"),
        ("x" * 50 + ";", False),
    ],
)
def test_a_line_that_wrapping_did_not_break(line: str, ended: bool) -> None:
    assert regions._ended(line) is ended


PHONE = "+44 20 7946 0000"


@pytest.mark.parametrize(("below", "voice"), [(33, "s"), (34, "o")])
def test_a_sign_off_is_looked_for_near_the_end(below: int, voice: str) -> None:
    text = f"Best regards,\nLeo\n{PHONE}\n" + "I am waiting for it.\n" * below
    assert voices(text) == f"oo{voice}" + "o" * below


def test_a_signature_without_a_delimiter_is_no_longer_than_twelve_lines() -> None:
    text = "I am waiting for it.\nLeo Brandt\n" + "Painter\n" * 11 + PHONE
    assert voices(text) == "ooo" + "s" * 11


@pytest.mark.parametrize(
    ("line", "closing"),
    [
        ("Best regards,", True),
        ("BEST - ", True),
        ("best".ljust(40, "!"), True),
        ("best".ljust(41, "!"), False),
        ("Best of luck", False),
        ("Xbest", False),
        ("BestX", False),
    ],
)
def test_sign_offs(line: str, closing: bool) -> None:
    assert regions._is_closing(line, phrases()) is closing


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Leo Brandt", True),
        ("P" * 90, True),
        ("P" * 91, False),
        ("A B C D E F G H J K", True),
        ("A B C D E F G H J K L", False),
        ("12 High Street", True),
        ("12 High St.", True),
        ("Okafor Recruiting Inc.", True),
        ("Okafor Recruiting Ltd.", True),
        ("Okafor Recruiting Co.", True),
        ("Leo Brandt Jr.", True),
        ("Sammy Dr.", True),
        ("Verein e.V.", True),
        ("Okafor LLP.", True),
        *((f"Leo{sign}", False) for sign in ".!?:…,"),
        ("painter", False),
        ("iPainter", False),
        ("Your painter", False),
    ],
)
def test_names_and_titles(line: str, title: bool) -> None:
    assert regions._is_title(line) is title


@pytest.mark.parametrize(
    ("line", "contact"),
    [
        (PHONE, True),
        ("l@x.example", True),
        ("https://x.example", True),
        ("Leo Brandt", False),
        ("Tel " + PHONE, True),
        ("one two Tel " + PHONE, True),
        ("one two " + PHONE, True),
        ("one two three " + PHONE, False),
        ("one two three four five six | " + PHONE, True),
        ("one two three four five six seven | " + PHONE, False),
        ("one two l@x.example", True),
        ("one two three l@x.example", False),
        ("one two www.x.example", True),
        ("one two three www.x.example", False),
        ("https://".ljust(200, "x"), True),
        ("https://".ljust(201, "x"), False),
    ],
)
def test_contact_lines(line: str, contact: bool) -> None:
    assert regions._is_contact(line) is contact
