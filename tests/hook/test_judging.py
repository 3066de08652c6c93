"""The real judge where it needs no model: mail without a text of the writer's own passes, model or not."""

from __future__ import annotations

import pytest

from tests.hook.conftest import Post

HEAD = b"From: me@example.org\nTo: you@example.org\nMIME-Version: 1.0\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HEAD + b"Content-Type: application/pdf\n\nabc\n", id="attachment alone"),
        pytest.param(
            HEAD + b"Content-Type: multipart/encrypted; boundary=b; protocol=application/pgp-encrypted\n\n"
            b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
            b"Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\nhQ==\n"
            b"-----END PGP MESSAGE-----\n--b--\n",
            id="encrypted",
        ),
        pytest.param(HEAD + b"\n> You idiots.\n> Never again.\n", id="quotes alone"),
        pytest.param(HEAD + b"\n", id="no body"),
    ],
)
def test_nothing_to_judge_passes(post: Post, data: bytes) -> None:
    done = post.hook(data, "--on-error", "refuse", env={"HOOK_JUDGE": "real"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert post.sent == [data]
