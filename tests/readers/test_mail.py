"""Which parts of a mail are judged, under which numbers, and in which words."""

from __future__ import annotations

import base64
import mailbox
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.mime.text import MIMEText
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.readers.test_cases import own_text
from tone_check.draft import Draft, UnreadableError
from tone_check.readers import read_bytes, read_message
from tone_check.readers.mail import decode_header

HEAD = "From: leo@mail.example\nTo: ines@recruiting.example\nMIME-Version: 1.0\n"
PLAIN = "Content-Type: text/plain; charset=utf-8\n\nI see.\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>I see <b>now</b>.</p>\n"


def multipart(kind: str, *parts: str, more: str = "", boundary: str = "b1") -> str:
    body = "This is a multi-part message.\n" + "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\n\n{body}--{boundary}--\n'


def read(text: str) -> Draft:
    return read_bytes((HEAD + text).encode(), "x", "mail")


def outcome(draft: Draft) -> list[tuple[str | None, str]]:
    return [(p.name, own_text(Draft("", (p,)))) for p in draft.parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PLAIN, [("1", "I see.")]),
        (HTML, [("1", "I see now.")]),
        (multipart("alternative", PLAIN, HTML), [("1", "I see.")]),
        (multipart("alternative", HTML, PLAIN), [("2", "I see.")]),
        (multipart("alternative", PLAIN.replace("I see.", " \n"), HTML), [("2", "I see now.")]),
        (
            multipart("alternative", PLAIN.replace("I see.", "Please view this message in HTML."), HTML),
            [("2", "I see now.")],
        ),
        (multipart("alternative", PLAIN.replace("I see.", "HTML is fine."), HTML), [("1", "HTML is fine.")]),
        (
            multipart("mixed", multipart("alternative", PLAIN, HTML, boundary="b2"), PLAIN),
            [("1.1", "I see."), ("2", "I see.")],
        ),
        (multipart("alternative", PLAIN, multipart("related", HTML, boundary="b2")), [("1", "I see.")]),
        (
            multipart("alternative", PLAIN.replace("I see.", ""), multipart("related", HTML, boundary="b2")),
            [("2.1", "I see now.")],
        ),
        (multipart("mixed", PLAIN, "Content-Disposition: attachment\n" + PLAIN), [("1", "I see.")]),
        (multipart("mixed", PLAIN, "Content-Disposition: inline; filename=a.txt\n" + PLAIN), [("1", "I see.")]),
        (multipart("mixed", PLAIN, "Content-Type: text/plain; name=a.txt\n\nfools\n"), [("1", "I see.")]),
        (multipart("mixed", PLAIN, "Content-Type: text/calendar\n\nSUMMARY:fools\n"), [("1", "I see.")]),
        (multipart("mixed", PLAIN, "Content-Type: text/vcard\n\nNOTE:fools\n"), [("1", "I see.")]),
        (multipart("mixed", PLAIN, "Content-Type: text/x-patch\n\n-fools\n"), [("1", "I see.")]),
        (multipart("mixed", PLAIN, "Content-Type: message/rfc822\n\n" + HEAD + PLAIN), [("1", "I see.")]),
        (multipart("digest", HEAD + PLAIN), None),
        (multipart("signed", PLAIN, "Content-Type: application/pgp-signature\n\nx\n"), [("1", "I see.")]),
        (
            multipart(
                "signed", multipart("mixed", PLAIN, boundary="b2"), "Content-Type: application/pkcs7-signature\n\nx\n"
            ),
            [("1.1", "I see.")],
        ),
        (
            multipart(
                "encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1\n", "Content-Type: a/b\n\nx\n"
            ),
            [],
        ),
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nAAAA\n", []),
        (multipart("report", PLAIN, "Content-Type: message/delivery-status\n\nStatus: 5.1.1\n"), []),
        ("Content-Type: application/pdf\n\nx\n", None),
        ("Content-Type: text/plain\n\n", [("1", "")]),
        ("Subject: \n\nI see.\n", [("1", "I see.")]),
        ("Content-Type: text\n\nI see.\n", [("1", "I see.")]),
        ("Content-Disposition: attachment\n" + PLAIN, [("1", "I see.")]),
        # Broken: no boundary given, a wrong one, no end, a colon missing.
        (multipart("mixed", PLAIN).replace('; boundary="b1"', ""), [("1", "I see.")]),
        (multipart("alternative", PLAIN, HTML).replace('"b1"', '"b9"'), [("1", "I see.")]),
        (multipart("mixed", PLAIN).replace("--b1--", ""), [("1", "I see.")]),
        ("Broken header\n" + PLAIN, [("1", "Broken header Content-Type: text/plain; charset=utf-8 I see.")]),
    ],
)
def test_parts(text: str, expected: list[tuple[str | None, str]] | None) -> None:
    if expected is None:
        with pytest.raises(UnreadableError, match=r"^x: has no text part$"):
            read(text)
    else:
        assert outcome(read(text)) == expected


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("x-unknown", "café".encode(), "café"),
        ("x-unknown", "café".encode("cp1252"), "café"),
        ("utf-8", "café".encode("cp1252"), "café"),
        ("us-ascii", "café".encode(), "café"),
        ("us-ascii", "café “so”".encode("cp1252"), "café “so”"),
        ("iso-8859-1", "“so”".encode("cp1252"), "“so”"),
        ("iso-8859-1", "café – naïve".encode(), "café – naïve"),
        ("gb2312", "東京朝陽區".encode("gb18030"), "東京朝陽區"),
        ("ks_c_5601-1987", "안녕".encode("cp949"), "안녕"),
        ("x-sjis", "日本①".encode("cp932"), "日本①"),
        ("iso-2022-jp", "日本".encode("iso2022_jp"), "日本"),
        ("unicode-1-1-utf-7", "café".encode("utf-7"), "café"),
        ("koi8-r", "Привет".encode("koi8-r"), "Привет"),
        ("windows-1251", "Привет".encode("cp1251"), "Привет"),
        ("rot13", b"plain", "plain"),
        ("idna", b"plain", "plain"),
        ('"utf-8;x', "café".encode(), "café"),
        ("utf8", "café".encode(), "café"),
        ("cp-850", "café".encode("cp850"), "café"),
        ("", "café".encode(), "café"),
        ("", b"\xef\xbb\xbfcaf\xc3\xa9", "café"),
        ("utf-8", "café ".encode() * 30 + b"\xff", "café " * 30 + "\ufffd"),
    ],
)
def test_charsets(charset: str, data: bytes, text: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\n" if charset else ""
    for coding, body in (("8bit", data), ("base64", base64.encodebytes(data))):
        draft = read_bytes(f"{HEAD}{head}Content-Transfer-Encoding: {coding}\n\n".encode() + body, "x", "mail")
        assert draft.parts[0].source == text


def test_html_charset_of_its_own() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Привет</p>'.encode("koi8-r")
    draft = read_bytes(HEAD.encode() + b"Content-Type: text/html\n\n" + page, "x", "mail")
    assert own_text(draft) == "Привет"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?q?Caf=C3=A9_talk?=", "Café talk"),
        ("=?UTF-8?B?Q2Fmw6k=?= =?UTF-8?B?IHRhbGs=?=", "Café talk"),
        ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9_talk?=", "Café talk"),
        ("=?utf-8?b?Q2Fmw6k?=", "Café"),
        ("=?iso-8859-1*fr?q?Caf=E9?= talk", "Café talk"),
        ("=?x-unknown?q?Caf=E9?=", "Café"),
        ("=?utf-8?q?Caf=ZZ?=", "Caf=ZZ"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("=?utf-8?q?with space?=", "with space"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("folded\r\n line", "folded line"),
        ("=?utf-8?q?line=0Aend?=", "line end"),
    ],
)
def test_encoded_words(raw: str, text: str) -> None:
    assert decode_header(raw) == text


@pytest.mark.parametrize(
    ("headers", "body", "subject"),
    [
        ("Subject: Your silence\n", "I see.\n", "Your silence"),
        ("Subject: Your silence\nIn-Reply-To: <1@x>\n", "I see.\n", "Your silence"),
        ("Subject: RE: Your silence\n", "I see.\n", None),
        ("Subject: [staff] AW: Your silence\n", "I see.\n", None),
        ("Subject: Your  silence\n", "I see.\n\nFrom: A\nSent: Monday\nTo: B\nSubject: Your silence\n\nNo.\n", None),
        ("Subject: caf\udce9\n", "I see.\n", "café"),
        ("Subject: [PATCH v2 3/7] Read it again\n", "I see.\n", None),
        ("Subject: [patch panel] Read it again\n", "I see.\n", "[patch panel] Read it again"),
        ("Subject: Your silence (was: Re: My letter)\n", "I see.\n", "Your silence"),
    ],
)
def test_subject(headers: str, body: str, subject: str | None) -> None:
    draft = read_bytes((HEAD + headers + "\n" + body).encode("ascii", "surrogateescape"), "x", "mail")
    if subject is None:
        assert [p.name for p in draft.parts] == ["1"]
    else:
        assert draft.parts[0].name == "subject"
        assert own_text(Draft("", draft.parts[:1])) == subject


def test_messages_as_mailboxes_and_programs_hand_them_over(tmp_path: Path) -> None:
    raw = (HEAD + "Subject: So\nContent-Type: text/plain; charset=utf-8\n\nCafé.\n").encode()
    built = EmailMessage()
    built["Subject"] = "So"
    built.set_content("Café.\n")
    box = mailbox.mbox(tmp_path / "sent.mbox")
    box.add(raw)
    for message in (
        raw,
        built,
        MIMEText("Café.\n", "plain", "utf-8"),
        BytesParser(policy=policy.default).parsebytes(raw),
        next(iter(box)),
    ):
        assert read_message(message, "x").parts[-1].source.strip() == "Café."
    assert Header("So")  # the legacy header class is what compat32 gives for raw bytes


def test_signed_opaquely() -> None:
    inner = b"Content-Type: text/plain\r\n\r\nI see.\r\n"
    data = bytes.fromhex("06092a864886f70d010701") + b"\xa0\x80\x24\x80\x04" + bytes([len(inner)]) + inner + b"\0\0\0\0"
    head = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
    head += "Content-Transfer-Encoding: base64\n\n"
    assert outcome(read(head + base64.encodebytes(b"\x30\x80" + data).decode())) == [("1", "I see.")]


def test_nesting_is_bounded() -> None:
    text = PLAIN
    for level in range(150):
        text = multipart("mixed", text, boundary=f"n{level}")
    with pytest.raises(UnreadableError, match="nested too deeply"):
        read(text)


def test_huge_attachment_is_not_text() -> None:
    attachment = "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + ("A" * 76 + "\n") * 300_000
    assert outcome(read(multipart("mixed", PLAIN, attachment))) == [("1", "I see.")]
