"""What a person reads in the terminal: which words are underlined."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tone_check.report import ITEMS, Evidence, Finding, Report, Scores
from tone_check.reporters import text
from tone_check.span import Span

SCORES = Scores(0.9, 0.1, 2.0, 0.9)


def shown(sentence: str, *within: Span) -> str:
    evidence = tuple(Evidence(0, 1, w.of(sentence), "resentment", 0.5, w) for w in within)
    finding = Finding(sentence, None, 0, len(sentence), 1, 1, SCORES, ("resentment",), ("sarcasm",), evidence=evidence)
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=100)
    text.render(console, Report("d.txt", "flagged", dict.fromkeys(ITEMS), (), (finding,)), advice=False)
    return out.getvalue().split("\n")[1]


@pytest.mark.parametrize(
    ("sentence", "within", "expected"),
    [
        ("Thanks, no, thanks.", Span(12, 19), "    Thanks, no, \x1b[4;31mthanks.\x1b[0m"),
        ("Thanks, no, thanks.", Span(0, 7), "    \x1b[4;31mThanks,\x1b[0m no, thanks."),
        ("A\x1b[2J, no, thanks.", Span(11, 18), "    A\N{REPLACEMENT CHARACTER}[2J, no, \x1b[4;31mthanks.\x1b[0m"),
    ],
)
def test_the_words_that_did_it_are_underlined_where_they_stand(sentence: str, within: Span, expected: str) -> None:
    line = shown(sentence, within)
    assert line.rstrip() == expected
