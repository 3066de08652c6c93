"""The real hook with a judge that needs no model: what it does is said in the message or in HOOK_STUB."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from tone_check.draft import UnreadableError
from tone_check.hook import main
from tone_check.hook.judging import Opinion
from tone_check.report import ITEMS, Finding, Report, Scores, Suggestion

BAD = Scores(0.97, 0.9, 1.5, 0.98)
GOOD = Scores(0.01, 0.01, 4.5, 0.02)
STING = "You clearly never opened my portfolio."
BETTER = Suggestion("Could you look at my portfolio?", "rewrite", GOOD, "asks instead of accusing")


def judge(data: bytes) -> Iterator[Opinion]:
    """Flag what carries the sting; misbehave on demand, as a real checker might."""
    act = os.environ.get("HOOK_STUB", "")
    if act == "slow":
        time.sleep(60)
    elif act == "unreadable":
        raise UnreadableError("message: cannot be read")
    elif act == "raise":
        raise ValueError("odd\x1b[31m input")
    elif act == "memory":
        bytearray(1 << 62)
    elif act == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif act == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif act == "exit":
        os._exit(7)
    elif act == "babble":
        os.write(1, b"babble")
        os.write(2, b"babble")
    elif act == "stubborn":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
    elif act == "foreign":
        yield Opinion("Guten Tag", Report("message", "not-judged", dict.fromkeys(ITEMS), (), ()))
        return
    own = data.partition(b"\n\n")[2][:100_000].decode("utf-8", "replace")  # as a reader would leave attachments out
    yield Opinion(own)
    if STING.encode() not in data:
        yield Opinion(own, Report("message", "clean", dict.fromkeys(ITEMS), (), ()))
        return
    finding = Finding(STING, "1", 0, len(STING), 3, 1, BAD, ("resentment",), ("accusation",))
    report = Report("message", "flagged", dict.fromkeys(ITEMS), (), (finding,))
    yield Opinion(own, report)
    if act == "slow-rewrites":
        time.sleep(60)
    report = replace(report, sentences=(replace(finding, suggestions=(BETTER,)),))
    yield Opinion(own, report, own.replace(STING, BETTER.text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], None if os.environ.get("HOOK_JUDGE") == "real" else judge))
