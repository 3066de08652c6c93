"""The picture of a review's report in docs/how-to: a mailbox of two years is made and really reviewed.

Usage: python -m benchmarks.report_picture OUTPUT.png   (Chromium, and ImageMagick to make it small)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.mailboxes import write_mbox
from tests.batch.test_page import chromium
from tone_check.batch import Options, review

_MESSAGES = 300
# From letter to letter, so that they take two years; no divisor of a day, or all were written at the same hours.
_HOURS = 59
_SIZE = "1100,1750"


def draw(output: Path) -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        box = write_mbox(folder / "Sent.mbox", _MESSAGES, _HOURS)
        review([str(box)], folder / "review", Options())
        chromium(
            folder / "review" / "report.html", folder / "profile", f"--window-size={_SIZE}",
            "--hide-scrollbars", f"--screenshot={output.resolve()}",
        )  # fmt: skip
    small = ("convert", str(output), "-strip", "+dither", "-colors", "64", f"png8:{output}")
    subprocess.run(small, check=True, timeout=60)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
