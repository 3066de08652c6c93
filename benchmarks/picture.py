"""The picture in the README: what the command really prints on a terminal, as SVG.

Usage: python -m benchmarks.picture DRAFT OUTPUT.svg
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

WIDTH = 100


def terminal_output(arguments: list[str]) -> str:
    """Run the command with a pseudo-terminal as its standard output and return what it wrote there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen([sys.executable, "-m", "tone_check", *arguments], stdout=theirs, env=environment) as process:
        os.close(theirs)
        chunks = []
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # the other end of the terminal is closed
                break
            if not chunk:
                break
            chunks.append(chunk)
        process.wait()
    os.close(ours)
    return b"".join(chunks).decode("utf-8").replace("\r\n", "\n")


def draw(title: str, lines: list[Text], output: Path) -> None:
    """Write what a terminal shows as SVG."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    for line in lines:
        console.print(line)
    svg = console.export_svg(title=title, theme=MONOKAI)
    # The stock style sheet fetches its font from the network; every reader's own fixed-width font will do.
    svg = re.sub(r"<!--.*?-->\n?", "", svg)
    svg = re.sub(r"@font-face \{[^}]*\}", "", svg).replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    output.write_text(re.sub(r"[ \t]+\n", "\n", svg), encoding="utf-8")


def main() -> None:
    """Write the picture."""
    draft, output = sys.argv[1], Path(sys.argv[2])
    command = f"tone-check check {draft}"
    shown = Text.from_ansi(terminal_output(["check", draft]))
    draw(command, [Text(f"$ {command}", style="bold"), shown], output)


if __name__ == "__main__":
    main()
