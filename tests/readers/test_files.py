"""Files, folders and what cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.readers.test_cases import own_text
from tone_check import readers
from tone_check.draft import UnreadableError
from tone_check.readers import files_below, read_bytes, read_path, read_text, sniff


def said(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_path(path)
    message = str(caught.value)
    assert message.startswith(str(path)[:40])
    assert message.isprintable()
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "is empty"),
        ("a.eml", b"", "is empty"),
        ("a.html", b" \n", "is empty"),
        ("a.txt", b"a\0b", "is a binary file, not text"),
        ("a.html", b"<p>\0</p>", "is a binary file, not text"),
        ("a.eml", b"\0\0\0", "is a binary file, not a mail"),
        (
            "a.txt",
            "Привет, мир".encode("koi8-r"),
            "is neither UTF-8 (byte 0 does not fit) nor Windows-1252; save it as UTF-8",
        ),
        (
            "a.txt",
            "日本語のテキスト".encode("shift_jis"),
            "is neither UTF-8 (byte 0 does not fit) nor Windows-1252; save it as UTF-8",
        ),
        ("a.txt", b"\xff\xfea", "begins with the byte-order mark of UTF-16-LE but byte 2 does not fit"),
        ("a.eml", b"From: a\nContent-Type: image/png\n\nx", "has no text part"),
    ],
)
def test_unreadable(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert said(path) == message


def test_missing_folder_and_closed_files(tmp_path: Path) -> None:
    assert said(tmp_path / "none.txt") == "no such file"
    assert said(tmp_path) == "is a folder that cannot be read as a draft"
    closed = tmp_path / "closed.txt"
    closed.write_text("x")
    closed.chmod(0)
    if os.geteuid():
        assert said(closed) == "no permission to read it"


def test_names_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"\\x1b\[31mred\\n\\u202e\.txt: no such file"):
        read_path(tmp_path / "\x1b[31mred\n\u202e.txt")
    with pytest.raises(UnreadableError, match=r"null byte|no such file"):
        read_path(tmp_path / "a\0b.txt")


def test_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "TEXT_LIMIT", 2_000_000)
    monkeypatch.setattr(readers, "MAIL_LIMIT", 3_000_000)
    for name, limit in (("a.txt", 2), ("a.eml", 3), ("a.html", 2), ("a", 2)):
        path = tmp_path / name
        path.write_bytes(b"x" * 3_000_001)
        assert said(path) == f"is larger than {limit} MB"
    with pytest.raises(UnreadableError, match="larger than 2 MB"):
        read_text("x" * 2_000_001, "-")


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_charsets_of_files(tmp_path: Path, name: str, charset: str) -> None:
    path = tmp_path / name
    path.write_bytes("I had a café “talk”.\r\n".encode(charset))
    draft = read_path(path)
    assert own_text(draft) == "I had a café “talk”."
    assert draft.source == str(path)
    assert draft.parts[0].name is None
    assert draft.parts[0].source == "I had a café “talk”.\r\n"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"Hello,\n\nno.", "text"),
        (b"Dear all: this\nTo: be", "text"),
        (b"Subject: one header alone\n\nno.", "text"),
        (b"Subject: x\nTo: a@b.example\n\nno.", "mail"),
        (b"From a@b Mon Oct 6 09:14:22 2025\nFrom: a\nSubject: x\n folded\n\nno.", "mail"),
        (b"From: a\r\nTo: b\r\n\r\nno.", "mail"),
        (b"<!DOCTYPE html><p>no", "html"),
        (b"\xef\xbb\xbf\n <div>no</div>", "html"),
        (b"<leo@mail.example> wrote", "text"),
        (b"2 < 3", "text"),
        (b"\xff\xfe\x00", "text"),
        (b"", "text"),
    ],
)
def test_sniff(data: bytes, kind: str) -> None:
    assert sniff(data) == kind


def test_without_a_kind() -> None:
    assert read_bytes(b"From: a\nTo: b\n\nI see.\n", "-").parts[0].name == "1"


def test_emlx(tmp_path: Path) -> None:
    mail = b"From: a\nTo: b\n\nI see.\n"
    path = tmp_path / "1.emlx"
    path.write_bytes(b"%d        \n" % len(mail) + mail + b'<?xml version="1.0"?><plist><string>fools</string></plist>')
    assert own_text(read_path(path)) == "I see."


def test_folder(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "z.png", ".hidden.txt", "sub/c.eml", ".git/x.txt", "sub2/d.HTM", "e.text"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "sub" / "back").symlink_to(tmp_path)
    (tmp_path / "f.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "dead.txt").symlink_to(tmp_path / "gone.txt")
    found = [str(p.relative_to(tmp_path)) for p in files_below(tmp_path)]
    assert found == ["a.md", "b.txt", "dead.txt", "e.text", "f.txt", "sub/c.eml", "sub2/d.HTM"]
    os.mkfifo(tmp_path / "pipe.txt")
    assert "pipe.txt" not in [p.name for p in files_below(tmp_path)]
