"""The blind preference study: ``python -m benchmarks.preference make`` and ``... count`` (data/preference/README.md).

``make`` draws flagged sentences of the newest challenge set. For one whose first suggestion is a rewrite, three
versions of its place in the letter are written in an order drawn by lot: our rewrite, the sentence left out, and the
generic template that fits best. For one to be removed, the letter stands with and without it. ``key.json`` says which
is which.
``count`` reads the votes against the key.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from tone_check.classifier import Classifier
from tone_check.report import Finding
from tone_check.rewrites import gists
from tone_check.training import corpus, rewriting

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "data/preference"
CHALLENGE = ROOT / "data/challenge/round-4.jsonl"
# The templates a form-letter guide would offer, each for the gists it serves; the last is for all others.
TEMPLATES = (
    ("I would be grateful for an update when you have a moment.",
     "silence waiting promised-date promised-contact ask-status ask-reply asked-before need-by seen-active courtesy"),
    ("Could you please let me know when I can expect the payment?", "unpaid ask-payment did-my-part"),
    ("Could you please let me know when this will be done?", "not-done ask-action ask-when mistake promised-thing"),
    ("I was disappointed by the decision and would be glad to learn the reasons for it.",
     "disappointed disappointed-way surprised doubt-fair doubt-read doubt-true ask-reason overlooked someone-else"),
    ("I remain very interested in the position.", "ask-chance still-interested qualified need keep-trying"),
    ("Thank you for your time and consideration.", ""),
)  # fmt: skip


def template(classifier: Classifier, findings: tuple[Finding, ...], place: int) -> str:
    """Return the generic template for what a sentence most probably means."""
    vectors = classifier.encoder.encode([[f.text for f in findings]])[0]
    likely = classifier.heads.gists(vectors[place : place + 1])[0]
    name = gists.names()[int(likely.argmax())]
    return next((text for text, served in TEMPLATES if name in served.split()), TEMPLATES[-1][0])


def context(findings: tuple[Finding, ...], place: int, text: str) -> str:
    """Return the letter around a sentence with ``text`` in its place, its own lines marked."""
    before = [f.text for f in findings[max(0, place - 3) : place]]
    after = [f.text for f in findings[place + 1 : place + 3]]
    return " ".join([*before, f"[[{text}]]" if text else "[[ ]]", *after])


def make(count: int, seed: int) -> None:
    rng = random.Random(seed)
    messages = corpus.load(CHALLENGE)
    rng.shuffle(messages)
    classifier = Classifier()
    items: list[dict[str, Any]] = []
    key: dict[str, dict[str, str]] = {}
    for rewritten in rewriting.rewrite(classifier, (m for m in messages if any(s.flagged for s in m.sentences))):
        places = [i for i, f in enumerate(rewritten.findings) if f.flagged and f.suggestions]
        if not places:
            continue
        place = rng.choice(places)  # one sentence a message, so that the items are independent
        finding = rewritten.findings[place]
        first = finding.suggestions[0]
        kinds = {"ours": first.text, "deleted": "", "template": template(classifier, rewritten.findings, place)}
        if first.kind == "remove":
            kinds = {"kept": finding.text, "deleted": ""}
        order = sorted(kinds)
        rng.shuffle(order)
        name = f"{len(items) + 1:03}"
        key[name] = dict(zip("ABC", order, strict=False))
        items.append(
            {
                "item": name,
                "message": rewritten.message.id,
                "scenario": rewritten.message.scenario,
                "sentence": finding.text,
                "as_written": context(rewritten.findings, place, finding.text),
                "versions": {letter: context(rewritten.findings, place, kinds[k]) for letter, k in key[name].items()},
            }
        )
        if len(items) == count:
            break
    HOME.mkdir(exist_ok=True)
    with (HOME / "items.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(i, ensure_ascii=False) + "\n" for i in items)
    (HOME / "key.json").write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
    print(f"{len(items)} items, {sum('ours' in k.values() for k in key.values())} of them rewrites")


def count() -> None:
    key = json.loads((HOME / "key.json").read_text(encoding="utf-8"))
    votes = [json.loads(line) for path in sorted(HOME.glob("votes-*.jsonl")) for line in path.open(encoding="utf-8")]
    best: Counter[str] = Counter()
    send: Counter[str] = Counter()
    grammar: Counter[bool] = Counter()
    faithful: Counter[bool] = Counter()
    removal: Counter[str] = Counter()
    for vote in votes:
        kinds = key[vote["item"]]
        chosen = kinds[vote["best"]]
        if "kept" in kinds.values():
            removal[chosen] += 1
            continue
        best[chosen] += 1
        ours = next(letter for letter, kind in kinds.items() if kind == "ours")
        send[vote["send"][ours]] += 1
        grammar[bool(vote["grammatical"][ours])] += 1
        faithful[bool(vote["faithful"][ours])] += 1
    total = max(1, sum(best.values()))
    print(f"votes on rewrites     {sum(best.values())}; preferred: {dict(best)}, ours {best['ours'] / total:.1%}")
    print(
        f"would send ours       {dict(send)}; as it is or one word changed {(send['yes'] + send['word']) / total:.1%}"
    )
    print(f"ours is grammatical   {grammar[True] / total:.1%}")
    print(f"ours says only what the writer said or meant   {faithful[True] / total:.1%}")
    removed = max(1, sum(removal.values()))
    print(f"votes on removals     {sum(removal.values())}; right to remove {removal['deleted'] / removed:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.preference")
    parser.add_argument("what", choices=("make", "count"))
    parser.add_argument("--items", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.what == "make":
        make(options.items, options.seed)
    else:
        count()


if __name__ == "__main__":
    main()
