"""Mailboxes for the tests: made of plain sentences, written by the stdlib's own mailbox classes where there are any."""

from __future__ import annotations

import mailbox
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

MINE = "leo@mail.example"
NICE = "Thank you for the conversation last week. Could you tell me when you expect to decide?"
RUDE = "Your so-called process is a joke. You people clearly never even read my application, which is pathetic."
_ZONE = timezone(timedelta(hours=2))


def mail(
    number: int = 0, text: str = NICE, sender: str = MINE, to: str = "Ines Ruiz <ines@firm.example>", **more: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = f"Letter {number}"
    message["Date"] = format_datetime(datetime(2024, 1, 3, 9, 30, tzinfo=_ZONE) + timedelta(days=3 * number))
    message["Message-ID"] = f"<{number}@mail.example>"
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"Dear Ms Ruiz,\n\n{text}\n\nBest regards\nLeo")
    return message


def letters(count: int) -> list[EmailMessage]:
    """Return so many letters; every third is rude, every fifth somebody else's."""
    return [
        mail(
            n,
            f"This is letter number {n}. " + (RUDE if n % 3 == 0 else NICE),
            sender="Ines Ruiz <ines@firm.example>" if n % 5 == 4 else f"Leo <{MINE}>",
            to=f"person{n % 4}@firm{n % 2}.example",
        )
        for n in range(count)
    ]


def mbox(path: Path, messages: Sequence[EmailMessage]) -> Path:
    box = mailbox.mbox(path)
    for message in messages:
        box.add(message)
    box.close()
    return path


def maildir(path: Path, messages: Sequence[EmailMessage]) -> Path:
    box = mailbox.Maildir(path)
    for message in messages:
        box.add(message)
    box.close()
    return path


def folder(path: Path, messages: Sequence[EmailMessage]) -> Path:
    path.mkdir()
    for n, message in enumerate(messages):
        (path / f"{n:04}.eml").write_bytes(message.as_bytes())
    return path
