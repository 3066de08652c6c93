from pathlib import Path

import pytest

from tone_check.config import ConfigError, load, load_user


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    (tmp_path / "xdg" / "tone-check").mkdir(parents=True)
    return tmp_path


def user(home: Path, text: str) -> None:
    (home / "xdg" / "tone-check" / "config.toml").write_text(text)


def test_without_files_the_defaults_hold(home: Path) -> None:
    assert load(home).strictness == "normal"
    assert load_user().hook is None


def test_the_nearest_folder_file_wins_over_the_user(home: Path) -> None:
    user(home, 'strictness = "strict"\nignore = ["our own joke"]')
    folder = home / "project" / "deep"
    folder.mkdir(parents=True)
    (home / "project" / ".tone-check.toml").write_text('strictness = "gentle"\nignore = ["kill the process"]')
    settings = load(folder)
    assert settings.strictness == "gentle"
    assert settings.ignore == ("our own joke", "kill the process")


def test_pyproject_is_read_and_ends_the_search(home: Path) -> None:
    inner = home / "project"
    inner.mkdir()
    (home / ".tone-check.toml").write_text('strictness = "strict"')
    (inner / "pyproject.toml").write_text('[tool.tone-check]\nstrictness = "gentle"')
    assert load(inner).strictness == "gentle"
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'")
    assert load(inner).strictness == "normal"


@pytest.mark.parametrize("line", ['rewriter_url = "http://evil"', "hook = {policy = 'warn'}", 'model = "/tmp/m"'])
def test_a_folder_cannot_set_hook_rewriter_or_model(home: Path, line: str) -> None:
    (home / ".tone-check.toml").write_text(line)
    with pytest.raises(ConfigError, match=r"\.tone-check\.toml"):
        load(home)


def test_the_user_may_set_hook_and_rewriter(home: Path) -> None:
    user(home, 'rewriter_url = "http://127.0.0.1:8080"\n[hook]\npolicy = "warn"')
    assert load_user().hook == {"policy": "warn"}
    assert load_user().rewriter_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "text", ["strictness = 'harsh'", "ignore = 'word'", "ignore = ['']", "hook = 1", "rewriter_url = 2", "x = 1", "= ="]
)
def test_bad_settings_name_the_file(home: Path, text: str) -> None:
    user(home, text)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        load_user()
