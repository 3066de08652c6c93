"""What readers said of the sentences each rule makes: ``python -m benchmarks.records`` writes ``sent`` into the rules.

The judged proposals of the training authors (``data/judgements``) are made again; what a rule still makes in the same
words counts for it. Rules that only mend one clause of a sentence are not judged by the rest of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tone_check.rewrites import rules, slots, surface
from tone_check.rewrites.candidates import Candidate, edited
from tone_check.training import corpus
from tone_check.training.corpus import Message
from tone_check.training.train import load_splits

ROOT = Path(__file__).resolve().parent.parent
_RULE = re.compile(r"^\[\[rule\]\]$", re.MULTILINE)
_WHY = re.compile(r"^why = .*$", re.MULTILINE)
_SENT = re.compile(r"^sent = .*\n", re.MULTILINE)


def made(messages: Mapping[str, Message], key: str) -> list[Candidate]:
    """Return what the rules make of the sentence of a key (``b-012:7``); nothing where its message is unknown."""
    identity, _, place = key.rpartition(":")
    if identity not in messages:
        return []
    texts, sentence = messages[identity].texts, messages[identity].sentences[int(place)]
    return edited(sentence.text, surface.register_of(texts), sentence.acts, slots.topic(texts))


def main() -> None:
    """Count, write, and print how many rules have a record."""
    splits = load_splits(ROOT / "data/splits.toml")
    marks: dict[str, dict[str, int]] = defaultdict(dict)
    for row in corpus.read_folder(ROOT / "data/judgements", dict):
        if row["of"].partition("-")[0] not in splits.tune + splits.test:
            marks[row["of"]][row["text"]] = row["mark"]
    messages = {m.id: m for m in corpus.load_all([ROOT / "data/messages"])}
    sent: dict[rules.Rule, list[int]] = defaultdict(lambda: [0, 0])
    for key, texts in marks.items():
        for candidate in made(messages, key):
            if candidate.rule and candidate.how in ("rule", "hint") and candidate.text in texts:
                sent[candidate.rule][0] += texts[candidate.text] == 2
                sent[candidate.rule][1] += 1
    print(f"{len(sent)} rules with {sum(n for _, n in sent.values())} marks")
    by_words = {_words(rule): counts for rule, counts in sent.items()}
    located = rules.located()
    for path in sorted(rules.EDITS.glob("*.toml")):
        head, *blocks = _RULE.split(path.read_text(encoding="utf-8"))
        entries = [rule for file, _, rule in located if file == path]
        for number, (block, rule) in enumerate(zip(blocks, entries, strict=True)):
            counts = by_words.get(_words(rule))
            line = f"\nsent = [{counts[0]}, {counts[1]}]" if counts else ""
            why = _WHY.search(cut := _SENT.sub("", block))
            assert why, rule
            blocks[number] = cut[: why.end()] + line + cut[why.end() :]
        path.write_text("[[rule]]".join([head, *blocks]), encoding="utf-8")
    rules.keep()


def _words(rule: rules.Rule) -> tuple[object, ...]:
    return rule.where, tuple(p.phrase for p in rule.patterns), rule.say, rule.registers, rule.acts


if __name__ == "__main__":
    main()
