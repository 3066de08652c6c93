"""The lines that mail clients need in their settings."""

from __future__ import annotations

from collections.abc import Sequence


def install(client: str, command: Sequence[str], *, write: bool, uninstall: bool) -> int:
    """Print, write or take out what a client needs; return the exit code."""
    raise NotImplementedError(client, command, write, uninstall)
