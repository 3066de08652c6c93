"""Whatever a mail program does to a text on its way, sentences come back whole and their offsets hit."""

from __future__ import annotations

import base64
import html
import quopri
from email.header import Header

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.readers.test_cases import assert_covered, own_text
from tone_check.draft import Draft, Part, UnreadableError
from tone_check.readers import Kind, read_bytes, read_message, sniff
from tone_check.sentences import split

KINDS: list[Kind] = ["text", "markdown", "html", "mail"]
WORDS = st.sampled_from(
    """you never answered café naïve Straße “quoted” don’t 😀 👩‍👩‍👧 e-mail Ж 東京 a&b x<y >z =3D = . … — ?! 50% http://a.example/?b=c&d
    From on wrote señor i̇ ǅ \u00a0 (no) [sic] {x} _u_ *b* `c` #1 @me $5 ~ ^ | \\ / ; ' " --x""".split(" ")
).map(str.strip)
SENTENCE = st.lists(WORDS.filter(bool), min_size=2, max_size=14).map(lambda w: "We said " + " ".join(w) + " today.")
LETTER = st.lists(SENTENCE, min_size=1, max_size=4)
WESTERN = st.text("abcdefghij äöüßéèñ€“”’–…", min_size=1, max_size=60).map(
    lambda t: "We said " + " ".join(t.split()) + " today."
)
ENDS = st.sampled_from(["\n", "\r\n"])


def mail(body: bytes, *headers: str) -> bytes:
    head = ["From: leo@mail.example", "To: ines@recruiting.example", *headers]
    return "\n".join(head).encode() + b"\n\n" + body


def collapse(text: str) -> str:
    return " ".join(text.split())


def assert_plain(draft: Draft, sentences: list[str]) -> None:
    """The sentences are found, and each is its slice of the source."""
    assert own_text(draft) == collapse(" ".join(sentences))
    for sentence in split(draft):
        part = draft.parts[sentence.part]
        assert_covered(part)
        assert collapse(sentence.source.of(part.source)) == sentence.text


@given(LETTER, ENDS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_plain_file(letter: list[str], end: str, marked: bool) -> None:
    data = (end + end).join(letter).encode("utf-8-sig" if marked else "utf-8")
    draft = read_bytes(data, "x", "text")
    assert_plain(draft, letter)
    assert draft.parts[0].source == (end + end).join(letter)


@given(LETTER, ENDS, st.sampled_from(["utf-8", "utf-16", "utf-7", "gb18030", "utf-32"]))
@settings(max_examples=60, deadline=None)
def test_quoted_printable_and_base64(letter: list[str], end: str, charset: str) -> None:
    text = (end + end).join(letter)
    data = text.encode(charset)
    for coding, body in (
        ("quoted-printable", quopri.encodestring(data)),
        ("base64", base64.encodebytes(data)),
        ("8bit", data if charset in ("utf-8", "gb18030", "utf-7") else None),
    ):
        if body is not None:
            draft = read_bytes(
                mail(body, f'Content-Type: text/plain; charset="{charset}"', f"Content-Transfer-Encoding: {coding}"),
                "x",
                "mail",
            )
            assert_plain(draft, letter)
            assert draft.parts[0].source.strip() == text


@given(WESTERN, st.sampled_from(["cp1252", "windows-1252", "iso-8859-15", "mac-roman", "cp858", "iso-8859-1"]))
@settings(max_examples=60, deadline=None)
@example("We said ä–– today.", "cp1252")
def test_western_charsets(sentence: str, charset: str) -> None:
    data = sentence.encode("cp1252" if charset == "iso-8859-1" else charset, "ignore")
    kept = data.decode("cp1252" if charset == "iso-8859-1" else charset)
    draft = read_bytes(mail(data, f"Content-Type: text/plain; charset={charset}"), "x", "mail")
    assert_plain(draft, [kept])


def flow(letter: list[str], end: str, delete_space: bool) -> str:
    """Write paragraphs as RFC 3676 has it: soft ends after a space, lines stuffed where they begin badly."""
    lines = []
    for paragraph in letter:
        words = paragraph.split(" ")
        rows = [" ".join(words[i : i + 4]) for i in range(0, len(words), 4)]
        for row in rows:
            stuffed = " " + row if row.startswith((" ", ">", "From ")) else row
            lines.append(stuffed + ("" if row is rows[-1] else "  " if delete_space else " "))
        lines.append("")
    return end.join(lines)


@given(LETTER, ENDS, st.booleans())
@settings(max_examples=80, deadline=None)
@example(["We said >z on and the rest today."], "\r\n", False)
def test_flowed(letter: list[str], end: str, delete_space: bool) -> None:
    kind = "text/plain; charset=utf-8; format=flowed" + ("; delsp=yes" if delete_space else "")
    body = flow(letter, end, delete_space)
    draft = read_bytes(mail(body.encode(), f"Content-Type: {kind}"), "x", "mail")
    assert own_text(draft) == collapse(" ".join(letter))
    part = draft.parts[0]
    assert part.source == body
    assert_covered(part)
    for sentence in split(draft):
        lines = sentence.source.of(part.source).replace("\r\n", "\n").split("\n")
        unfolded = [lines[0], *(line[1:] if line.startswith(" ") else line for line in lines[1:])]
        assert collapse(" ".join(unfolded)) == sentence.text


@given(
    LETTER,
    st.booleans(),
    st.sampled_from(["<p>{}</p>", "<div>{}</div>", "{}<br><br>", "<td>{}</td>", "<li>{}", "<p>\n {} \n"]),
)
@settings(max_examples=80, deadline=None)
def test_html(letter: list[str], numeric: bool, frame: str) -> None:
    def escape(text: str) -> str:
        escaped = html.escape(text)
        return "".join(c if c.isascii() else f"&#{ord(c)};" for c in escaped) if numeric else escaped

    page = "<html><body>" + "".join(frame.format(escape(s)) for s in letter) + "</body></html>"
    draft = read_bytes(page.encode(), "x", "html")
    assert own_text(draft) == collapse(" ".join(letter))
    part = draft.parts[0]
    assert_covered(part)
    for sentence in split(draft):
        assert collapse(html.unescape(sentence.source.of(part.source))) == sentence.text


@given(
    st.lists(
        st.sampled_from(
            [
                "<b>",
                "</b>",
                "<div>",
                "</p>",
                "<!-- x -->",
                "<br>",
                "&eacute;",
                "&amp",
                "<",
                ">",
                "café ",
                "&#x1F600;",
                "<p",
                "<blockquote>",
                "</blockquote>",
                "'",
                '"',
                "=",
                "<script>",
                "</script>",
                "<td>",
                "-->",
                "\u00ad",
                " \n",
            ]
        ),
        max_size=30,
    )
)
@settings(max_examples=150, deadline=None)
def test_html_soup_keeps_its_offsets(pieces: list[str]) -> None:
    part = read_html("x" + "".join(pieces))
    assert_covered(part)
    last = 0
    for segment in part.offsets.segments:
        assert segment.source_start >= last
        last = segment.source_start
        if segment.length == segment.source_length:
            assert (
                part.text[segment.start : segment.start + segment.length]
                == part.source[segment.source_start : segment.source_start + segment.source_length]
            )


def read_html(source: str) -> Part:
    return read_bytes(source.encode(), "x", "html").parts[0]


@given(st.text(min_size=1, max_size=40).filter(lambda t: t.isprintable() and t == t.strip() and t))
@settings(max_examples=80, deadline=None)
def test_subject(subject: str) -> None:
    subject = "Answer " + collapse(subject)
    assume("=?" not in subject and ":" not in subject and "：" not in subject)
    written = Header(subject, "utf-8").encode()
    draft = read_bytes(mail(b"Hello there.\n", f"Subject: {written}"), "x", "mail")
    assert [p.name for p in draft.parts] == ["subject", "1"]
    assert collapse(draft.parts[0].source) == collapse(subject)


@given(st.binary(max_size=400), st.sampled_from(KINDS))
@settings(max_examples=300, deadline=None)
@example(b"\xff\xfe\x00", "text")
@example(b"\x00", "mail")
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n\n----", "mail")
@example(b"Content-Type: text/plain; charset=\x00\n\nx", "mail")
@example(b"<![", "html")
def test_any_bytes(data: bytes, kind: Kind) -> None:
    assert_read(data, kind)


MAIL_PIECES = st.sampled_from(
    [
        *[b"\n", b"\r\n", b"\n\n", b"--b", b"--b--", b"> ", b"-- \n", b"=\n", b"=E", b"<div>", b"</", b"&#99999999;"],
        *[b"\x00", b"text ", b"\xe4\xf6", b"```\n", b"From: a\n", b"begin 644 x\n", b"diff --git a b\n"],
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"Content-Type: multipart/alternative; boundary*0=b\n",
        b"Content-Type: multipart/report\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Type: application/pkcs7-mime\n",
        b"Content-Type: text/html; charset=x\n",
        b"Content-Type: text/plain; format=flowed\n",
        b"Content-Type: \xff/\x00; charset*=a'b\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"Content-Disposition: attachment; filename*=x''%E4\n",
        b"Subject: =?utf-8?b?w6?=\n",
        b"Subject: =?x?q?=zz?= \xe4\n",
        b"On 1/1/25 10:00, A B <a@b.example> wrote:\n",
        b"----- Original Message -----\n",
    ]
)


@given(st.lists(MAIL_PIECES, max_size=25).map(b"".join))
@settings(max_examples=300, deadline=None)
def test_any_mail(data: bytes) -> None:
    assert_read(data, "mail")
    for kind in KINDS:
        assert_read(data, kind)


def assert_read(data: bytes, kind: Kind) -> None:
    assert sniff(data) in KINDS
    said = ""
    draft = Draft("", ())
    try:
        draft = read_message(data, "x\x1b[2J") if kind == "mail" else read_bytes(data, "x\x1b[2J", kind)
    except UnreadableError as error:
        said = str(error)
    assert said.isprintable()
    assert not said or said.startswith("x\\x1b[2J: ")
    for part in draft.parts:
        assert_covered(part)
    for sentence in split(draft):
        part = draft.parts[sentence.part]
        assert 0 <= sentence.source.start <= sentence.source.end <= len(part.source)
