"""The table of the corpus in data/README.md, counted from the files. Usage: python -m benchmarks.corpus"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tone_check.training import corpus

FOLDER = Path(__file__).resolve().parent.parent / "data/messages"

WHAT = {
    "plain": "ordinary everyday mail, nothing wrong in it",
    "slip": "everyday mail with one or two flagged lines, the sort people send without noticing",
    "negative": "clean mail full of words that alarm a bad filter",
    "subtle": "sarcasm, passive aggression, insinuation in neutral or positive words",
    "real": "anger and gratitude as real people write them",
    "hot": "openly hostile, begging or pushy mail",
    "firm": "firm and factual",
    "hardship": "grief, illness and other hardship",
    "voices": "non-native and regional English, terse, long, SMS",
    "pair": "the same message hostile and calm",
}


def table() -> str:
    """Return the rows of the table, one a batch, and their sum."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for message in corpus.load_all([FOLDER]):
        row = counts[message.batch]
        row[0] += 1
        row[1] += sum(len(s.text.split()) >= 5 for s in message.sentences)
        row[2] += sum(s.flagged for s in message.sentences)
    rows = [
        f"| `{b}` | {WHAT[b]} | {counts[b][0]:,} | {counts[b][1]:,} | {counts[b][2]:,} |" for b in WHAT if b in counts
    ]
    total = [sum(c[k] for c in counts.values()) for k in range(3)]
    return "\n".join([*rows, f"| all | | {total[0]:,} | {total[1]:,} | {total[2]:,} |"])


if __name__ == "__main__":
    print(table())
