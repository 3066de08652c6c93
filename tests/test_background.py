"""Work in a thread of its own: its result, its errors, and that it does not wait for the caller."""

from __future__ import annotations

import threading

import pytest

from tone_check.background import begun


def test_the_result_is_what_the_work_returns() -> None:
    result = begun(lambda: 6 * 7)
    assert (result(), result()) == (42, 42)


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def work() -> None:
        raise ValueError("no")

    result = begun(work)
    with pytest.raises(ValueError, match=r"^no$"):
        result()


def test_without_a_thread_to_be_had_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert begun(lambda: 42)() == 42


def test_the_caller_goes_on_meanwhile() -> None:
    gate = threading.Event()
    result = begun(lambda: gate.wait(10))
    gate.set()  # never reached if ``begun`` waited for the work
    assert result() is True
