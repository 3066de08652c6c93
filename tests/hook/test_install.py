"""``hook --install``: printed, written, written again, taken out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hook.conftest import HERE, Post


@pytest.fixture
def home(post: Post) -> Path:
    subprocess.run(["git", "init", "-q", str(post.home)], env=post.env, check=True)
    (post.home / "config" / "aerc").mkdir(parents=True)
    (post.home / "config/aerc/accounts.conf").write_text(
        "[work]\nsource = maildir://~/mail\noutgoing = /usr/bin/msmtp -a work\n\n[home]\noutgoing = smtps://me@x\n"
    )
    (post.home / "config/aerc/accounts.conf").chmod(0o600)
    (post.home / "config/aerc/binds.conf").write_text("[compose::review]\ny = :send<Enter>\n")
    (post.home / ".emacs").write_bytes(b"; caf\xe9\n(setq x 1)")
    (post.home / ".neomuttrc").write_text("set realname=Me\n")
    (post.home / ".git/hooks/sendemail-validate").write_text("#!/bin/bash\necho other\n")
    return post.home


def install(post: Post, client: str, *options: str, cwd: Path | None = None) -> tuple[int, str]:
    line = [sys.executable, str(HERE / "stub.py"), "--install", client, *options]
    done = subprocess.run(line, env=post.env, cwd=cwd or post.home, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def _files(home: Path) -> dict[str, bytes]:
    found = {p.relative_to(home): p for p in home.rglob("*") if p.is_file()}
    return {str(n): p.read_bytes() for n, p in found.items() if not n.name.endswith(".before-tone-check")}


@pytest.mark.parametrize("client", ["neomutt", "aerc", "git", "emacs", "msmtp", "thunderbird"])
def test_written_once_and_taken_out(post: Post, home: Path, client: str) -> None:
    before = _files(home)
    code, printed = install(post, client)
    assert code == 0
    assert _files(home) == before, "printing changes nothing"
    assert "hook -- " in printed or "native-host" in printed
    code, said = install(post, client, "--write")
    assert (code, ": written" in said) == (0, True)
    once = _files(home)
    assert once != before
    code, said = install(post, client, "--write")
    assert (code, ": written" in said) == (0, False)
    assert _files(home) == once
    assert install(post, client, "--uninstall")[0] == 0
    after = _files(home)
    # The one thing that may stay is a final line end.
    assert {k: v.rstrip(b"\n") for k, v in after.items()} == {k: v.rstrip(b"\n") for k, v in before.items()}


def test_backup_is_the_file_as_it_was(post: Post, home: Path) -> None:
    was = (home / ".neomuttrc").read_text()
    install(post, "neomutt", "--write", "--", "/usr/sbin/sendmail")
    install(post, "neomutt", "--write", "--", "/usr/bin/msmtp")
    assert (home / ".neomuttrc.before-tone-check").read_text() == was
    assert (home / ".neomuttrc").read_text().count("set sendmail=") == 1


def test_permissions_and_links_stay(post: Post, home: Path) -> None:
    real = home / "dotfiles"
    (home / ".neomuttrc").rename(real)
    (home / ".neomuttrc").symlink_to(real)
    install(post, "neomutt", "--write")
    assert (home / ".neomuttrc").is_symlink()
    assert "tone-check" in real.read_text()
    install(post, "aerc", "--write")
    assert (home / "config/aerc/accounts.conf").stat().st_mode & 0o777 == 0o600


def test_aerc_keeps_each_accounts_own_command(post: Post, home: Path) -> None:
    install(post, "aerc", "--write", "--", "sendmail", "-oi")
    lines = (home / "config/aerc/accounts.conf").read_text().splitlines()
    sending = [line for line in lines if line.startswith("outgoing")]
    assert [line.partition(" -- ")[2] for line in sending] == ["/usr/bin/msmtp -a work", "sendmail -oi"]


def test_git_hook_runs_before_the_one_that_was_there(post: Post, home: Path) -> None:
    install(post, "git", "--write")
    hook = home / ".git/hooks/sendemail-validate"
    assert os.access(hook, os.X_OK)
    lines = hook.read_text().splitlines()
    assert lines[0] == "#!/bin/bash"
    assert lines.index("echo other") == len(lines) - 1


def test_a_program_that_is_not_there_is_named_before_mail_depends_on_it(post: Post, home: Path) -> None:
    missing = "tone-check hook: /no/such/sendmail: no such program; name yours after --\n"
    for client, told in (("neomutt", True), ("emacs", True), ("msmtp", True), ("git", False)):
        for options in ((), ("--write",)):
            code, said = install(post, client, *options, "--", "/no/such/sendmail")
            assert (code, missing in said) == (0, told), client
        assert missing not in install(post, client, "--uninstall", "--", "/no/such/sendmail")[1]
    assert "no such program" not in install(post, "msmtp", "--", sys.executable)[1]


def test_the_wrapper_says_where_it_belongs(post: Post, home: Path) -> None:
    where = f"Name it where your mail program asks for sendmail: {home}/.local/bin/tone-check-sendmail\n"
    assert where not in install(post, "msmtp")[1]
    assert where in install(post, "msmtp", "--write")[1]
    assert where not in install(post, "msmtp", "--uninstall")[1]


def test_refusals(post: Post, home: Path) -> None:
    assert install(post, "pine")[0] == 64
    assert install(post, "git", "--write", cwd=post.outbox.parent.parent)[0] == 64
    (home / ".git/hooks/sendemail-validate").write_text("#!/usr/bin/perl\n")
    assert install(post, "git", "--write")[0] == 64
    assert install(post, "neomutt", "--", "/path with space/sendmail")[0] == 64
    (home / ".local/bin").mkdir(parents=True)
    for client, program in (("msmtp", "tone-check-sendmail"), ("thunderbird", "tone-check-native-host")):
        (home / ".local/bin" / program).write_text("mine\n")
        assert install(post, client, "--write")[0] == 64
