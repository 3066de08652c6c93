import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tone_check import ToneChecker
from tone_check.classifier import Classifier
from tone_check.model_files import FILES, ModelError, read_verified
from tone_check.training import corpus

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


def test_long_messages_are_read_in_windows_and_what_is_far_away_changes_nothing(checker: ToneChecker) -> None:
    plain = [m for m in corpus.load(ROOT / "data/messages/o.jsonl") if m.batch == "plain"]
    message = [s.text for m in plain[:40] for s in m.sentences][:200]
    (whole,) = checker.classifier.judge([message])
    (half,) = checker.classifier.judge([message[:120]])
    assert len(whole.sentences) == 200
    assert whole.sentences[:60] == half.sentences[:60]
    (hostile,) = checker.classifier.judge([[*message[:100], MESSAGE[2], *message[100:]]])
    assert hostile.sentences[100].labels
    assert hostile.sentences[:60] == whole.sentences[:60]


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
    monkeypatch.chdir(tmp_path)
    with np.load(folder / "heads.npz") as arrays:
        content = dict(arrays)
    content["binary_bias"] = np.array([_Bomb()], dtype=object)
    np.savez(folder / "heads.npz", **content)
    _bound(folder, "heads.npz")
    with pytest.raises(ModelError, match="cannot be loaded"):
        Classifier(folder)
    assert not (tmp_path / "exploded").exists()


def _bound(folder: Path, name: str) -> None:
    """Make the description of a model vouch for a file as it is now, as its author could."""
    about = json.loads((folder / "tone.json").read_text())
    about["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "tone.json").write_text(json.dumps(about))


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "change",
    [lambda _: b"", lambda c: c[:1], lambda c: c[: len(c) // 2], lambda c: c + b"\0", _flipped],
    ids=["empty", "one byte", "half", "longer", "one bit"],
)
def test_nothing_of_a_changed_model_is_parsed(
    folder: Path, name: str, change: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object, **__: object) -> None:
        raise AssertionError("parsed before it was compared")

    for parser in ("_heads", "Encoder", "tokenizer_from"):
        monkeypatch.setattr(f"tone_check.classifier.{parser}", parse)
    monkeypatch.setattr(np, "load", parse)
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    with pytest.raises(ModelError, match=rf"{name}: the file is damaged or was changed"):
        Classifier(folder)


def test_files_of_a_model_cannot_change_places(folder: Path) -> None:
    heads, tokenizer = folder / "heads.npz", folder / "tokenizer.json"
    content = heads.read_bytes()
    heads.write_bytes(tokenizer.read_bytes())
    tokenizer.write_bytes(content)
    with pytest.raises(ModelError, match="the file is damaged or was changed"):
        Classifier(folder)


def test_a_description_cannot_lead_out_of_its_folder(folder: Path, tmp_path: Path) -> None:
    """Names in ``tone.json`` are looked up, never followed: what is read is the three files beside it."""
    (tmp_path / "secret").write_bytes(b"x")
    about = json.loads((folder / "tone.json").read_text())
    about["files"] = {"../secret": hashlib.sha256(b"x").hexdigest()}
    (folder / "tone.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="not a model description"):
        read_verified(folder, None)


def test_a_file_too_large_for_a_model_is_refused_unread(folder: Path) -> None:
    with (folder / "heads.npz").open("r+b") as file:
        file.truncate(200_000_001)  # sparse: it takes no room
    with pytest.raises(ModelError, match="too large for a model file"):
        Classifier(folder)


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_pickle_in_place_of_the_heads_is_never_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protocol: int
) -> None:
    """The description vouches for it: only the way it is read stands between the pickle and the machine."""
    monkeypatch.chdir(tmp_path)
    (folder / "heads.npz").write_bytes(pickle.dumps(_Bomb(), protocol))
    _bound(folder, "heads.npz")
    with pytest.raises(ModelError, match="cannot be loaded"):
        Classifier(folder)
    assert not (tmp_path / "exploded").exists()


def test_the_index_of_the_rewriter_cannot_carry_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tone_check.rewrites import index

    monkeypatch.chdir(tmp_path)
    path = tmp_path / "rewrites.npz"
    np.savez(path, content=np.array([_Bomb()], dtype=object), wordings=np.zeros(1), digest=np.zeros(32, np.uint8))
    with pytest.raises(ValueError, match=r"pickled|allow_pickle=False"):
        index.load(path)
    path.write_bytes(pickle.dumps(_Bomb()))
    with pytest.raises(ValueError, match=r"pickled|allow_pickle=False"):
        index.load(path)
    assert not (tmp_path / "exploded").exists()


def test_a_changed_index_of_the_rewriter_is_refused_before_it_is_read(folder: Path) -> None:
    path = folder / "rewrites.npz"
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(ModelError, match=r"rewrites\.npz: the file is damaged or was changed"):
        ToneChecker(model=folder, threads=1).check("\n".join(MESSAGE))


def test_the_bomb_of_these_tests_is_a_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pickle.loads(pickle.dumps(_Bomb()))
    assert (tmp_path / "exploded").exists()


def test_the_pipeline_for_scikit_learn_is_never_loaded(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (folder / "pipeline.joblib").write_bytes(pickle.dumps(_Bomb()))
    report = ToneChecker(model=folder, threads=1).check("\n".join(MESSAGE))
    assert report.flagged
    assert not (tmp_path / "exploded").exists()


def test_nothing_but_training_knows_how_to_load_a_pickle() -> None:
    found = {
        str(path.relative_to(ROOT)): word
        for path in sorted((ROOT / "tone_check").rglob("*.py"))
        for word in (
            "joblib.load",
            "import pickle",
            "import dill",
            "import marshal",
            "import shelve",
            "allow_pickle=True",
        )
        if word in path.read_text(encoding="utf-8")
    }
    assert found == {}
