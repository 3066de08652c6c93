"""Variations of the training messages that must not change what is judged."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from tone_check.training.corpus import Message

# A sentence must also be judged right with little around it: rewrites and short drafts come that way.
_ALONE = 0.06
_CROPPED = 0.14


def _crop(message: Message, start: int, end: int) -> Message:
    """Keep some sentences; the checklist no longer holds, so it is dropped."""
    return replace(message, sentences=message.sentences[start:end], checklist={})


def augment(messages: Sequence[Message], rng: random.Random) -> list[Message]:
    """Return as many messages, some of them cut short; sentences keep their labels."""
    shown = []
    for message in messages:
        count = len(message.sentences)
        draw = rng.random()
        if count > 3 and draw < _ALONE:
            at = rng.randrange(count)
            shown.append(_crop(message, at, at + 1))
        elif count > 4 and draw < _ALONE + _CROPPED:
            length = rng.randint(2, count - 1)
            at = rng.randint(0, count - length)
            shown.append(_crop(message, at, at + length))
        else:
            shown.append(message)
    return shown
