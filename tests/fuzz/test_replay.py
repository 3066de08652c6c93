"""The fuzz harnesses on their seeds, and on every input that ever broke one (``make fuzz`` looks for more)."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.harnesses import HARNESSES, NEED_MODEL, BrokenPromiseError, signature, smaller
from fuzz.seeds import dictionary, seeds

CRASHES = Path(__file__).with_name("crashes")
KEPT = sorted(p for p in CRASHES.glob("*/*") if p.is_file())


@pytest.mark.parametrize("path", KEPT, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_what_broke_once_holds_now(path: Path) -> None:
    HARNESSES[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", [n for n in HARNESSES if n not in NEED_MODEL])
def test_harness_holds_on_its_seeds(name: str) -> None:
    found = seeds(name)
    assert len(found) >= 15
    for seed in found:
        HARNESSES[name](seed)


@pytest.mark.parametrize("name", sorted(NEED_MODEL))
def test_harness_with_the_model_holds_on_some_seeds(name: str) -> None:
    for seed in seeds(name)[:8]:
        HARNESSES[name](seed)


def test_every_kept_input_belongs_to_a_harness() -> None:
    assert {p.parent.name for p in KEPT} <= set(HARNESSES)


def test_a_failure_is_told_apart_and_made_smaller() -> None:
    def harness(data: bytes) -> None:
        if b"a" in data and b"z" in data:
            raise BrokenPromiseError("both")
        if b"a" in data:
            raise ValueError("one")

    assert smaller(harness, b"x" * 50 + b"a" + b"y" * 50 + b"z" * 9) == b"az"
    assert smaller(harness, b"hallo") == b"a"
    with pytest.raises(BrokenPromiseError) as error:
        harness(b"az")
    assert signature(error.value).endswith("both")


def test_the_dictionary_is_in_the_form_of_libfuzzer() -> None:
    lines = dictionary().splitlines()
    assert len(lines) > 50
    assert '"\\x3e"' in lines
    assert all(line.startswith('"\\x') and line.endswith('"') for line in lines)
