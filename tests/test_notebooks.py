"""The notebooks read and plot: they run from a checkout, define nothing, and carry no path of the machine."""

from __future__ import annotations

import ast
import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "notebooks"
NAMES = ("calibration", "corpus", "errors")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
PICTURE_LIMIT = 200_000
pytestmark = pytest.mark.slow


def cells(name: str) -> list[dict[str, Any]]:
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    return [cell for cell in content["cells"] if cell["cell_type"] == "code"]


def test_there_are_three() -> None:
    assert sorted(p.stem for p in FOLDER.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_defines_a_function(name: str) -> None:
    found = [node for cell in cells(name) for node in ast.walk(ast.parse("".join(cell["source"])))]
    assert found
    assert not [node for node in found if isinstance(node, DEFINITIONS)]


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_outputs_are_complete_small_and_without_machine_paths(name: str) -> None:
    assert all(cell["execution_count"] for cell in cells(name))
    outputs = [output for cell in cells(name) for output in cell["outputs"]]
    pictures = [o["data"].pop("image/png") for o in outputs if "image/png" in o.get("data", {})]
    assert pictures
    assert max(len(base64.b64decode(p)) for p in pictures) < PICTURE_LIMIT
    assert not re.search(r"/(?:home|Users|root|tmp|work|usr|opt|var)/|[A-Z]:\\\\", json.dumps(outputs))
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Imported here: the fast tests are collected without them.
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("TONE_CHECK_NOTEBOOK_MESSAGES", "60")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))  # the user's own start-up files have no say
    read: Any = nbformat.read  # has no types of its own
    notebook = read(FOLDER / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    assert any("image/png" in o.get("data", {}) for o in outputs)
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
