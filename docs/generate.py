"""Writes the reference from the code, and what the commands of the tutorial really print into the tutorial.

Usage: python -m docs.generate [--tutorial]

Without the option: docs/reference/cli.md from the commands, json.md from the published schema, python.md from the
package. With it, the tutorial's commands are run in a temporary home and their output is put below them.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import typer

from tone_check.cli import CLEAN, FAILED, FLAGGED, app
from tone_check.hook import options as hook_options

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs/reference"
TUTORIAL = ROOT / "docs/tutorial.md"
GENERATED = "<!-- Written by python -m docs.generate; change the code, not this page. -->\n"


# --- the command line -------------------------------------------------------------------------------------------------


def program() -> Any:
    """Return the program with its commands, as Typer builds it from the functions."""
    return typer.main.get_command(app)


def cli() -> str:
    """Return the page of the command line."""
    sections = [
        f"# The command line\n\n{GENERATED}\n"
        "`tone-check COMMAND [OPTIONS]`; `python -m tone_check` is the same.\n\n"
        f"{_table(('option', 'default', 'meaning'), [_row(p) for p in program().params])}\n"
        "Findings go to standard output, everything else to standard error. Exit codes of all commands but `hook`:\n\n"
        "| code | meaning |\n|---|---|\n"
        f"| {CLEAN} | done, and nothing is flagged |\n"
        f"| {FLAGGED} | something is flagged (`check` and `fix` only) |\n"
        f"| {FAILED} | the command line makes no sense, or an input, the settings or the model cannot be used; "
        "the other inputs are still processed |\n"
        "| 130 | interrupted |\n\n"
        "Words in capitals stand for what you put there; an option with … may be given more than once. Where no "
        "default is named there is none, or the [settings](settings.md) say it.\n"
    ]
    sections += [_command(name, command) for name, command in program().commands.items()]
    return "\n".join(sections)


def _command(name: str, command: Any) -> str:
    if name == "hook":
        return _hook()
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    words = ["tone-check", name, *(["[OPTIONS]"] if options else []), *map(_placeholder, arguments)]
    text = f"## tone-check {name}\n\n{_paragraphs(command.help)}\n"
    if command.hidden:
        text += "\nPrograms start it; it is not listed by `tone-check --help`.\n"
    text += f"\n```text\n{' '.join(words)}\n```\n"
    if arguments:
        text += f"\n{_table(('argument', 'default', 'meaning'), [_row(p) for p in arguments])}"
    if options:
        text += f"\n{_table(('option', 'default', 'meaning'), [_row(p) for p in options])}"
    return text


def _hook() -> str:
    """Return the section of the hook, whose command line is its own."""
    parser = hook_options._parser()
    rows = []
    for action in parser._actions:
        if action.dest == "help":
            continue
        shown = ", ".join(f"`{o}`" for o in action.option_strings)
        if action.choices:
            shown += " " + _either(list(action.choices))
        elif action.nargs != 0:
            shown += f" `{action.metavar}`"
        text = str(action.help)
        default = re.search(r" \(default: ([^)]*)\)$", text)
        off = "off" if action.nargs == 0 else ""
        rows.append((shown, f"`{default.group(1)}`" if default else off, text[: default.start()] if default else text))
    return (
        f"## tone-check hook\n\n{_paragraphs(parser.description)}\n\n{_paragraphs(parser.epilog)}\n\n"
        f"```text\n{parser.usage}\n```\n\n{_table(('option', 'default', 'meaning'), rows)}\n"
        "Exit codes: [clients](../clients/README.md#exit-codes). Settings: [settings](settings.md#hook).\n"
    )


def _row(parameter: Any) -> tuple[str, str, str]:
    if parameter.param_type_name == "argument":
        return f"`{_placeholder(parameter)}`", _default(parameter), str(parameter.help or "")
    shown = ", ".join(f"`{o}`" for o in (*parameter.opts, *parameter.secondary_opts))
    choices = getattr(parameter.type, "choices", None)
    if choices:
        shown += " " + _either([c.value if isinstance(c, Enum) else str(c) for c in choices])
    elif not parameter.is_flag:
        shown += f" `{_placeholder(parameter)}`"
    if parameter.multiple:
        shown += " …"
    return shown, _default(parameter), str(parameter.help or "")


def _placeholder(parameter: Any) -> str:
    """Return what stands for a value; releases of Typer call types by different names."""
    if parameter.metavar or parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    name = str(parameter.type.name).lower()
    return "NUMBER" if name.startswith("int") else "PATH" if name == "path" else "TEXT"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    value = parameter.default
    if getattr(parameter, "is_flag", False):
        return "on" if value else "off"
    if value is None or callable(value) or value in ((), []):
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


def _either(values: Sequence[Any]) -> str:
    shown = [f"`{v}`" for v in values]
    return f"{', '.join(shown[:-1])} or {shown[-1]}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |\n" for line in lines)


def _paragraphs(text: str | None) -> str:
    """Return a docstring with its paragraphs on one line each."""
    clean = inspect.cleandoc((text or "").split("\f")[0])
    return "\n\n".join(" ".join(part.split()) for part in clean.split("\n\n"))


# --- the JSON ---------------------------------------------------------------------------------------------------------


def json_fields() -> str:
    """Return the page of the report's fields."""
    schema = json.loads((REFERENCE / "check.schema.json").read_text(encoding="utf-8"))
    parts = schema["$defs"]
    message = parts["message"]["properties"]
    tables = (
        ("The document", "What `check --format json` writes.", schema),
        ("tool", "", schema["properties"]["tool"]),
        ("errors", "One object for every input that failed.", schema["properties"]["errors"]["items"]),
        ("A message", "An object of `messages`; `check --format jsonl` writes one on each line.", parts["message"]),
        ("scores", "", message["scores"]),
        ("checklist", "", message["checklist"]),
        ("advice", "", message["advice"]["items"]),
        ("A sentence", "An object of `sentences`.", parts["sentence"]),
        ("evidence", "", parts["evidence"]),
        ("suggestions", "", parts["suggestion"]),
    )
    text = (
        f"# The report as JSON\n\n{GENERATED}\n"
        "`tone-check check --format json` writes one document a run, `--format jsonl` one message a line, "
        "`tone-check batch` the same messages into `messages.jsonl`. The schema is "
        "[check.schema.json](check.schema.json); no field is ever left out, keys keep this order, and the text is "
        "UTF-8. Scores and weights are rounded to four decimals. Offsets and columns count Unicode code points, "
        "not bytes and not UTF-16 units.\n\n"
        "What the labels and acts mean: [annotation guide](../annotation-guide.md).\n"
    )
    for title, lead, part in tables:
        rows = [(f"`{name}`", _type(f), f["description"]) for name, f in part["properties"].items()]
        text += f"\n## {title}\n\n" + (f"{lead}\n\n" if lead else "") + _table(("field", "type", "meaning"), rows)
    return text + (
        "\n## Rows of `batch` that are not messages\n\n"
        '`messages.jsonl` has one row for every message of the source. One that cannot be read is `{"source", '
        '"error"}`, one that is not yours `{"source", "skipped"}`.\n'
    )


def _type(field: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(f) for f in field["anyOf"])
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return ", ".join(f"`{v}`" for v in field["enum"])
    if "$ref" in field:
        return "object"
    if field["type"] == "array":
        return f"list of {_plural(_type(field['items']))}"
    if "minimum" in field and "maximum" in field:
        return f"number, {field['minimum']} to {field['maximum']}"
    return f"{field['type']}, from {field['minimum']}" if "minimum" in field else str(field["type"])


def _plural(name: str) -> str:
    return f"{name}s" if name == "object" else name


# --- Python -----------------------------------------------------------------------------------------------------------

# What a program that imports the package needs, in reading order: where it is imported from, and the names.
PUBLIC: Mapping[str, Sequence[str]] = {
    "tone_check": ("ToneChecker", "Report"),
    "tone_check.report": (
        "Finding", "Scores", "Evidence", "Suggestion", "Advice", "Label", "Act", "Item", "AdviceItem", "Verdict",
        "Strictness",
    ),
    "tone_check.readers": ("read_path", "read_bytes", "read_text", "read_message", "files_below", "Kind"),
    "tone_check.draft": ("Draft", "Part", "Region", "RegionKind", "UnreadableError"),
    "tone_check.classifier": ("ModelError",),
    "tone_check.guidance": ("GuidanceError",),
    "tone_check.reporters.json": ("document", "line", "message"),
    "tone_check.config": ("load", "load_user", "Settings", "Rewriter", "ConfigError"),
    "tone_check.rewrites.local_model": ("LocalModel",),
}  # fmt: skip


def python() -> str:
    """Return the page of the package."""
    text = (
        f"# In Python\n\n{GENERATED}\n"
        "Everything that a program needs which imports `tone_check`. Other names may change without notice.\n\n"
        "```python\nfrom tone_check import ToneChecker\n\nchecker = ToneChecker()\n"
        'report = checker.check("Dear Ms Ruiz, ...")\nfor finding in report.flagged:\n'
        "    print(finding.text, finding.labels, finding.suggestions)\n```\n\n"
        "A `ToneChecker` loads the model once; keep it. It has no state between calls. `tone_check.__version__` is the "
        "version.\n"
    )
    for module, names in PUBLIC.items():
        found = importlib.import_module(module)
        text += f"\n## {module}\n\n"
        text += "\n".join(_described(module, name, getattr(found, name)) for name in names)
    return text


def _described(module: str, name: str, value: Any) -> str:
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return f"### {name}\n\nOne of {_either(get_args(value))}.\n"
    text = f"### {name}\n\n```python\nfrom {module} import {name}\n"
    if not (inspect.isclass(value) and issubclass(value, Exception)):
        text += f"\n{_signature(name, value)}\n"
    text += f"```\n\n{_docstring(value)}\n"
    if inspect.isclass(value):
        own = value.__dict__.get("__init__")
        if own is not None and own.__doc__ and not is_dataclass(value):
            text += f"\n{_docstring(own)}\n"
        for inner, member in value.__dict__.items():
            if inner.startswith("_"):
                continue
            if isinstance(member, property):
                text += f"\n- `.{inner}`: {_docstring(member)}\n"
            elif inspect.isfunction(member):
                text += f"\n```python\n{_signature(f'.{inner}', member)}\n```\n\n{_docstring(member)}\n"
    return text


def _signature(name: str, value: Any) -> str:
    """Return how something is called, one parameter a line when it would be long."""
    signature = inspect.signature(value)
    shown = []
    star = False
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not star:
            shown.append("*")
            star = True
        text = parameter.name
        if parameter.annotation is not inspect.Parameter.empty:
            text += f": {_annotation(parameter.annotation)}"
        default = _dataclass_default(value, parameter)
        if default is not inspect.Parameter.empty:
            text += f" = {default!r}"
        shown.append(text)
    result = signature.return_annotation
    end = "" if inspect.isclass(value) or result is inspect.Parameter.empty else f" -> {_annotation(result)}"
    line = f"{name}({', '.join(shown)}){end}"
    return line if len(line) <= 100 else f"{name}(\n" + "".join(f"    {s},\n" for s in shown) + f"){end}"


def _dataclass_default(value: Any, parameter: inspect.Parameter) -> Any:
    """Return a default; a factory's is what it makes."""
    if is_dataclass(value) and inspect.isclass(value):
        for field in fields(value):
            if field.name == parameter.name and field.default_factory is not MISSING:
                return field.default_factory()
    return parameter.default


def _annotation(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def _docstring(value: Any) -> str:
    """Return a docstring as Markdown: paragraphs, and what is raised as a list."""
    parts = []
    for part in inspect.cleandoc(value.__doc__ or "").split("\n\n"):
        first, *rest = part.splitlines()
        if first.strip() == "Raises:":
            raised: list[str] = []
            for line in rest:
                if re.match(r"    [A-Za-z, ]+: ", line):
                    raised.append(line.strip())
                else:
                    raised[-1] += f" {line.strip()}"
            parts.append("Raises:\n\n" + "\n".join(re.sub(r"^(.*?):", r"- `\1`:", r, count=1) for r in raised))
        else:
            parts.append(" ".join(part.split()))
    return "\n\n".join(parts).replace("``", "`")


# --- the tutorial -----------------------------------------------------------------------------------------------------

BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# What the first section installs is there when the commands are run.
_INSTALLED = re.compile(r"^## 2\. ", re.MULTILINE)
_USER = "/home/you"
_REPORT = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[0-9a-f]{6}")
_WHEN = re.compile(r"^When:    .*$", re.MULTILINE)
# Comes only where it takes longer.
_PROGRESS = re.compile(r"^tone-check: \d+ of \d+, .* left\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ran:
    """A block of commands that was run: its exit code, what it printed, and what the page says it prints."""

    text: str
    code: int
    printed: str
    shown: str | None
    place: tuple[int, int]


def run_tutorial(page: str, home: Path, root: Path = ROOT) -> Iterator[Ran]:
    """Run the tutorial's blocks of commands in order, as one who follows it from the top of a checkout would."""
    programs = home / "bin"
    programs.mkdir(parents=True)
    door = programs / "tone-check"
    door.write_text(f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m tone_check "$@"\n')
    door.chmod(0o755)
    settings = home / ".config/tone-check/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[hook]\ntimeout = 120\n")  # a busy machine must not turn a refusal into a warning
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "GIT_"))}
    environment = {**kept, "HOME": str(home), "PATH": f"{programs}:{os.environ['PATH']}", "NO_COLOR": "1"}
    folder, noted = root, home / ".folder"
    body = _INSTALLED.search(page)
    found = list(BLOCK.finditer(page, body.start() if body else 0))
    for number, block in enumerate(found):
        if block["language"] != "sh":
            continue
        script = f"trap 'pwd -P > \"{noted}\"' EXIT\n{block['text']}"
        done = subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=600,
        )
        folder = Path(noted.read_text().strip())
        after = found[number + 1] if number + 1 < len(found) else None
        is_output = after is not None and after["language"] == "text" and not page[block.end() : after.start()].strip()
        place = after.span("text") if after is not None and is_output else (block.end(), block.end())
        shown = page[slice(*place)] if is_output else None
        yield Ran(block["text"], done.returncode, _as_yours(done.stdout.decode(), home), shown, place)


def _as_yours(text: str, home: Path) -> str:
    """Return output with the temporary home, the time and what is random about file names taken out."""
    text = text.replace(str(home / "bin"), f"{_USER}/tone-check/.venv/bin")
    text = _PROGRESS.sub("", text.replace(str(home.resolve()), _USER).replace(str(home), _USER))
    return _WHEN.sub("When:    2026-03-02 09:30:00", _REPORT.sub("2026-03-02T09-30-00-3fa1c2", text))


def refreshed(page: str, ran: Sequence[Ran]) -> str:
    """Return the page with what was printed in the place of what is shown."""
    for block in reversed(ran):
        if block.shown is not None:
            page = page[: block.place[0]] + block.printed + page[block.place[1] :]
    return page


PAGES: Mapping[str, Callable[[], str]] = {"cli.md": cli, "json.md": json_fields, "python.md": python}


def main() -> None:
    """Write the pages."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate")
    parser.add_argument("--tutorial", action="store_true", help="run the tutorial and put its output into it")
    if parser.parse_args().tutorial:
        page = TUTORIAL.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            TUTORIAL.write_text(refreshed(page, list(run_tutorial(page, Path(folder)))), encoding="utf-8")
        return
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
