"""The built wheel in a clean environment, away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.slow
def test_the_wheel_checks_a_draft_outside_the_checkout(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
        env=environment,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "tone_check/shipped/model/encoder.onnx" in names
    assert "tone_check/shipped/model/LICENSE-APACHE-2.0" in names
    assert not any("pipeline.joblib" in n or n.startswith(("tests/", "data/")) for n in names)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, env=environment)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel],
        check=True,
        env=environment,
        cwd=tmp_path,
    )
    for name, code in (("hostile.txt", 1), ("clean.txt", 0)):
        (tmp_path / name).write_bytes((ROOT / "examples" / name).read_bytes())
        done = subprocess.run(
            [tmp_path / "venv/bin/tone-check", "check", name],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr.decode()
        assert bool(done.stdout) == bool(code)
    shown = subprocess.run(
        [python, "-c", "import tone_check; print(tone_check.__file__)"], cwd=tmp_path, capture_output=True, check=True
    )
    assert str(tmp_path) in shown.stdout.decode()
