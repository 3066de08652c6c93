"""An mbox file is cut where its messages begin, nowhere else, however large the blocks it is read in."""

from __future__ import annotations

import io
import mailbox
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.batch.mailboxes import letters, mail
from tone_check.batch import mbox

MARK = b"From leo@mail.example Wed Jan  3 09:30:00 2024\n"
HEAD = b"From: leo@mail.example\nTo: ines@firm.example\n\n"


def cut(data: bytes) -> list[bytes]:
    seen: list[bytes] = []
    found = [data[a:b] for a, b in mbox.boundaries(io.BytesIO(data), seen.append)]
    assert b"".join(seen) == data
    return found


def test_as_the_stdlib_writes_it(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "sent.mbox")
    sent = letters(20)
    sent[7].set_content("I said so.\n\nFrom Monday on I am away.\nFrom: nowhere\n")
    for message in sent:
        box.add(message)
    box.close()
    found = cut((tmp_path / "sent.mbox").read_bytes())
    assert [mbox.unescape(f).rstrip(b"\n") for f in found] == [m.as_bytes().rstrip(b"\n") for m in sent]


LINES = st.sampled_from(
    [b"Hello there.", b"", b"From Monday on I am away.", b"> From me", b">From here", b"From ", b"From x", b"a" * 3000]
)
ENDS = st.sampled_from([b"\n", b"\r\n"])


@given(st.lists(st.lists(LINES, max_size=6), min_size=1, max_size=6), ENDS, st.integers(4, 99))
def test_lines_of_text_that_begin_with_from_are_text(bodies: list[list[bytes]], end: bytes, block: int) -> None:
    # A line of text that begins so and stands before a header line would be a mark; no program leaves it so.
    messages = [HEAD + b"\n".join(body) + b"\n" for body in bodies]
    data = b"".join(MARK + m + b"\n" for m in messages).replace(b"\n", end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mbox, "_BLOCK", block * 97)
        found = cut(data)
    assert [f.replace(b"\r\n", b"\n") for f in found] == [m + b"\n" for m in messages]


def test_gmail_marks_without_a_blank_line_before_them() -> None:
    mark = b"From 1790000000000000000@xxx Mon Jan 08 10:00:00 +0000 2024\r\n"
    head = b"X-GM-THRID: 1790000000000000000\r\nX-Gmail-Labels: Sent\r\nFrom: a@b.example\r\n\r\n"
    assert cut(mark + head + b"One\r\n" + mark + head + b"Two\r\n") == [head + b"One\r\n", head + b"Two\r\n"]


def test_a_message_without_anything_is_a_message() -> None:
    assert cut(MARK + b"\n" + MARK + HEAD + b"x\n") == [b"\n", HEAD + b"x\n"]


def test_no_mark_no_message() -> None:
    assert cut(b"") == []
    assert cut(b"Hello\n\nFrom Monday on\n") == []


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        (b"x\n>From here\n", b"x\nFrom here\n"),
        (b"x\n>>From here\n", b"x\n>From here\n"),
        (b"> he said\n>From here\n> on\n", b"> he said\n>From here\n> on\n"),
        (b">From one\n>From two\n", b"From one\nFrom two\n"),
        (b"x >From y\n", b"x >From y\n"),
    ],
)
def test_unescape(stored: bytes, sent: bytes) -> None:
    assert mbox.unescape(stored) == sent


def test_a_mail_is_its_own(tmp_path: Path) -> None:
    data = mail().as_bytes()
    assert cut(MARK + data) == [data]
