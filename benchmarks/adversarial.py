"""Cost per byte of reading and splitting hostile input, as the input grows: ``python -m benchmarks.adversarial``.

Every input is made at four sizes, each twice the one before. Work that grows with the square of the size doubles its
cost per byte from one size to the next; what counts is the ratio of the largest to the smallest, and time is the
processor's, so that a busy machine says the same. An input over a limit must be refused in one line, at once.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tone_check import readers, sentences
from tone_check.draft import UnreadableError
from tone_check.language import is_english
from tone_check.readers import Kind

# From the smallest to the largest size a linear cost per byte stays 1; caches, allocation and noise need some room.
FLAT = 2.0
# No input may cost more than this, whatever its shape: a megabyte of the dearest takes ten seconds.
DEAREST = 15_000.0
# Below this, a cost is as good as nothing and no ratio says much.
_NOTHING = 25.0
# The processor's clock of some machines counts in steps of 10 ms: less time than this is not measured but repeated.
_ENOUGH = 0.4
_FROM = "From: a@b.example\nTo: c@d.example\n"
_HEAD = _FROM + "Subject: x\nMIME-Version: 1.0\n"
_FLOWED = _HEAD + "Content-Type: text/plain; format=flowed; delsp=yes\n\n"
_WRAPPED = "and so on, " * 6 + "and so"


@dataclass(frozen=True, slots=True)
class Case:
    """A family of inputs: what it is read as, and how one of about ``size`` bytes is made."""

    name: str
    kind: Kind
    made: Callable[[int], bytes]


def repeated(unit: str, before: str = "", after: str = "") -> Callable[[int], bytes]:
    """Return the maker of inputs that say one thing again and again."""
    piece = unit.encode()
    return lambda size: before.encode() + piece * max(1, size // len(piece)) + after.encode()


def _plain(unit: str, headers: str = "") -> Callable[[int], bytes]:
    return repeated(unit, f"{_HEAD}Content-Type: text/plain; charset=utf-8\n{headers}\n")


def nested(size: int, fill: str = "x\n") -> bytes:
    """Return a mail whose parts lie in each other as deep as they are read, the rest of it lines in the innermost."""
    deep = 90
    opened = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(deep))
    return (_HEAD + opened + "Content-Type: text/plain\n\n" + fill * (size // len(fill))).encode()


def unbound(size: int) -> bytes:
    """Return a mail of multiparts in each other whose boundaries are not declared."""
    opened = "".join(f"--b{n}\nContent-Type: multipart/mixed\n\n" for n in range(40))
    return (_HEAD + "Content-Type: multipart/mixed\n\n" + opened + "words of mine\n" * (size // 14)).encode()


def siblings(size: int) -> bytes:
    """Return a mail of very many short parts."""
    part = "--b\nContent-Type: text/plain\n\nI see.\n"
    return (f"{_HEAD}Content-Type: multipart/mixed; boundary=b\n\n" + part * (size // len(part)) + "--b--\n").encode()


def squeezed(size: int) -> bytes:
    """Return quoted-printable in which every letter takes three bytes and every line is a soft one."""
    head = f"{_HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    return (head + ("=61" * 25 + "=\n") * (size // 77)).encode()


CASES: tuple[Case, ...] = (
    Case("one line of words", "text", repeated("You never wrote to me ")),
    Case("one line of one letter", "text", repeated("a")),
    Case("one line of sentences", "text", repeated("I see. ")),
    Case("a mail of one line", "mail", _plain("You never wrote to me. ")),
    Case("full stops", "text", repeated(".", after="a")),
    Case("full stops that close", "text", repeated(".", "I see", ')"' * 2000 + "a")),
    Case("numbers that end nothing", "text", repeated("1. a ")),
    Case("wrapped paragraph, LF", "text", repeated(_WRAPPED + "\n")),
    Case("wrapped paragraph, CR", "text", repeated(_WRAPPED + "\r")),
    Case("a sign-off, spaces, a letter", "text", repeated(" ", "Thanks", "x\nLeo\n")),
    Case("a greeting, spaces, a letter", "text", repeated(" ", "Hi", "x\nLeo\n")),
    Case("a name without end", "text", repeated("a", "Thanks,\n", "!")),
    Case("one-letter lines", "text", repeated("a\n")),
    Case("empty lines", "text", repeated("\n", "a", "a")),
    Case("quote marks, one line", "text", repeated(">", after=" a")),
    Case("quote marks, a line each", "text", repeated(">\n")),
    Case("quote marks, flowed", "mail", repeated(">", _FLOWED, " a")),
    Case("soft lines, flowed", "mail", repeated("a \n", _FLOWED)),
    Case("tildes and a backtick", "text", repeated("~", after="`")),
    Case("backticks and a letter", "text", repeated("`", after="a`")),
    Case("names below dashes", "text", repeated("--\n" + "A" * 86 + "!!!\n\n> x\n")),
    Case("attributions", "text", repeated("On 1 May 2025 at 10:00 a@b.example\n")),
    Case("header lines", "text", repeated("From: x\nTo: y\n\n")),
    Case("notices", "text", repeated("This email is confidential and may be privileged. ")),
    Case("dots of a phone number", "text", repeated("Leo\n+44 113 496 0000 1 1 1 1 1 1 1\n\n> x\n")),
    Case("indented signs", "text", repeated("    {};\n")),
    Case("combining marks", "text", repeated("a" + "\u0301" * 40)),
    Case("joiners and overrides", "text", repeated("\u200d\u202e\u2066x ")),
    Case("stacked emoji", "text", repeated("👩‍👩‍👧‍👦")),
    Case("letters that grow in lower case", "text", repeated("İ")),
    Case("every white space there is", "text", repeated("a\u00a0\u2003\u3000\u2028\u0085\x1c")),
    Case("unclosed fences", "markdown", repeated("```a\nx\n~~~b\n")),
    Case("unclosed comments", "markdown", repeated("<!-- x\n\n")),
    Case("stars", "markdown", repeated("* ", after="x")),
    Case("nested tables", "html", repeated("<table><tr><td>x ")),
    Case("nested blocks", "html", repeated("<div>x")),
    Case("nested quotes", "html", repeated("<blockquote>x")),
    Case("tags that never end", "html", repeated("x<a ")),
    Case("quotes in tags that never end", "html", repeated("<a b='\" c=\"' ")),
    Case("attributes", "html", repeated("b='c' ", "<p ", ">x")),
    Case("spaces in a tag", "html", repeated("a" + " " * 500, "<p ", ">x")),
    Case("references", "html", repeated("&amp&#x41;&notanentity;")),
    Case("a long number in a reference", "html", repeated("1", "<p title='&#", ";'>x")),
    Case("comments", "html", repeated("<!-- x -->")),
    Case("raw elements without end", "html", repeated("x<style>")),
    Case("deep MIME, many lines", "mail", nested),
    Case("deep MIME, undeclared boundaries", "mail", unbound),
    Case("very many parts", "mail", siblings),
    Case("quoted-printable, all escaped", "mail", squeezed),
    Case("quoted-printable, equals signs", "mail", _plain("=", "Content-Transfer-Encoding: quoted-printable\n")),
    Case("base64 of nothing", "mail", _plain("!", "Content-Transfer-Encoding: base64\n")),
    Case("encoded words in the subject", "mail", repeated("=?utf-8?q?a?= ", f"{_FROM}Subject: ", "\n\nx\n")),
    Case("folded header", "mail", repeated(" a\n", f"{_FROM}Subject: x\n", "\nx\n")),
    Case("very many headers", "mail", repeated("X-A: b\n", _HEAD, "\nx\n")),
)  # fmt: skip


def cost(case: Case, size: int, enough: float) -> float:
    """Return the nanoseconds of processor time that a byte of the input costs to read and to split."""
    data = case.made(size)
    taken, times = 0.0, 0
    began = time.process_time()
    while not times or (taken < enough and times < 1000):
        _read(data, case.kind)
        taken, times = time.process_time() - began, times + 1
    return taken * 1e9 / len(data) / times


def _read(data: bytes, kind: Kind) -> None:
    try:
        draft = readers.read_bytes(data, "x", kind)
    except UnreadableError:
        return
    found = sentences.split(draft)
    is_english(" ".join(s.text for s in found[:2000]))


class TooSlowError(Exception):
    """One input took longer than anybody would wait."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooSlowError


def measured(case: Case, largest: int, steps: int, give_up: float, enough: float = _ENOUGH) -> dict[int, float]:
    """Return the cost per byte at growing sizes; those that take longer than ``give_up`` seconds are left out.

    ``enough`` is for how many seconds one input is read again and again.
    """
    found: dict[int, float] = {}
    signal.signal(signal.SIGVTALRM, _stop)
    for step in range(steps):
        size = largest >> (steps - 1 - step)
        signal.setitimer(signal.ITIMER_VIRTUAL, give_up)
        try:
            found[size] = cost(case, size, enough)
        except TooSlowError:
            break
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return found


def limits() -> list[str]:
    """Return what is said of inputs over a limit; each must be one line, and come at once."""
    said = []
    for kind, data in (
        ("text", b"a" * (readers.TEXT_LIMIT + 1)),
        ("html", b"<" * (readers.TEXT_LIMIT + 1)),
        ("mail", b"A: b\n\n" + b"a" * readers.MAIL_LIMIT),
        ("mail", _too_deep()),
    ):
        began = time.process_time()
        try:
            readers.read_bytes(data, "x", kind)  # type: ignore[arg-type]
            said.append("read")
        except UnreadableError as error:
            said.append(f"{error} ({time.process_time() - began:.2f} s)")
    return said


def _too_deep() -> bytes:
    opened = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(20_000))
    return (_HEAD + opened).encode()


def main() -> None:
    """Print the table; exit 1 when a cost grows or is out of bounds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adversarial")
    parser.add_argument("--largest", type=int, default=10_000_000, help="bytes of the largest input")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--give-up", type=float, default=20.0, help="seconds after which an input is not made larger")
    parser.add_argument("--only", default="", help="cases with this in their name")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    steep = []
    record: dict[str, dict[int, float]] = {}
    sizes = [options.largest >> (options.steps - 1 - step) for step in range(options.steps)]
    print(f"{'nanoseconds a byte':42} " + " ".join(f"{size:>10,}" for size in sizes) + "   ratio")
    is_english("ein Brief, der nur dazu da ist, dass geladen wird, was einmal geladen wird")
    for case in (c for c in CASES if options.only in c.name):
        found = measured(case, options.largest, options.steps, options.give_up)
        record[case.name] = found
        costs = list(found.values())
        ratio = costs[-1] / max(costs[0], _NOTHING) if costs else 0.0
        bad = len(costs) < options.steps or ratio > FLAT or costs[-1] > DEAREST
        steep += [case.name] if bad else []
        shown = " ".join(f"{c:10.1f}" for c in costs)
        print(f"{case.name:42} {shown}   {ratio:5.2f}{' <--' if bad else ''}", flush=True)
    if not options.only:
        print("\nover a limit:", *limits(), sep="\n  ")
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    sys.exit(f"not linear, or dearer than {DEAREST:.0f} ns a byte: {', '.join(steep)}" if steep else 0)


if __name__ == "__main__":
    main()
