"""The command line: a thin door. Every command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tone_check import __version__
from tone_check.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tone_check.checker import ToneChecker
    from tone_check.classifier import Classifier
    from tone_check.config import Settings
    from tone_check.report import Report, Strictness
    from tone_check.rewrites import Propose

app = typer.Typer(
    name="tone-check",
    help="Reads a follow-up message before you send it: which sentences would hurt, why, and what to write instead.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

CLEAN, FLAGGED, FAILED = 0, 1, 2
# From here on a person would wonder whether it hangs: some thousands of sentences.
_LONG = 500_000


class OutputFormat(StrEnum):
    """How ``check`` writes what it found."""

    text = "text"
    json = "json"
    jsonl = "jsonl"


class StrictnessOption(StrEnum):
    """How little it takes to be flagged."""

    gentle = "gentle"
    normal = "normal"
    strict = "strict"


class BackendOption(StrEnum):
    """Where ``batch`` does its work."""

    loky = "loky"
    dask = "dask"


RewriterUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Let a local model behind this OpenAI-compatible address propose rewrites too; '' for none."
    ),
]
RewriterModel = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which of its models; else the first that it lists.")
]
RewriterAnywhere = Annotated[
    bool, typer.Option("--rewriter-anywhere", help="Let it be on another machine: your draft is sent there.")
]


def run() -> None:
    """Run a command; what goes wrong becomes one line and an exit code, never a traceback."""
    # The hook runs on every mail, has a command line of its own and exit codes that mail clients know.
    if sys.argv[1:2] == ["hook"]:
        from tone_check import hook as sendmail

        raise SystemExit(sendmail.main(sys.argv[2:]))
    from tone_check.errors import known_errors

    try:
        _command()
    except BrokenPipeError:
        # The reader of our output has gone (head, a pager): end quietly, and keep Python from flushing into the void.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(FAILED) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except known_errors() as error:
        complain(str(error))
        raise SystemExit(FAILED) from None


def _command() -> None:
    """Run the command that was named; a check ends without Python's clean-up, which would be a tenth of its time."""
    if sys.argv[1:2] in (["check"], ["fix"]):
        from tone_check.loading import leave_frameworks_out

        leave_frameworks_out()
    try:
        app()
    except SystemExit as leaving:
        if sys.argv[1:2] != ["check"] or not isinstance(leaving.code, int):
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(leaving.code)


def complain(text: str) -> None:
    """Write one line to standard error, safe for a terminal."""
    sys.stderr.write(f"tone-check: {printable(text)}\n")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tone-check {__version__}")
        raise typer.Exit(CLEAN)


@app.callback()
def door(
    # Eager: it is answered before a command is missed.
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Reads a follow-up message before you send it."""


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...", help="Drafts (.txt .md .eml .html) or folders of them; none or - is standard input."
        ),
    ] = None,
    output_format: Annotated[
        OutputFormat, typer.Option("--format", help="How to write the result.")
    ] = OutputFormat.text,
    output: Annotated[Path | None, typer.Option(help="Write the result to this file.")] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 even if something is flagged.")] = False,
    strictness: Annotated[StrictnessOption | None, typer.Option(help="How little it takes to be flagged.")] = None,
    no_suggest: Annotated[bool, typer.Option("--no-suggest", help="Do not look for rewrites.")] = False,
    advice: Annotated[
        bool, typer.Option("--advice", help="Show the advice of the checklist for clean messages too.")
    ] = False,
    rewriter_url: RewriterUrl = None,
    rewriter_model: RewriterModel = None,
    rewriter_anywhere: RewriterAnywhere = False,
) -> None:
    """Check drafts; prints nothing when they are clean.

    Exit code 1 when something is flagged, 2 when an input failed.
    """
    from tone_check import loading

    model = loading.begin()
    from tone_check import readers
    from tone_check.draft import UnreadableError

    settings = _settings()
    propose = _propose(settings, rewriter_url, rewriter_model, rewriter_anywhere)
    checker = _checker(model, settings, strictness, suggest=not no_suggest, propose=propose)
    reports: list[Report] = []
    errors: list[dict[str, str]] = []
    for source in _sources(paths or [Path("-")], errors):
        try:
            draft = readers.read_bytes(_typed(), "-") if str(source) == "-" else readers.read_path(source)
        except UnreadableError as error:
            errors.append({"source": str(source), "error": str(error)})
            continue
        if sum(len(part.text) for part in draft.parts) > _LONG:
            complain(f"{source}: is long; judging it may take minutes")
        report = checker.check_draft(draft)
        if report.verdict == "not-judged":
            complain(f"{source}: not judged: the text is not English")
        reports.append(report)
    for failed in errors:
        complain(failed["error"] if failed["source"] in failed["error"] else f"{failed['source']}: {failed['error']}")
    _write(_rendered(output_format, checker, reports, errors, advice, to_terminal=output is None), output)
    if errors:
        raise typer.Exit(FAILED)
    if not exit_zero and any(r.verdict == "flagged" for r in reports):
        raise typer.Exit(FLAGGED)


def _typed() -> bytes:
    """Return standard input; a person at a terminal is told that it is waited for."""
    if sys.stdin.isatty():
        complain("reading a draft from the terminal; end it with Ctrl-D at the beginning of a line")
    return sys.stdin.buffer.read()


def _settings() -> Settings:
    from tone_check import config

    return config.load(Path.cwd())


def _checker(
    model: Callable[[], Classifier],
    settings: Settings,
    strictness: StrictnessOption | None,
    suggest: bool,
    propose: Propose | None,
) -> ToneChecker:
    from tone_check.checker import ToneChecker

    chosen: Strictness = settings.strictness if strictness is None else strictness.value
    return ToneChecker(model(), strictness=chosen, ignore=settings.ignore, suggest=suggest, propose=propose)


def _propose(settings: Settings, url: str | None, model: str | None, anywhere: bool) -> Propose | None:
    """Return what asks the local model of this run or of the user's settings; it is loaded when it is first asked."""
    from dataclasses import replace
    from functools import cache

    from tone_check import config

    chosen = settings.rewriter if url is None else config.rewriter("--rewriter-url", url, model) if url else None
    if chosen is None:
        return None
    chosen = replace(chosen, model=model or chosen.model, anywhere=anywhere)

    @cache
    def local() -> Propose:
        from tone_check.rewrites.local_model import LocalModel

        return LocalModel(chosen, complain).propose

    return lambda texts, flagged: local()(texts, flagged)


def _sources(paths: list[Path], errors: list[dict[str, str]]) -> Iterator[Path]:
    """Yield files and standard input, folders replaced by the drafts in them; nothing is read twice."""
    from tone_check import readers
    from tone_check.draft import UnreadableError

    seen: set[str] = set()
    for path in paths:
        try:
            found = list(readers.files_below(path)) if path.is_dir() else [path]
            if not found:
                errors.append(
                    {"source": str(path), "error": f"{path}: no .txt, .md, .eml or .html file in this folder"}
                )
        except (UnreadableError, OSError) as error:
            errors.append({"source": str(path), "error": str(error)})
            continue
        for file in found:
            if str(file) not in seen:
                seen.add(str(file))
                yield file


def _rendered(
    output_format: OutputFormat,
    checker: ToneChecker,
    reports: list[Report],
    errors: list[dict[str, str]],
    advice: bool,
    to_terminal: bool,
) -> str:
    if output_format is OutputFormat.text:
        if not advice and not any(r.flagged for r in reports):
            return ""
        return _text(reports, advice, to_terminal)
    from tone_check.reporters import json

    if output_format is OutputFormat.jsonl:
        return "".join(json.line(r) for r in reports)
    return json.document(__version__, checker.classifier.version, reports, errors)


def _text(reports: list[Report], advice: bool, to_terminal: bool) -> str:
    """Render for the terminal we write to (its width and colours), or plainly for a file or a pipe."""
    import io

    from rich.console import Console

    from tone_check.reporters.text import render

    terminal = to_terminal and sys.stdout.isatty()
    console = Console(
        file=io.StringIO(),
        force_terminal=terminal,
        no_color="NO_COLOR" in os.environ or not terminal,
        width=None if terminal else 100,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for report in reports:
        render(console, report, advice)
    stream: Any = console.file
    return "".join(line.rstrip() + "\n" for line in str(stream.getvalue()).splitlines())


def _write(text: str, output: Path | None) -> None:
    data = text.encode("utf-8", "replace")
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        # It quotes the draft: a new file is its owner's alone; the rights of one that is there are the owner's choice.
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
    except OSError as error:
        complain(f"{output}: cannot be written: {error.strerror}")
        raise typer.Exit(FAILED) from None


@app.command()
def fix(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The draft to mend, one at a time.")],
    write: Annotated[
        bool, typer.Option("--write", help="Apply the first suggestion of every flagged sentence.")
    ] = False,
    interactive: Annotated[
        bool, typer.Option("--interactive", help="Ask one by one and write what was accepted.")
    ] = False,
    strictness: Annotated[StrictnessOption | None, typer.Option(help="How little it takes to be flagged.")] = None,
    rewriter_url: RewriterUrl = None,
    rewriter_model: RewriterModel = None,
    rewriter_anywhere: RewriterAnywhere = False,
) -> None:
    """Print the suggested rewrites of a draft as a unified diff, or apply them."""
    from tone_check import loading

    if path.is_dir():
        complain(f"{path}: is a folder; fix takes one draft at a time")
        raise typer.Exit(FAILED)
    model = loading.begin()
    from tone_check import fix as mending

    settings = _settings()
    propose = _propose(settings, rewriter_url, rewriter_model, rewriter_anywhere)
    checker = _checker(model, settings, strictness, suggest=True, propose=propose)
    code = mending.run(path, checker, write=write, interactive=interactive, complain=complain, tell=complain)
    if code:
        raise typer.Exit(code)


@app.command()
def model() -> None:
    """Say which model this is: version, training data, thresholds, figures, digest."""
    from tone_check.digest import MODEL_SHA256
    from tone_check.model_files import read_verified
    from tone_check.reporters import json
    from tone_check.resources import shipped

    about, _ = read_verified(shipped("model"), MODEL_SHA256)
    _write(json.dumps({"digest": MODEL_SHA256, **about}, indent=1) + "\n", None)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Annotated messages, one JSON object a line.")],
    predictions: Annotated[
        Path | None, typer.Option(help="Write one row a sentence and one a message to this file.")
    ] = None,
    strictness: Annotated[
        StrictnessOption, typer.Option(help="The operating point to evaluate.")
    ] = StrictnessOption.normal,
    intervals: Annotated[int, typer.Option(help="Bootstrap draws for the intervals; 0: none.")] = 200,
    rewrites: Annotated[
        bool, typer.Option("--rewrites", help="Evaluate the suggestions instead of the scores.")
    ] = False,
    sample: Annotated[int, typer.Option(help="With --rewrites, print so many unselected suggestions too.", min=0)] = 0,
) -> None:
    """Evaluate the model on annotated messages and print its figures as JSON."""
    from tone_check.classifier import Classifier
    from tone_check.reporters import json
    from tone_check.training import corpus
    from tone_check.training.evaluate import metrics, write_predictions

    messages = corpus.load(file)
    if not messages:
        complain(f"{file}: no annotated message in it")
        raise typer.Exit(FAILED)
    if rewrites:
        from tone_check.training import rewriting

        found = rewriting.rewrite(Classifier(), messages)
        shown = rewriting.figures(found) | ({"sample": rewriting.samples(found, sample, seed=1)} if sample else {})
        _write(json.dumps(shown, indent=1) + "\n", None)
        return
    judged = Classifier().judge([m.texts for m in messages], strictness.value)
    if predictions is not None:
        write_predictions(predictions, messages, judged)
    _write(json.dumps(metrics(messages, judged, repeats=intervals), indent=1) + "\n", None)


@app.command()
def train(
    data: Annotated[
        list[Path] | None, typer.Option(help="A folder of your own annotated messages, added to ours.")
    ] = None,
    output: Annotated[Path, typer.Option(help="The model folder to write.")] = Path("model"),
    seed: Annotated[int, typer.Option(help="The same seed and data give the same model.")] = 7,
    encoder: Annotated[
        bool, typer.Option("--encoder", help="Fine-tune the encoder too (needs the extra; takes about an hour).")
    ] = False,
) -> None:
    """Train from data/ and write a model folder; run it in a checkout."""
    from tone_check import digest
    from tone_check.resources import shipped
    from tone_check.training.train import load_splits, load_texts, write_digest
    from tone_check.training.train import train as train_model

    home = shipped("data/messages")
    train_model(
        [home, *(data or [])],
        load_splits(shipped("data/splits.toml")),
        output,
        seed,
        complain,
        __version__,
        encoder=encoder,
        texts=load_texts(home.parent),
    )
    if output.resolve() == shipped("model").resolve():
        write_digest(Path(str(digest.__file__)), output)


@app.command()
def batch(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="mbox files, Maildir folders, folders of .eml or .emlx files."),
    ],
    output: Annotated[Path, typer.Option(help="The folder to write messages.jsonl, summary.json and report.html to.")],
    mine: Annotated[
        list[str] | None, typer.Option(help="Your address (may be given again); else the most frequent sender's.")
    ] = None,
    redact: Annotated[
        bool, typer.Option("--redact", help="Hide addresses, numbers and, as well as it can, names.")
    ] = False,
    strictness: Annotated[StrictnessOption | None, typer.Option(help="How little it takes to be flagged.")] = None,
    jobs: Annotated[int, typer.Option(help="Worker processes; 0 is one for every core.", min=0)] = 0,
    backend: Annotated[BackendOption, typer.Option(help="Where the work is done.")] = BackendOption.loky,
    scheduler: Annotated[str | None, typer.Option(help="The address of a Dask scheduler, for --backend dask.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="Where the password of a mail server is.")] = None,
    suggestions: Annotated[
        int, typer.Option(help="For how many of the worst sentences to look for rewrites.", min=0)
    ] = 40,
) -> None:
    """Review sent mail: one JSON line a message, a summary and an HTML report. Run again, it goes on where it was."""
    from tone_check import batch as review

    settings = _settings()
    options = review.Options(
        mine=tuple(mine or ()),
        strictness=settings.strictness if strictness is None else strictness.value,
        ignore=settings.ignore,
        redact=redact,
        suggestions=suggestions,
        jobs=jobs,
        backend=backend.value,
        scheduler=scheduler,
    )
    connect = None
    if any(source.startswith(("imap://", "imaps://")) for source in sources):
        from tone_check.batch import imap

        connect = imap.connector(imap.ask(None if password_file is None else str(password_file)))
    done = review.review(sources, output, options, review.for_stream(sys.stderr), connect)
    complain(
        f"{done.messages} messages: {done.judged} judged, {done.flagged} flagged, {done.skipped} not yours, "
        f"{done.not_english} not English, {done.unreadable} unreadable; report: {output / 'report.html'}"
    )
    if not mine and any(done.mine):
        complain(f"taken as yours: {', '.join(done.mine)} (if that is not you: --mine ADDRESS)")
    if done.unreadable:
        raise typer.Exit(FAILED)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def hook() -> None:
    """Stand where a mail client expects sendmail: tone-check hook [options] -- SENDMAIL [ARG...].

    Options: --policy refuse|warn|ask, --on-error send|refuse, --timeout SECONDS, --no-resend,
    --install neomutt|aerc|git|emacs|msmtp|thunderbird (with --write or --uninstall). See docs/clients.
    """
    from tone_check import hook as sendmail

    raise typer.Exit(sendmail.main(sys.argv[2:]))


@app.command("native-host", hidden=True)
def native_host() -> None:
    """Answer a mail program's add-on over standard input and output."""
    from tone_check.hook import native_host as host

    raise typer.Exit(host.main())
