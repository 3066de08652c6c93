"""The command as a user meets it: real processes, exit codes, streams."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Run
from tone_check import __version__, batch, cli
from tone_check.draft import Draft
from tone_check.report import Report

HOSTILE = (ROOT / "examples/hostile.txt").read_bytes()
CLEAN = (ROOT / "examples/clean.txt").read_bytes()
Valid = Callable[[Any], None]


def quiet(text: bytes) -> None:
    assert b"Traceback" not in text


def test_the_version_needs_no_command(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"tone-check {__version__}\n".encode(), b"")


@pytest.mark.parametrize("command", [(), ("check",), ("fix",), ("batch",), ("hook",)])
def test_help_by_either_name(run: Run, command: tuple[str, ...]) -> None:
    short, long = run(*command, "-h"), run(*command, "--help")
    assert (short.returncode, short.stdout) == (0, long.stdout)
    assert long.returncode == 0
    assert b"usage:" in long.stdout.lower()


def test_the_hook_s_help_explains_its_options(run: Run) -> None:
    assert b"how long the check may take (default: 5)" in run("hook", "--help").stdout


def test_fix_takes_no_folder(run: Run, tmp_path: Path) -> None:
    done = run("fix", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"tone-check: {tmp_path}: is a folder; fix takes one draft at a time\n"


class Pleased:
    """A checker that finds nothing."""

    def check_draft(self, draft: Draft) -> Report:
        return Report(draft.source, "clean", {}, (), ())


def test_a_person_at_a_terminal_is_told_what_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for terminal in (True, False):
        stdin = io.TextIOWrapper(io.BytesIO(b"Thank you.\n"))
        monkeypatch.setattr(stdin, "isatty", lambda there=terminal: there)
        monkeypatch.setattr("sys.stdin", stdin)
        monkeypatch.setattr(cli, "_checker", lambda *_, **__: Pleased())
        cli.check()
        said.append(capsys.readouterr().err)
    assert said == [
        "tone-check: reading a draft from the terminal; end it with Ctrl-D at the beginning of a line\n",
        "",
    ]


def test_a_review_says_whose_messages_it_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for given, found in ((None, "me@example.org"), (["me@example.org"], "me@example.org"), (None, "")):
        done = batch.Outcome(2, 1, 0, 0, 1, 0, 0, (found,), tmp_path)
        monkeypatch.setattr(batch, "review", lambda *_, outcome=done: outcome)
        cli.batch(["sent.mbox"], tmp_path, mine=given)
        said.append(capsys.readouterr().err.splitlines()[1:])
    assert said == [["tone-check: taken as yours: me@example.org (if that is not you: --mine ADDRESS)"], [], []]


def test_a_long_draft_is_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_checker", lambda *_, **__: Pleased())
    monkeypatch.setattr(cli, "_LONG", 10)
    for name, text in (("short.txt", "1234567890"), ("long.txt", "12345678901")):
        (tmp_path / name).write_text(text)
    cli.check([tmp_path / "short.txt", tmp_path / "long.txt"])
    assert capsys.readouterr().err == f"tone-check: {tmp_path}/long.txt: is long; judging it may take minutes\n"


def test_a_clean_draft_passes_in_silence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_bytes(CLEAN)
    for arguments, stdin in ((["draft.txt"], b""), ([], CLEAN), (["-"], CLEAN)):
        done = run("check", *arguments, stdin=stdin)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_hostile_draft_is_flagged_with_place_and_reason(run: Run, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_bytes(HOSTILE)
    done = run("check", "draft.txt")
    assert done.returncode == 1
    assert b"draft.txt:4:1" in done.stdout
    assert "because of \u201c".encode() in done.stdout
    assert done.stderr == b""
    assert run("check", "--exit-zero", "draft.txt").returncode == 0


def test_json_is_the_contract(run: Run, valid: Valid) -> None:
    done = run("check", "--format", "json", stdin=HOSTILE)
    document = json.loads(done.stdout)
    valid(document)
    (message,) = document["messages"]
    text = HOSTILE.decode()
    for sentence in message["sentences"]:
        assert " ".join(text[sentence["start"] : sentence["end"]].split()) == sentence["text"]
        before = text[: sentence["start"]]
        assert sentence["line"] == before.count("\n") + 1
        assert sentence["column"] == len(before) - (before.rfind("\n") + 1) + 1
        for evidence in sentence["evidence"]:
            assert " ".join(text[evidence["start"] : evidence["end"]].split()) == evidence["text"]
            assert sentence["start"] <= evidence["start"] < evidence["end"] <= sentence["end"]
        assert sentence["flagged"] == bool(sentence["labels"])
    assert list(message) == ["source", "verdict", "scores", "checklist", "advice", "sentences"]
    assert message["source"] == "-"
    assert document["errors"] == []


def test_jsonl_is_one_message_a_line(run: Run, tmp_path: Path, valid: Valid) -> None:
    (tmp_path / "a.txt").write_bytes(CLEAN)
    (tmp_path / "b.md").write_bytes(HOSTILE)
    done = run("check", "--format", "jsonl", ".")
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for line in lines:
        valid(line)
    assert [(line["source"], line["verdict"]) for line in lines] == [("a.txt", "clean"), ("b.md", "flagged")]


def test_the_same_bytes_every_time_and_in_a_file(run: Run, tmp_path: Path) -> None:
    first = run("check", "--format", "json", stdin=HOSTILE).stdout
    assert run("check", "--format", "json", stdin=HOSTILE).stdout == first
    done = run("check", "--format", "json", "--output", "out.json", stdin=HOSTILE)
    assert done.stdout == b""
    assert (tmp_path / "out.json").read_bytes() == first


def test_bad_inputs_are_one_line_each_and_the_others_are_done(run: Run, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_bytes(HOSTILE)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "folder").mkdir()
    names = ["missing.txt", "empty.txt", "binary.txt", "folder"]
    done = run("check", "--format", "json", *names, "good.txt")
    assert done.returncode == 2
    quiet(done.stderr)
    assert len(done.stderr.splitlines()) == len(names)
    document = json.loads(done.stdout)
    assert [e["source"] for e in document["errors"]] == names
    assert [m["source"] for m in document["messages"]] == ["good.txt"]


def test_a_huge_file_is_refused_with_a_reason(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(50_000_000)
    done = run("check", "huge.txt")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    quiet(done.stderr)


@pytest.mark.parametrize(
    "text",
    [
        "Sehr geehrte Frau Ruiz, vielen Dank für Ihre Nachricht, ich bin von Ihrer Absage sehr enttäuscht.",
        "お世話になっております。先日の面接の件でご連絡いたしました。",
    ],
)
def test_another_language_is_not_judged_and_says_so(run: Run, valid: Valid, text: str) -> None:
    done = run("check", "--format", "json", stdin=text.encode())
    assert done.returncode == 0
    assert b"not English" in done.stderr
    document = json.loads(done.stdout)
    valid(document)
    assert document["messages"][0]["verdict"] == "not-judged"
    assert document["messages"][0]["sentences"] == []


def test_nothing_a_terminal_acts_on_is_printed(run: Run, tmp_path: Path) -> None:
    hostile = HOSTILE.replace(b"clearly never", b"clearly \x1b]0;owned\x07\x1b[31mnever")
    name = "evil\x1b[31m.txt"
    (tmp_path / name).write_bytes(hostile)
    done = run("check", name, "gone\x1b[2J.txt")
    assert b"\x1b" not in done.stdout + done.stderr


def test_usage_errors_exit_2(run: Run) -> None:
    assert run("check", "--format", "xml").returncode == 2
    assert run("nonsense").returncode == 2


def test_settings_in_the_folder_count_and_bad_ones_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".tone-check.toml").write_text('ignore = ["once again nobody called"]')
    done = run("check", "--format", "json", stdin=HOSTILE)
    for sentence in json.loads(done.stdout)["messages"][0]["sentences"]:
        assert not ("nobody called" in sentence["text"] and sentence["flagged"])
    (tmp_path / ".tone-check.toml").write_text('rewriter = {url = "http://example.org"}')
    done = run("check", stdin=HOSTILE)
    assert done.returncode == 2
    assert b".tone-check.toml" in done.stderr
    quiet(done.stderr)


def test_a_damaged_model_is_refused_in_one_line(tmp_path: Path) -> None:
    """A copy of the package whose model was changed by one byte refuses to work, and says which file."""
    shutil.copytree(ROOT / "tone_check", tmp_path / "tone_check")
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "data/guidance.toml", tmp_path / "data")
    shutil.copytree(ROOT / "model", tmp_path / "model")
    heads = bytearray((tmp_path / "model/heads.npz").read_bytes())
    heads[len(heads) // 2] ^= 1
    (tmp_path / "model/heads.npz").write_bytes(heads)
    done = subprocess.run(
        [sys.executable, "-m", "tone_check", "check"], input=CLEAN, capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert b"heads.npz" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    (tmp_path / "model/heads.npz").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "tone_check", "check"], input=CLEAN, capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    quiet(done.stderr)


def test_a_clean_draft_needs_neither_scikit_learn_nor_spacy(tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_bytes(CLEAN)
    script = (
        "import sys\n"
        "from tone_check.cli import app\n"
        "try:\n    app(['check', 'draft.txt'])\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = {'sklearn', 'spacy', 'joblib', 'scipy', 'pandas', 'torch', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert 'onnxruntime' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_model_says_what_it_is(run: Run) -> None:
    about = json.loads(run("model").stdout)
    assert {"digest", "version", "training_data", "thresholds", "figures", "files"} <= set(about)


def _sentence(text: str, level: int, rating: int, *acts: str) -> dict[str, Any]:
    return {"text": text, "resentment": level, "blame": level, "professionalism": rating, "acts": list(acts)}


def test_evaluate_scores_sentences_as_given(run: Run, tmp_path: Path) -> None:
    message = {
        "id": "m",
        "sentences": [
            _sentence("Dear Ms Ruiz,", 0, 4),
            _sentence("You clearly never read my application and you wasted a month of my life.", 3, 1, "accusation"),
            _sentence("Regards, Ana", 0, 4),
        ],
        "checklist": {"thanks": False},
    }
    (tmp_path / "m.jsonl").write_text(json.dumps(message))
    done = run("evaluate", "m.jsonl", "--predictions", "p.jsonl", "--intervals", "5")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sentences"] == 3
    rows = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text().splitlines()]
    assert [r.get("index") for r in rows] == [0, 1, 2, None]
    assert [r["flagged"] for r in rows[:3]] == [False, True, False]
    done = run("evaluate", "gone.jsonl")
    assert done.returncode == 2
    quiet(done.stderr)
