"""The documentation: generated pages are fresh, commands run, settings load, links lead somewhere.

The tutorial needs the shipped model; the rest does not.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.generate import BLOCK, PAGES, REFERENCE, TUTORIAL, program, run_tutorial
from tests.conftest import ROOT
from tone_check import config
from tone_check.hook import options as hook_options
from tone_check.hook.install import CLIENTS
from tone_check.training import corpus

DOCS = ROOT / "docs"
SETTINGS = REFERENCE / "settings.md"
JUDGING = DOCS / "how-to/judge-your-own-data.md"
HOW_TO = (TUTORIAL, *sorted((DOCS / "how-to").glob("*.md")))
NOT_OURS = {"build", "dist", "runs", "mutants", "node_modules"}
MARKDOWN = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part in NOT_OURS for part in path.relative_to(ROOT).parts)
)
WRITTEN_BY_HAND = [p for p in MARKDOWN if DOCS in p.parents and p.name not in PAGES] + [ROOT / "README.md"]


def names(paths: list[Path] | tuple[Path, ...]) -> list[str]:
    return [str(p.relative_to(ROOT)) for p in paths]


# --- the reference ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name](), "stale: make reference"


def options(name: str) -> list[str]:
    """List the options of a command, of the program itself for an empty name."""
    if name == "hook":
        return [o for action in hook_options._parser()._actions for o in action.option_strings if o.startswith("--")]
    params = (program().commands[name] if name else program()).params
    return [o for p in params if p.param_type_name == "option" for o in (*p.opts, *p.secondary_opts)]


@pytest.mark.parametrize("name", ["", *program().commands])
def test_every_option_is_in_the_reference_and_explained_on_a_page(name: str) -> None:
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    heading = f"\n## tone-check {name}\n" if name else "\n"
    section = page[page.index(heading) + 1 :].partition("\n## ")[0]
    pages = "".join(p.read_text(encoding="utf-8") for p in WRITTEN_BY_HAND)
    assert name == "native-host" or f"tone-check {name}".strip() in pages
    for option in options(name):
        assert option == "--help" or f"`{option}`" in section, option
        assert option == "--help" or re.search(rf"{option}(?![\w-])", pages), option


def test_every_field_of_the_schema_says_what_it_means() -> None:
    def objects(value: object) -> Iterator[dict[str, dict[str, object]]]:
        if isinstance(value, dict):
            if value.get("type") == "object":
                yield value["properties"]
            for inner in value.values():
                yield from objects(inner)

    schema = json.loads((REFERENCE / "check.schema.json").read_text(encoding="utf-8"))
    found = [(name, field) for properties in objects(schema) for name, field in properties.items()]
    assert len(found) == 53
    assert [name for name, field in found if not str(field.get("description", "")).endswith(".")] == []


# --- settings ---------------------------------------------------------------------------------------------------------


def section(title: str) -> str:
    text = SETTINGS.read_text(encoding="utf-8")
    return text[text.index(f"\n## {title}\n") :].partition("\n## ")[2].partition("\n## ")[0]


def rows(title: str) -> dict[str, str]:
    """Return the default that a section's table gives for each key."""
    return dict(re.findall(r"^\| `([\w-]+)` \| .*? \| ([^|]*?) \| [^|]* \|$", section(title), re.MULTILINE))


def test_every_setting_is_documented_with_its_default() -> None:
    assert rows("In every file") == {
        "strictness": f'`"{config.Settings().strictness}"`',
        "ignore": f"`{list(config.Settings().ignore)}`",
    }
    assert rows("In every file").keys() == config._FOLDER_KEYS
    assert {"hook", "rewriter"} == config._USER_KEYS - config._FOLDER_KEYS
    rules = {k.replace("_", "-"): v for k, v in dataclasses.asdict(hook_options.Rules()).items()}
    assert {k: json.loads(v.strip("`")) for k, v in rows("hook").items()} == rules
    assert rows("rewriter").keys() == config._REWRITER_KEYS
    assert str(int(hook_options._LONGEST_TIMEOUT)) in section("hook")
    assert str(config._LONGEST_URL) in section("rewriter")


def test_the_settings_shown_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    shown = [b["text"] for b in BLOCK.finditer(SETTINGS.read_text(encoding="utf-8")) if b["language"] == "toml"]
    folder, project, hook, rewriter = shown
    (tmp_path / "pyproject.toml").write_text(project)
    assert config.load(tmp_path) == config.Settings("gentle", ("dead on arrival",))
    (tmp_path / ".tone-check.toml").write_text(folder)
    assert config.load(tmp_path) == config.Settings("strict", ("kill the process", "our own little joke"))
    config.user_file().parent.mkdir(parents=True)
    config.user_file().write_text(folder + hook + rewriter)
    own = config.load_user()
    assert own.strictness == "strict"
    assert own.rewriter == config.Rewriter("http://127.0.0.1:11434/v1", "your-model")
    assert hook_options.settled(hook_options.Options(("true",)), own.hook) == hook_options.Rules(
        "ask", "refuse", 8.0, False
    )
    assert tomllib.loads(hook)["hook"].keys() == rows("hook").keys()
    assert tomllib.loads(rewriter)["rewriter"].keys() == rows("rewriter").keys()


# --- what the pages tell to type --------------------------------------------------------------------------------------


def typed(page: Path) -> Iterator[list[str]]:
    """Yield the words of every tone-check command in the page's blocks and in its text."""
    text = page.read_text(encoding="utf-8")
    lines = [
        line
        for block in BLOCK.finditer(text)
        if block["language"] == "sh"
        # What a here-document holds is no command.
        for line in re.sub(r"(<<'EOF'.*?\n).*?^EOF$", r"\1", block["text"], flags=re.MULTILINE | re.DOTALL).split("\n")
    ]
    prose = BLOCK.sub("", text)
    lines += [" ".join(s.split()).lstrip(":w !") for s in re.findall(r"`([^`]+)`", prose) if "tone-check " in s]
    for line in lines:
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
        lexer.whitespace_split = True
        words: list[str] = []
        redirected = False
        for word in [*lexer, ";"]:
            if word[0] in "();|&":
                while words and words[0] in ("if", "then", "else", "!"):
                    words = words[1:]
                if words[:1] == ["tone-check"] and len(words) > 1:
                    yield words[1:]
                words = []
            elif word[0] in "<>":
                redirected = True
            elif not redirected:
                words.append(word)
            else:
                redirected = False


def understood(words: list[str]) -> None:
    """Let the real command line read the words, and do nothing.

    Raises:
        UsageError, MisuseError: it does not understand them.
    """
    name, *arguments = words
    if name == "hook":
        if arguments:
            found = hook_options.parse(arguments)
            assert found.install is None or found.install in CLIENTS
    elif name not in ("--version", "--help"):
        # A command may be named without what it works on.
        assert not arguments or program().commands[name].make_context(name, arguments)
        assert name in program().commands


@pytest.mark.parametrize("page", HOW_TO, ids=names(HOW_TO))
def test_commands_shown_are_understood(page: Path) -> None:
    found = list(typed(page))
    assert len(found) >= 2
    for words in found:
        understood(words)


def test_what_is_not_understood_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\nif ! tone-check check -x a > b | tone-check hook --yes; then\n```\n\n`tone-check fix --all a`\n"
    )
    found = list(typed(page))
    assert found == [["check", "-x", "a"], ["hook", "--yes"], ["fix", "--all", "a"]]
    for words in found:
        with pytest.raises(Exception, match=r"-x|--yes|--all"):
            understood(words)


# The last command of every block of the tutorial that is run, and how it ends.
ENDS = [
    ("tone-check check draft.txt", 1),
    ("tone-check check --exit-zero --format json --output report.json draft.txt", 0),
    ("tone-check fix draft.txt", 1),
    ("tone-check fix --write draft.txt", 1),
    ("cat draft.txt", 0),
    ("tone-check check draft.txt", 0),
    ("tone-check hook -- sh -c 'cat > sent.eml' < message.eml", 65),
    ("cat ~/.local/state/tone-check/reports/latest.txt", 0),
    ("cmp message.eml sent.eml", 0),
    ("tone-check hook --install git --write", 0),
    (".git/hooks/sendemail-validate 0001-timeout-of-the-queue.patch", 65),
    ("cd ..", 0),
    ("tone-check batch sent.mbox --mine nadia@example.org --output review", 0),
    ("ls review", 0),
    ("tone-check check draft.txt", 0),
    ("rm -r ~/tone-check-tutorial", 0),
]
# Where a flagged sentence stands, as check and hook print it. What stands below it hangs on the model.
PLACE = re.compile(r"^\S+:\d+:\d+(?=  )|^(?:line \d+|subject)(?=: )", re.MULTILINE)
# Blocks whose output hangs on nothing but the program.
FIXED = ("--install git --write", "cd ..", "ls review")


@pytest.mark.slow
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    ran = list(run_tutorial(TUTORIAL.read_text(encoding="utf-8"), tmp_path))
    assert [(r.text.splitlines()[-1], r.code) for r in ran] == ENDS, [r.printed for r in ran]
    for block in ran:
        shown = block.shown or ""
        if block.shown is None or block.text.strip().endswith(FIXED):
            assert block.printed == shown
        assert PLACE.findall(block.printed) == PLACE.findall(shown), "stale: make tutorial"
    assert [len(PLACE.findall(r.printed)) for r in ran if r.code == 65] == [1, 1]
    assert not (tmp_path / "tone-check-tutorial").exists()


def test_the_message_of_the_annotation_how_to_is_one(tmp_path: Path) -> None:
    (shown,) = [b["text"] for b in BLOCK.finditer(JUDGING.read_text(encoding="utf-8")) if b["language"] == "json"]
    message = corpus.parse(" ".join(shown.split()), "page")
    assert [s.flagged for s in message.sentences] == [False, True]
    keys = re.findall(r"^\| (`.*?) \|", JUDGING.read_text(encoding="utf-8"), re.MULTILINE)
    documented = set(re.findall(r"`([a-z_]+)`", "".join(keys)))
    used = {f.name for f in dataclasses.fields(corpus.Message)} | {f.name for f in dataclasses.fields(corpus.Labelled)}
    assert used - documented == {"gists"}  # attached from our own data while training


# --- links ------------------------------------------------------------------------------------------------------------


def links(text: str) -> list[str]:
    """List where the links and pictures of a page lead, code left out."""
    prose = re.sub(r"`[^`\n]*`", "", BLOCK.sub("", text))
    return re.findall(r"\]\(<?([^)\s>]+)>?\)", prose) + re.findall(r"^\[[^\]]+\]: (\S+)", prose, re.MULTILINE)


def anchors(text: str) -> list[str]:
    """List the names of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", BLOCK.sub("", text), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in heads]


def broken(page: Path) -> list[str]:
    found = []
    for link in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            found.append(link)
    return found


@pytest.mark.parametrize("page", MARKDOWN, ids=names(MARKDOWN))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# Exit codes: all\n[x](b.md) [y](#exit-codes-all) [z](a.md#none) [w](https://x.y/z)\n"
    )
    assert broken(tmp_path / "a.md") == ["b.md", "a.md#none"]


def test_every_page_is_in_the_index() -> None:
    index = DOCS / "README.md"
    reached = {(DOCS / link.partition("#")[0]).resolve() for link in links(index.read_text(encoding="utf-8"))}
    assert [p for p in names(MARKDOWN) if p.startswith("docs/") and (ROOT / p) not in {*reached, index}] == []
    assert "docs/README.md" in links((ROOT / "README.md").read_text(encoding="utf-8"))
