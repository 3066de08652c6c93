"""Settings: how strict, which phrases to ignore; and which file may say what.

A file in a folder (somebody else's checkout, perhaps) may set strictness and
ignored phrases for ``check``, ``fix`` and ``batch``, nothing else. Only the
user's own file may hold a ``[hook]`` table or a ``[rewriter]``. No environment
variable sets either.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from tone_check.report import Strictness

STRICTNESS: tuple[Strictness, ...] = ("gentle", "normal", "strict")
_FOLDER_KEYS = frozenset({"strictness", "ignore"})
_USER_KEYS = _FOLDER_KEYS | {"hook", "rewriter"}
_REWRITER_KEYS = frozenset({"url", "model"})
_LONGEST_URL = 500
_LIMIT = 1_000_000


class ConfigError(Exception):
    """A settings file that cannot be used; the message is one line and names the file."""


@dataclass(frozen=True, slots=True)
class Rewriter:
    """An OpenAI-compatible endpoint that may propose rewrites; ``anywhere`` lets it be on another machine."""

    url: str
    model: str | None = None
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What the files say; command line options override it."""

    strictness: Strictness = "normal"
    ignore: tuple[str, ...] = ()
    hook: Mapping[str, Any] | None = None
    rewriter: Rewriter | None = None


def user_file() -> Path:
    """Return where the user's own settings are: ``$XDG_CONFIG_HOME/tone-check/config.toml``."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(base) if base.startswith("/") else Path.home() / ".config"
    return folder / "tone-check" / "config.toml"


def load_user() -> Settings:
    """Read the user's own file; without one the defaults hold.

    Raises:
        ConfigError: the file is there and cannot be used.
    """
    path = user_file()
    return _apply(Settings(), _table(path), path, _USER_KEYS) if path.is_file() else Settings()


def load(start: Path) -> Settings:
    """Read the user's file and, over it, the nearest folder file from ``start`` upwards.

    Raises:
        ConfigError: a file is there and cannot be used.
    """
    settings = load_user()
    for folder in (start, *start.parents):
        own = folder / ".tone-check.toml"
        if own.is_file():
            return _apply(settings, _table(own), own, _FOLDER_KEYS)
        project = folder / "pyproject.toml"
        if project.is_file():
            table = _table(project).get("tool", {}).get("tone-check")
            return settings if table is None else _apply(settings, table, project, _FOLDER_KEYS)
    return settings


def _table(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        if path.stat().st_size > _LIMIT:
            raise ConfigError(f"{path}: too large for a settings file")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None


def _apply(settings: Settings, table: Any, path: Path, allowed: frozenset[str]) -> Settings:
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: the settings of tone-check must be a table")
    for key in table:
        if key in allowed:
            continue
        if key in _USER_KEYS:
            raise ConfigError(f"{path}: {key!r} may only be set in your own {user_file()}")
        raise ConfigError(f"{path}: unknown setting {key!r}; known: {', '.join(sorted(allowed))}")
    if "strictness" in table:
        if table["strictness"] not in STRICTNESS:
            raise ConfigError(f"{path}: strictness must be one of {', '.join(STRICTNESS)}")
        settings = replace(settings, strictness=cast("Strictness", table["strictness"]))
    if "ignore" in table:
        phrases = table["ignore"]
        if not isinstance(phrases, list) or not all(isinstance(p, str) and p.strip() for p in phrases):
            raise ConfigError(f"{path}: ignore must be a list of phrases")
        settings = replace(settings, ignore=settings.ignore + tuple(phrases))
    if "hook" in table:
        if not isinstance(table["hook"], dict):
            raise ConfigError(f"{path}: hook must be a table")
        settings = replace(settings, hook=table["hook"])
    if "rewriter" in table:
        named = table["rewriter"]
        if not isinstance(named, dict) or "url" not in named or not named.keys() <= _REWRITER_KEYS:
            raise ConfigError(f"{path}: rewriter must be a table with url and, if you like, model")
        settings = replace(settings, rewriter=rewriter(f"{path}: url", named["url"], named.get("model")))
    return settings


def rewriter(where: str, url: Any, model: Any = None) -> Rewriter:
    """Return the endpoint behind an address; ``where`` says in an error who named it.

    What the name resolves to is checked when it is used, not here.

    Raises:
        ConfigError: the address has not the shape of one that may be used.
    """
    from urllib.parse import urlsplit

    if model is not None and not (isinstance(model, str) and model.strip() and model.isprintable()):
        raise ConfigError(f"{where}: the name of the model must be some printable text")
    try:
        if not isinstance(url, str) or len(url) > _LONGEST_URL or not (url.isascii() and url.isprintable()):
            raise ValueError
        parts = urlsplit(url)
        _ = parts.port  # a port that is none raises here
        plain = not (parts.query or parts.fragment or parts.username is not None or " " in url or "\\" in url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
            raise ValueError
    except ValueError:
        raise ConfigError(
            f"{where}: must be http:// or https://, a host, and if you like a port and a path, without a password"
        ) from None
    return Rewriter(url, model)
