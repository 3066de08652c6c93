"""The promises of SECURITY.md that no other test holds; the list there says which test holds which."""

from __future__ import annotations

import dataclasses
import io
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.batch.test_page import elements, parts
from tone_check import cli, config
from tone_check.hook import wording
from tone_check.report import ITEMS, Advice, Evidence, Finding, Report, Scores, Suggestion
from tone_check.reporters import html, text
from tone_check.span import Span

SCORES = Scores(0.9, 0.9, 1.2, 0.95)
# What terminals, pages and templates act on, in any order, amid anything else.
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            ["\x1b]0;owned\x07", "\x1b[2J", "\x9b31m", "\x1bP", "\x08", "\r", "\x7f", "\u202e", "\u2066", "\u2028",
             "\ud800", "[red]", "[/]", "[link=http://a.example]", ":smile:", "$policy", "${data}", "<script>",
             "</script>", "<!--", "-->", "]]>", "&lt;", "&#60;", "' onerror=x", "\" style='x",
             "<img src=x onerror=y>", "javascript:", "`", "\0"]
        ),
        st.text(st.characters(), max_size=8),
    ),
    min_size=1,
    max_size=12,
).map("".join)  # fmt: skip


def report(said: str) -> Report:
    """Return a report in which everything that can come from a mail, or quote one, says the same."""
    instead = (Suggestion(said, "rewrite", SCORES, said), Suggestion("", "remove", SCORES, said))
    evidence = (Evidence(0, 1, said, "blame", 0.5, Span(0, len(said))),)
    finding = Finding(said, None, 0, 1, 1, 1, SCORES, ("blame",), ("insult",), evidence, instead)
    return Report(said, "flagged", dict.fromkeys(ITEMS), (Advice("thanks", said),), (finding,))


def acted_on(shown: str) -> set[str]:
    """Return the characters of a text that a terminal would do more with than show them."""
    return {c for c in shown if not c.isprintable() and c not in "\n\u200c\u200d"}


@given(HOSTILE)
def test_mail_gives_a_terminal_nothing_but_text(said: str) -> None:
    console = Console(file=io.StringIO(), width=100, highlight=False, emoji=False, markup=False, color_system=None)
    text.render(console, report(said), advice=True)
    stream = console.file
    assert isinstance(stream, io.StringIO)
    assert acted_on(stream.getvalue()) == set()
    assert acted_on(wording.findings(report(said))) == set()
    assert acted_on(wording.report_file(said, said, "now", "", resend=True, sent=False)) == set()
    assert acted_on(wording.refusal(said, "", True, said, said)) == set()


@given(HOSTILE)
@settings(max_examples=30)
def test_on_a_colour_terminal_the_only_escapes_are_our_own(said: str) -> None:
    def escapes(said: str) -> set[str]:
        console = Console(
            file=io.StringIO(), width=100, highlight=False, emoji=False, markup=False, force_terminal=True
        )
        text.render(console, report(said), advice=True)
        stream = console.file
        assert isinstance(stream, io.StringIO)
        return {piece.split("m")[0] for piece in stream.getvalue().split("\x1b[")[1:]} | acted_on(
            stream.getvalue().replace("\x1b[", "")
        )

    assert escapes(said) <= escapes("plain words")


@given(HOSTILE.filter(str.strip))
@settings(max_examples=25)
def test_mail_gives_a_page_nothing_but_text(said: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        real = html._asset.__wrapped__
        patch.setattr(html, "_asset", lambda name: "/* left out */" if name.endswith(".min.js") else real(name))
        page = html.page(*parts(6, text=said))
        harmless = html.page(*parts(6, text="plain"))
    assert elements(page) == elements(harmless)


def test_complaints_are_one_line_that_a_terminal_can_show(capsys: pytest.CaptureFixture[str]) -> None:
    cli.complain("a\x1b]0;owned\x07\nb\u202e")
    assert acted_on(capsys.readouterr().err) == set()


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(config.Settings)])
@pytest.mark.parametrize("name", [".tone-check.toml", "pyproject.toml"])
def test_a_folder_says_how_strict_and_what_to_ignore_and_nothing_else(
    field: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever settings there will be: one that is not on this list is not for folders."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    value = {"strictness": '"strict"', "ignore": '["our joke"]', "hook": '{policy = "warn"}'}.get(field, '"x"')
    head = "" if name == ".tone-check.toml" else "[tool.tone-check]\n"
    (tmp_path / name).write_text(f"{head}{field} = {value}\n")
    if field in ("strictness", "ignore"):
        assert getattr(config.load(tmp_path), field) != getattr(config.Settings(), field)
    else:
        with pytest.raises(config.ConfigError, match="may only be set in your own"):
            config.load(tmp_path)


@pytest.mark.parametrize(
    "key", ["model", "command", "sendmail", "editor", "scheduler", "password_file", "output", "env"]
)
def test_a_folder_cannot_name_a_model_a_command_or_a_place(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    (tmp_path / ".tone-check.toml").write_text(f'{key} = "/tmp/x"\n')
    with pytest.raises(config.ConfigError, match=f"unknown setting '{key}'"):
        config.load(tmp_path)


def test_a_settings_file_of_strange_size_or_content_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    own = tmp_path / ".tone-check.toml"
    own.write_bytes(b"#" * 1_000_001)
    with pytest.raises(config.ConfigError, match="too large"):
        config.load(tmp_path)
    own.write_text("ignore = " + "[" * 100_000)
    with pytest.raises(config.ConfigError, match="not TOML"):
        config.load(tmp_path)
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(config.ConfigError, match="not TOML"):
        config.load(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_a_report_written_to_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "report.json"
        cli._write("a quoted mail", path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
        cli._write("shorter", path)  # a file that is there keeps the rights that its owner gave it
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert path.read_text() == "shorter"
    finally:
        os.umask(before)
