"""What writers put in the place of flagged sentences of the corpus: ``data/calm/*.jsonl``.

``{"of": "b-012:7", "calm": "..."}``, or ``"calm": null`` where the sentence should simply go. Read for training only:
these sentences belong to one letter each, so none of them is ever offered to anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tone_check.rewrites import surface
from tone_check.rewrites.pairs import Pair
from tone_check.training.corpus import Message, read_folder


def load_all(folder: Path) -> dict[str, str | None]:
    """Read every file of a folder: from the key of a flagged sentence to the calm one, None where it should go.

    Raises:
        CorpusError: a line is not in the format, or a sentence comes twice; the message says where.
    """
    found: dict[str, str | None] = {}

    def take(row: Any) -> None:
        key, calm = str(row["of"]), row["calm"]
        if key in found or not (calm is None or (isinstance(calm, str) and calm.strip())):
            raise ValueError(f"{key} comes twice, or its calm sentence is empty")
        found[key] = calm

    read_folder(folder, take)
    return found


def of_messages(messages: Sequence[Message], calm: Mapping[str, str | None]) -> list[Pair]:
    """Return the sentences of these messages that have a calm version, each as a pair."""
    pairs = []
    for message in messages:
        register = surface.register_of(message.texts)
        for index, sentence in enumerate(message.sentences):
            key = f"{message.id}:{index}"
            text = calm.get(key)
            if text is not None and sentence.flagged:
                pairs.append(
                    Pair(
                        id=key,
                        author=message.author,
                        domain=message.scenario.partition(":")[0],
                        register=register,
                        purpose="other",
                        acts=sentence.acts,
                        harsh=sentence.text,
                        calm=(text,),
                        remove=None,
                        gists=sentence.gists,
                    )
                )
    return pairs
