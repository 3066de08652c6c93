"""Measure well-kept libraries on the plain-text cases of the table: ``python -m tests.readers.compare``.

Needs mail-parser-reply and quotequail, which nothing else here uses.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable

from tests.readers.test_cases import CASES
from tone_check.readers.phrases import raw
from tone_check.readers.regions import mark


def _mail_parser_reply(text: str) -> str:
    library = importlib.import_module("mailparser_reply")
    parser = library.EmailReplyParser(languages=["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs"])
    return "\n".join(str(reply.body) for reply in parser.read(text=text).replies[:1])


def _quotequail(text: str) -> str:
    library = importlib.import_module("quotequail")
    return "\n".join(piece for shown, piece in library.quote(text, quote_intro_line=True) if shown)


def _ours(text: str) -> str:
    return " ".join(" ".join(s.of(text) for s in (r.span for r in mark(text, mail=True) if r.kind == "own")).split())


def _attributed() -> list[dict[str, str]]:
    """Every attribution and header block of phrases.toml above an unmarked or marked quote."""
    made = []
    for example in [e for language in raw()["attribution"] for e in language["examples"]]:
        made.append({"text": f"I see.\n\n{example}\n\n> You lost.\n", "own": "I see."})
    for example in raw()["headers"]["examples"]:
        made.append({"text": f"I see.\n\n{example}\n\nYou lost.\n", "own": "I see."})
    return made


def main() -> None:
    """Print, for each reader, how many cases come out exactly, and how many words on the wrong side."""
    for title, cases in (("clients", [c for c in CASES if c["kind"] == "mail"]), ("attributions", _attributed())):
        readers: dict[str, Callable[[str], str]] = {
            "tone-check": _ours,
            "mail-parser-reply": _mail_parser_reply,
            "quotequail": _quotequail,
        }
        for name, reader in readers.items():
            exact = missed = alarms = 0
            for case in cases:
                got, wanted = reader(case["text"].lstrip("\n")).split(), case["own"].split()
                exact += got == wanted
                missed += (Counter(wanted) - Counter(got)).total()
                alarms += (Counter(got) - Counter(wanted)).total()
            print(
                f"{title}: {name}: {exact} of {len(cases)} exact, own words lost {missed}, others' words kept {alarms}"
            )


if __name__ == "__main__":
    main()
