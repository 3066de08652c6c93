"""Clients without a screen of their own, end to end: msmtp, s-nail, git send-email, Emacs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hook.accounts import repository, s_nail, set_up_git
from tests.hook.clients import CLEAN, HOSTILE, SUBJECT, MailSystem, mail_system, needs
from tests.hook.stub import STING

pytestmark = [pytest.mark.slow, needs("msmtp")]


@pytest.fixture
def system(tmp_path: Path) -> Iterator[MailSystem]:
    with mail_system(tmp_path) as made:
        yield made


# --- msmtp --------------------------------------------------------------------------------------------------------


def _mail(body: str) -> str:
    return f"From: me@example.org\nTo: Ms Halloran <you@example.org>\nSubject: {SUBJECT}\n\n{body}"


def test_msmtp_clean(system: MailSystem) -> None:
    done = system.run("tone-check", "hook", "--", "msmtp", "-t", text=_mail(CLEAN))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    system.assert_arrived_unaltered("planning coordinator role")
    assert system.handed_in[0].decode() == _mail(CLEAN)


def test_msmtp_hostile(system: MailSystem) -> None:
    line = ("tone-check", "hook", "--", "msmtp", "-t")
    done = system.run(*line, text=_mail(HOSTILE))
    assert done.returncode == 65
    system.assert_refused(shown=done.stderr)
    assert system.run(*line, text=_mail(HOSTILE)).returncode == 65, "a quick retry"
    system.wait_a_moment()
    assert system.run(*line, text=_mail(HOSTILE)).returncode == 0
    system.assert_arrived_unaltered(STING)


def test_with_the_shipped_model(system: MailSystem) -> None:
    system = replace(system, env={**system.env, "HOOK_JUDGE": "real"})
    line = ("tone-check", "hook", "--timeout", "100", "--", "msmtp", "-t")
    done = system.run(*line, text=_mail(HOSTILE))
    assert done.returncode == 65, done.stderr
    system.assert_refused(shown=done.stderr)
    done = system.run(*line, text=_mail(CLEAN))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    system.assert_arrived_unaltered("planning coordinator role")


def test_msmtp_switch(system: MailSystem) -> None:
    text = "X-Tone-Check: off\n" + _mail(HOSTILE)
    assert system.run("tone-check", "hook", "--", "msmtp", "-t", text=text).returncode == 0
    assert [m.decode() for m in system.handed_on] == [_mail(HOSTILE)]
    assert b"X-Tone-Check" not in system.inbox[0]


# --- s-nail -------------------------------------------------------------------------------------------------------


@needs("s-nail")
def test_s_nail_clean(system: MailSystem) -> None:
    command = s_nail(system)
    done = system.run(*command, text=CLEAN)
    assert done.returncode == 0, done.stderr
    system.assert_arrived_unaltered("planning coordinator role")


@needs("s-nail")
def test_s_nail_hostile(system: MailSystem) -> None:
    command = s_nail(system)
    done = system.run(*command, text=HOSTILE)
    assert done.returncode != 0
    system.assert_refused(shown=done.stderr)
    assert STING in (system.home / "dead.letter").read_text(), "the draft"
    system.wait_a_moment()
    assert system.run(*command, text=HOSTILE).returncode == 0
    system.assert_arrived_unaltered(STING)


# --- git send-email -----------------------------------------------------------------------------------------------

_GIT = needs("git", "/usr/lib/git-core/git-send-email")


def _send_patch(system: MailSystem, folder: Path) -> tuple[int, str]:
    done = system.run("git", "send-email", "0001-Plan.patch", cwd=folder)
    return done.returncode, done.stdout + done.stderr


@_GIT
@pytest.mark.parametrize("way", ["sendmailCmd", "sendemail-validate"])
def test_git_clean(system: MailSystem, way: str) -> None:
    folder = repository(system, CLEAN)
    set_up_git(system, folder, way)
    code, said = _send_patch(system, folder)
    assert code == 0, said
    system.handed_in.sort(key=len)
    assert len(system.inbox) == 1
    assert b"planning coordinator role" in system.inbox[0]
    if way == "sendmailCmd":
        system.assert_arrived_unaltered()


@_GIT
@pytest.mark.parametrize("way", ["sendmailCmd", "sendemail-validate"])
def test_git_hostile(system: MailSystem, way: str) -> None:
    folder = repository(system, HOSTILE)
    set_up_git(system, folder, way)
    code, said = _send_patch(system, folder)
    assert code != 0
    system.assert_refused(shown=said)
    assert "you fools" not in said, "the diff is not the writer's letter"
    assert STING in (folder / "0001-Plan.patch").read_text(), "the draft"
    system.wait_a_moment()
    code, said = _send_patch(system, folder)
    assert code == 0, said
    assert len(system.inbox) == 1
    assert STING.encode() in system.inbox[0]


# --- Emacs --------------------------------------------------------------------------------------------------------

_EMACS = """\
(require 'message)
(setq user-full-name "Nadia Brandt" user-mail-address "me@example.org"
      message-confirm-send nil)
(message-mail "you@example.org" "SUBJECT")
(message-goto-body)
(insert-file-contents (expand-file-name "~/body.txt"))
(dotimes (attempt 2)
  (condition-case problem
      (progn (message-send) (princ "SENT\n") (kill-emacs 0))
    (error
     (princ (format "ERROR %s\n" (error-message-string problem)))
     (dolist (buffer (buffer-list))
       (when (string-match "errors" (buffer-name buffer))
         (princ (with-current-buffer buffer (buffer-string)))))
     (set-buffer (car (message-buffers)))
     (goto-char (point-max))
     (princ (format "DRAFT %s\n" (and (search-backward "never opened" nil t) t)))
     (call-process "sh" nil nil nil "-c" "touch -d '5 seconds ago' ~/.local/state/tone-check/refused/*"))))
"""


def _emacs(system: MailSystem, body: str) -> str:
    system.install("emacs")
    (system.home / "body.txt").write_text(body)
    (system.home / "send.el").write_text(_EMACS.replace("SUBJECT", SUBJECT))
    done = system.run("emacs", "--batch", "-Q", "-l", ".emacs.d/init.el", "-l", "send.el")
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs("emacs")
def test_emacs_clean(system: MailSystem) -> None:
    assert _emacs(system, CLEAN).startswith("SENT")
    assert len(system.inbox) >= 1
    assert system.handed_in == system.handed_on
    assert b"planning coordinator role" in system.inbox[0]


@needs("emacs")
def test_emacs_hostile(system: MailSystem) -> None:
    said = _emacs(system, HOSTILE)
    assert said.startswith("ERROR Sending...failed with exit value 65")
    assert str(system.reports[0]) in said
    assert "DRAFT t" in said
    assert said.endswith("SENT\n"), "the second attempt"
    system.assert_arrived_unaltered(STING)
