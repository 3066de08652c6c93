"""The add-on's decisions, under node, and its files, under Mozilla's linter; the host has tests of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from tests.hook.conftest import HERE, Post
from tests.hook.test_install import install

ADDON = HERE.parents[1] / "integrations" / "thunderbird"
LINTER = "addons-linter@10.14.0"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="not installed: node")
def test_decisions() -> None:
    done = subprocess.run(["node", "--test", f"{ADDON}/"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert "# pass 0" not in done.stdout


def _linter(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = ["npx", "--yes", LINTER, *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npx") is None, reason="not installed: npm")
def test_the_linter_has_nothing_to_say() -> None:
    """The linter knows Firefox, where there is no ``compose`` to ask permission for: nothing else may be said."""
    known = _linter("--version")
    if known.returncode:
        pytest.skip(f"{LINTER} cannot be had here: {known.stderr.strip()[-200:]}")
    said = json.loads(_linter("--output", "json", str(ADDON)).stdout)
    assert said["errors"] == []
    assert said["notices"] == []
    assert [(w["code"], w["message"]) for w in said["warnings"]] == [
        ("MANIFEST_PERMISSIONS", '/permissions: Invalid permissions "compose" at 0.')
    ]
    assert said["metadata"]["id"] == "tone-check@tone-check.invalid", "it read our manifest"


def test_manifest_names_what_is_there(post: Post) -> None:
    manifest = json.loads((ADDON / "manifest.json").read_text())
    assert all((ADDON / name).is_file() for name in manifest["background"]["scripts"])
    page = (ADDON / "dialog.html").read_text()
    assert all((ADDON / name).is_file() for name in re.findall(r'(?:src|href)="([^"]*)"', page))
    assert install(post, "thunderbird", "--write")[0] == 0
    host = json.loads((post.home / ".mozilla/native-messaging-hosts/tone_check.json").read_text())
    assert host["allowed_extensions"] == [manifest["browser_specific_settings"]["gecko"]["id"]]
    assert f'"{host["name"]}"' in (ADDON / "background.js").read_text()
    assert host["path"] == str(post.home / ".local/bin/tone-check-native-host")
