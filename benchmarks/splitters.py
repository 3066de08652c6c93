"""Sentence splitters on mail-like text: ours against spaCy's sentencizer, pysbd and sentencex.

Usage: python -m benchmarks.splitters   (pysbd and sentencex are compared if they are installed)

Two layouts of the held-out authors' messages, whose sentences are known:
``lines`` joins them one a line; ``wrapped`` sets them as mail: greeting, paragraphs
wrapped at 72 columns with empty lines between, sign-off on two lines. A sentence
counts as found when exactly its words come out as one unit.
"""

from __future__ import annotations

import random
import textwrap
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tone_check.sentences import spans
from tone_check.span import Span
from tone_check.training import corpus
from tone_check.training.train import load_splits

ROOT = Path(__file__).resolve().parent.parent
Splitter = Callable[[str], Iterable[str]]


def ours(text: str) -> Iterable[str]:
    """Split with tone_check.sentences."""
    return (s.of(text) for s in spans(text, Span(0, len(text))))


def candidates() -> dict[str, Splitter]:
    """Return every splitter that is installed."""
    found: dict[str, Splitter] = {"tone_check.sentences": ours}
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    found["spaCy sentencizer"] = lambda text: (s.text for s in nlp(text).sents)
    try:
        import pysbd

        found["pysbd"] = lambda text: pysbd.Segmenter(language="en", clean=False).segment(text)
    except ImportError:
        pass
    try:
        import sentencex

        found["sentencex"] = lambda text: sentencex.segment("en", text)
    except ImportError:
        pass
    return found


def wrapped(sentences: list[str], rng: random.Random) -> str:
    """Set a message as mail clients do."""
    body = sentences[1:-1]
    paragraphs = []
    while body:
        count = rng.randint(1, 4)
        paragraphs.append(textwrap.fill(" ".join(body[:count]), 72, break_long_words=False, break_on_hyphens=False))
        body = body[count:]
    return "\n\n".join([sentences[0], *paragraphs, sentences[-1].replace(", ", ",\n", 1)])


def main() -> None:
    """Print recall and precision of every splitter on both layouts, and its time."""
    splits = load_splits(ROOT / "data/splits.toml")
    messages = [m.texts for a in (*splits.tune, *splits.test) for m in corpus.load(ROOT / f"data/messages/{a}.jsonl")]
    mail = [m for m in messages if len(m) > 3]
    rng = random.Random(3)
    layouts = {
        "lines": [("\n".join(m), m) for m in messages],
        "wrapped": [(wrapped(m, rng), m) for m in mail],
    }
    for name, split in candidates().items():
        for layout, texts in layouts.items():
            hits = wanted = given = 0
            began = time.perf_counter()
            for text, sentences in texts:
                found = {" ".join(s.split()) for s in split(text) if s.strip()}
                true = {" ".join(s.split()) for s in sentences}
                hits, wanted, given = hits + len(found & true), wanted + len(true), given + len(found)
            seconds = time.perf_counter() - began
            print(f"{name:22} {layout:8} recall {hits / wanted:.3f}  precision {hits / given:.3f}  {seconds:6.1f} s")


if __name__ == "__main__":
    main()
