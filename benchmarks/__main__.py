"""``make bench``: whole-process times and throughput, as ratios taken in the same run.

Usage: python -m benchmarks [--runs N] [--json FILE]

Beside ``import numpy`` stand three tools that somebody might use instead, each on the same clean draft: VADER
(sentiment), proselint (style) and alex (considerate words; npm's, where ``make bench`` could install it). They look for
other things, so only their time is compared.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLEAN = ROOT / "examples/clean.txt"
HOSTILE = ROOT / "examples/hostile.txt"
HEADERS = "From: ana@example.org\nTo: dana@example.com\nSubject: The vacancy\n\n"


VADER = (
    "import sys; from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer as S; "
    "print(S().polarity_scores(sys.stdin.read()))"
)
ALEX = ROOT / ".bench/node_modules/.bin/alex"


def rivals() -> dict[str, list[str]]:
    """Return the commands of the other tools that are installed."""
    found = {}
    if importlib.util.find_spec("vaderSentiment"):
        found["VADER"] = [sys.executable, "-c", VADER]
    if importlib.util.find_spec("proselint"):
        found["proselint"] = [sys.executable, "-m", "proselint", "check", str(CLEAN)]
    if ALEX.exists():
        found["alex"] = [str(ALEX), "--quiet", str(CLEAN)]
    return found


def processor() -> str:
    """Return the name of the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def whole_process(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """Return median wall seconds per command, each with a clean mail on its standard input.

    The commands take turns, so that a slow moment hits them all.
    """
    mail = (HEADERS + CLEAN.read_text(encoding="utf-8")).encode()
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(
                command, input=mail, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=ROOT
            )
            if number:  # the first round warms the file cache
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(t) for name, t in times.items()}


def throughput() -> dict[str, float]:
    """Return sentences per second of the classifier over the test authors, warm, in one process."""
    from tone_check.classifier import Classifier
    from tone_check.training import corpus
    from tone_check.training.train import load_splits

    splits = load_splits(ROOT / "data/splits.toml")
    messages = [m.texts for a in splits.test for m in corpus.load(ROOT / f"data/messages/{a}.jsonl")]
    classifier = Classifier()
    classifier.judge(messages[:40])
    began = time.perf_counter()
    classifier.judge(messages)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"sentences_per_second": sum(map(len, messages)) / seconds, "peak_mib": peak}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    python = sys.executable
    seconds = whole_process(
        {
            "import numpy": [python, "-c", "import numpy"],
            "check, clean draft": [python, "-m", "tone_check", "check", str(CLEAN)],
            "check, flagged draft, no suggestions": [python, "-m", "tone_check", "check", "--no-suggest", str(HOSTILE)],
            # What a mail client would start in sendmail's place: "cat" swallows the mail as a sendmail would.
            "send, straight to sendmail": ["sh", "-c", "cat"],
            "send, through the hook, clean mail": [python, "-m", "tone_check", "hook", "--", "sh", "-c", "cat"],
            "check, flagged draft, suggestions": [python, "-m", "tone_check", "check", str(HOSTILE)],
            **rivals(),
        },
        options.runs,
    )
    base = seconds["import numpy"]
    for name, value in seconds.items():
        print(f"{name:40} {value:7.3f} s   {value / base:5.1f} x import numpy")
    warm = throughput()
    print(f"{'classifier, warm, batch':40} {warm['sentences_per_second']:7.0f} sentences/s")
    print(f"{'peak memory of that process':40} {warm['peak_mib']:7.0f} MiB")
    if options.json:
        record = {
            "date": time.strftime("%Y-%m-%d"), "processor": processor(), "cores": os.cpu_count(),
            "python": platform.python_version(), "load": os.getloadavg()[0], "runs": options.runs,
        }  # fmt: skip
        options.json.write_text(json.dumps({**record, "seconds": seconds, **warm}, indent=1) + "\n")


if __name__ == "__main__":
    main()
