"""Full-screen clients in a real terminal, end to end: neomutt and aerc, worked by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hook.clients import CLEAN, HOSTILE, SUBJECT, MailSystem, Screen, mail_system, needs, screen
from tests.hook.stub import STING

pytestmark = [pytest.mark.slow, needs("msmtp", "tmux")]


@pytest.fixture
def system(tmp_path: Path) -> Iterator[MailSystem]:
    with mail_system(tmp_path) as made:
        yield made


_NEOMUTT = """\
set from="me@example.org" realname="Nadia Brandt" editor="true" copy=no
set folder="HOME/mail" spoolfile="HOME/mail/inbox" postponed="HOME/mail/drafts" mbox_type=Maildir
set abort_unmodified=no confirmappend=no
"""


def _neomutt(system: MailSystem, body: str) -> tuple[str, ...]:
    for box in ("inbox", "drafts"):
        for name in ("cur", "new", "tmp"):
            (system.home / "mail" / box / name).mkdir(parents=True)
    (system.home / ".neomuttrc").write_text(_NEOMUTT.replace("HOME", str(system.home)))
    system.install("neomutt")
    (system.home / "body.txt").write_text(body)
    return ("neomutt", "-n", "-s", SUBJECT, "-i", "body.txt", "--", "you@example.org")


def _to_the_compose_menu(seen: Screen) -> None:
    seen.wait_for("To: you@example.org")
    seen.keys("Enter")
    seen.wait_for(f"Subject: {SUBJECT}")
    seen.keys("Enter")
    seen.wait_for("y:Send")


@needs("neomutt")
def test_neomutt_clean(system: MailSystem) -> None:
    with screen(system, *_neomutt(system, CLEAN)) as seen:
        _to_the_compose_menu(seen)
        seen.keys("y")
        seen.wait_for("exit code 0")
    system.assert_arrived_unaltered("planning coordinator role")


@needs("neomutt")
def test_neomutt_hostile(system: MailSystem) -> None:
    with screen(system, *_neomutt(system, HOSTILE)) as seen:
        _to_the_compose_menu(seen)
        seen.keys("y")
        shown = seen.wait_for("not sent")
        assert "tone-check" in shown
        system.assert_refused(shown)
        seen.keys("q")
        seen.wait_for("y:Send")  # the draft is still there
        system.wait_a_moment()
        seen.keys("y")
        seen.wait_for("exit code 0")
    system.assert_arrived_unaltered(STING)


_AERC_ACCOUNT = """\
[work]
source = maildir://HOME/mail
from = Nadia Brandt <me@example.org>
outgoing = msmtp
default = INBOX
"""
_AERC = """\
[general]
unsafe-accounts-conf = true
[compose]
editor = HOME/bin/edit
[ui]
mouse-enabled = false
"""


def _aerc(system: MailSystem) -> tuple[str, ...]:
    for box in ("INBOX", "Drafts"):
        for name in ("cur", "new", "tmp"):
            (system.home / "mail" / box / name).mkdir(parents=True)
    settings = system.home / ".config/aerc"
    settings.mkdir(parents=True)
    (settings / "accounts.conf").write_text(_AERC_ACCOUNT.replace("HOME", str(system.home)))
    (settings / "accounts.conf").chmod(0o600)
    (settings / "aerc.conf").write_text(_AERC.replace("HOME", str(system.home)))
    system.install("aerc")
    return ("aerc",)


def _to_the_review(system: MailSystem, seen: Screen, body: str) -> None:
    (system.home / "body.txt").write_text(body)
    editor = system.home / "bin/edit"
    editor.write_text(f'#!/bin/sh\ncat {system.home}/body.txt > "$1"\n')
    editor.chmod(0o755)
    seen.wait_for("Connected")
    seen.keys(":")
    seen.keys("-l", f"compose -H 'To: you@example.org' -H 'Subject: {SUBJECT}'")
    seen.keys("Enter")
    seen.wait_for("Send this email?")


@needs("aerc")
def test_aerc_clean(system: MailSystem) -> None:
    with screen(system, *_aerc(system)) as seen:
        _to_the_review(system, seen, CLEAN)
        seen.keys("y")
        seen.wait_for(lambda _: bool(system.inbox))
    system.assert_arrived_unaltered("planning coordinator role")


@needs("aerc")
def test_aerc_hostile(system: MailSystem) -> None:
    with screen(system, *_aerc(system)) as seen:
        _to_the_review(system, seen, HOSTILE)
        seen.keys("y")
        seen.wait_for(lambda _: bool(system.reports))

        def is_back(text: str) -> bool:
            seen.keys("F5")  # aerc brings the composer back but draws it only when a key is pressed
            return "Send this email?" in text

        assert ":term less" in seen.wait_for(is_back)  # newer versions show the words after the #
        seen.keys("w")
        shown = seen.wait_for("did not send")
        system.assert_refused(shown + str(system.reports[-1]))
        seen.keys("q")
        seen.keys("F5")
        seen.wait_for(is_back)
        system.wait_a_moment()
        seen.keys("y")
        seen.wait_for(lambda _: bool(system.inbox))
    system.assert_arrived_unaltered(STING)
