"""Variations of the training messages that must not change what is judged: fewer neighbours, other names."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tone_check.training.corpus import Labelled, Message

# A sentence must also be judged right with little around it: rewrites and short drafts come that way.
_ALONE = 0.06
_CROPPED = 0.14
_RENAMED = 0.5
# In so many of the hostile messages, so many flagged sentences are replaced by calm ones that say the same:
# a calm sentence stays calm in hostile company.
_CALMED = 0.3
_SENTENCES_CALMED = 0.4

_GREETING = re.compile(r"^(?:hi|hiya|hello|hey|dear|good \w+|morning|evening)\b,?\s+(.{2,60}?)[,.!:]?$", re.IGNORECASE)
_SIGN_OFF = re.compile(r"^[^,]{2,40},\s*(.{2,40})$")
_NAME = re.compile(r"[A-Z\u00c0-\u017d][\w'\u2019-]+")
_NO_NAMES = frozenset(
    """
    mr mrs ms miss mx dr prof professor sir madam team all everyone hiring manager there colleagues committee
    the and both recruitment admissions office human resources department desk support again dear regards
    thanks best kind yours
    sincerely monday tuesday wednesday thursday friday saturday sunday
    """.split()
)


def load_names(path: Path) -> tuple[str, ...]:
    """Read the list of names; lines that begin with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def names_in(message: Message) -> list[str]:
    """Return the names that greeting and sign-off give away, in the order they appear."""
    found: dict[str, None] = {}
    for sentence, pattern in ((message.sentences[0], _GREETING), (message.sentences[-1], _SIGN_OFF)):
        match = pattern.match(sentence.text)
        if match:
            for name in _NAME.findall(match.group(1)):
                if name.lower() not in _NO_NAMES:
                    found[name] = None
    return list(found)


def rename(message: Message, other: dict[str, str]) -> Message:
    """Write other names for those given, everywhere in the message; a possessive keeps its ending."""
    if not other:
        return message
    pattern = re.compile(r"\b(?:" + "|".join(re.escape(n) for n in other) + r")\b")
    sentences = tuple(replace(s, text=pattern.sub(lambda m: other[m.group()], s.text)) for s in message.sentences)
    return replace(message, sentences=sentences)


def _crop(message: Message, start: int, end: int) -> Message:
    """Keep some sentences; the checklist no longer holds, so it is dropped."""
    return replace(message, sentences=message.sentences[start:end], checklist={})


def _calmed(message: Message, calm: Mapping[str, Sequence[str]], rng: random.Random) -> Message:
    """Write calm wordings for some of the flagged sentences; the checklist no longer holds, so it is dropped."""
    sentences = list(message.sentences)
    for place, sentence in enumerate(sentences):
        texts = calm.get(sentence.gists[0], ()) if sentence.gists else ()
        if texts and rng.random() < _SENTENCES_CALMED:
            sentences[place] = Labelled(rng.choice(texts), 0, 0, 4, ())
    if sentences == list(message.sentences):
        return message
    return replace(message, sentences=tuple(sentences), checklist={})


def augment(
    messages: Sequence[Message], names: Sequence[str], calm: Mapping[str, Sequence[str]], rng: random.Random
) -> list[Message]:
    """Return as many messages, some renamed, some partly calmed, some cut short; sentences keep their labels.

    ``calm`` holds calm sentences by gist.
    """
    shown = []
    for message in messages:
        varied = _calmed(message, calm, rng) if rng.random() < _CALMED else message
        if rng.random() < _RENAMED:
            varied = rename(varied, {name: rng.choice(names) for name in names_in(varied)})
        count = len(message.sentences)
        draw = rng.random()
        if count > 3 and draw < _ALONE:
            at = rng.randrange(count)
            varied = _crop(varied, at, at + 1)
        elif count > 4 and draw < _ALONE + _CROPPED:
            length = rng.randint(2, count - 1)
            at = rng.randint(0, count - length)
            varied = _crop(varied, at, at + length)
        shown.append(varied)
    return shown
