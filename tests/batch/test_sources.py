"""Every message of every kind of mailbox is found once, in an order that stays."""

from __future__ import annotations

import os
import plistlib
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.batch import mailboxes
from tone_check.batch import index, own
from tone_check.batch.entry import Entry
from tone_check.batch.errors import BatchError
from tone_check.batch.headers import Headers, digest, parse
from tone_check.batch.sources import load


def entries(tmp_path: Path, *given: Path) -> list[Entry]:
    return list(index.build([str(g) for g in given], tmp_path))


def subjects(found: list[Entry]) -> list[str]:
    from email import message_from_bytes

    return [str(message_from_bytes(load(e))["subject"]) for e in found]


LETTERS = mailboxes.letters(12)
WANTED = [f"Letter {n}" for n in range(12)]


def test_mbox(tmp_path: Path) -> None:
    box = mailboxes.mbox(tmp_path / "sent.mbox", LETTERS)
    found = entries(tmp_path, box)
    assert [e.source for e in found] == [f"{box}#{n}" for n in range(12)]
    assert subjects(found) == WANTED


def test_maildir_in_a_stable_order(tmp_path: Path) -> None:
    box = mailboxes.maildir(tmp_path / "Maildir", LETTERS)
    first = entries(tmp_path, box)
    order = subjects(first)
    assert sorted(order) == sorted(WANTED)
    # Reading mail moves it from new to cur and gives it flags; the order stays.
    for path in (box / "new").iterdir():
        path.rename(box / "cur" / f"{path.name}:2,S")
    assert subjects(entries(tmp_path, box)) == order
    # Even while it is being reviewed.
    assert subjects(first) == order


def test_folders_inside_a_maildir(tmp_path: Path) -> None:
    box = mailboxes.maildir(tmp_path / "Maildir", LETTERS[:2])
    mailboxes.maildir(box / ".Sent", LETTERS[2:5])
    assert sorted(subjects(entries(tmp_path, box))) == WANTED[:5]
    assert sorted(subjects(entries(tmp_path, box / ".Sent"))) == WANTED[2:5]


def test_folder_of_eml_and_mailboxes(tmp_path: Path) -> None:
    box = mailboxes.folder(tmp_path / "mail", LETTERS[:3])
    (box / "notes.txt").write_text("From here on nothing is mail.")
    (box / ".hidden.eml").write_bytes(b"From: a@b.example\n\nx")
    mailboxes.mbox(box / "older.mbox", LETTERS[3:5])
    (box / "sub").mkdir()
    mailboxes.mbox(box / "sub" / "mbox", LETTERS[5:7])
    found = entries(tmp_path, box)
    assert subjects(found) == WANTED[:7]
    assert [e.number for e in found] == list(range(7))


def test_apple_mail(tmp_path: Path) -> None:
    data = LETTERS[0].as_bytes()
    tail = plistlib.dumps({"flags": 1})
    (tmp_path / "1.emlx").write_bytes(f"{len(data)}      \n".encode() + data + tail)
    (found,) = entries(tmp_path, tmp_path / "1.emlx")
    assert load(found) == data
    assert found.headers.sender == mailboxes.MINE


def test_the_same_file_twice_is_read_once(tmp_path: Path) -> None:
    box = mailboxes.mbox(tmp_path / "sent.mbox", LETTERS[:2])
    (tmp_path / "link.mbox").symlink_to(box)
    assert len(entries(tmp_path, box, box, tmp_path / "link.mbox")) == 2


def test_links_that_lead_back(tmp_path: Path) -> None:
    box = mailboxes.folder(tmp_path / "mail", LETTERS[:2])
    (box / "again").symlink_to(box)
    (box / "gone.eml").symlink_to(tmp_path / "nowhere")
    found = entries(tmp_path, box)
    assert [e.error for e in found] == [None, None, "cannot be read: the link leads nowhere"]


def test_what_is_no_mail(tmp_path: Path) -> None:
    (tmp_path / "x.mbox").write_text("just text")
    for path, words in ((tmp_path / "x.mbox", "neither a mailbox"), (tmp_path / "none", "no such file")):
        with pytest.raises(BatchError, match=words):
            entries(tmp_path, path)
    (tmp_path / "empty.mbox").touch()
    assert entries(tmp_path, tmp_path / "empty.mbox") == []


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.eml"
    with open(name, "wb") as file:  # noqa: PTH123 (a path that is no text)
        file.write(LETTERS[0].as_bytes())
    (found,) = entries(tmp_path, tmp_path / os.fsdecode(b"\xff.eml"))
    assert found.source.isprintable()
    assert load(found) == LETTERS[0].as_bytes()


def test_the_state_of_a_source_is_its_content(tmp_path: Path) -> None:
    box = mailboxes.mbox(tmp_path / "sent.mbox", LETTERS)
    first = index.build([str(box)], tmp_path).digest
    os.utime(box, (1, 1))
    assert index.build([str(box)], tmp_path).digest == first
    data = box.read_bytes()
    box.write_bytes(data.replace(b"letter number 3", b"letter number 8"))
    assert index.build([str(box)], tmp_path).digest != first


def test_the_index_leaves_nothing_behind(tmp_path: Path) -> None:
    box = mailboxes.mbox(tmp_path / "sent.mbox", LETTERS)
    (tmp_path / "out").mkdir()
    kept = index.build([str(box)], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert kept.count == 12


def test_whose_mailbox_it_is(tmp_path: Path) -> None:
    assert index.build([str(mailboxes.mbox(tmp_path / "a.mbox", LETTERS))], tmp_path).sender == mailboxes.MINE
    # In an archive of all mail somebody else may have written more; Gmail says what was sent.
    archive = [mailboxes.mail(n, sender="news@list.example", X_Gmail_Labels="Inbox") for n in range(5)]
    archive += [mailboxes.mail(9, X_Gmail_Labels="=?UTF-8?Q?Sent,Important?=")]
    assert index.build([str(mailboxes.mbox(tmp_path / "b.mbox", archive))], tmp_path).sender == mailboxes.MINE


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (Headers(), "no sender"),
        (Headers("a@b.example"), "from somebody else"),
        (Headers(mailboxes.MINE, labels=("Entwürfe",)), "a draft, not sent"),
        (Headers(mailboxes.MINE, labels=("Chat",)), "a chat, not mail"),
        (Headers(mailboxes.MINE, labels=("Sent", "Opened")), None),
    ],
)
def test_skipped(headers: Headers, why: str | None) -> None:
    assert own.skipped(headers, [mailboxes.MINE]) == why


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Headers()),
        (b"From: =?utf-8?q?Le=C3=B3?= <LEO@Mail.Example>\n", Headers("leo@mail.example")),
        (b"From: \xff\xfe <a@b.example>\nTo: x@y.example, X <X@y.example>\n", Headers("a@b.example", ("x@y.example",))),
        (b"From: nobody\nDate: yesterday\n", Headers()),
        (b'From: "Leo Brandt" <MAILER-DAEMON>\nTo: "Ines" <MAILER-DAEMON>\n', Headers("leo brandt", ("ines",))),
        (b"From: <MAILER-DAEMON>\n", Headers()),
        (b"Date: Wed, 3 Jan 2024 09:30:00 -0530\n", Headers(time=1704294000, zone=-330)),
        (b"Date: Mon, 99 Foo 12345 99:99:99 +9999\n", Headers()),
        (b"Received: from x by y; Wed, 3 Jan 2024 09:30:00 +0000\n", Headers(time=1704274200)),
    ],
)
def test_headers(data: bytes, expected: Headers) -> None:
    assert parse(data + b"\nbody") == expected


def test_labels_and_threads() -> None:
    message = EmailMessage()
    message["Message-ID"] = "<1@a>"
    message["In-Reply-To"] = "<0@b>"
    message["References"] = "<x@b> <0@b>"
    message["X-Gmail-Labels"] = 'Gesendet,"Wichtig"'
    found = parse(message.as_bytes())
    assert found.labels == ("Gesendet", "Wichtig")
    assert (found.identity, found.answers) == (digest("1@a"), digest("0@b"))
