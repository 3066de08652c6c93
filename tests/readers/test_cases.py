"""The table of clients, the words of phrases.toml, and what regions promise."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tone_check.draft import Draft, Part
from tone_check.readers import Kind, read_bytes
from tone_check.readers.phrases import phrases, raw
from tone_check.readers.regions import mark

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))["case"]
HEADERS = b"From: leo@mail.example\nTo: ines@recruiting.example\nContent-Type: text/plain; charset=utf-8\n\n"


def read_case(case: dict[str, str]) -> Draft:
    kind: Kind = case["kind"]  # type: ignore[assignment]
    text = case["text"].encode()
    return read_bytes(HEADERS + text if kind == "mail" else text, "case", kind)


def own_text(draft: Draft) -> str:
    return " ".join(" ".join(" ".join(s.of(p.text) for s in p.own).split()) for p in draft.parts).strip()


def assert_covered(part: Part) -> None:
    at = 0
    for region in part.regions:
        assert region.span.start == at
        assert len(region.span)
        at = region.span.end
    assert at == len(part.text)


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_own_text_of_client(case: dict[str, str]) -> None:
    draft = read_case(case)
    assert own_text(draft) == case["own"]
    for part in draft.parts:
        assert_covered(part)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
@pytest.mark.parametrize("case", [c for c in CASES if c["kind"] == "mail"], ids=lambda c: c["name"])
def test_line_ends_change_nothing(case: dict[str, str], ends: str) -> None:
    draft = read_bytes(HEADERS + case["text"].replace("\n", ends).encode(), "case", "mail")
    assert own_text(draft) == case["own"]


ATTRIBUTIONS = [
    (language["language"], example) for language in raw()["attribution"] for example in language["examples"]
]


@pytest.mark.parametrize(("language", "example"), ATTRIBUTIONS)
def test_attribution(language: str, example: str) -> None:
    assert language
    text = f"I see.\n\n{example}\n\nYou lost.\nYou really did.\n"
    assert [(r.kind, r.span.of(text).strip()) for r in mark(text, mail=True)] == [
        ("own", "I see."),
        ("attribution", example),
        ("quote", "You lost.\nYou really did."),
    ]
    text = f"{example}\n> You lost.\n\nI see.\n"
    assert [r.kind for r in mark(text, mail=True)] == ["attribution", "quote", "own"]


@pytest.mark.parametrize("example", raw()["headers"]["examples"])
def test_header_block(example: str) -> None:
    text = f"I see.\n\n{example}\n\nYou lost.\n"
    assert [(r.kind, r.span.of(text).strip()) for r in mark(text, mail=True)] == [
        ("own", "I see."),
        ("attribution", example),
        ("quote", "You lost."),
    ]


@pytest.mark.parametrize("kind", ["original", "forwarded", "begin"])
def test_dividers(kind: str) -> None:
    for phrase in raw()["dividers"][kind]:
        line = phrase.replace("…", "Leo Brandt on 16.10.2025")
        line = f"{line.capitalize()}:" if kind == "begin" else f"----- {line.title()} -----"
        text = f"I see.\n\n{line}\n\nYou lost.\n"
        after = "quote" if kind == "original" else "forwarded"
        assert [r.kind for r in mark(text, mail=True)] == ["own", "attribution", after], line


@pytest.mark.parametrize("example", raw()["mobile"]["examples"])
def test_mobile_signature(example: str) -> None:
    text = f"I see.\n\n{example}\n"
    assert [r.kind for r in mark(text)] == ["own", "signature"]


@pytest.mark.parametrize("example", raw()["disclaimer"]["examples"])
def test_notice(example: str) -> None:
    text = f"I see.\n\nLeo\n\n{example}\n"
    assert [r.kind for r in mark(text)] == ["own", "disclaimer"]


@pytest.mark.parametrize("example", raw()["disclaimer"]["own"])
def test_no_notice(example: str) -> None:
    assert [r.kind for r in mark(f"I see.\n\n{example}\n")] == ["own"]


@pytest.mark.parametrize("example", raw()["stub"]["examples"])
def test_stub(example: str) -> None:
    assert phrases().stub.first(example)


@pytest.mark.parametrize(("examples", "inherited"), [("examples", True), ("own", False)])
def test_subject_prefix(examples: str, inherited: bool) -> None:
    for subject in raw()["subject"][examples]:
        mail = f"From: leo@mail.example\nSubject: {subject}\n\nI see.\n".encode()
        assert (read_bytes(mail, "x", "mail").parts[0].name != "subject") is inherited, subject
