"""What training says when it cannot begin."""

import json
from pathlib import Path

import pytest

from tone_check.model_files import ModelError
from tone_check.training.train import Splits, train


def test_a_folder_without_an_encoder_is_named_and_what_to_do(tmp_path: Path) -> None:
    sentence = {"text": "Thank you.", "resentment": 0, "blame": 0, "professionalism": 4, "acts": []}
    rows = [{"id": author, "author": author, "sentences": [sentence]} for author in ("mine", "tuner")]
    (tmp_path / "messages.jsonl").write_text("\n".join(map(json.dumps, rows)))
    output = tmp_path / "fresh"
    with pytest.raises(ModelError) as raised:
        train([tmp_path], Splits(("tuner",), ()), output, 7, lambda text: None, "0")
    assert str(raised.value).startswith(f"{output}/encoder.onnx: No such file or directory")
    assert str(raised.value).endswith(f"copy a model folder to {output} first, or train --encoder")
    assert "\n" not in str(raised.value)
