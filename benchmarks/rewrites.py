"""How good are the suggestions? Coverage, the share of rewrites, variety, and unselected samples to read.

``python benchmarks/rewrites.py data/messages/a.jsonl --sample 30 --seed 1``
"""

from __future__ import annotations

import argparse
import collections
import json
import random
from pathlib import Path

from tone_check.classifier import Classifier
from tone_check.report import Finding
from tone_check.rewrites import suggest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--sentences", type=int, default=300, help="stop after this many flagged sentences")
    parser.add_argument("--sample", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    classifier = Classifier(options.model, threads=1)
    messages = [json.loads(line) for f in options.files for line in f.read_text(encoding="utf-8").splitlines()]
    random.Random(options.seed).shuffle(messages)
    found: list[Finding] = []
    repeated = 0
    for message in messages:
        texts = [s["text"] for s in message["sentences"]]
        judged = classifier.judge([texts])[0].sentences
        findings = [
            Finding(t, None, 0, len(t), 1, 1, j.scores, j.labels, j.acts) for t, j in zip(texts, judged, strict=True)
        ]
        flagged = [f for f in suggest(classifier, findings, "normal") if f.flagged]
        first = [f.suggestions[0].text for f in flagged if f.suggestions and f.suggestions[0].text]
        repeated += len(first) - len(set(first))
        found += flagged
        if len(found) >= options.sentences:
            break
    rewritten = [f for f in found if f.suggestions and f.suggestions[0].kind == "rewrite"]
    common = collections.Counter(f.suggestions[0].text for f in rewritten).most_common(1)
    print(f"flagged sentences        {len(found)}")
    print(f"with a suggestion        {sum(bool(f.suggestions) for f in found) / max(1, len(found)):.1%}")
    print(f"first choice: a rewrite  {len(rewritten) / max(1, len(found)):.1%}")
    print(f"most common rewrite      {common[0][1] / len(rewritten):.1%}  {common[0][0]}" if common else "no rewrite")
    print(f"repeated in one message  {repeated}")
    for finding in random.Random(options.seed).sample(found, min(options.sample, len(found))):
        shown = finding.suggestions[0] if finding.suggestions else None
        print(f"\n- {finding.text}\n+ {(shown.text or 'REMOVE: ' + shown.why) if shown else '(nothing)'}")


if __name__ == "__main__":
    main()
