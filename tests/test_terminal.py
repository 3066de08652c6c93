import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tone_check.terminal import printable


def test_escapes_are_shown_not_passed_on() -> None:
    assert "\x1b" not in printable("\x1b]0;owned\x07 hi \x9b31m")
    assert printable("caf\u00e9 \u2019 😀") == "caf\u00e9 \u2019 😀"
    assert printable("a\tb\nc") == "a b c"
    assert printable("a\nb", keep_lines=True) == "a\nb"
    assert "\u202e" not in printable("\u202eevil")


@given(st.text(st.characters()))
def test_nothing_a_terminal_acts_on_gets_through(text: str) -> None:
    for char in printable(text):
        assert char in "\u200c\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    assert len(printable(text)) == len(text)
