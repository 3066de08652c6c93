"""The host of the mail program's add-on, over real pipes."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from typing import Any

import pytest

from tests.hook.conftest import HERE, Post
from tests.hook.stub import STING


def _framed(request: object) -> bytes:
    data = request if isinstance(request, bytes) else json.dumps(request).encode()
    return struct.pack("=I", len(data)) + data


def _talk(post: Post, sent: bytes) -> list[dict[str, Any]]:
    line = [sys.executable, str(HERE / "native_stub.py")]
    done = subprocess.run(line, input=sent, env=post.env, cwd=post.home, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    answers = []
    at = 0
    while at < len(done.stdout):
        (length,) = struct.unpack_from("=I", done.stdout, at)
        assert length <= 1_000_000
        answers.append(json.loads(done.stdout[at + 4 : at + 4 + length]))
        at += 4 + length
    assert at == len(done.stdout)
    return answers


def test_questions_are_answered_in_order(post: Post) -> None:
    sent = b"".join(
        _framed(r)
        for r in (
            {"id": 1, "subject": "Hello", "body": "Thank you for your time."},
            {"id": "two", "subject": "Hello", "body": f"<p>{STING}</p>", "html": True},
            {"id": 3, "subject": "", "body": " "},
        )
    )
    first, second, third = _talk(post, sent)
    assert first == {"id": 1, "verdict": "clean", "sentences": [], "advice": []}
    assert (second["id"], second["verdict"]) == ("two", "flagged")
    assert second["sentences"][0]["text"] == STING
    assert second["sentences"][0]["labels"] == ["blame"]
    assert third["verdict"] == "clean"


@pytest.mark.parametrize(
    "request_",
    [b"not json", b"[]", b"\xff", b"{}", b'{"id":1,"body":1}', b'{"body":"x","subject":[]}', b"[" * 100_000,
     b'{"id":1,"body":"break it"}'],
)  # fmt: skip
def test_nonsense_gets_an_error_and_the_next_one_an_answer(post: Post, request_: bytes) -> None:
    first, second = _talk(post, _framed(request_) + _framed({"id": 2, "body": "Thanks."}))
    assert "error" in first
    assert second["verdict"] == "clean"


def test_sizes_are_limited(post: Post) -> None:
    large = struct.pack("=I", 21_000_000) + b"x" * 21_000_000
    first, second = _talk(post, large + _framed({"id": 2, "body": f"many long {STING}"}))
    assert first["error"] == "the message is too large"
    assert second.get("id") == 2 or "error" in second


def test_surrogates_and_controls(post: Post) -> None:
    (answer,) = _talk(post, _framed({"id": 1, "subject": "a\r\nBcc: x\ud800", "body": "\ud800\0\u2028 hello"}))
    assert answer["verdict"] == "clean"


@pytest.mark.parametrize("sent", [b"", b"\1", b"\4\0\0\0{", struct.pack("=I", 4_000_000_000) + b"x"])
def test_an_end_in_the_middle_ends_quietly(post: Post, sent: bytes) -> None:
    assert _talk(post, sent) == []
