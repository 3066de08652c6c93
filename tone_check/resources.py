"""Where the shipped model and data are: inside an installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Return the path of a shipped file or folder such as ``model`` or ``data/guidance.toml``.

    A wheel carries them below ``tone_check/shipped``; in a checkout (or an
    editable install) they are the files at the top of the repository.
    """
    inside = _PACKAGE / "shipped" / name
    return inside if inside.exists() else _PACKAGE.parent / name
