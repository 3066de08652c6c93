"""The model loaded in the background is the shipped one, and is refused like it when it is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tone_check import loading
from tone_check.classifier import Classifier
from tone_check.model_files import ModelError
from tone_check.resources import shipped

TEXTS = [["Dear Ms Ruiz,", "You clearly did not read my CV.", "Best regards,"]]


def test_it_judges_as_the_shipped_model() -> None:
    assert loading.begin()().judge(TEXTS) == Classifier().judge(TEXTS)


def test_a_changed_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "model"
    shutil.copytree(shipped("model"), copy)
    heads = copy / "heads.npz"
    heads.write_bytes(heads.read_bytes()[:-1] + b"x")
    monkeypatch.setattr("tone_check.loading.shipped", lambda name: copy)
    model = loading.begin()
    with pytest.raises(ModelError, match=r"heads\.npz: the file is damaged or was changed"):
        model()


def test_frameworks_that_are_not_imported_yet_will_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "tensorflow", "mxnet", "cupy"):
        monkeypatch.setitem(sys.modules, name, sys)  # so that what is there now is put back
        del sys.modules[name]
    monkeypatch.setitem(sys.modules, "mxnet", sys)
    loading.leave_frameworks_out()
    assert {n: sys.modules.get(n, "?") for n in ("torch", "tensorflow", "mxnet", "cupy")} == {
        "torch": None, "tensorflow": None, "mxnet": sys, "cupy": None
    }  # fmt: skip
    del sys.modules["mxnet"]
    loading.leave_frameworks_out()
    assert sys.modules.get("mxnet", "?") is None


def test_a_flagged_check_as_its_own_process_imports_no_framework(tmp_path: Path) -> None:
    """A module of that name lies in the way of thinc; importing it would be seen."""
    (tmp_path / "torch.py").write_text("import os\nos._exit(77)\n", encoding="utf-8")
    draft = tmp_path / "draft.txt"
    draft.write_text("Dear Ms Ruiz,\n\nYou clearly did not read my CV.\n", encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from tone_check.cli import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(draft)], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "You clearly did not read my CV." in done.stdout
