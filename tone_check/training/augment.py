"""Variations of the training messages that must not change what is judged: fewer neighbours, calmer ones."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tone_check.training.corpus import Labelled, Message

# A sentence must also be judged right with little around it: rewrites and short drafts come that way.
_ALONE = 0.06
_CROPPED = 0.2
# In so many messages every sentence is left out with this chance.
_THINNED = 0.3
_LEFT_OUT = 0.15
# In so many of the hostile messages, so many flagged sentences are replaced by calm ones that say the same:
# a calm sentence stays calm in hostile company.
_CALMED = 0.3
_SENTENCES_CALMED = 0.4


def _crop(message: Message, start: int, end: int) -> Message:
    """Keep some sentences; the checklist no longer holds, so it is dropped."""
    return replace(message, sentences=message.sentences[start:end], checklist={}, second_checklist={})


def _calmed(message: Message, calm: Mapping[str, Sequence[str]], rng: random.Random) -> Message:
    """Write calm wordings for some of the flagged sentences; the checklist no longer holds, so it is dropped."""
    sentences = list(message.sentences)
    for place, sentence in enumerate(sentences):
        texts = calm.get(sentence.gists[0], ()) if sentence.gists else ()
        if texts and rng.random() < _SENTENCES_CALMED:
            sentences[place] = Labelled(rng.choice(texts), 0, 0, 4, ())
    if sentences == list(message.sentences):
        return message
    return replace(message, sentences=tuple(sentences), checklist={}, second_checklist={})


def _thinned(message: Message, rng: random.Random) -> Message:
    """Leave out a sentence here and there; the checklist no longer holds, so it is dropped."""
    kept = tuple(s for s in message.sentences if rng.random() >= _LEFT_OUT)
    return (
        replace(message, sentences=kept, checklist={}, second_checklist={})
        if 0 < len(kept) < len(message.sentences)
        else message
    )


def augment(messages: Sequence[Message], calm: Mapping[str, Sequence[str]], rng: random.Random) -> list[Message]:
    """Return as many messages: some partly calmed, thinned or cut short.

    Sentences keep their labels. ``calm`` holds calm sentences by gist.
    """
    shown = []
    for message in messages:
        varied = _calmed(message, calm, rng) if rng.random() < _CALMED else message
        count = len(varied.sentences)
        draw = rng.random()
        if count > 3 and draw < _ALONE:
            at = rng.randrange(count)
            varied = _crop(varied, at, at + 1)
        elif count > 4 and draw < _ALONE + _CROPPED:
            length = rng.randint(2, count - 1)
            at = rng.randint(0, count - length)
            varied = _crop(varied, at, at + length)
        if len(varied.sentences) > 4 and rng.random() < _THINNED:
            varied = _thinned(varied, rng)
        shown.append(varied)
    return shown
