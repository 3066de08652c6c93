"""The add-on's decisions, under node; the host has tests of its own."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.hook.conftest import HERE

ADDON = HERE.parents[1] / "integrations" / "thunderbird"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="not installed: node")
def test_decisions() -> None:
    done = subprocess.run(["node", "--test", f"{ADDON}/"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert "# pass 0" not in done.stdout


def test_manifest_names_what_is_there() -> None:
    manifest = json.loads((ADDON / "manifest.json").read_text())
    host = json.loads((ADDON / "tone_check.json.example").read_text())
    assert all((ADDON / name).is_file() for name in manifest["background"]["scripts"])
    assert host["allowed_extensions"] == [manifest["browser_specific_settings"]["gecko"]["id"]]
    assert f'"{host["name"]}"' in (ADDON / "background.js").read_text()
