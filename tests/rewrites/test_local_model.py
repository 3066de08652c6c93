"""Candidates from an endpoint that answers well, badly, slowly and maliciously; a real server on loopback."""

from __future__ import annotations

import asyncio
import functools
import gzip
import json
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.rewrites.endpoint import Act, Handler, StubClassifier, proposing, saying, serving
from tone_check.config import Rewriter
from tone_check.report import Finding
from tone_check.rewrites import gate, suggest
from tone_check.rewrites.local_model import Limits, LocalModel

httpx2 = pytest.importorskip("httpx2")

HARSH = "You clowns promised me my deposit of 450 euros by Friday and it never came."
CALM = "The deposit of 450 euros promised by Friday never came; when will it?"
DRAFT = ("Dear Ms Ruiz,", HARSH, "Kind regards,")
# Long where an answer is expected, for a machine may be busy; short where none is.
PATIENT = Limits(request=20, run=60, answer=20_000)
QUICK = Limits(request=0.6, run=5, answer=20_000)


def asked(
    url: str, *, model: str | None = "small", anywhere: bool = False, limits: Limits = PATIENT, times: int = 1
) -> tuple[list[dict[int, list[str]]], list[str]]:
    """Ask about the draft's second sentence; return what was proposed, each time, and what was complained of."""
    said: list[str] = []
    local = LocalModel(Rewriter(url, model, anywhere), said.append, limits)
    return [local.propose(DRAFT, [1]) for _ in range(times)], said


def refused(url: str, reason: str, **options: Any) -> None:
    """Assert that nothing is proposed, for this one reason, told once though asked twice."""
    found, said = asked(url, times=2, **options)
    assert found == [{}, {}]
    assert said == [f"the local model at {url} is left out: {reason}"]


def findings(texts: Sequence[str]) -> list[Finding]:
    (message,) = StubClassifier().judge([texts])
    return [
        Finding(t, None, 0, len(t), 1, 1, j.scores, j.labels, j.acts)
        for t, j in zip(texts, message.sentences, strict=True)
    ]


# --- well -------------------------------------------------------------------------------------------------------------


def test_one_request_asks_for_several_candidates_with_the_sentence_in_its_message() -> None:
    with serving(proposing(CALM, "Where is it?")) as endpoint:
        found, said = asked(endpoint.url)
    assert (found, said) == ([{1: [CALM, "Where is it?"]}], [])
    ((method, path, headers, body),) = endpoint.asked
    assert (method, path) == ("POST", "/v1/chat/completions")
    assert headers["Host"] == endpoint.url.removeprefix("http://").removesuffix("/v1")
    assert {"Cookie", "Authorization"}.isdisjoint(headers)
    assert (body["model"], body["temperature"], body["stream"]) == ("small", 0, False)
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["candidates"]
    assert json.loads(body["messages"][1]["content"]) == {"message": list(DRAFT), "sentence": HARSH}


def test_without_a_name_the_first_listed_model_that_runs_here_is_taken() -> None:
    with serving(proposing(CALM)) as endpoint:
        found, said = asked(endpoint.url.removesuffix("/v1"), model=None, times=2)
    assert (found, said) == ([{1: [CALM]}] * 2, [])
    assert [path for _, path, _, _ in endpoint.asked] == ["/v1/models"] + ["/v1/chat/completions"] * 2
    assert endpoint.asked[1][3]["model"] == "small"


def test_of_a_long_message_only_what_is_near_is_sent() -> None:
    texts = [f"Sentence {i} " + "x" * 588 for i in range(40)]
    said: list[str] = []
    with serving(proposing(CALM)) as endpoint:
        LocalModel(Rewriter(endpoint.url, "small"), said.append, PATIENT).propose([*texts, "y" * 1001], [20, 40])
    ((_, _, _, body),) = endpoint.asked
    sent = json.loads(body["messages"][1]["content"])
    assert sent["message"] == texts[18:23]
    assert sent["sentence"] == texts[20]
    assert said == []


def test_words_around_the_json_are_overlooked_and_too_much_is_cut_off() -> None:
    content = f"Here you are:\n```json\n{json.dumps({'candidates': ['x' * 401, *map(str, range(9))]})}\n```"
    with serving(lambda handler: handler.answer(saying(content))) as endpoint:
        assert asked(endpoint.url) == ([{1: list("012345")}], [])


def test_it_may_be_asked_where_an_event_loop_is_running() -> None:
    async def notebook(url: str) -> Any:
        return asked(url)

    with serving(proposing(CALM)) as endpoint:
        assert asyncio.run(notebook(endpoint.url)) == ([{1: [CALM]}], [])


# --- badly ------------------------------------------------------------------------------------------------------------

SHAPE = "its answer does not have the shape it was asked for"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"<html>It works!</html>", "its answer is not JSON"),
        (b"", "its answer is not JSON"),
        (b"\xff\xfe\x00", "its answer is not JSON"),
        (b"[" * 9_000, "its answer is not JSON"),
        (b"9" * 9_000, "its answer is not JSON"),
        (b"[]", SHAPE),
        (b"null", SHAPE),
        (b'{"choices": []}', SHAPE),
        (b'{"choices": {"0": 1}}', SHAPE),
        (json.dumps(saying(None)).encode(), SHAPE),
        (json.dumps(saying(["x"])).encode(), SHAPE),
        (json.dumps(saying("I cannot help with that.")).encode(), SHAPE),
        (json.dumps(saying("} {")).encode(), SHAPE),
        (json.dumps(saying('{"candidates": "one"}')).encode(), SHAPE),
        (json.dumps(saying('{"candidates": ["one", 2]}')).encode(), SHAPE),
        (json.dumps(saying('{"candidates": ' + "[" * 9_000 + "}")).encode(), SHAPE),
        (json.dumps(saying('{"other": []}')).encode(), SHAPE),
    ],
)
def test_a_bad_answer_costs_one_line(answer: bytes, reason: str) -> None:
    with serving(lambda handler: handler.body(answer)) as endpoint:
        refused(endpoint.url, reason)
        assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    ("listing", "reason"),
    [
        ({"models": []}, "it does not list its models; name one with --rewriter-model"),
        ({"data": [{"id": "b:cloud"}, {"id": 3}]}, "it lists no model of its own; name one with --rewriter-model"),
    ],
)
def test_a_bad_list_of_models_costs_one_line(listing: Any, reason: str) -> None:
    with serving(lambda handler: handler.answer(listing)) as endpoint:
        refused(endpoint.url, reason, model=None)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda h: h.body(b"{}", "500 Oops \x1b[31m"), "it answers with status 500"),
        (lambda h: h.body(b"{}", "201 Created"), "it answers with status 201"),
        (
            lambda h: h.body(gzip.compress(b"0" * 9_000_000), "200 OK", "Content-Encoding: gzip"),
            "its answer is compressed, which is refused",
        ),
        (lambda h: h.raw(b"SSH-2.0-\x1b[31mevil\r\n\r\n"), "it does not speak HTTP as it should (RemoteProtocolError)"),
        (lambda h: h.raw(b""), "it does not speak HTTP as it should (RemoteProtocolError)"),
        (
            lambda h: h.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
            "it does not speak HTTP as it should (RemoteProtocolError)",
        ),
        (
            lambda h: h.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000),
            "it does not speak HTTP as it should (RemoteProtocolError)",
        ),
    ],
)
def test_a_server_that_fails_costs_one_line_and_none_of_its_words(act: Act, reason: str) -> None:
    with serving(act) as endpoint:
        refused(endpoint.url, reason)
        assert len(endpoint.asked) == 1


def test_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        refused(f"http://127.0.0.1:{free.getsockname()[1]}", "no connection")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    refused("http://127.0.0.1:9", "it needs the extra: pip install 'tone-check[llm]'")


def test_the_library_is_imported_only_when_a_model_is_asked() -> None:
    code = "import sys, tone_check.cli, tone_check.rewrites.local_model; sys.exit('httpx2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- slowly -----------------------------------------------------------------------------------------------------------


def dripping(first: bytes, then: bytes, pause: float = 0.05) -> Act:
    def act(handler: Handler) -> None:
        handler.raw(first)
        for _ in range(400):
            handler.raw(then)
            time.sleep(pause)

    return act


@pytest.mark.parametrize(
    "act",
    [
        dripping(b"", b""),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X-Y: z\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b" "),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 500, pause=0.0001),
    ],
    ids=["silent", "headers", "body", "chunks", "informational"],
)
def test_a_request_ends_when_its_time_is_up_however_it_is_spun_out(act: Act) -> None:
    with serving(act) as endpoint:
        started = time.monotonic()
        refused(endpoint.url, "no answer within 0.6 seconds", limits=QUICK)
        assert time.monotonic() - started < 3


def test_a_name_that_does_not_resolve_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(5))
    started = time.monotonic()
    refused("http://model.test:1", "no answer within 0.6 seconds", limits=QUICK)
    assert time.monotonic() - started < 3


def test_the_requests_of_a_run_have_a_limit_together() -> None:
    def act(handler: Handler) -> None:
        time.sleep(0.8)
        proposing(CALM)(handler)

    said: list[str] = []
    with serving(act) as endpoint:
        local = LocalModel(Rewriter(endpoint.url, "small"), said.append, Limits(request=5, run=1.5))
        found = local.propose([HARSH, HARSH, HARSH], [0, 1, 2])
    assert list(found) == [0]
    assert len(endpoint.asked) == 2
    assert len(said) == 1
    assert "no answer within 0." in said[0]


def test_a_run_whose_time_is_used_up_asks_nothing() -> None:
    with serving(proposing(CALM)) as endpoint:
        refused(endpoint.url, "its 0 seconds for a run are used up", limits=Limits(run=0))
        assert endpoint.asked == []


# --- maliciously: where it goes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Choose"]
)
def test_a_redirect_is_not_followed(status: str) -> None:
    with (
        serving(proposing(CALM)) as trap,
        serving(lambda h: h.body(b"", status, f"Location: {trap.url}/chat/completions")) as endpoint,
    ):
        refused(endpoint.url, "it redirects, which is refused")
        assert trap.asked == []
        assert len(endpoint.asked) == 1


def test_an_endless_body_is_cut_off() -> None:
    sent = []

    def act(handler: Handler) -> None:
        handler.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            handler.raw(b" " * 10_000)
            sent.append(10_000)

    with serving(act) as endpoint:
        refused(endpoint.url, "its answer is larger than 20,000 bytes")
    assert sum(sent) < 20_000_000  # what fits into the buffers of two sockets, not what it would have sent in 20 s


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(proposing("trapped")) as trap, serving(proposing(CALM)) as endpoint:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, trap.url.removesuffix("/v1"))
        assert asked(endpoint.url) == ([{1: [CALM]}], [])
        assert trap.asked == []


ELSEWHERE = "it is not on this machine; --rewriter-anywhere lets your draft be sent there"


@pytest.mark.parametrize("host", ["192.0.2.7", "0.0.0.0", "[2001:db8::1]", "[::]", "3221225991", "169.254.169.254"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    refused(f"http://{host}:9", ELSEWHERE)


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: Sequence[str]) -> list[str]:
    """Let names resolve to the first answer, then to the next; return the names that were looked up."""
    looked_up: list[str] = []
    left = list(answers)

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        looked_up.append(host)
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return looked_up


def test_every_resolved_address_must_be_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["127.0.0.1", "192.0.2.7"])
    with serving(proposing(CALM)) as endpoint:
        refused(endpoint.url.replace("127.0.0.1", "model.test"), ELSEWHERE)
        assert endpoint.asked == []


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(proposing(CALM)) as endpoint:
        looked_up = resolving(monkeypatch, ["127.0.0.1"], ["192.0.2.7"])
        url = endpoint.url.replace("127.0.0.1", "model.test")
        assert asked(url, times=3) == ([{1: [CALM]}] * 3, [])
    assert looked_up == ["model.test"]
    assert {h["Host"] for _, _, h, _ in endpoint.asked} == {url.removeprefix("http://").removesuffix("/v1")}


def test_where_nothing_listens_at_the_first_address_the_next_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(proposing(CALM)) as endpoint:
        resolving(monkeypatch, ["::1", "127.0.0.2", "127.0.0.1"])
        assert asked(endpoint.url.replace("127.0.0.1", "localhost")) == ([{1: [CALM]}], [])


def test_anywhere_is_a_second_word_of_consent() -> None:
    with serving(proposing(CALM), host="0.0.0.0") as endpoint:  # every address of this machine, none of them named
        refused(endpoint.url, ELSEWHERE)
        assert endpoint.asked == []
        assert asked(endpoint.url, anywhere=True) == ([{1: [CALM]}], [])


def test_a_model_that_runs_elsewhere_behind_a_local_address_needs_it_too() -> None:
    with serving(proposing(CALM)) as endpoint:
        reason = "the model runs on another machine (cloud); --rewriter-anywhere permits that"
        refused(endpoint.url, reason, model="gpt-oss:120b-cloud")
        assert endpoint.asked == []
        assert asked(endpoint.url, model="glm:cloud", anywhere=True) == ([{1: [CALM]}], [])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates of this test")
def test_a_certificate_must_be_trusted_and_of_the_name_that_was_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "1",
         "-subj", "/CN=model.test", "-addext", "subjectAltName=DNS:model.test"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    with serving(proposing(CALM), wrap=lambda sock: server.wrap_socket(sock, server_side=True)) as endpoint:
        resolving(monkeypatch, ["127.0.0.1"])
        url = endpoint.url.replace("127.0.0.1", "model.test")
        refused(url, "no connection, or no certificate to be trusted")
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(httpx2, "AsyncClient", functools.partial(httpx2.AsyncClient, verify=trusting))
        assert asked(url) == ([{1: [CALM]}], [])
        refused(url.replace("model", "other"), "no connection, or no certificate to be trusted")


# --- maliciously: what it says ----------------------------------------------------------------------------------------


def suggested(*texts: str) -> list[tuple[str, str]]:
    """Return what is suggested for the draft when an endpoint proposes these texts."""
    said: list[str] = []
    with serving(proposing(*texts)) as endpoint:
        local = LocalModel(Rewriter(endpoint.url, "small"), said.append, Limits())
        found = suggest(StubClassifier(), findings(DRAFT), "normal", local.propose)  # type: ignore[arg-type]
    assert len(endpoint.asked) == 1
    assert said == []
    return [(s.text, s.why) for s in found[1].suggestions]


def test_a_good_candidate_is_suggested_and_only_if_the_option_is_used() -> None:
    assert suggested(CALM) == [(CALM, "proposed by your local model")]
    assert suggest(StubClassifier(), findings(DRAFT), "normal")[1].suggestions == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("candidate", "problem"),
    [
        (CALM.replace("it?", "it\x1b]0;owned\x07?"), "brings in '\\x1b'"),
        (CALM.replace("it?", "it\x1b[31m?"), "brings in '\\x1b'"),
        (CALM.replace("Friday", "Friday\u202e"), "brings in '\\u202e'"),
        (CALM.replace("The", "Th\u0435"), "brings in 'е'"),
        (CALM + " 你是骗子。", "brings in '你'"),
        (CALM + " \U0001f595.", "brings in '\U0001f595'"),
        (CALM + " <b>So.</b>", "brings in '<'"),
        (CALM + " See evil.example.", "makes up 'evil'"),
        (CALM.replace("450", "4500"), "makes up 4500"),
        (CALM.replace("450", "4500"), "loses 450"),
        (CALM.replace("Friday", "Monday"), "makes up mon"),
        (CALM.replace("promised", "promised to Mr Krause"), "makes up Krause"),
        (CALM + " My lawyer will write.", "makes up 'lawyer'"),
        ("The deposit of 450 euros promised by Friday came.", "turns round 'com'"),
        (CALM + " Thank you.", "makes up 'thank'"),
        ("You liars promised me my deposit of 450 euros by Friday; it never came.", "still says 'liars'"),
    ],
)
def test_the_gate_refuses_what_a_hostile_endpoint_proposes(candidate: str, problem: str) -> None:
    assert problem in gate.problems(HARSH, candidate, "plain", licensed=False)
    assert suggested(candidate, CALM) == [(CALM, "proposed by your local model")]


@pytest.mark.parametrize(
    ("candidate", "claims"),
    [
        ("I am sorry that the deposit of 450 euros promised by Friday never came.", ["regret"]),
        (CALM + " Thank you for that.", ["thanks"]),
        (CALM + " I do understand.", ["consent"]),
        (CALM + " I'll wait.", ["promise"]),
        ("Yes, please do that.", ["nothing"]),
        (CALM.replace("never came", "came"), ["turns round 'com'"]),
        (CALM, []),
    ],
)
def test_nothing_is_said_for_the_writer(candidate: str, claims: list[str]) -> None:
    assert gate.claims(HARSH, candidate) == claims
    assert (candidate in [text for text, _ in suggested(candidate)]) == (not claims)


def test_what_the_writer_says_may_be_kept() -> None:
    assert gate.claims("I am sorry but I will not wait, thanks to you clowns.", "I am sorry; I will not wait.") == []


@pytest.mark.parametrize("text", ["\ud800" * 50, "{" * 400, "a, " * 130, "", "   ", "\x00", "Could " * 60 + "?"])
def test_odd_candidates_do_no_harm(text: str) -> None:
    started = time.monotonic()
    assert suggested(text, CALM) == [(CALM, "proposed by your local model")]
    assert time.monotonic() - started < 5


# --- the command ------------------------------------------------------------------------------------------------------

Command = Callable[..., Any]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command here, on a draft, with a classifier that needs no model; settings of its own."""
    from typer.testing import CliRunner

    from tone_check import checker, evidence
    from tone_check.cli import app

    (tmp_path / "config" / "tone-check").mkdir(parents=True)
    (tmp_path / "draft.txt").write_text("\n".join(DRAFT) + "\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(checker, "Classifier", StubClassifier)
    monkeypatch.setattr(evidence, "find", lambda *_: [])
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "draft.txt"])


def offered(result: Any) -> list[str]:
    (message,) = json.loads(result.stdout)["messages"]
    return [s["text"] for sentence in message["sentences"] for s in sentence["suggestions"]]


def test_check_and_fix_use_it_for_the_run_in_which_it_is_named(command: Command) -> None:
    with serving(proposing(CALM)) as endpoint:
        done = command("check", "--format", "json", "--rewriter-url", endpoint.url)
        assert (offered(done), done.stderr, done.exit_code) == ([CALM], "", 1)
        done = command("fix", "--rewriter-url", endpoint.url, "--rewriter-model", "mine")
        assert f"+{CALM}" in done.stdout.splitlines()
        assert [body["model"] for _, _, _, body in endpoint.asked if body] == ["small", "mine"]
        before = len(endpoint.asked)
        assert offered(command("check", "--format", "json")) == []
        assert command("check", "--rewriter-url", endpoint.url, "--no-suggest").exit_code == 1
        assert len(endpoint.asked) == before


def test_a_clean_draft_is_not_sent(command: Command, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text("Dear Ms Ruiz,\nThank you for the kind answer on Friday.\nKind regards,\n")
    with serving(proposing(CALM)) as endpoint:
        done = command("check", "--rewriter-url", endpoint.url)
        assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
        assert endpoint.asked == []


def test_the_users_own_settings_may_name_it_and_a_run_may_do_without(command: Command, tmp_path: Path) -> None:
    with serving(proposing(CALM)) as endpoint:
        (tmp_path / "config/tone-check/config.toml").write_text(f'[rewriter]\nurl = "{endpoint.url}"\nmodel = "mine"')
        assert offered(command("check", "--format", "json")) == [CALM]
        assert [body["model"] for _, _, _, body in endpoint.asked] == ["mine"]
        assert offered(command("check", "--format", "json", "--rewriter-url", "")) == []
        assert len(endpoint.asked) == 1


def test_a_failing_endpoint_costs_one_line_and_the_run_goes_on(command: Command, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("\n".join(DRAFT) + "\n")
    with serving(lambda h: h.body(b"\x1b[2J", "503 \x1b[31mNo")) as endpoint:
        done = command("check", "--format", "json", "--rewriter-url", endpoint.url, "more.txt")
    assert done.exit_code == 1
    line = f"tone-check: the local model at {endpoint.url} is left out: it answers with status 503\n"
    assert done.stderr == line
    assert [m["verdict"] for m in json.loads(done.stdout)["messages"]] == ["flagged", "flagged"]
    assert len(endpoint.asked) == 1


def test_another_machine_needs_the_second_flag(command: Command) -> None:
    with serving(proposing(CALM), host="0.0.0.0") as endpoint:
        done = command("check", "--format", "json", "--rewriter-url", endpoint.url)
        assert (offered(done), endpoint.asked) == ([], [])
        assert "--rewriter-anywhere" in done.stderr
        done = command("check", "--format", "json", "--rewriter-url", endpoint.url, "--rewriter-anywhere")
        assert offered(done) == [CALM]


@pytest.mark.parametrize("name", [".tone-check.toml", "pyproject.toml"])
def test_a_project_file_that_names_one_is_refused_by_name(command: Command, tmp_path: Path, name: str) -> None:
    from tone_check.config import ConfigError

    table = "tool.tone-check.rewriter" if name == "pyproject.toml" else "rewriter"
    with serving(proposing(CALM)) as endpoint:
        (tmp_path / name).write_text(f'[{table}]\nurl = "{endpoint.url}"\n')
        done = command("check")
        assert isinstance(done.exception, ConfigError)
        assert str(done.exception).startswith(f"{tmp_path / name}: 'rewriter' may only be set in your own ")
        assert endpoint.asked == []


def test_no_environment_variable_turns_it_on(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(proposing(CALM)) as endpoint:
        for name in ("REWRITER_URL", "TONE_CHECK_REWRITER_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE", "OLLAMA_HOST"):
            monkeypatch.setenv(name, endpoint.url)
        assert offered(command("check", "--format", "json")) == []
        assert endpoint.asked == []


def test_the_hook_never_asks_it(command: Command, tmp_path: Path) -> None:
    from tone_check import readers
    from tone_check.hook import judging, native_host

    mail = b"Subject: My deposit\n\n" + "\n".join(DRAFT).encode() + b"\n"
    with serving(proposing(CALM)) as endpoint:
        (tmp_path / "config/tone-check/config.toml").write_text(f'[rewriter]\nurl = "{endpoint.url}"\nmodel = "mine"')
        *_, last = judging.judge(mail)
        assert last.report is not None
        assert [f.suggestions for f in last.report.flagged] == [()]
        check = native_host._checker()
        assert [f.suggestions for f in check(readers.read_message(mail, "draft")).flagged] == [()]
        assert endpoint.asked == []
        assert offered(command("check", "--format", "json")) == [CALM]  # the settings do work
        assert len(endpoint.asked) == 1
