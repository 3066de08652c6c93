"""Full-screen clients in a real terminal, end to end: neomutt, aerc and Emacs, worked by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hook.accounts import aerc, emacs, neomutt, to_the_compose_menu, to_the_review
from tests.hook.clients import CLEAN, HOSTILE, MailSystem, mail_system, needs, screen
from tests.hook.stub import STING

pytestmark = [pytest.mark.slow, needs("msmtp", "tmux")]


@pytest.fixture
def system(tmp_path: Path) -> Iterator[MailSystem]:
    with mail_system(tmp_path) as made:
        yield made


@needs("neomutt")
def test_neomutt_clean(system: MailSystem) -> None:
    with screen(system, *neomutt(system, CLEAN)) as seen:
        to_the_compose_menu(seen)
        seen.keys("y")
        seen.wait_for("exit code 0")
    system.assert_arrived_unaltered("planning coordinator role")


@needs("neomutt")
def test_neomutt_hostile(system: MailSystem) -> None:
    with screen(system, *neomutt(system, HOSTILE)) as seen:
        to_the_compose_menu(seen)
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


@needs("aerc")
def test_aerc_clean(system: MailSystem) -> None:
    with screen(system, *aerc(system)) as seen:
        to_the_review(system, seen, CLEAN)
        seen.keys("y")
        seen.wait_for(lambda _: bool(system.inbox))
    system.assert_arrived_unaltered("planning coordinator role")


@needs("aerc")
def test_aerc_hostile(system: MailSystem) -> None:
    with screen(system, *aerc(system)) as seen:
        to_the_review(system, seen, HOSTILE)
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


@needs("emacs")
def test_emacs_hostile(system: MailSystem) -> None:
    """What is seen beside the draft is the beginning of the report: the sentence, not the end of the advice."""
    with screen(system, *emacs(system, HOSTILE), rows=30) as seen:
        seen.wait_for("Dear Ms Halloran")
        seen.keys("C-c", "C-c")
        shown = seen.wait_for("failed with exit value 65")
        assert shown.count(STING) == 2, "in the draft and in the report"
        assert "tone-check: not sent" in shown
        assert system.inbox == []
        system.wait_a_moment()
        seen.keys("C-x", "o", "C-c", "C-c")  # from the report back to the draft
        seen.wait_for(lambda _: bool(system.inbox))
    system.assert_arrived_unaltered(STING)
