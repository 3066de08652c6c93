"""Hostile shapes are read in time: the inputs of ``benchmarks.adversarial``, which measures that the cost is flat."""

from __future__ import annotations

import pytest

from benchmarks.adversarial import CASES, Case, limits, measured
from tone_check.hook import resend
from tone_check.readers.mail import decode_header

# What was quadratic took from 40 processor seconds to years for this many bytes; now the dearest takes under one.
SIZE = 100_000
SECONDS = 20.0


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_a_hostile_shape_is_read_in_time(case: Case) -> None:
    assert list(measured(case, SIZE, 1, SECONDS, enough=0.0)) == [SIZE]


def test_the_clock_stops_what_takes_too_long() -> None:
    def forever(size: int) -> bytes:
        while True:
            pass

    assert measured(Case("forever", "text", forever), SIZE, 1, 0.2) == {}


def test_an_input_over_a_limit_is_one_clear_line() -> None:
    text, html, mail, deep = limits()
    assert text.startswith("x: is larger than 20 MB (")
    assert html.startswith("x: is larger than 20 MB (")
    assert mail.startswith("x: is larger than 64 MB (")
    assert deep.startswith("x: is nested too deeply to be read (")


def test_a_subject_of_very_many_encoded_words_is_one_text() -> None:
    assert decode_header("=?utf-8?q?a?= " * 1000) == "a" * 1000
    # A letter cut in two by the end of a word comes out whole.
    assert decode_header("=?utf-8?q?caf=C3?= =?UTF-8?q?=A9?=") == "café"


def test_the_name_of_a_hostile_message_is_found_in_time() -> None:
    command = ("sendmail", "--", "you@example.org")
    head = b"To: " + b"a" * 1_000_000 + b"\n\n"
    assert len(resend.fingerprint(head, command, None)) == 64
    many = b"A: b\n\n" + b"".join(b"boundary=x%d\n" % n for n in range(100_000))
    assert len(resend.fingerprint(many, command, None)) == 64


def test_recipients_are_what_looks_like_an_address() -> None:
    def name(to: bytes) -> str:
        return resend.fingerprint(b"To: " + to + b"\n\nx", ("sendmail",), "own")

    assert name(b"Ines <ines@firm.example>, x") == name(b"INES@firm.example")
    assert name(b"ines@firm.example") != name(b"ines@other.example")
    assert name(b"@firm.example ines@") == name(b"")
