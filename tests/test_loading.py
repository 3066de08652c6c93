"""The model loaded in the background is the shipped one, and is refused like it when it is not."""

from __future__ import annotations

import shutil
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
