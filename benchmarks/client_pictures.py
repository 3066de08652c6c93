"""The pictures in docs/clients: each client is run, a hostile draft is sent, and what the person sees is kept.

Usage: python -m benchmarks.client_pictures [CLIENT...]

The shipped model judges, as it does for the person. A client that is not
installed is left out, with a line that says so (tests/hook/debian-packages.txt
and docs/clients/thunderbird.md name the packages).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.text import Text

from benchmarks.picture import draw
from tests.hook import accounts, thunderbird
from tests.hook.clients import ROOT, SUBJECT, MailSystem, Screen, mail_system, screen

FOLDER = ROOT / "docs" / "clients"
DRAFT = """\
Dear Ms Halloran,

Thank you for your message of Tuesday.
You clearly never opened my portfolio.
I expect a written explanation by Friday.

Nadia Brandt
"""
# Stands in the pictures where the run had its own folder; of the same length, so that lines break as they did.
_HOME = "/home/nbrandt"
_ROWS = 30


def _neomutt(system: MailSystem) -> str:
    with screen(system, *accounts.neomutt(system, DRAFT), rows=_ROWS) as seen:
        accounts.to_the_compose_menu(seen)
        seen.keys("y")
        seen.wait_for("not sent")
        return _settled(seen)


def _aerc(system: MailSystem) -> str:
    with screen(system, *accounts.aerc(system), rows=_ROWS) as seen:
        accounts.to_the_review(system, seen, DRAFT)
        seen.keys("y")
        seen.wait_for(lambda _: bool(system.reports))

        def is_back(text: str) -> bool:
            seen.keys("F5")
            return "Send this email?" in text

        seen.wait_for(is_back)
        seen.keys("w")
        seen.wait_for("did not send")
        return _settled(seen)


def _git(system: MailSystem) -> str:
    folder = accounts.repository(system, DRAFT)
    accounts.set_up_git(system, folder, "sendemail-validate")
    return _typed(system, "git send-email 0001-Plan.patch", folder)


def _emacs(system: MailSystem) -> str:
    with screen(system, *accounts.emacs(system, DRAFT), rows=_ROWS) as seen:
        seen.wait_for("Dear Ms Halloran")
        seen.keys("C-c", "C-c")
        seen.wait_for("exit value 65")
        return _settled(seen)


def _s_nail(system: MailSystem) -> str:
    command = accounts.s_nail(system)
    (system.home / "draft.txt").write_text(DRAFT)
    return _typed(system, f"{command[0]} -s 'The role' {command[-1]} < draft.txt", system.home)


def _msmtp(system: MailSystem) -> str:
    head = f"From: me@example.org\nTo: you@example.org\nSubject: {SUBJECT}\n\n"
    (system.home / "message.eml").write_text(head + DRAFT)
    return _typed(system, "tone-check hook -- msmtp -t < message.eml", system.home)


def _typed(system: MailSystem, command: str, folder: Path) -> str:
    """Type a command into a shell."""
    with screen(system, "sh", "-i", cwd=folder, rows=_ROWS) as seen:
        seen.keys("-l", "PS1='$ '; clear")  # the prompt is root's own where the pictures are made by root
        seen.keys("Enter")
        seen.wait_for(lambda text: text.strip() == "$")
        seen.keys("-l", command)
        seen.keys("Enter")
        seen.wait_for(lambda text: "not sent" in text and text.rstrip().endswith("$"), seconds=300)
        return _settled(seen)


def _settled(seen: Screen) -> str:
    """Wait until nothing moves and return the screen."""
    before, now = "", seen.coloured()
    while before != now:
        time.sleep(0.5)
        before, now = now, seen.coloured()
    return now


def _thunderbird(system: MailSystem, output: Path) -> None:
    with thunderbird.thunderbird(system, size="900x640") as desktop:
        thunderbird.compose(desktop, SUBJECT, DRAFT)
        thunderbird.send(desktop)
        desktop.to(thunderbird.DIALOG)
        time.sleep(2)
        desktop.picture(output)
    small = ("convert", str(output), "-strip", "+dither", "-colors", "32", f"png8:{output}")
    subprocess.run(small, check=True, timeout=60)


@dataclass(frozen=True)
class Client:
    """What is needed for a picture, and what makes it."""

    programs: tuple[str, ...]
    show: Callable[[MailSystem], str]


CLIENTS = {
    "neomutt": Client(("neomutt",), _neomutt),
    "aerc": Client(("aerc",), _aerc),
    "git": Client(("git", "/usr/lib/git-core/git-send-email"), _git),
    "emacs": Client(("emacs",), _emacs),
    "s-nail": Client(("s-nail",), _s_nail),
    "msmtp": Client(("msmtp",), _msmtp),
}


def _missing(*programs: str) -> list[str]:
    return [p for p in programs if shutil.which(p) is None]


def _picture(name: str) -> str:
    """Make one picture; return what there is to say about it."""
    terminal = CLIENTS.get(name)
    needed = (*thunderbird.PROGRAMS, "import", "convert") if terminal is None else ("msmtp", "tmux", *terminal.programs)
    if missing := _missing(*needed):
        return f"left out, not installed: {', '.join(missing)}"
    # A client that is ended may still write while its folder is removed.
    made = tempfile.TemporaryDirectory(prefix="", dir="/tmp", ignore_cleanup_errors=True)
    with made as folder, mail_system(Path(folder)) as system:
        settings = system.home / ".config/tone-check/config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text("[hook]\ntimeout = 60\n")  # a busy machine must not spoil the picture
        system = replace(system, env={**system.env, "HOOK_JUDGE": "real"})
        if terminal is None:
            output = FOLDER / "thunderbird.png"
            _thunderbird(system, output)
        else:
            output = FOLDER / f"{name}.svg"
            shown = terminal.show(system).replace(folder, _HOME).rstrip()
            draw(name, [Text.from_ansi(shown)], output)
    return f"{output.relative_to(ROOT)}, {output.stat().st_size} bytes"


def main() -> None:
    """Make the pictures that are asked for, or all of them."""
    for name in sys.argv[1:] or [*CLIENTS, "thunderbird"]:
        print(f"{name}: {_picture(name)}", flush=True)


if __name__ == "__main__":
    main()
