"""The files of a model folder, read into memory and compared with their SHA-256 before any of them is parsed.

A model is a folder of three data files and ``tone.json``, which names their SHA-256. Nothing here needs numpy: the
files are read while it is still being imported.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

FORMAT = 4
FILES = ("encoder.onnx", "tokenizer.json", "heads.npz")
# No model we would load is larger; a bigger file is refused unread.
_FILE_LIMIT = 200_000_000


class ModelError(Exception):
    """The model cannot be used; the message is one line for the user."""


def read_verified(folder: Path, digest: str | None) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read a model folder into memory and compare every file with its SHA-256.

    ``digest`` is the expected SHA-256 of ``tone.json`` itself, None for a model
    that is not the shipped one.

    Raises:
        ModelError: anything is missing, altered or of another format.
    """
    index = _read(folder / "tone.json")
    if digest is not None and hashlib.sha256(index).hexdigest() != digest:
        raise ModelError(f"{folder / 'tone.json'}: not the model this version of tone-check was built with")
    try:
        about = json.loads(index)
        declared = {name: about["files"][name] for name in FILES}
        version = about["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelError(f"{folder / 'tone.json'}: not a model description") from None
    if version != FORMAT:
        raise ModelError(f"{folder / 'tone.json'}: model format {version!r}, this version reads {FORMAT}")
    contents = {name: _read(folder / name) for name in FILES}
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != declared[name]:
            raise ModelError(f"{folder / name}: the file is damaged or was changed (SHA-256 differs from tone.json)")
    return about, contents


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _FILE_LIMIT:
            raise ModelError(f"{path}: too large for a model file")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: the model file cannot be read: {error.strerror}") from None
