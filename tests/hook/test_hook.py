"""The hook as a process: what arrives, what it answers, what it leaves behind."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hook.conftest import HERE, SENDMAIL, Post, make_post
from tests.hook.stub import STING

CLEAN = b"From: me@example.org\nTo: you@example.org\nSubject: Hello\n\nThank you for your time.\n"
HOSTILE = b"From: me@example.org\nTo: you@example.org\nSubject: Hello\n\n" + STING.encode() + b"\nRegards\n"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Post:
    return make_post(tmp_path_factory.mktemp("post"))


@pytest.fixture(autouse=True)
def _empty(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "shared" in request.fixturenames:
        for file in request.getfixturevalue("shared").outbox.iterdir():
            file.unlink()


# --- the same bytes -----------------------------------------------------------------------------------------------


_PIECES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([b"\r", b"\n", b"\r\n", b"\0", b"\n\n", b".\n", b"From ", b"Subject: x\n", b"\xff\xfe", b": "]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_PIECES, max_size=12).map(b"".join))
def test_arbitrary_bytes_arrive(shared: Post, data: bytes) -> None:
    for file in shared.outbox.iterdir():
        file.unlink()
    done = shared.hook(data)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert shared.sent == [data]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n", id="a line end"),
        pytest.param(b"no header at all", id="no header"),
        pytest.param(CLEAN[:-1], id="no final newline"),
        pytest.param(CLEAN.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(CLEAN.replace(b"\n", b"\r"), id="lone CR"),
        pytest.param(CLEAN + b"\0\xff\xfe\x80" * 100, id="8-bit and NUL"),
        pytest.param(CLEAN + os.urandom(30_000_000), id="30 MB"),
        pytest.param(CLEAN + b"x" * 5_000_000, id="one endless line"),
        pytest.param(
            b"Content-Type: multipart/signed; protocol=application/pgp-signature; boundary=b\nSubject: s\n\n"
            b"--b\nContent-Type: text/plain\n\nThanks  \n- \r\n--b\nContent-Type: application/pgp-signature\n\n"
            b"-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n--b--\n",
            id="signed",
        ),
        pytest.param(
            b"Content-Type: multipart/encrypted; protocol=application/pgp-encrypted; boundary=b\n\n"
            b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n\n-----BEGIN PGP MESSAGE-----\n--b--",
            id="encrypted",
        ),
    ],
)
def test_bytes_arrive(post: Post, data: bytes) -> None:
    done = post.hook(data)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert post.sent == [data]


def test_arguments_arrive(post: Post) -> None:
    args = ("", "a b", "--", "'\"$HOME`", "--policy", "\n", b"\xff\xe9", "-f", "ünï@example.org")
    assert post.hook(CLEAN, args=args).returncode == 0
    (found,) = post.outbox.glob("*.args")
    assert found.read_bytes().split(b"\0") == [os.fsencode(a) for a in args]


# --- sendmail's own answer ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 1, 64, 65, 75, 126, 127, 255])
def test_exit_code_and_output_are_sendmails(post: Post, code: int) -> None:
    done = post.hook(CLEAN, env={"SENDMAIL_STUB": f"exit{code}"})
    assert (done.returncode, done.stdout, done.stderr) == (code, b"to stdout\n", b"to stderr\n")


def test_death_by_signal_is_sendmails(post: Post) -> None:
    done = post.hook(CLEAN, command=("sh", "-c", "kill -TERM $$"), args=())
    assert done.returncode == -signal.SIGTERM


@pytest.mark.parametrize("command", [("/nonexistent/sendmail",), ("no-such-sendmail",), ("/",), ("/etc/passwd",)])
def test_missing_sendmail(post: Post, command: tuple[str, ...]) -> None:
    done = post.hook(CLEAN, command=command)
    assert done.returncode == 69
    assert b"cannot be started" in done.stderr
    assert command[0].encode() in done.stderr


def test_script_without_interpreter_line(post: Post) -> None:
    script = post.home / "send"
    script.write_text('cat > "$OUTBOX/script.eml"; exit 5\n')
    script.chmod(0o755)
    assert post.hook(CLEAN, command=(str(script),)).returncode == 5
    assert post.sent == [CLEAN]


def test_sendmail_that_does_not_read(post: Post) -> None:
    big = CLEAN + b"x" * 1_000_000
    assert post.hook(big, env={"SENDMAIL_STUB": "early"}).returncode == 0
    done = post.hook(big, env={"SENDMAIL_STUB": "first"})
    assert (done.returncode, done.stdout) == (3, big[:10])


def test_signals_reach_a_hanging_sendmail(post: Post) -> None:
    line = [sys.executable, str(HERE / "stub.py"), "--", *SENDMAIL]
    with subprocess.Popen(line, stdin=subprocess.PIPE, env={**post.env, "SENDMAIL_STUB": "hang"}) as process:
        assert process.stdin is not None
        process.stdin.write(CLEAN)
        process.stdin.close()
        end = time.monotonic() + 30
        while not (post.outbox / "started").exists() and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM


def test_sendmail_gets_the_usual_signal_dispositions(post: Post) -> None:
    done = post.hook(CLEAN, command=("grep", "SigIgn", "/proc/self/status"), args=())
    ignored = int(done.stdout.split()[1], 16)
    assert not ignored & (1 << (signal.SIGPIPE - 1))
    assert not ignored & (1 << (signal.SIGXFSZ - 1))


def test_closed_standard_streams(post: Post) -> None:
    target = post.outbox / "closed.eml"
    script = f'"$@" >&- 2>&- <"{post.home}/in"'
    (post.home / "in").write_bytes(HOSTILE)
    line = ["sh", "-c", script, "sh", sys.executable, str(HERE / "stub.py"), "--", "tee", str(target)]
    assert subprocess.run(line, env=post.env, check=False).returncode == 65
    assert not target.exists()
    (post.home / "in").write_bytes(CLEAN)
    subprocess.run(line, env=post.env, check=False)
    assert target.read_bytes() == CLEAN


# --- refusing -----------------------------------------------------------------------------------------------------


def test_refused(post: Post) -> None:
    done = post.hook(HOSTILE)
    assert done.returncode == 65
    assert done.stdout == b""
    assert post.sent == []
    said = done.stderr.decode()
    assert "not sent" in said
    assert STING in said
    assert "Could you look at my portfolio?" in said
    (report,) = post.reports
    assert str(report) in said
    text = report.read_text()
    assert STING in text
    assert "Subject: Hello" in text
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert stat.S_IMODE(post.state.stat().st_mode) == 0o700
    assert (post.state / "reports" / "latest.txt").read_text() == text
    (draft,) = post.reports[0].parent.glob("*.draft.txt")
    assert draft.read_text() == "Could you look at my portfolio?\nRegards\n"
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert str(draft) in text


def test_permissions_do_not_depend_on_the_umask(post: Post) -> None:
    line = ["sh", "-c", 'umask 0; exec "$@"', "sh", sys.executable, str(HERE / "stub.py"), "--", *SENDMAIL]
    assert subprocess.run(line, input=HOSTILE, env=post.env, capture_output=True, check=False).returncode == 65
    assert stat.S_IMODE(post.reports[0].stat().st_mode) == 0o600
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o700 for p in (post.state, post.state / "reports"))


def test_old_reports_are_pruned(post: Post) -> None:
    folder = post.state / "reports"
    folder.mkdir(parents=True, mode=0o700)
    for number in range(120):
        (folder / f"2020-{number}.txt").write_text("old")
    ancient = folder / "ancient.txt"
    ancient.write_text("older")
    os.utime(ancient, (0, 0))
    assert post.hook(HOSTILE).returncode == 65
    assert not ancient.exists()
    assert len(list(folder.iterdir())) < 100
    assert STING in (folder / "latest.txt").read_text()


def test_a_planted_link_is_not_followed(post: Post) -> None:
    victim = post.home / "victim"
    victim.write_text("precious")
    folder = post.state / "reports"
    folder.mkdir(parents=True)
    (folder / "latest.txt").symlink_to(victim)
    assert post.hook(HOSTILE).returncode == 65
    assert victim.read_text() == "precious"
    assert STING in (folder / "latest.txt").read_text()


def test_escape_sequences_do_not_reach_the_terminal(post: Post) -> None:
    data = HOSTILE.replace(b"Hello", b"=?utf-8?q?Hel=1B[31mlo?=")
    done = post.hook(data)
    assert b"\x1b" not in done.stderr
    assert b"\x1b" not in post.reports[0].read_bytes()
    assert b"Subject: Hel" in post.reports[0].read_bytes()


def test_warn_sends(post: Post) -> None:
    done = post.hook(HOSTILE, "--policy", "warn")
    assert done.returncode == 0
    assert post.sent == [HOSTILE]
    assert STING.encode() in done.stderr
    assert "let this message go" in post.reports[0].read_text()


def test_ask_without_a_terminal_refuses(post: Post) -> None:
    line = [sys.executable, str(HERE / "stub.py"), "--policy", "ask", "--", *SENDMAIL]
    done = subprocess.run(
        line, input=HOSTILE, env=post.env, capture_output=True, check=False, start_new_session=True, timeout=60
    )
    assert done.returncode == 65
    assert post.sent == []


def test_not_english_is_passed_on(post: Post) -> None:
    done = post.hook(CLEAN, env={"HOOK_STUB": "foreign"})
    assert done.returncode == 0
    assert post.sent == [CLEAN]
    assert b"not judged" in done.stderr


# --- send again to send -------------------------------------------------------------------------------------------


def test_sending_again_sends(post: Post) -> None:
    assert post.hook(HOSTILE).returncode == 65
    assert post.hook(HOSTILE).returncode == 65, "a client's own quick retry"
    post.age_marks(3.1)
    renewed = b"Date: now\nMessage-ID: <2@x>\n" + HOSTILE.replace(b"\nRegards", b"\n\n Regards  ")
    done = post.hook(renewed)
    assert (done.returncode, done.stderr) == (0, b"")
    assert post.sent == [renewed]


def test_retries_in_a_row_do_not_pass(post: Post) -> None:
    assert post.hook(HOSTILE).returncode == 65
    post.age_marks(0.5)
    assert post.hook(HOSTILE).returncode == 65
    post.age_marks(0.5)
    assert post.hook(HOSTILE).returncode == 65


def test_three_seconds_by_the_clock(post: Post) -> None:
    assert post.hook(HOSTILE).returncode == 65
    time.sleep(3.05)
    assert post.hook(HOSTILE).returncode == 0


@pytest.mark.parametrize("age", [601.0, 1e6, -30.0])
def test_too_late_or_from_the_future(post: Post, age: float) -> None:
    assert post.hook(HOSTILE).returncode == 65
    post.age_marks(age)
    assert post.hook(HOSTILE).returncode == 65


@pytest.mark.parametrize(
    ("old", "new"), [(b"Regards", b"Bye"), (b"Hello", b"Other"), (b"you@example.org", b"boss@example.org")]
)
def test_another_message_is_not_the_same(post: Post, old: bytes, new: bytes) -> None:
    assert post.hook(HOSTILE).returncode == 65
    post.age_marks(60)
    assert post.hook(HOSTILE.replace(old, new)).returncode == 65


def test_other_recipients_on_the_command_line_are_not_the_same(post: Post) -> None:
    assert post.hook(HOSTILE).returncode == 65
    post.age_marks(60)
    assert post.hook(HOSTILE, args=("--", "everybody")).returncode == 65
    assert post.hook(HOSTILE, args=("-oi", "-f", "me@example.org", "--", "you@example.org")).returncode == 0


def test_no_resend(post: Post) -> None:
    done = post.hook(HOSTILE, "--no-resend")
    assert done.returncode == 65
    assert b"again" not in done.stderr
    assert not (post.state / "refused").exists()
    assert post.hook(HOSTILE).returncode == 65
    post.age_marks(60)
    assert post.hook(HOSTILE, "--no-resend").returncode == 65


# --- the switch ---------------------------------------------------------------------------------------------------


def test_switch_lets_pass_and_is_removed(post: Post) -> None:
    done = post.hook(b"X-Tone-Check: off\n" + HOSTILE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert post.sent == [HOSTILE]


@pytest.mark.parametrize("act", ["raise", "killed", "slow"])
def test_switch_is_removed_when_the_checker_fails(post: Post, act: str) -> None:
    done = post.hook(
        b"X-Tone-Check:\n\toff\n" + HOSTILE, "--timeout", "0.3", "--on-error", "refuse", env={"HOOK_STUB": act}
    )
    assert done.returncode == 0
    assert post.sent == [HOSTILE]


def test_switch_in_the_body_is_text(post: Post) -> None:
    assert post.hook(HOSTILE + b"X-Tone-Check: off\n\nX-Tone-Check: off\n").returncode == 65


# --- the checker fails --------------------------------------------------------------------------------------------


FAILURES = {
    "raise": b"ValueError: odd",
    "unreadable": b"message: cannot be read",
    "memory": b"Error",
    "killed": b"SIGKILL",
    "crash": b"SIGSEGV",
    "exit": b"exit code 7",
}


@pytest.mark.parametrize("act", FAILURES)
def test_failing_checker(post: Post, act: str) -> None:
    done = post.hook(HOSTILE, env={"HOOK_STUB": act})
    assert done.returncode == 0
    assert post.sent == [HOSTILE]
    assert b"sent unchecked" in done.stderr
    assert FAILURES[act] in done.stderr
    assert b"\x1b" not in done.stderr
    done = post.hook(HOSTILE, "--on-error", "refuse", env={"HOOK_STUB": act})
    assert done.returncode == 65
    assert len(post.sent) == 1
    assert FAILURES[act] in done.stderr
    assert len(post.reports) == 1
    assert not list(post.home.glob("core*"))


@pytest.mark.parametrize("act", ["slow", "stubborn"])
def test_hanging_checker(post: Post, act: str) -> None:
    began = time.monotonic()
    done = post.hook(HOSTILE, "--timeout", "0.5", env={"HOOK_STUB": act})
    assert time.monotonic() - began < 30
    assert done.returncode == 0
    assert b"longer than 0.5 seconds" in done.stderr
    assert post.sent == [HOSTILE]
    assert post.hook(HOSTILE, "--timeout", "0.5", "--on-error", "refuse", env={"HOOK_STUB": act}).returncode == 65
    assert len(post.sent) == 1


def test_refused_for_an_error_can_be_sent_again(post: Post) -> None:
    data = b'Content-Type: multipart/mixed; boundary="abc"\n' + CLEAN + b"--abc\n\nhello\n--abc--\n"
    options = ("--on-error", "refuse")
    assert post.hook(data, *options, env={"HOOK_STUB": "raise"}).returncode == 65
    post.age_marks(10)
    renewed = data.replace(b"abc", b"xyz")
    assert post.hook(renewed, *options, env={"HOOK_STUB": "raise"}).returncode == 0
    assert post.sent == [renewed]


def test_report_without_suggestions_rather_than_none(post: Post) -> None:
    done = post.hook(HOSTILE, "--timeout", "1", env={"HOOK_STUB": "slow-rewrites"})
    assert done.returncode == 65
    assert STING.encode() in done.stderr
    assert b"Could you look" not in done.stderr
    assert not list((post.state / "reports").glob("*.draft.txt"))


def test_checker_does_not_talk_over_sendmail(post: Post) -> None:
    done = post.hook(CLEAN, env={"HOOK_STUB": "babble"})
    assert (done.stdout, done.stderr) == (b"", b"")


def test_no_checker_is_left_behind(post: Post) -> None:
    done = post.hook(
        CLEAN, "--timeout", "0.3", command=("sh", "-c", "cat >/dev/null; ps -o pid= --ppid $$; true"), args=(),
        env={"HOOK_STUB": "slow"},
    )  # fmt: skip
    assert len(done.stdout.split()) <= 1, "ps itself"


def test_state_folder_that_cannot_be_made(post: Post) -> None:
    (post.home / "state").write_text("a file")
    done = post.hook(HOSTILE)
    assert done.returncode == 65
    assert STING.encode() in done.stderr
    assert b"report cannot be written" in done.stderr
    assert b"send it again" not in done.stderr
    assert post.hook(CLEAN).returncode == 0


def test_full_disk(post: Post) -> None:
    # A file size limit of nothing is what a full disk is like: files can be made but not filled.
    line = [sys.executable, str(HERE / "stub.py"), "--", *SENDMAIL]

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = subprocess.run(line, input=HOSTILE, env=post.env, capture_output=True, check=False, preexec_fn=no_room)
    assert done.returncode == 65
    assert b"report cannot be written" in done.stderr
    assert post.reports == []


# --- settings and misuse ------------------------------------------------------------------------------------------


def test_users_settings(post: Post) -> None:
    post.settings.parent.mkdir(parents=True)
    post.settings.write_text('[hook]\npolicy = "warn"\n')
    assert post.hook(HOSTILE).returncode == 0
    assert post.hook(HOSTILE, "--policy", "refuse").returncode == 65
    post.settings.write_text('[hook]\non-error = "refuse"\ntimeout = 0.3\nresend = false\n')
    assert post.hook(CLEAN, env={"HOOK_STUB": "slow"}).returncode == 65


@pytest.mark.parametrize(
    "text", ["[hook", '[hook]\npolicy = "never"', "[hook]\ntimeout = -1", "[hook]\nnonsense = 1", "hook = 1", "x = 1"]
)
def test_broken_settings_are_said_and_left_aside(post: Post, text: str) -> None:
    post.settings.parent.mkdir(parents=True)
    post.settings.write_text(text)
    done = post.hook(CLEAN)
    assert done.returncode == 0
    assert post.sent == [CLEAN]
    assert b"the defaults hold" in done.stderr
    assert post.hook(HOSTILE).returncode == 65


def test_hostile_current_folder_changes_nothing(post: Post) -> None:
    checkout = post.home / "checkout"
    checkout.mkdir()
    trap = f"open({str(post.home / 'sprung')!r}, 'w').close()\n"
    for name in ("json.py", "numpy.py", "select.py", "tomllib.py", "hashlib.py", "email.py", "sitecustomize.py"):
        (checkout / name).write_text(trap)
    (checkout / ".tone-check.toml").write_text('strictness = "gentle"\nignore = ["portfolio"]\n')
    (checkout / "pyproject.toml").write_text('[tool.tone-check]\nignore = ["portfolio"]\n[tool.tone-check.hook]\n')
    (checkout / "config.toml").write_text('[hook]\npolicy = "warn"\n')
    (checkout / "model").mkdir()
    assert post.hook(HOSTILE, cwd=checkout, env={"PYTHONPATH": ""}).returncode == 65
    assert post.hook(CLEAN, cwd=checkout).returncode == 0
    assert not (post.home / "sprung").exists()


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["--"],
        ["--", ""],
        ["/usr/sbin/sendmail"],
        ["--policy", "never", "--", "true"],
        ["--on-error", "x", "--", "true"],
        ["--timeout", "0", "--", "true"],
        ["--timeout", "nan", "--", "true"],
        ["--timeout", "soon", "--", "true"],
        ["--pol", "ask", "--", "true"],
        ["--write", "--", "true"],
        ["--bogus", "--", "true"],
    ],
)
def test_misuse(post: Post, line: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "stub.py"), *line], input=CLEAN, env=post.env, capture_output=True, check=False
    )
    assert done.returncode == 64
    assert b"usage:" in done.stderr
    assert b"Traceback" not in done.stderr


def test_parallel_sends(post: Post) -> None:
    line = [sys.executable, str(HERE / "stub.py"), "--", *SENDMAIL]
    messages = [(CLEAN if n % 2 else HOSTILE) + b"%d\n" % n for n in range(12)]
    running = []
    for data in messages:
        process = subprocess.Popen(line, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=post.env)
        assert process.stdin is not None
        process.stdin.write(data)
        process.stdin.close()
        running.append(process)
    codes = [p.wait(60) for p in running]
    assert codes == [0 if n % 2 else 65 for n in range(12)]
    assert sorted(post.sent) == sorted(messages[1::2])
    assert len(post.reports) == 6


def test_clean_message_writes_nothing(post: Post) -> None:
    assert post.hook(CLEAN).returncode == 0
    assert not post.state.exists()


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_nothing_of_the_current_folder_is_opened(post: Post) -> None:
    trace = post.home / "trace"
    line = ["strace", "-f", "-e", "trace=openat", "-o", str(trace), sys.executable, str(HERE / "stub.py"), "--"]
    subprocess.run([*line, *SENDMAIL], input=CLEAN, env=post.env, cwd=post.home, check=False)
    relative = re.findall(r'openat\(AT_FDCWD, "([^/"][^"]*)"', trace.read_text())
    assert relative == []
