"""The pages of the clients: every command is run, every setting shown is what ``--install`` writes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.hook.conftest import HERE, Post
from tone_check.hook.install import CLIENTS

PAGES = HERE.parents[1] / "docs" / "clients"


def _blocks(page: Path) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def ready(post: Post) -> Post:
    """Lay out a home in which a reader could follow a page."""
    folder = post.home / "bin"
    folder.mkdir()
    for name, text in (("tone-check", f'[ "$1" = hook ] && shift; exec {sys.executable} {HERE}/stub.py "$@"'),
                       ("msmtp", "cat > /dev/null")):  # fmt: skip
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    shutil.copytree(HERE.parents[1] / "integrations", post.home / "integrations")
    me = ("-c", "user.name=Me", "-c", "user.email=me@example.org")
    for line in (("init", "-q"), ("add", "integrations"), (*me, "commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *line], env=post.env, cwd=post.home, check=True)
    (post.home / "message.eml").write_text("To: you@example.org\n\nThank you.\n")
    (post.home / "config/aerc").mkdir(parents=True)
    (post.home / "config/aerc/accounts.conf").write_text("[work]\noutgoing = msmtp\n")
    (post.home / "config/aerc/binds.conf").write_text("[compose::review]\n")
    return Post(post.home, post.outbox, {**post.env, "PATH": f"{folder}:{os.environ['PATH']}"})


@pytest.mark.parametrize("page", sorted(p.name for p in PAGES.glob("*.md")))
def test_commands_run_and_settings_are_written(ready: Post, page: str) -> None:
    written = ""
    shown = []
    for language, text in _blocks(PAGES / page):
        if language == "toml":
            continue
        if language == "sh" and not text.startswith("#!"):
            done = subprocess.run(["sh", "-eu", "-c", text], env=ready.env, cwd=ready.home, capture_output=True,
                                  text=True, check=False)  # fmt: skip
            assert done.returncode == 0, done.stderr
            written += done.stdout
        else:
            shown.append(text)
    if page == "s-nail.md":
        return  # its settings are those of tests/hook/test_clients_plain.py
    for text in shown:
        for line in text.splitlines():
            words = re.sub(r"/\S*/|<Enter>.*|\"", "", line).strip()
            assert words in re.sub(r"/\S*/|<Enter>.*|\"", "", written).replace("'$1'", "$1"), line


def test_every_client_has_a_page_with_a_picture() -> None:
    pages = {p.stem for p in PAGES.glob("*.md")} - {"README"}
    assert pages == {*CLIENTS, "s-nail"}
    overview = (PAGES / "README.md").read_text()
    for page in pages:
        text = (PAGES / f"{page}.md").read_text()
        (picture,) = re.findall(r"!\[[^\]]{20,}\]\(([\w.-]+)\)", text)
        assert 5_000 < (PAGES / picture).stat().st_size < 40_000, "there, and small"
        assert f"]({page}.md)" in overview


def test_thunderbird_gets_what_it_needs(ready: Post) -> None:
    """The archive that the page makes has the manifest at its top and all that the manifest and the window name."""
    (line,) = [t for _, t in _blocks(PAGES / "thunderbird.md") if "git archive" in t]
    subprocess.run(["sh", "-eu", "-c", line], env=ready.env, cwd=ready.home, check=True)
    with zipfile.ZipFile(ready.home / "tone-check.xpi") as packed:
        names = set(packed.namelist())
    assert names >= {"manifest.json", "background.js", "decide.js", "dialog.html", "dialog.js", "dialog.css"}


def test_settings_of_the_overview_hold(ready: Post) -> None:
    (text,) = [t for language, t in _blocks(PAGES / "README.md") if language == "toml"]
    ready.settings.parent.mkdir(parents=True, exist_ok=True)
    ready.settings.write_text(text)
    done = ready.hook(b"To: you@example.org\n\nThank you.\n")
    assert (done.returncode, done.stderr) == (0, b"")
