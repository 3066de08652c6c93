"""The report is one file, fetches nothing, and nothing in a mail makes it do anything."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.batch.test_summary import about, row
from tone_check.batch import summary
from tone_check.reporters import html

EVIL = "</script><script>document.title='PWNED'</script><img src=x onerror=\"document.title='PWNED'\">&amp;<!--"


def parts(count: int = 40, text: str = EVIL) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    rows = [row(n, flagged=n % 3 == 0) for n in range(count)]
    for r in rows:
        for s in r["sentences"]:
            s["text"] = text
            s["evidence"] = [{"text": text[:9]}]
        r["source"] += text
    headers = [about(9 * n, to=f"{text}@b{n % 4}.example", labels=(text,)) for n in range(count)]
    found = summary.collect(rows, headers, ["me@x.example"])
    instead = [{"text": text, "kind": "rewrite", "why": text}]
    content = summary.content(found, "normal", False, [text], "1")
    return content, summary.worst(found, lambda _: {1: instead}, 5)


class Elements(HTMLParser):
    """Lists the elements and attributes of a page as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Elements()
    reader.feed(page)
    return reader.found


def test_mail_is_text_only() -> None:
    harmless = elements(html.page(*parts(text="plain words")))
    assert elements(html.page(*parts())) == harmless


@given(st.text())
def test_any_text_comes_back_from_the_data(text: str) -> None:
    block = html._json({"text": text})
    assert not set("<>&") & set(block)
    assert json.loads(block) == {"text": text}


def test_nothing_is_fetched_and_nothing_else_runs() -> None:
    page = html.page(*parts())
    for tag, attributes in elements(page):
        assert not {"src", "href", "action"} & set(attributes) or attributes.get("href") == "#sentences", (
            tag,
            attributes,
        )
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy.group(1).startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy.group(1)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_hardly_anything_to_tell(count: int) -> None:
    content, sentences = parts(count)
    page = html.page(content, sentences)
    assert ("no message of yours" in page) == (count == 0)


def test_reasonably_small() -> None:
    assert len(html.page(*parts())) < 900_000


def chromium(page: Path, profile: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is needed: tests/batch/debian-packages.txt")
    return subprocess.run(
        [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={profile}", "--virtual-time-budget=5000", "--enable-logging=stderr",
            *options, page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )  # fmt: skip


@pytest.mark.slow
def test_in_a_real_browser(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(html.page(*parts()), encoding="utf-8")
    done = chromium(page, tmp_path / "profile", "--dump-dom")
    assert "CONSOLE" not in done.stderr, "no error, and no refusal by the policy"
    assert "<title>How your mail comes across</title>" in done.stdout
    assert done.stdout.count("<svg") == 8
    assert done.stdout.count("<li>") == 14
    assert "14 sentences" in done.stdout
    drawn = [a for t, a in elements(done.stdout) if t == "svg"]
    assert all(a.get("role") == "img" and a.get("aria-label") for a in drawn)


@pytest.mark.slow
def test_the_filters_work_from_the_keyboard(tmp_path: Path) -> None:
    """Every control has a label; typing in the search leaves what matches. The policy lets no test script in, so that
    the page is given one by name, as its author would."""
    text = html.page(*parts(text="common words"))
    script = """
      const box = document.getElementById("f-text");
      box.value = "#9";
      box.dispatchEvent(new Event("input", {bubbles: true}));
      const labelled = [...document.querySelectorAll("input,select")].every((c) => c.labels.length === 1);
      document.title = `${document.getElementById("list").children.length} ${labelled}`;
    """
    hashed = html._hashes([script])
    text = text.replace("script-src ", f"script-src {hashed} ", 1).replace(
        "</body>", f"<script>{script}</script></body>"
    )
    page = tmp_path / "report.html"
    page.write_text(text, encoding="utf-8")
    assert "<title>1 true</title>" in chromium(page, tmp_path / "profile", "--dump-dom").stdout


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1200])
def test_a_picture(tmp_path: Path, width: int) -> None:
    page = tmp_path / "report.html"
    page.write_text(html.page(*parts(text="common words")), encoding="utf-8")
    picture = tmp_path / "report.png"
    chromium(page, tmp_path / "profile", f"--window-size={width},2000", f"--screenshot={picture}")
    assert picture.stat().st_size > 20_000
