"""Headless Chromium, worked like a person would: real clicks and keys, through chromedriver's WebDriver interface."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# How WebDriver writes keys that are no characters.
TAB, ENTER, ESCAPE = "\ue004", "\ue007", "\ue00c"
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True)
class Browser:
    """One window of a browser."""

    address: str

    def _ask(self, path: str, **body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.address}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def _devtools(self, command: str, **parameters: Any) -> Any:
        return self._ask("goog/cdp/execute", cmd=command, params=parameters)

    def open(self, page: Path, before: str = "") -> None:
        """Load a page; ``before`` is a script that runs ahead of the page's own."""
        added = self._devtools("Page.addScriptToEvaluateOnNewDocument", source=before)
        self._ask("url", url=page.as_uri())
        self._devtools("Page.removeScriptToEvaluateOnNewDocument", **added)

    def run(self, script: str) -> Any:
        """Run a script in the page and return what it returns."""
        return self._ask("execute/sync", script=script, args=[])

    def wait_for(self, script: str, seconds: float = 10) -> Any:
        """Wait until a script returns something true and return it."""
        end = time.monotonic() + seconds
        while not (found := self.run(script)):
            if time.monotonic() > end:
                raise AssertionError(f"not so after {seconds} s: {script}")
            time.sleep(0.02)
        return found

    def click(self, selector: str) -> None:
        """Click on an element, which must be visible and not covered."""
        found = self._ask("element", using="css selector", value=selector)
        self._ask(f"element/{found[_ELEMENT]}/click")

    def keys(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._ask("actions", actions=[{"type": "key", "id": "keyboard", "actions": steps}])

    def complaints(self) -> list[str]:
        """Return what the page's console says since it was last asked."""
        return [entry["message"] for entry in self._ask("se/log", type="browser")]


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start a browser with a profile of its own."""
    driver = subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert driver.stdout is not None
        port = next(m[1] for line in driver.stdout if (m := re.search(r"on port (\d+)", line)) and m[1] != "0")
        wanted = {
            "goog:chromeOptions": {
                "binary": shutil.which("chromium"),
                "args": [*_OPTIONS, f"--user-data-dir={profile}"],
            },
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        root = Browser(f"http://127.0.0.1:{port}")
        window = Browser(
            f"{root.address}/session/{root._ask('session', capabilities={'alwaysMatch': wanted})['sessionId']}"
        )
        try:
            yield window
        finally:
            urllib.request.urlopen(urllib.request.Request(window.address, method="DELETE"), timeout=30).close()
    finally:
        driver.terminate()
        driver.wait(30)
