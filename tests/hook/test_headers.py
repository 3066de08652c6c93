"""The top-level header block and its switch, byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tone_check.hook.headers import fields, without_switch


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"X-Tone-Check: off\nA: b\n\nx", b"A: b\n\nx"),
        (b"A: b\r\nX-Tone-Check: off\r\nC: d\r\n\r\nx", b"A: b\r\nC: d\r\n\r\nx"),
        (b"A: b\nx-tone-CHECK :  OFF \t\nC: d\n\n", b"A: b\nC: d\n\n"),
        (b"A: b\nX-Tone-Check:\n off\n \t\nC: d\n\n", b"A: b\nC: d\n\n"),
        (b"X-Tone-Check: off\nA: b\nX-Tone-Check: off\n\n", b"A: b\n\n"),
        (b"From me Mon\nX-Tone-Check: off\nA: b\n\n", b"From me Mon\nA: b\n\n"),
        (b"X-Tone-Check: off", b""),
        (b"X-Tone-Check: on\n\n", None),
        (b"X-Tone-Check: off please\n\n", None),
        (b"X-Tone-Check: off\rBcc: x\n\n", None),
        (b"X-Tone-Checks: off\n\n", None),
        (b"A: b\n X-Tone-Check: off\n\n", None),
        (b"A: b\n\nX-Tone-Check: off\n\n", None),
        (b"\nX-Tone-Check: off\n\n", None),
        (b"no header\nX-Tone-Check: off\n\n", None),
        (b"A: b\rX-Tone-Check: off\n\n", None),
        (b"", None),
    ],
)
def test_switch(data: bytes, expected: bytes | None) -> None:
    assert without_switch(data) == expected


_LINES = st.lists(
    st.sampled_from([b"A: b", b" folded", b"X-Tone-Check: off", b"X-Tone-Check:", b" off", b"", b"text", b"\xff: \0"])
    .flatmap(lambda line: st.sampled_from([b"\n", b"\r\n", b"\r", b""]).map(lambda end: line + end)),
    max_size=12,
).map(b"".join)  # fmt: skip


@given(st.one_of(st.binary(max_size=300), _LINES))
def test_fields_cover_the_block_and_the_rest_is_kept(data: bytes) -> None:
    found = list(fields(data))
    at = found[0].start if found else 0
    for field in found:
        assert field.start == at
        assert data[field.start : field.end].lower().startswith(field.name)
        at = field.end
    rest = without_switch(data)
    if rest is not None:
        gone = b"".join(data[f.start : f.end] for f in found if f.name == b"x-tone-check" and f.value.strip() == b"off")
        assert len(rest) == len(data) - len(gone)
        assert rest.endswith(data[at:])
        assert without_switch(rest) is None
