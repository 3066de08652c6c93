"""Do scores hang on who writes? ``python -m benchmarks.fairness [--swaps N]``.

Names: in messages of the test authors the names that greeting and sign-off give away are swapped for others of many
origins, everywhere in the message, and the largest change of any score of any sentence is taken. Pronouns likewise,
and what else is capitalised within a sentence and is no common word: firms, places, other people.

Voices: false alarms per 100 clean sentences, for voices described as non-native and for all others.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tone_check.classifier import Classifier
from tone_check.names import firms_and_places, found
from tone_check.training import corpus
from tone_check.training.corpus import Message
from tone_check.training.train import load_splits

ROOT = Path(__file__).resolve().parent.parent
PRONOUNS = {"he": "she", "she": "he", "him": "her", "his": "her", "her": "his", "himself": "herself",
            "herself": "himself", "mr": "Ms", "ms": "Mr", "mrs": "Mr", "sir": "madam", "madam": "sir"}  # fmt: skip
_FOREIGN = re.compile(
    r"non-native|\b(?:polish|pole|german|french|italian|spanish|portuguese|brazil\w*|russian|ukrainian|turkish|turk|chinese"
    r"|japanese|korean|vietnamese|thai|arab\w*|egyptian|iranian|persian|dutch|swedish|finnish|danish|norwegian|greek"
    r"|romanian|bulgarian|serbian|croatian|czech|slovak|hungarian|indonesian|filipin\w+|mexican|colombian|chilean"
    r"|lithuanian|latvian|estonian|ethiopian|syrian|lebanese|moroccan|israeli|hebrew|flemish|austrian|swiss)\b",
    re.IGNORECASE,
)


def scores(classifier: Classifier, message: Message) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return resentment, blame, professionalism (as a share of its range) and risk, shape ``(sentences, 4)``."""
    judged = classifier.judge([message.texts])[0].sentences
    return np.array(
        [[j.scores.resentment, j.scores.blame, (j.scores.professionalism - 1) / 4, j.scores.risk] for j in judged]
    )


def other_pronouns(message: Message, rng: random.Random) -> Message:
    def swap(match: re.Match[str]) -> str:
        other = PRONOUNS[match.group().lower()]
        return other[0].upper() + other[1:] if match.group()[0].isupper() else other.lower()

    pattern = re.compile(r"\b(?:" + "|".join(PRONOUNS) + r")\b", re.IGNORECASE)
    return replace(message, sentences=tuple(replace(s, text=pattern.sub(swap, s.text)) for s in message.sentences))


def load_names(path: Path) -> tuple[str, ...]:
    """Read a list of names; lines that begin with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def renamed(message: Message, other: Mapping[str, str]) -> Message:
    """Write other names for those given, everywhere in the message; a possessive keeps its ending."""
    if not other:
        return message
    pattern = re.compile(r"\b(?:" + "|".join(re.escape(n) for n in sorted(other, key=len, reverse=True)) + r")\b")
    sentences = tuple(replace(s, text=pattern.sub(lambda m: other[m.group()], s.text)) for s in message.sentences)
    return replace(message, sentences=sentences)


def other_names(names: Sequence[str]) -> Callable[[Message, random.Random], Message]:
    def swap(message: Message, rng: random.Random) -> Message:
        everywhere, here = found(message.texts)
        message = renamed(message, {name: rng.choice(names) for name in everywhere})
        sentences = list(message.sentences)
        for place, some in here.items():
            only = renamed(replace(message, sentences=(sentences[place],)), {name: rng.choice(names) for name in some})
            sentences[place] = only.sentences[0]
        return replace(message, sentences=tuple(sentences))

    return swap


def other_places(places: Sequence[str]) -> Callable[[Message, random.Random], Message]:
    def swap(message: Message, rng: random.Random) -> Message:
        names = firms_and_places(message.texts, found(message.texts)[0])
        return renamed(message, {name: rng.choice(places) for name in names})

    return swap


def report(
    name: str,
    classifier: Classifier,
    messages: Sequence[Message],
    swap: Callable[[Message, random.Random], Message],
    swaps: int,
    seed: int,
) -> None:
    rng = random.Random(seed)
    order = list(messages)
    rng.shuffle(order)
    changes: list[float] = []
    flags = 0
    for message in order:
        other = swap(message, rng)
        if other == message:
            continue
        before, after = scores(classifier, message), scores(classifier, other)
        changes.append(float(np.abs(before - after).max()))
        threshold = classifier.thresholds["normal"]
        flags += int(((before[:, 3] >= threshold) != (after[:, 3] >= threshold)).sum())
        if len(changes) >= swaps:
            break
    if changes:
        found = np.array(changes)
        print(
            f"{name:10} {len(found):4} swaps: within 0.05 in {np.mean(found <= 0.05):.1%}, "
            f"median {np.median(found):.3f}, "
            f"95th {np.quantile(found, 0.95):.3f}, largest {found.max():.3f}; flags that changed: {flags}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fairness")
    parser.add_argument("--swaps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    authors = load_splits(ROOT / "data/splits.toml").test
    messages = [m for a in authors for m in corpus.load(ROOT / f"data/messages/{a}.jsonl")]
    classifier = Classifier()
    names = other_names(load_names(ROOT / "data/names.txt"))
    report("names", classifier, messages, names, options.swaps, options.seed)
    report("pronouns", classifier, messages, other_pronouns, options.swaps, options.seed)
    places = other_places(load_names(ROOT / "data/places.txt"))
    report("places", classifier, messages, places, options.swaps, options.seed)
    for label, foreign in (("non-native voices", True), ("other voices", False)):
        clean = flagged = 0
        some = [m for m in messages if bool(_FOREIGN.search(m.voice)) is foreign]
        for message, judged in zip(some, classifier.judge([m.texts for m in some]), strict=True):
            for truth, heard in zip(message.sentences, judged.sentences, strict=True):
                if not truth.flagged and not truth.borderline:
                    clean += 1
                    flagged += bool(heard.labels)
        rate = 100 * flagged / max(1, clean)
        print(f"{label:18} {len(some):4} messages, {clean:5} clean sentences, {rate:.2f} false alarms per 100")


if __name__ == "__main__":
    main()
