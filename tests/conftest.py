"""What the tests share: the command as a real subprocess, the published schema, the shipped checker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import settings

import tests.loopback.sitecustomize  # noqa: F401 (this process, and below its children, may speak to loopback only)
from tone_check import ToneChecker

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# The hook's tests give their processes an environment of their own; every other child of the suite inherits this.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(ROOT / "tests/loopback"), *filter(None, [os.environ.get("PYTHONPATH", "")])]
)

# The machine may be busy: an example is judged by its outcome, never by its time.
settings.register_profile("default", deadline=None, max_examples=60)
settings.load_profile("default")

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="session")
def checker() -> ToneChecker:
    return ToneChecker(suggest=False, threads=1)


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / "docs/reference/check.schema.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session")
def valid(schema: dict[str, Any]) -> Callable[[Any], None]:
    """Return a function that validates a whole document, or (a ``messages`` row) one message."""
    whole = jsonschema.Draft202012Validator(schema)
    message = jsonschema.Draft202012Validator({"$ref": "#/$defs/message", "$defs": schema["$defs"]})

    def validate(value: Any) -> None:
        (whole if "messages" in value else message).validate(value)

    return validate


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in an empty folder with the user's settings out of the way."""

    def call(*arguments: str, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[bytes]:
        environment = {
            **os.environ,
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            **extra,
        }
        return subprocess.run(
            [sys.executable, "-m", "tone_check", *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=environment,
            check=False,
            timeout=120,
        )

    return call
