"""The second process: judges the message where a hang, a crash or an empty memory cannot cost the mail.

A fork, not a fresh interpreter: the first process has imported next to nothing
and has one thread, so the copy is safe and starts in a millisecond. The copy
reports in JSON lines over a pipe; it is killed as soon as nothing more is wanted.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    from tone_check.hook.judging import Judge

# A report is a few kilobytes; more than this is a checker gone wild.
_MOST = 20_000_000


class CheckFailedError(Exception):
    """There is no verdict; the message is the reason, part of a line for the user."""


class Answer(NamedTuple):
    """What the second process says.

    ``own`` identifies the writer's own text; ``verdict`` is empty until there is
    one; ``findings`` is what the person reads about it.
    """

    own: str
    verdict: str = ""
    flagged: int = 0
    findings: str = ""
    revised: str | None = None


def answers(judge: Judge, data: bytes, seconds: float) -> Generator[Answer, None, None]:
    """Yield what the second process says, as it says it; closing the generator ends it.

    Raises:
        CheckFailedError: it failed, died, or did not finish in time.
    """
    deadline = time.monotonic() + seconds
    try:
        receiving, sending = os.pipe()
        child = os.fork()
    except (OSError, MemoryError) as error:
        raise CheckFailedError(f"the checker could not be started: {error}") from None
    if child == 0:
        os.close(receiving)
        _judge_and_exit(judge, data, sending, seconds)
    os.close(sending)
    dead = False
    try:
        finished = yield from _received(receiving, deadline, seconds)
        if not finished:
            dead = True
            raise CheckFailedError(_death(child))
    finally:
        os.close(receiving)
        if not dead:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _received(receiving: int, deadline: float, seconds: float) -> Generator[Answer, None, bool]:
    """Yield answers until the second process says that was all (true) or goes without a word (false)."""
    import json
    import select

    poll = select.poll()
    poll.register(receiving, select.POLLIN)
    waiting = b""
    total = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise CheckFailedError(f"it took longer than {seconds:g} seconds")
        chunk = os.read(receiving, 65536)
        total += len(chunk)
        if total > _MOST:
            raise CheckFailedError("the checker went wild")
        if not chunk:
            return False
        *lines, waiting = (waiting + chunk).split(b"\n")
        for line in lines:
            try:
                said = json.loads(line)
                answer = None if "error" in said or "end" in said else Answer(**said)
            except (ValueError, TypeError):
                raise CheckFailedError("the checker went wild") from None
            if answer is not None:
                yield answer
            elif "error" in said:
                raise CheckFailedError(str(said["error"]))
            else:
                return True


def _death(child: int) -> str:
    """Reap the second process, which has closed its end, and say how it died."""
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        return f"the checker was killed ({name})"
    return f"the checker ended with exit code {os.waitstatus_to_exitcode(status)}"


def _judge_and_exit(judge: Judge, data: bytes, sending: int, seconds: float) -> NoReturn:
    """Be the second process: judge, report, and leave without any clean-up of the first one's."""
    try:
        _confine(seconds)
        import hashlib

        from tone_check.hook import wording

        for opinion in judge(data):
            own = hashlib.sha256(" ".join(opinion.own.split()).encode("utf-8", "replace")).hexdigest()
            said: dict[str, Any] = {"own": own}
            if opinion.report is not None:
                report = opinion.report
                said["verdict"] = report.verdict
                if report.verdict == "flagged":
                    said["flagged"] = len(report.flagged)
                    said["findings"] = wording.findings(report)
                    said["revised"] = opinion.revised
            _say(sending, said)
        _say(sending, {"end": True})
    except BaseException as error:
        with contextlib.suppress(BaseException):
            _say(sending, {"error": _reason(error)})
    finally:
        os._exit(0)


def _say(sending: int, said: dict[str, Any]) -> None:
    import json

    line = json.dumps(said).encode("ascii") + b"\n"
    while line:
        line = line[os.write(sending, line) :]


def _reason(error: BaseException) -> str:
    from tone_check.errors import known_errors

    if isinstance(error, known_errors()):
        return str(error)
    return f"{type(error).__name__}: {error}"[:500]


def _confine(seconds: float) -> None:
    """Keep the second process from outliving, outgrowing or talking over the first."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # Should the first process be gone, the kernel ends this one; no Python code needs to run for that.
    signal.setitimer(signal.ITIMER_REAL, seconds + 1.0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would leave the mail in the current folder
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
        file.write("1000")  # if memory runs out, this process goes first
