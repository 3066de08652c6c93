"""``tone-check native-host``: the check for a mail program's add-on (WebExtension native messaging).

Each message is a 32-bit length in the machine's byte order and that much UTF-8
JSON. Asked ``{"id", "subject", "body", "html"}`` it answers ``{"id", "verdict",
"sentences", "advice"}`` (flagged sentences as in the JSON of ``check``) or
``{"id", "error"}``. It ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from tone_check.draft import Draft
    from tone_check.report import Report

Check = Callable[["Draft"], "Report"]

_LENGTH = struct.Struct("=I")
# A draft without its attachments; more is read past and refused.
MOST_IN = 20_000_000
# The mail program ends a host that answers with more than 1 MB.
MOST_OUT = 1_000_000
_MOST_SENTENCES = 50


def main(check: Check | None = None) -> int:
    """Answer until standard input ends; ``check`` is what judges (tests bring their own)."""
    from tone_check.hook.run import leave_current_folder_out

    leave_current_folder_out()
    # Nothing but answers may reach the mail program: whatever a library prints goes to standard error.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers, check)
    return 0


def serve(asked: BinaryIO, answers: BinaryIO, check: Check | None = None) -> None:
    """Answer every message of a stream."""
    while True:
        head = asked.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return
        (length,) = _LENGTH.unpack(head)
        if length > MOST_IN:
            if not _skipped(asked, length):
                return
            _write(answers, {"id": None, "error": "the message is too large"})
            continue
        data = asked.read(length)
        if len(data) < length:
            return
        if check is None:
            check = _checker()
        try:
            _write(answers, _answer(data, check))
        except BrokenPipeError:
            return


def _skipped(asked: BinaryIO, length: int) -> bool:
    while length:
        piece = asked.read(min(length, 1 << 20))
        if not piece:
            return False
        length -= len(piece)
    return True


def _answer(data: bytes, check: Check) -> dict[str, Any]:
    identity = None
    try:
        request = json.loads(data)
        identity = request.get("id") if isinstance(request, dict) else None
        draft = _draft(request)
        if draft is None:
            return {"id": identity, "verdict": "clean", "sentences": [], "advice": []}
        return {"id": identity, **_described(check(draft))}
    except Exception as error:  # the add-on must always get an answer: it decides what happens to the mail
        return {"id": identity, "error": f"{type(error).__name__}: {error}"[:500]}


def _draft(request: Any) -> Draft | None:
    """Return subject and body as a draft; None if nothing is written in them."""
    if not isinstance(request, dict) or not isinstance(request.get("body"), str):
        raise ValueError("not a request: body must be a text")
    subject, body = request.get("subject", ""), request["body"]
    if not isinstance(subject, str):
        raise ValueError("not a request: subject must be a text")
    if not (subject + body).strip():
        return None
    from email.message import EmailMessage

    from tone_check import readers

    # As mail, so that quotes, signatures and the subject are read the way the hook reads them.
    message = EmailMessage()
    message["Subject"] = " ".join(_encodable(subject).split())
    message.set_content(_encodable(body), subtype="html" if request.get("html") is True else "plain", cte="base64")
    return readers.read_message(bytes(message), "draft")


def _encodable(text: str) -> str:
    """Replace unpaired surrogates and NUL, which JSON can carry and mail cannot."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _described(report: Report) -> dict[str, Any]:
    from tone_check.reporters import json as reporter

    whole = reporter.message(report)
    flagged = [s for s in whole["sentences"] if s["flagged"]]
    return {"verdict": whole["verdict"], "sentences": flagged[:_MOST_SENTENCES], "advice": whole["advice"]}


def _write(answers: BinaryIO, answer: dict[str, Any]) -> None:
    data = json.dumps(answer).encode("ascii")
    while len(data) > MOST_OUT and answer.get("sentences"):
        answer["sentences"] = answer["sentences"][: len(answer["sentences"]) // 2]
        data = json.dumps(answer).encode("ascii")
    if len(data) > MOST_OUT:
        data = json.dumps({"id": None, "error": "the answer is too large"}).encode("ascii")
    answers.write(_LENGTH.pack(len(data)) + data)
    answers.flush()


def _checker() -> Check:
    from tone_check import config
    from tone_check.checker import ToneChecker

    try:
        settings = config.load_user()
        # One checker for all messages of a session: loading the model is most of the time.
        return ToneChecker(strictness=settings.strictness, ignore=settings.ignore).check_draft
    except Exception as error:
        reason = str(error)

        def failed(_draft: Draft) -> Report:
            raise RuntimeError(reason)

        return failed
