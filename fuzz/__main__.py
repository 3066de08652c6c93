"""Run harnesses, each for its time; exit 1 when something broke.

Usage: python -m fuzz [--seconds N] [--keep FOLDER] [HARNESS...]
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fuzz.harnesses import chosen
from fuzz.seeds import ROOT, dictionary, seeds

CRASHES = ROOT / "tests/fuzz/crashes"


def fuzz(name: str, seconds: int, home: Path) -> bool:
    """Fuzz one harness and say whether nothing broke; ``home`` keeps what was learnt for the next run."""
    corpus = home / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds(name):
        (corpus / hashlib.sha256(seed).hexdigest()[:20]).write_bytes(seed)
    words = home / "words.dict"
    words.write_text(dictionary(), encoding="ascii")
    folder = CRASHES / name
    before = _crashes(folder)
    command = [sys.executable, "-m", "fuzz.drive", name, str(folder)]
    limits = [
        f"-max_total_time={seconds}",
        "-timeout=120",
        "-report_slow_units=60",
        "-rss_limit_mb=3000",
        "-max_len=20000",
        "-print_final_stats=1",
    ]
    with tempfile.TemporaryDirectory() as hung:
        done = subprocess.run(
            [*command, *limits, f"-artifact_prefix={hung}/", f"-dict={words}", str(corpus)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        for path in Path(hung).iterdir():  # libFuzzer's own: too slow, too much memory, the process died
            folder.mkdir(parents=True, exist_ok=True)
            (folder / path.name[:40]).write_bytes(path.read_bytes())
    lines = done.stdout.splitlines()
    for line in lines:
        if line.startswith(("FAILED", "stat::number_of_executed_units", "stat::new_units_added")) or "ERROR:" in line:
            print(f"{name}: {line}", flush=True)
    if done.returncode:
        print("\n".join(lines[-15:]), flush=True)
    return not done.returncode and _crashes(folder) == before


def _crashes(folder: Path) -> set[str]:
    return {p.name for p in folder.glob("*")}


def main() -> None:
    """Parse the command line and fuzz."""
    parser = argparse.ArgumentParser(prog="python -m fuzz")
    parser.add_argument("harness", nargs="*")
    parser.add_argument("--seconds", type=int, default=60, help="for every harness")
    parser.add_argument("--keep", type=Path, default=ROOT / ".fuzz", help="where the corpus grows from run to run")
    options = parser.parse_args()
    try:
        names = chosen(options.harness)
    except ValueError as error:
        parser.error(str(error))
    broken = []
    for name in names:
        began = time.monotonic()
        if not fuzz(name, options.seconds, options.keep):
            broken.append(name)
        print(f"{name}: {'BROKEN' if name in broken else 'held'} after {time.monotonic() - began:.0f} s", flush=True)
    sys.exit(f"broken: {', '.join(broken)}; see {CRASHES}" if broken else 0)


if __name__ == "__main__":
    main()
