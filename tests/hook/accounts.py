"""Real clients set up as a person would, with the check in front of what sends: for the tests and for the pictures."""

from __future__ import annotations

from pathlib import Path

from tests.hook.clients import SUBJECT, MailSystem, Screen

_NEOMUTT = """\
set from="me@example.org" realname="Nadia Brandt" editor="true" copy=no
set folder="HOME/mail" spoolfile="HOME/mail/inbox" postponed="HOME/mail/drafts" mbox_type=Maildir
set abort_unmodified=no confirmappend=no
"""


def neomutt(system: MailSystem, body: str) -> tuple[str, ...]:
    for box in ("inbox", "drafts"):
        for name in ("cur", "new", "tmp"):
            (system.home / "mail" / box / name).mkdir(parents=True)
    (system.home / ".neomuttrc").write_text(_NEOMUTT.replace("HOME", str(system.home)))
    system.install("neomutt")
    (system.home / "body.txt").write_text(body)
    return ("neomutt", "-n", "-s", SUBJECT, "-i", "body.txt", "--", "you@example.org")


def to_the_compose_menu(seen: Screen) -> None:
    seen.wait_for("To: you@example.org")
    seen.keys("Enter")
    seen.wait_for(f"Subject: {SUBJECT}")
    seen.keys("Enter")
    seen.wait_for("y:Send")


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


def aerc(system: MailSystem) -> tuple[str, ...]:
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


def to_the_review(system: MailSystem, seen: Screen, body: str) -> None:
    (system.home / "body.txt").write_text(body)
    editor = system.home / "bin/edit"
    editor.write_text(f'#!/bin/sh\ncat {system.home}/body.txt > "$1"\n')
    editor.chmod(0o755)
    seen.wait_for("Connected")
    seen.keys(":")
    seen.keys("-l", f"compose -H 'To: you@example.org' -H 'Subject: {SUBJECT}'")
    seen.keys("Enter")
    seen.wait_for("Send this email?")


def wrapper(system: MailSystem) -> None:
    """Write the program of one word that some clients need; s-nail sets root's HOME back to what passwd says."""
    wrapper = system.home / "bin/tone-check-sendmail"
    wrapper.write_text(f'#!/bin/sh\nHOME={system.home} exec tone-check hook -- msmtp "$@"\n')
    wrapper.chmod(0o755)


_MAILRC = """\
set v15-compat
set mta=HOME/bin/tone-check-sendmail
set sendwait save
set from=me@example.org
set DEAD=HOME/dead.letter
"""


def s_nail(system: MailSystem) -> tuple[str, ...]:
    wrapper(system)
    (system.home / ".mailrc").write_text(_MAILRC.replace("HOME", str(system.home)))
    return ("s-nail", "-n", "-s", SUBJECT, "you@example.org")


def repository(system: MailSystem, body: str) -> Path:
    """Make a repository with one patch whose cover text is the message."""
    folder = system.home / "repository"
    folder.mkdir()
    for line in (
        ("git", "init", "-q"),
        ("git", "config", "user.name", "Nadia Brandt"),
        ("git", "config", "user.email", "me@example.org"),
        ("git", "config", "sendemail.confirm", "never"),
        ("git", "config", "sendemail.to", "you@example.org"),
        ("git", "config", "sendemail.suppresscc", "all"),
        ("git", "commit", "-q", "--allow-empty", "-m", "Begin"),
    ):
        done = system.run(*line, cwd=folder)
        assert done.returncode == 0, done.stderr
    (folder / "plan.txt").write_text("You never opened it, you fools.\n")
    system.run("git", "add", "plan.txt", cwd=folder)
    assert system.run("git", "commit", "-q", "-F", "-", text=f"Plan\n\n{body}", cwd=folder).returncode == 0
    assert system.run("git", "format-patch", "-q", "-1", cwd=folder).returncode == 0
    return folder


def set_up_git(system: MailSystem, folder: Path, way: str) -> None:
    if way == "sendmailCmd":
        system.run("git", "config", "sendemail.sendmailCmd", "tone-check hook -- msmtp", cwd=folder)
        return
    system.run("git", "config", "sendemail.sendmailCmd", "msmtp", cwd=folder)
    system.install("git", cwd=folder)


_WRITE = """\
(setq user-full-name "Nadia Brandt" user-mail-address "me@example.org" inhibit-startup-screen t)
(message-mail "you@example.org" "SUBJECT")
(message-goto-body)
(insert-file-contents (expand-file-name "~/body.txt"))
"""


def emacs(system: MailSystem, body: str) -> tuple[str, ...]:
    system.install("emacs")
    (system.home / "body.txt").write_text(body)
    (system.home / "write.el").write_text(_WRITE.replace("SUBJECT", SUBJECT))
    return ("emacs", "-nw", "-Q", "-l", ".emacs.d/init.el", "-l", "write.el")
