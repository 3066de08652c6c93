"""Thunderbird with the add-on, on a screen that nobody sees, worked by keys: Xvfb, openbox (for the focus), xdotool."""

from __future__ import annotations

import json
import os
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.hook.clients import ROOT, MailSystem

PROGRAMS = ("thunderbird", "Xvfb", "openbox", "xdotool")
T = TypeVar("T")
DIALOG = "Before you send it"
_ADDON = ROOT / "integrations" / "thunderbird"


@dataclass(frozen=True)
class Desktop:
    """A screen with windows on it."""

    env: Mapping[str, str]

    def _xdotool(self, *arguments: str, text: str = "") -> str:
        line = ["xdotool", *arguments]
        done = subprocess.run(line, input=text, env=self.env, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout

    def windows(self) -> dict[str, str]:
        """Return what is open: titles and the numbers to name them by."""
        found = self._xdotool("search", "--onlyvisible", "--class", "thunderbird").split()
        return {self._xdotool("getwindowname", number).strip(): number for number in found}

    def to(self, title: str, seconds: float = 60) -> None:
        """Wait for a window whose title begins so, and go to it."""
        number = self.wait_for(lambda: _named(self.windows(), title), seconds)
        self._xdotool("windowactivate", "--sync", number)
        time.sleep(0.5)  # what has the focus inside a window is settled a little later

    def gone(self, title: str, seconds: float = 30) -> None:
        """Wait until there is no such window."""
        self.wait_for(lambda: not _named(self.windows(), title), seconds)

    def wait_for(self, what: Callable[[], T], seconds: float = 30) -> T:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not (found := what()):
            if time.monotonic() > end:
                raise AssertionError(f"not so after {seconds} s; windows: {list(self.windows())}")
            time.sleep(0.1)
        return found

    def press(self, *keys: str) -> None:
        """Press keys, as xdotool names them."""
        for key in keys:
            self._xdotool("key", key)
            time.sleep(0.3)

    def write(self, text: str) -> None:
        """Type a text."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self._xdotool("key", "Return")
            self._xdotool("type", "--delay", "8", "--file", "-", text=line)

    def picture(self, path: Path) -> None:
        """Keep what is seen (needs ImageMagick)."""
        subprocess.run(["import", "-window", "root", str(path)], env=self.env, check=True, timeout=60)


def _named(windows: Mapping[str, str], title: str) -> str:
    return next((number for name, number in windows.items() if name.startswith(title)), "")


@contextmanager
def _running(*command: str, env: Mapping[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=env, stdout=said, stderr=said)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


@contextmanager
def _screen(env: Mapping[str, str], log: Path, size: str) -> Iterator[str]:
    """Start a screen and return its name."""
    ours, theirs = os.pipe()
    command = ("Xvfb", "-displayfd", str(theirs), "-screen", "0", f"{size}x24", "-nolisten", "tcp")
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=env, stdout=said, stderr=said, pass_fds=(theirs,))
    os.close(theirs)
    try:
        with os.fdopen(ours) as names:
            name = names.readline().strip()
        assert name, log.read_text()
        yield f":{name}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def thunderbird(system: MailSystem, *, html: bool = False, size: str = "1000x760") -> Iterator[Desktop]:
    """Set the check up as a person is told to, and start Thunderbird with an account on the test's mail server."""
    system.install("thunderbird")
    profile = system.home / "profile"
    (profile / "extensions").mkdir(parents=True)
    manifest = json.loads((_ADDON / "manifest.json").read_text())
    name = manifest["browser_specific_settings"]["gecko"]["id"]
    with zipfile.ZipFile(profile / "extensions" / f"{name}.xpi", "w") as packed:
        for path in sorted(_ADDON.iterdir()):
            packed.write(path, path.name)
    preferences = {
        **_QUIET,
        **_ACCOUNT,
        "mail.smtpserver.smtp1.port": system.port,
        "mail.identity.id1.compose_html": html,
    }
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences.items())
    (profile / "user.js").write_text("".join(lines))
    with _screen(system.env, system.home / "xvfb.log", size) as display:
        env = {**system.env, "DISPLAY": display, "NO_AT_BRIDGE": "1"}
        command = ("thunderbird", "--no-remote", "--profile", str(profile))
        with (
            _running("openbox", env=env, log=system.home / "openbox.log"),
            _running(*command, env=env, log=system.home / "thunderbird.log"),
        ):
            yield Desktop(env)


_QUIET = {
    "extensions.autoDisableScopes": 0,
    "extensions.startupScanScopes": 15,
    "app.update.enabled": False,
    "app.donation.eoy.version.viewed": 999,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "mail.compose.attachment_reminder": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mail.warn_on_send_accel_key": False,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
}
_ACCOUNT = {
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.account.account1.identities": "id1",
    "mail.account.account1.server": "server1",
    "mail.server.server1.type": "none",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.userName": "nobody",
    "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
    "mail.identity.id1.useremail": "me@example.org",
    "mail.identity.id1.fullName": "Nadia Brandt",
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.valid": True,
    "mail.identity.id1.fcc": False,
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.hostname": "127.0.0.1",
    "mail.smtpserver.smtp1.authMethod": 1,
    "mail.smtpserver.smtp1.try_ssl": 0,
}


def compose(desktop: Desktop, subject: str, body: str) -> None:
    """Write a message, up to the moment before it is sent."""
    if not _named(desktop.windows(), "Local Folders"):
        desktop.to("Local Folders", seconds=120)
        time.sleep(2)
    desktop.to("Local Folders")
    desktop.press("ctrl+n")
    desktop.to("Write:")
    desktop.write("you@example.org")
    desktop.press("Tab", "Tab")  # the first makes an address of what was typed
    desktop.write(subject)
    desktop.press("Tab")
    desktop.write(body)
    desktop.to(f"Write: {subject}")


def send(desktop: Desktop) -> None:
    """Go to the message and send it."""
    desktop.to("Write:")
    desktop.press("ctrl+Return")
