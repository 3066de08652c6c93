"""The native-messaging host with a judge that needs no model, and a library that prints."""

from __future__ import annotations

import sys

from tests.hook.stub import BAD, BETTER, STING
from tone_check.draft import Draft
from tone_check.hook.native_host import main
from tone_check.report import ITEMS, Finding, Report


def check(draft: Draft) -> Report:
    print("a library says hello")
    text = "\n".join(p.text for p in draft.parts)
    if "break" in text:
        raise ValueError("broken")
    sentence = STING * (20_000 if "long" in text else 1)
    found = Finding(sentence, "1", 0, 5, 1, 1, BAD, ("blame",), ("accusation",), suggestions=(BETTER,))
    count = 60 if "many" in text else int(STING in " ".join(text.replace("\xa0", " ").split()))
    return Report("draft", "flagged" if count else "clean", dict.fromkeys(ITEMS), (), (found,) * count)


if __name__ == "__main__":
    sys.exit(main(check))
