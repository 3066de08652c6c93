import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tone_check import ToneChecker
from tone_check.classifier import Classifier, ModelError, read_verified

MESSAGE = [
    "Dear Ms Ruiz,",
    "Thank you for your call on Tuesday.",
    "You clearly never read my application and you wasted a month of my life.",
    "My phone number has not changed.",
    "Regards, Ana",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "model", tmp_path / "model"))


def test_scores_are_probabilities_and_the_hostile_sentence_stands_out(checker: ToneChecker) -> None:
    (judged,) = checker.classifier.judge([MESSAGE])
    for found in judged.sentences:
        assert 0 <= found.scores.resentment <= 1
        assert 0 <= found.scores.blame <= 1
        assert 0 <= found.scores.risk <= 1
        assert 1 <= found.scores.professionalism <= 5
        assert bool(found.labels) == bool(found.acts)
    assert [bool(found.labels) for found in judged.sentences] == [False, False, True, False, False]
    assert judged.checklist["keeps-cool"] is False


def test_a_stricter_setting_flags_no_less(checker: ToneChecker) -> None:
    flags = []
    for strictness in ("gentle", "normal", "strict"):
        (judged,) = checker.classifier.judge([MESSAGE], strictness)
        flags.append({i for i, s in enumerate(judged.sentences) if s.labels})
    assert flags[0] <= flags[1] <= flags[2]


def test_messages_are_judged_alike_alone_and_in_a_batch(checker: ToneChecker) -> None:
    others = [["Hello,", "could you send the form again?", "Thanks, Bo"], [], ["Noted."]]
    together = checker.classifier.judge([MESSAGE, *others])
    alone = [checker.classifier.judge([m])[0] for m in (MESSAGE, *others)]
    for one, other in zip(together, alone, strict=True):
        for a, b in zip(one.sentences, other.sentences, strict=True):
            assert a.scores == b.scores


def test_long_messages_are_read_in_windows(checker: ToneChecker) -> None:
    (judged,) = checker.classifier.judge([MESSAGE[:-1] * 60])
    assert len(judged.sentences) == 240
    assert all(judged.sentences[i].labels for i in range(2, 240, 4))


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "heads.npz"])
def test_a_changed_or_missing_file_is_refused_before_it_is_read(folder: Path, name: str) -> None:
    path = folder / name
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(ModelError, match=name):
        Classifier(folder)
    path.write_bytes(pickle.dumps({"not": "a model"}))
    with pytest.raises(ModelError, match="damaged or was changed"):
        Classifier(folder)
    path.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        Classifier(folder)


def test_the_shipped_model_is_bound_to_the_package(folder: Path) -> None:
    index = folder / "tone.json"
    about = json.loads(index.read_text())
    about["thresholds"]["risk"]["normal"] = 0.0
    index.write_text(json.dumps(about))
    with pytest.raises(ModelError, match="not the model"):
        read_verified(folder, "0" * 64)
    assert Classifier(folder).thresholds["normal"] == 0.0  # a model of one's own may say what it likes


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 99, "files": {}}', '{"files": 3}'])
def test_a_broken_description_is_one_clear_error(folder: Path, text: str) -> None:
    (folder / "tone.json").write_text(text)
    with pytest.raises(ModelError, match=r"tone\.json"):
        Classifier(folder)


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("exploded"),))  # type: ignore[return-value]


def test_a_model_file_cannot_carry_code(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    monkeypatch.chdir(tmp_path)
    with np.load(folder / "heads.npz") as arrays:
        content = dict(arrays)
    content["binary_bias"] = np.array([_Bomb()], dtype=object)
    np.savez(folder / "heads.npz", **content)
    about = json.loads((folder / "tone.json").read_text())
    about["files"]["heads.npz"] = hashlib.sha256((folder / "heads.npz").read_bytes()).hexdigest()
    (folder / "tone.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="cannot be loaded"):
        Classifier(folder)
    assert not (tmp_path / "exploded").exists()
