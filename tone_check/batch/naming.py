"""What a message is called in the rows: its path and place, or, redacted, nothing that could name anybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tone_check.batch.entry import Entry
from tone_check.batch.sources import is_address

# The names people give mailboxes that say nothing about anybody; any other name may be a person's.
_PLAIN = frozenset(
    """sent sent-mail sentmail sent-items sent-messages sentitems sentmessages outbox all all-mail mail mails mbox inbox
    mailbox archive export takeout gmail outlook thunderbird backup maildir eml emlx messages letters mine
    test""".split()
)
_SUFFIX = re.compile(r"\.(?:mbox|mbx|eml|emlx)\Z", re.IGNORECASE)


class Names:
    """Names the messages of a run, each once."""

    def __init__(self, given: Sequence[str], redact: bool) -> None:
        self._redact = redact
        self._groups = [_group(name, number, given) for number, name in enumerate(given, 1)] if redact else []

    def of(self, entry: Entry) -> str:
        """Return a message's name, unique in its run."""
        return f"{self._groups[entry.group]}#{entry.number}" if self._redact else entry.source


def _group(name: str, number: int, given: Sequence[str]) -> str:
    """Return a source's last name if it is a common one, else its number."""
    base = Path(name).name
    plain = re.sub(r"[ _]+", "-", _SUFFIX.sub("", base).lower().lstrip("."))
    alone = sum(Path(other).name == base for other in given) == 1
    return base if plain in _PLAIN and alone and not is_address(name) else f"source-{number}"
