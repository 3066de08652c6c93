"""Time grows with the input, not with its square: counted in calls, not in seconds."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from tone_check.readers import Kind, read_bytes

HEAD = b"From: a@b.example\nTo: c@d.example\n"


def calls(data: bytes, kind: Kind) -> int:
    """Count the calls of functions, Python's and C's, that reading takes."""
    count = 0

    def counting(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        read_bytes(data, "x", kind)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("html", "x<div>"),
        ("html", "x<p><b>"),
        ("html", "<blockquote>x"),
        ("html", "x<b></i>"),
        ("html", "<b>x</div>"),
        ("html", "<td>x"),
        ("html", "<ul><li>x"),
        ("html", 'x<a b=">">" '),
        ("html", "x<a "),
        ("html", "&amp"),
        ("html", "x<![a"),
        ("html", "x<div id=divRplyFwdMsg>"),
        ("text", "> x\ny\n"),
        ("text", "On 1 May 2025 at 10:00 a@b.example\n"),
        ("text", "```a\nx\n"),
        ("text", "From: x\nTo: y\n\n"),
        ("text", "--\nabc def\n\n> x\n"),
        ("text", "Best,\nLeo\n+44 113 496 0000\n\n"),
        ("text", "This email is confidential.\n\n> x\n"),
        ("text", "Sent from my phone\n\n> x\n"),
        ("text", "---\nx\n"),
        ("markdown", "```\nx\n~~~ a\n"),
        ("markdown", "x\n\n<!-- -->\n"),
        ("mail", "=?utf-8?q?a?= "),
        ("mail", "> x \n"),
    ],
)
def test_linear(kind: Kind, unit: str) -> None:
    def data(times: int) -> bytes:
        if kind != "mail":
            return (unit * times).encode()
        if unit.startswith("="):
            return HEAD + b"Subject: " + unit.encode() * times + b"\n\nx\n"
        return HEAD + b"Content-Type: text/plain; format=flowed\n\n" + unit.encode() * times

    calls(data(10), kind)  # whatever is loaded once is loaded now
    assert calls(data(1600), kind) < 4.6 * calls(data(400), kind) + 200


def test_deep_html_is_read() -> None:
    page = "<div>" * 50_000 + "I see." + "</div>" * 50_000
    assert read_bytes(page.encode(), "x", "html").parts[0].text == "I see."


def test_plain_text_needs_no_mail_parser() -> None:
    import subprocess

    program = (
        "import sys; from tone_check.readers import read_bytes; read_bytes(b'I see.', '-'); "
        "print([m for m in ('email', 'html.parser', 'http', 'socket') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
