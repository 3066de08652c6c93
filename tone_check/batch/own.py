"""Which messages are the person's own, and why the others are passed over."""

from __future__ import annotations

from collections.abc import Collection

from tone_check.batch.headers import Headers

# Gmail's labels in the languages of its users; a chat is no mail, and a draft has not been sent.
_DRAFTS = frozenset({"draft", "drafts", "entwürfe", "entwurf", "brouillons", "borradores", "bozze", "concepten"})
_CHATS = frozenset({"chat", "chats"})


def skipped(headers: Headers, mine: Collection[str]) -> str | None:
    """Return why a message is not judged, None if it is the person's own."""
    if not headers.sender:
        return "no sender"
    if headers.sender not in mine:
        return "from somebody else"
    labels = {label.lower() for label in headers.labels}
    if labels & _DRAFTS:
        return "a draft, not sent"
    if labels & _CHATS:
        return "a chat, not mail"
    return None
