"""The question on the controlling terminal, asked and answered over a real one."""

from __future__ import annotations

import fcntl
import os
import pty
import subprocess
import sys
import termios
import threading
import tty
from pathlib import Path

import pytest

from tests.hook.conftest import HERE, SENDMAIL, Post
from tests.hook.stub import STING
from tests.hook.test_hook import HOSTILE


def _ask(post: Post, answer: bytes, raw: bool = False) -> tuple[int, bytes, bytes]:
    """Send with a controlling terminal; return the exit code, what was on the terminal, and standard error."""
    ours, theirs = pty.openpty()
    if raw:
        tty.setraw(theirs)

    def take_terminal() -> None:
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    line = [sys.executable, str(HERE / "stub.py"), "--policy", "ask", "--", *SENDMAIL]
    shown = bytearray()

    def person() -> None:
        answered = False
        while True:
            try:
                shown.extend(os.read(ours, 65536))
            except OSError:
                return
            if b"[c]ancel" in shown and not answered:
                answered = True
                os.write(ours, answer)

    reader = threading.Thread(target=person, daemon=True)
    reader.start()
    done = subprocess.run(
        line, input=HOSTILE, env=post.env, capture_output=True, start_new_session=True, preexec_fn=take_terminal,
        pass_fds=(theirs,), timeout=60, check=False,
    )  # fmt: skip
    os.close(theirs)
    reader.join(10)
    os.close(ours)
    return done.returncode, bytes(shown), done.stderr


def _drafts(post: Post) -> list[Path]:
    return list((post.state / "reports").glob("*.draft.txt"))


def test_send(post: Post) -> None:
    code, shown, _ = _ask(post, b"what?\ns\n")
    assert code == 0
    assert STING.encode() in shown
    assert post.sent == [HOSTILE]
    assert not post.state.exists()


@pytest.mark.parametrize("answer", [b"c\n", b"\x04", b"x\n" * 12])
def test_cancel(post: Post, answer: bytes) -> None:
    code, _, said = _ask(post, answer)
    assert code == 65
    assert post.sent == []
    assert b"cancelled" in said
    assert str(post.reports[0]).encode() in said
    assert _drafts(post) == []
    post.age_marks(5)
    assert post.hook(HOSTILE, args=()).returncode == 0


def test_cancel_and_save_the_revised_draft(post: Post) -> None:
    code, shown, said = _ask(post, b"r\n")
    assert code == 65
    assert b"[r]evised" in shown
    (draft,) = _drafts(post)
    assert str(draft).encode() in said
    assert draft.read_text() == "Could you look at my portfolio?\nRegards\n"
    assert post.sent == []


def test_interrupted_is_cancelled(post: Post) -> None:
    code, _, _ = _ask(post, b"\x03")
    assert code in (65, 130)
    assert post.sent == []


def test_a_full_screen_clients_terminal_is_left_alone(post: Post) -> None:
    code, shown, said = _ask(post, b"s\r", raw=True)
    assert code == 65
    assert b"Send it as it is?" not in shown
    assert STING.encode() in said
