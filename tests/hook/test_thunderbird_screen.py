"""Thunderbird itself, end to end: a message is written, "Send" is pressed, and the dialog is worked by keys.

Not part of what CI installs (Thunderbird is big): these tests skip there.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hook.clients import HOSTILE, SUBJECT, MailSystem, mail_system, needs
from tests.hook.stub import BETTER, STING
from tests.hook.thunderbird import DIALOG, PROGRAMS, Desktop, compose, send, thunderbird

pytestmark = [pytest.mark.slow, needs(*PROGRAMS)]

CLEAN = "Dear Ms Halloran,\n\nThank you for your time.\n"


@pytest.fixture(params=[False, True], ids=["plain", "html"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[MailSystem, Desktop]]:
    with mail_system(tmp_path) as system, thunderbird(system, html=request.param) as desktop:
        yield system, desktop


def _text(data: bytes) -> str:
    """Return what the receiver reads, line breaks aside: they are the format's affair."""
    part = email.message_from_bytes(data, policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def _expected(text: str) -> str:
    return " ".join(text.split())


def test_a_message_in_thunderbird(running: tuple[MailSystem, Desktop]) -> None:
    system, desktop = running
    compose(desktop, SUBJECT, HOSTILE)

    send(desktop)
    desktop.to(DIALOG)
    desktop.press("Return")  # go back
    desktop.gone(DIALOG)
    assert system.inbox == []

    send(desktop)
    desktop.to(DIALOG)
    desktop.press("Tab", "Return")  # take the rewrites into the draft
    desktop.gone(DIALOG)
    assert system.inbox == []

    send(desktop)
    desktop.wait_for(lambda: system.inbox)
    desktop.gone("Write:")
    assert _text(system.inbox[0]) == _expected(HOSTILE.replace(STING, BETTER.text))

    compose(desktop, SUBJECT, HOSTILE)
    send(desktop)
    desktop.to(DIALOG)
    desktop.press("Escape")  # go back
    desktop.gone(DIALOG)
    send(desktop)
    desktop.to(DIALOG)
    desktop.press("Tab", "Tab", "Return")  # send anyway
    desktop.wait_for(lambda: len(system.inbox) == 2)
    desktop.gone("Write:")
    assert _text(system.inbox[1]) == _expected(HOSTILE)

    compose(desktop, SUBJECT, CLEAN)
    send(desktop)
    desktop.wait_for(lambda: len(system.inbox) == 3)
    desktop.gone("Write:")
    assert _text(system.inbox[2]) == _expected(CLEAN)

    # Without the host the add-on cannot check, and mail matters more than tone.
    assert system.run("tone-check", "hook", "--install", "thunderbird", "--uninstall").returncode == 0
    compose(desktop, SUBJECT, HOSTILE)
    send(desktop)
    desktop.wait_for(lambda: len(system.inbox) == 4)
    assert _text(system.inbox[3]) == _expected(HOSTILE)
