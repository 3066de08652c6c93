"""One flagged sentence after the other, asked at a real terminal."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tone_check.fix.choosing import place, unwritable, writable
from tone_check.fix.edits import Choice, apply, edits_of, line_end, line_start
from tone_check.fix.opening import Body, Opened
from tone_check.span import LINE_END
from tone_check.terminal import printable

if TYPE_CHECKING:
    from tone_check.report import Finding


_KEYS = "a accept, n next suggestion, e edit, r remove, s skip, u undo, q quit and keep what was accepted"


def ask(opened: Opened, bodies: dict[str | None, Body], findings: Sequence[Finding]) -> list[Choice] | None:
    """Ask about one sentence after the other and return what was chosen, None if the terminal has gone."""
    chosen: dict[int, Choice] = {}
    at, suggestion, shown = 0, 0, -1
    with _keys() as key:
        while at < len(findings):
            finding, body = findings[at], bodies[findings[at].part]
            if shown != at:
                earlier = [c for c in chosen.values() if c.finding.part == finding.part]
                _say(_in_context(opened, body, finding, earlier, f"{at + 1} of {len(findings)}"))
                shown, suggestion = at, 0
                _say(_proposal(finding, suggestion))
            pressed = key()
            text: str | None = None
            match pressed:
                case "":
                    return None
                case "q" | "\x04":
                    break
                case "u" if at:
                    at -= 1
                    chosen.pop(at, None)
                    continue
                case "u":
                    _say("  nothing to undo")
                case "n" if len(finding.suggestions) > 1:
                    suggestion = (suggestion + 1) % len(finding.suggestions)
                    _say(_proposal(finding, suggestion))
                case "n":
                    _say("  there is no other suggestion")
                case "a" if finding.suggestions:
                    text = finding.suggestions[suggestion].text
                case "a":
                    _say("  there is no suggestion to accept; edit, remove or skip it")
                case "e":
                    start = finding.suggestions[suggestion].text if finding.suggestions else ""
                    text = key.edit(start or finding.text)
                    if text is None:
                        _say("  not edited")
                case "r":
                    text = ""
                case "s":
                    at += 1
                    continue
                case _:
                    _say(f"  {_KEYS}")
            if text is not None:
                written = writable(body, text)
                if written is None:
                    _say(f"  {unwritable(body)}")
                    continue
                chosen[at] = Choice(finding, written)
                at += 1
    return [chosen[i] for i in sorted(chosen)]


def _in_context(opened: Opened, body: Body, finding: Finding, earlier: Sequence[Choice], count: str) -> str:
    """Return the sentence with the line before and the line after it, and why it was flagged.

    What was chosen for ``earlier`` sentences of the body stands there already.
    """
    edits = [e for e in edits_of(body, earlier) if e.end <= finding.start]
    moved = sum(len(e.replacement) - (e.end - e.start) for e in edits)
    source, start, end = apply(body.source, edits), finding.start + moved, finding.end + moved
    before = [line for line in LINE_END.split(source[: line_start(source, start)]) if line.strip()]
    after = [line for line in LINE_END.split(source[line_end(source, end) :]) if line.strip()]
    lead = source[line_start(source, start) : start].strip()
    rest = source[end : line_end(source, end)].strip()
    around = [*before[-1:], lead], [rest, *after[:1]]
    because = [f"“{e.text}”" for e in finding.evidence[:3]]
    return "\n".join(
        [
            "",
            f"{place(opened, finding)}  ({count})",
            *(f"    {line}" for line in around[0] if line),
            f"  > {finding.text}",
            *(f"    {line}" for line in around[1] if line),
            f"  why: {', '.join([*finding.labels, *finding.acts])}"
            + (f"; because of {', '.join(because)}" if because else ""),
        ]
    )


def _proposal(finding: Finding, chosen: int) -> str:
    if not finding.suggestions:
        return f"  no suggestion\n  {_KEYS}"
    lines = []
    for index, suggestion in enumerate(finding.suggestions):
        text = "(remove the sentence)" if suggestion.kind == "remove" else suggestion.text
        lines.append(
            f"  {'*' if index == chosen else ' '} {text}" + (f"  [{suggestion.why}]" if suggestion.why else "")
        )
    return "\n".join([*lines, f"  {_KEYS}"])


def _say(text: str) -> None:
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(printable(text, keep_lines=True).encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class _Keyboard:
    """The terminal: a call gives the next key, empty when the terminal has gone."""

    usual: Callable[[], None]
    single: Callable[[], None]

    def __call__(self) -> str:
        try:
            return os.read(sys.stdin.fileno(), 1).decode("ascii", "replace")
        except OSError:
            return ""

    def edit(self, text: str) -> str | None:
        """Return a text as it was left in the user's editor, None if there was no editing."""
        command = shlex.split(os.environ.get("EDITOR") or os.environ.get("VISUAL") or "vi")
        handle, name = tempfile.mkstemp(prefix="tone-check-", suffix=".txt")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
            self.usual()
            try:
                done = subprocess.run([*command, name], check=False).returncode
            finally:
                self.single()
            return None if done else " ".join(Path(name).read_text(encoding="utf-8").split())
        except (OSError, UnicodeError):
            return None
        finally:
            Path(name).unlink(missing_ok=True)


@contextlib.contextmanager
def _keys() -> Iterator[_Keyboard]:
    """Let keys come one by one, without waiting for a line, and put the terminal back whatever happens."""
    try:
        import termios
        import tty
    except ImportError:  # Windows: keys come with the line
        yield _Keyboard(lambda: None, lambda: None)
        return
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)

    def usual() -> None:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)

    def single() -> None:
        # Not TCSAFLUSH: what was typed ahead counts.
        tty.setcbreak(fd, termios.TCSADRAIN)

    single()
    try:
        yield _Keyboard(usual, single)
    finally:
        with contextlib.suppress(termios.error):
            usual()
