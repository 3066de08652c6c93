from pathlib import Path

import pytest

from tone_check.config import ConfigError, Rewriter, load, load_user, rewriter


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


@pytest.mark.parametrize("line", ['rewriter = {url = "http://evil"}', "hook = {policy = 'warn'}", 'model = "/tmp/m"'])
def test_a_folder_cannot_set_hook_rewriter_or_model(home: Path, line: str) -> None:
    (home / ".tone-check.toml").write_text(line)
    with pytest.raises(ConfigError, match=r"\.tone-check\.toml"):
        load(home)


def test_the_user_may_set_hook_and_rewriter(home: Path) -> None:
    user(home, '[hook]\npolicy = "warn"\n[rewriter]\nurl = "http://127.0.0.1:8080"\nmodel = "small"')
    assert load_user().hook == {"policy": "warn"}
    assert load_user().rewriter == Rewriter("http://127.0.0.1:8080", "small", anywhere=False)


@pytest.mark.parametrize(
    "text", ["strictness = 'harsh'", "ignore = 'word'", "ignore = ['']", "hook = 1", "rewriter = 2", "x = 1", "= ="]
)
def test_bad_settings_name_the_file(home: Path, text: str) -> None:
    user(home, text)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        load_user()


@pytest.mark.parametrize(
    "table",
    [
        "model = 'small'",
        "url = 1",
        "url = ''",
        "url = 'http://h'\nmodel = ''",
        "url = 'http://h'\nmodel = \"\\u001b[31m\"",
        "url = 'http://h'\nanywhere = true",
    ],
)
def test_bad_tables_of_the_rewriter_name_the_file(home: Path, table: str) -> None:
    user(home, f"[rewriter]\n{table}")
    with pytest.raises(ConfigError, match=r"config\.toml") as raised:
        load_user()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8080",
        "localhost",
        "//localhost",
        "file:///etc/passwd",
        "ftp://localhost",
        "http://",
        "http://:8080",
        "http://localhost:port",
        "http://localhost:99999",
        "http://me:secret@localhost",
        "http://127.0.0.1@evil.example",
        "http://localhost\\@evil.example",
        "http://localhost/v1?key=1",
        "http://localhost/v1#x",
        "http://local host",
        "http://localhost/\r\nX: y",
        "http://löcalhost",
        "http://[::1",
        "http://localhost/" + "x" * 500,
    ],
)
def test_an_address_that_may_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=r"\A--rewriter-url: must be http:// or https://") as raised:
        rewriter("--rewriter-url", url)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:11434/v1", "http://127.0.0.1:8080", "https://model.test/", "http://[::1]:8080/v1/"]
)
def test_an_address_of_the_usual_shape_is_taken(url: str) -> None:
    assert rewriter("--rewriter-url", url) == Rewriter(url)
