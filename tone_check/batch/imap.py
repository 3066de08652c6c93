"""A folder on a mail server, read-only: ``imaps://leo@mail.example/Sent``.

The folder is opened with EXAMINE, and messages are fetched with PEEK: not even a flag changes. TLS is checked against
the system's authorities; without it (``imap://``) only a server on this machine is spoken to.
"""

from __future__ import annotations

import contextlib
import re
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from tone_check.batch import headers
from tone_check.batch.entry import Entry
from tone_check.batch.errors import BatchError

_TOGETHER = 200
_TRIES = 3
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS = "FROM SENDER TO DATE RECEIVED MESSAGE-ID IN-REPLY-TO REFERENCES X-GMAIL-LABELS"


class Server:
    """One folder on one server; reconnects by itself when the connection is lost."""

    def __init__(self, address: str, password: Callable[[str], str], context: ssl.SSLContext | None = None) -> None:
        """Take ``imaps://user@host[:port]/Folder`` apart; ``password`` is asked with a text for the prompt.

        Raises:
            BatchError: it is no such address, or it has a password in it.
        """
        parts = urlsplit(address)
        if parts.password is not None:
            raise BatchError("the address of a mail server must not contain a password: others can see it")
        if not parts.hostname or not parts.username:
            raise BatchError(f"{address}: should be imaps://user@host/Folder")
        if parts.scheme == "imap" and parts.hostname not in _LOCAL:
            raise BatchError(f"{address}: without TLS only a server on this machine is spoken to; use imaps://")
        self.address = address
        self._host, self._port = parts.hostname, parts.port or (993 if parts.scheme == "imaps" else 143)
        self._secure = parts.scheme == "imaps"
        self._user = unquote(parts.username)
        self._folder = unquote(parts.path.lstrip("/")) or "INBOX"
        self._context = context
        self._ask = password
        self._password: str | None = None
        self._box: Any = None

    def entries(self, group: int, digest: Callable[[bytes], object]) -> Iterator[Entry]:
        """Yield the messages of the folder by their UIDs."""
        uids = self._asked(lambda box: [int(u) for u in box.uids("ALL")])
        status = self._asked(lambda box: box.folder.status(self._folder, ["UIDVALIDITY"]))
        digest(f"\0{status}\0{uids}\0".encode())
        number = 0
        for at in range(0, len(uids), _TOGETHER):
            wanted = uids[at : at + _TOGETHER]
            found = self._asked(partial(_fetched, uids=wanted, what=f"BODY.PEEK[HEADER.FIELDS ({_HEADERS})]"))
            for uid in wanted:
                name = f"{self.address}#{uid}"
                yield Entry(name, group, number, "imap", self.address, uid, uid, headers.parse(found.get(uid, b"")))
                number += 1

    def load(self, entry: Entry) -> bytes:
        """Return one message.

        Raises:
            OSError: it is not there any more.
        """
        found: dict[int, bytes] = self._asked(lambda box: _fetched(box, [entry.start], "BODY.PEEK[]"))
        if entry.start not in found:
            raise FileNotFoundError(2, "it is not on the server any more")
        return found[entry.start]

    def close(self) -> None:
        """Log out."""
        if self._box is not None:
            # The server may have gone: then nothing is left to be ended.
            with contextlib.suppress(Exception):
                self._box.logout()
            self._box = None

    def _asked(self, question: Callable[[Any], Any]) -> Any:
        """Ask the server, again on a new connection if the old one was lost."""
        import imaplib

        for attempt in range(_TRIES):
            try:
                if self._box is None:
                    self._box = self._connected()
                return question(self._box)
            except (imaplib.IMAP4.abort, OSError) as error:
                self._box = None
                if attempt == _TRIES - 1:
                    raise BatchError(f"{self.address}: {error}; run it again to go on") from None
        raise AssertionError("unreachable")

    def _connected(self) -> Any:
        try:
            from imap_tools import MailBox, MailBoxUnencrypted
            from imap_tools.errors import ImapToolsError
        except ImportError:
            raise BatchError("mail servers need the extra: pip install 'tone-check[imap]'") from None
        if self._password is None:
            self._password = self._ask(f"Password of {self._user} at {self._host}: ")
        try:
            if self._secure:
                context = self._context or ssl.create_default_context()
                box: Any = MailBox(self._host, self._port, timeout=60, ssl_context=context)
            else:
                box = MailBoxUnencrypted(self._host, self._port, timeout=60)
            box.login(self._user, self._password, initial_folder=None)
            box.folder.set(self._folder, readonly=True)
        except ImapToolsError as error:
            told = str(error).replace(self._password, "***")
            raise BatchError(f"{self.address}: the server refuses: {told[:200]}") from None
        return box


def _fetched(box: Any, uids: list[int], what: str) -> dict[int, bytes]:
    """Fetch something of some messages; those that have gone are missing in the result."""
    status, answer = box.client.uid("FETCH", ",".join(map(str, uids)), f"(UID {what})")
    if status != "OK":
        raise OSError(5, f"the server answers {status}")
    found = {}
    for piece in answer:
        if isinstance(piece, tuple):
            uid = re.search(rb"UID (\d+)", piece[0])
            if uid is not None:
                found[int(uid.group(1))] = piece[1]
    return found


def connector(password: Callable[[str], str], context: ssl.SSLContext | None = None) -> Callable[[str], Server]:
    """Return a function that gives the server for an address, one connection for each."""
    known: dict[str, Server] = {}

    def connect(address: str) -> Server:
        if address not in known:
            known[address] = Server(address, password, context)
        return known[address]

    return connect


def ask(password_file: str | None) -> Callable[[str], str]:
    """Return how to get a password: from a file, from the keyring if there is one, else from a prompt."""
    from pathlib import Path

    def answer(prompt: str) -> str:
        if password_file is not None:
            try:
                return Path(password_file).read_text(encoding="utf-8").rstrip("\r\n")
            except OSError as error:
                raise BatchError(f"{password_file}: cannot be read: {error.strerror}") from None
        user, _, host = prompt.removeprefix("Password of ").removesuffix(": ").rpartition(" at ")
        try:
            import keyring  # type: ignore[import-not-found,unused-ignore]

            kept = keyring.get_password(host, user)
            if kept is not None:
                return str(kept)
        except Exception:  # noqa: S110 (no keyring, or one that is locked: the prompt is next)
            pass
        import getpass

        return getpass.getpass(prompt)

    return answer
