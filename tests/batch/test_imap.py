"""A real IMAP server (Dovecot) on loopback: read, and nothing changed. Needs Debian's dovecot-imapd."""

from __future__ import annotations

import grp
import imaplib
import json
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.batch import mailboxes
from tone_check.batch import BatchError, Options, imap, review

PASSWORD = "correct horse"
USER = "leo"


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, int, Path]]:
    """Start Dovecot as this user, with a certificate made for the occasion; yield both its ports and the folder."""
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    if not Path(program).exists():
        pytest.fail("dovecot is needed: tests/batch/debian-packages.txt")
    # Not below pytest's own folder: where the tests run as root, Dovecot's processes must not, and could not get in.
    home = Path(tempfile.mkdtemp(prefix="tone-check-dovecot-"))
    home.chmod(0o755)
    root = os.getuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
    user, login = ("dovecot", "dovenull") if root else (owner.pw_name, owner.pw_name)
    box = mailboxes.maildir(home / "mail", [])
    mailboxes.maildir(box / ".Sent", mailboxes.letters(10))
    if root:
        for path in (box, *box.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    plain, secure = _port(), _port()
    (home / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}:{owner.pw_uid}:{owner.pw_gid}::{home}::\n")
    (home / "dovecot.conf").write_text(f"""
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{box}
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {user}
default_internal_group = {grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name}
default_login_user = {login}
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = passwd-file
  args = {home}/users
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {secure}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
""")
    started = subprocess.Popen([program, "-F", "-c", str(home / "dovecot.conf")])
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", secure), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline or started.poll() is not None:
                    log = home / "log"
                    pytest.fail(log.read_text() if log.exists() else "dovecot does not start")
                time.sleep(0.1)
        yield plain, secure, home
    finally:
        started.terminate()
        started.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def connect(home: Path, password: str = PASSWORD) -> Callable[[str], imap.Server]:
    return imap.connector(lambda _: password, ssl.create_default_context(cafile=home / "cert.pem"))


def flags(port: int) -> bytes:
    with imaplib.IMAP4("127.0.0.1", port) as box:
        box.login(USER, PASSWORD)
        box.select("Sent", readonly=True)
        return repr(box.uid("FETCH", "1:*", "(FLAGS)")).encode()


@pytest.mark.slow
def test_sent_mail_is_read_and_nothing_changed(server: tuple[int, int, Path], tmp_path: Path) -> None:
    plain, secure, home = server
    before = flags(plain)
    address = f"imaps://{USER}@localhost:{secure}/Sent"
    outcome = review([address], tmp_path / "out", Options(jobs=2, suggestions=0), connect=connect(home))
    assert (outcome.messages, outcome.judged, outcome.skipped, outcome.unreadable) == (10, 8, 2, 0)
    rows = [json.loads(line) for line in (tmp_path / "out" / "messages.jsonl").read_text().splitlines()]
    assert len({r["source"] for r in rows}) == 10
    assert PASSWORD not in "".join(p.read_text() for p in (tmp_path / "out").iterdir())
    assert flags(plain) == before
    assert b"Seen" not in before
    again = review([address], tmp_path / "out", Options(jobs=1, suggestions=0), connect=connect(home))
    assert again.continued == 10


@pytest.mark.slow
def test_a_lost_connection_is_made_again(server: tuple[int, int, Path]) -> None:
    _, secure, home = server
    folder = connect(home)(f"imaps://{USER}@localhost:{secure}/Sent")
    found = list(folder.entries(0, lambda _: None))
    folder._box.client.socket().shutdown(socket.SHUT_RDWR)
    assert b"Letter" in folder.load(found[0])
    folder.close()


@pytest.mark.slow
def test_refusals(server: tuple[int, int, Path]) -> None:
    plain, secure, home = server
    for address, made, words in (
        (f"imaps://{USER}@localhost:{secure}/Sent", connect(home, "a mistaken one"), "refuses"),
        (f"imaps://{USER}@localhost:{secure}/Nowhere", connect(home), "refuses"),
        (f"imaps://{USER}@localhost:{secure}/Sent", imap.connector(lambda _: PASSWORD), "certificate"),
        (f"imaps://{USER}@localhost:{plain}/Sent", connect(home), "run it again"),
    ):
        with pytest.raises(BatchError, match=words) as caught:
            list(made(address).entries(0, lambda _: None))
        assert PASSWORD not in str(caught.value)
        assert "mistaken" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("imaps://leo:secret@mail.example/Sent", "must not contain a password"),
        ("imap://leo@mail.example/Sent", "without TLS"),
        ("imaps://mail.example/Sent", "should be imaps://user@host/Folder"),
    ],
)
def test_addresses_that_are_refused_unasked(address: str, words: str) -> None:
    with pytest.raises(BatchError, match=words) as caught:
        imap.Server(address, lambda _: pytest.fail("asked for a password"))
    assert "secret" not in str(caught.value)


def test_a_password_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a b \n")
    assert imap.ask(str(tmp_path / "password"))("x") == "a b "
    with pytest.raises(BatchError, match="cannot be read"):
        imap.ask(str(tmp_path / "none"))("x")
