"""An endpoint on loopback that behaves as a test tells it to, and a classifier that needs no model."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from tone_check.classifier import Judged, JudgedMessage
from tone_check.report import ITEMS, Scores
from tone_check.rewrites import gists

Act = Callable[["Handler"], None]


@dataclass
class Endpoint:
    """Where it listens and what it was asked: method, path, headers, body."""

    url: str
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Notes the request, then does what the test wants."""

    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        content = json.loads(body) if body else None
        server: Any = self.server
        server.endpoint.asked.append((self.command, self.path, dict(self.headers.items()), content))
        self.close_connection = True
        with suppress(OSError):
            server.act(self)

    do_GET = do_POST = handle_any  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def answer(self, value: Any) -> None:
        self.body(json.dumps(value).encode())

    def body(self, data: bytes, status: str = "200 OK", *headers: str) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", *headers]
        self.raw("\r\n".join(head).encode() + b"\r\n\r\n" + data)


@contextmanager
def serving(act: Act, host: str = "127.0.0.1", wrap: Callable[[Any], Any] | None = None) -> Iterator[Endpoint]:
    """Serve until the test is done."""
    server: Any = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.act = act
    server.handle_error = lambda *_: None
    if wrap is not None:
        server.socket = wrap(server.socket)
    server.endpoint = Endpoint(f"http{'s' if wrap else ''}://{host}:{server.server_address[1]}/v1")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.endpoint
    finally:
        server.shutdown()
        server.server_close()


def saying(content: Any) -> Any:
    """Return the answer of a chat whose message is ``content``."""
    return {"choices": [{"message": {"role": "assistant", "content": content}}]}


def proposing(*texts: str) -> Act:
    """Return an endpoint that lists a model and proposes the same texts for every sentence."""

    def act(handler: Handler) -> None:
        listing = {"data": [{"id": "large:cloud"}, {"id": "small"}]}
        handler.answer(listing if handler.path.endswith("/models") else saying(json.dumps({"candidates": texts})))

    return act


# --- a classifier without a model -------------------------------------------------------------------------------------

CALM, BAD = Scores(0.01, 0.01, 4.5, 0.02), Scores(0.95, 0.9, 1.5, 0.97)
HARSH = ("clowns", "liars")


class _Encoder:
    def encode(self, messages: Sequence[Sequence[str]]) -> list[Any]:
        return [np.array([[float(any(h in t for h in HARSH)), 1.0] for t in m]).reshape(-1, 2) for m in messages]


class _Heads:
    gist_weights = np.zeros((2, len(gists.load())))

    def scene(self, rows: Any) -> int:
        return 0

    def content(self, rows: Any) -> Any:
        return np.tile([0.0, 1.0], (len(rows), 1))

    def match(self, rows: Any, others: Any) -> Any:
        return np.ones((len(rows), 2))

    def gists(self, rows: Any) -> Any:
        return np.zeros((len(rows), len(gists.load())))


class StubClassifier:
    """Flags the sentences that hold one of the words of ``HARSH``."""

    version = "stub"
    thresholds = {"gentle": 0.9, "normal": 0.8, "strict": 0.4}  # noqa: RUF012
    folder = Path("/nonexistent")

    def __init__(self, folder: Path | None = None, threads: int = 0) -> None:
        self.encoder, self.heads = _Encoder(), _Heads()

    def judge(self, messages: Sequence[Sequence[str]], strictness: str = "normal") -> list[JudgedMessage]:
        return [self.judge_vectors(v, strictness) for v in self.encoder.encode(messages)]

    def judge_vectors(self, vectors: Any, strictness: str = "normal") -> JudgedMessage:
        found = tuple(Judged(BAD, ("blame",), ("insult",)) if v[0] else Judged(CALM, (), ()) for v in vectors)
        return JudgedMessage(found, dict.fromkeys(ITEMS))
