"""Where fuzzing begins: the inputs of the tests' own tables, and the words that readers look for."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_HEAD = b"From: leo@mail.example\nTo: ines@recruiting.example\n"
_TYPES = (
    b"Content-Type: text/plain; charset=utf-8\n",
    b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n",
    b"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n",
)
_NESTED = b"""From: leo@mail.example
Subject: =?utf-8?q?Caf=C3=A9?= =?iso-8859-1*en?b?4Q==?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-7

Hi +AGE-nd bye.
--b
Content-Type: text/html
Content-Transfer-Encoding: base64

PHA+SGkgYW5kIGJ5ZS48L3A+
--b--
--a
Content-Type: message/rfc822

Subject: x

I see.
--a
Content-Type: application/pkcs7-mime; smime-type=signed-data

x
--a
Content-Disposition: attachment; filename*=utf-8''a%2eb
Content-Transfer-Encoding: x-uuencode

begin 644 x
#0V%T
`
end
--a--
"""


def _cases() -> list[dict[str, str]]:
    found: list[dict[str, str]] = tomllib.loads((ROOT / "tests/readers/cases.toml").read_text("utf-8"))["case"]
    return found


def _table(test: Callable[..., Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a parametrised test."""
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            for row in mark.args[1]:
                yield row if isinstance(row, tuple) else (row,)


def _texts() -> Iterator[str]:
    from tone_check.readers.phrases import raw

    yield from (case["text"] for case in _cases())
    for language in raw()["attribution"]:
        yield from (f"I see.\n\n{example}\n> You lost.\n" for example in language["examples"])
    for name in ("headers", "mobile", "disclaimer", "stub"):
        yield from (f"I see.\n\nLeo\n\n{example}\n" for example in raw()[name]["examples"])


def _mails() -> Iterator[bytes]:
    yield _NESTED
    for number, case in enumerate(_cases()):
        yield _HEAD + _TYPES[number % len(_TYPES)] + b"\n" + case["text"].encode()
    from tone_check.readers.phrases import raw

    for subject in raw()["subject"]["examples"]:
        yield _HEAD + f"Subject: {subject}\n\nI see.\n".encode()


def _pages() -> Iterator[bytes]:
    from tests.readers.test_work import test_linear

    yield from (case["text"].encode() for case in _cases() if case["kind"] == "html")
    yield from ((row[1] * 3).encode() for row in _table(test_linear) if row[0] == "html")


def _sentences() -> Iterator[bytes]:
    from tests.test_sentences import test_sentences_of_mail

    yield from (row[0].encode() for row in _table(test_sentences_of_mail))
    yield from (case["own"].encode() for case in _cases())


def _messages() -> Iterator[bytes]:
    from tests.hook.test_headers import test_switch

    yield from (row[0] for row in _table(test_switch))
    yield from _mails()


def _harsh() -> Iterator[bytes]:
    from tests.rewrites.test_gate import test_the_gate_stops

    yield from (b"\x00" + row[0].encode() for row in _table(test_the_gate_stops))
    for path in sorted((ROOT / "examples").glob("*.txt")):
        yield from (b"\x01" + line for line in path.read_bytes().splitlines() if line)


def _drafts() -> Iterator[bytes]:
    yield from (path.read_bytes() for path in sorted((ROOT / "examples").glob("*.txt")))
    yield from _sentences()


_SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "mail": _mails,
    "html": _pages,
    "text": lambda: (t.encode() for t in _texts()),
    "markdown": lambda: (t.encode() for t in _texts()),
    "splitter": _sentences,
    "hook": _messages,
    "edits": _harsh,
    "scorer": _drafts,
    "rewriter": _drafts,
}
# Words that a reader acts on, as bytes; what the tables hold already is not repeated.
_SIGNS = tuple(
    word
    for line in (
        "-----BEGIN PGP SIGNED MESSAGE-----|-----END PGP SIGNATURE-----|diff --git a/x b/x|@@ -1,3 +1,3 @@",
        "+++ b/x|--- a/x|-- |```|~~~|>|> > |<!-- |-->|Traceback (most recent call last)|Subject: Re: x",
        "Sent: 16 Oct 2025|On 16 Oct 2025 at 16:03, a@b.example wrote:|X-Tone-Check: off|Mrs.|e.g.|...",
        "Best regards,|Dear Ms Ruiz,|=?utf-8?q?|?=|boundary=a|--a\n|--a--|multipart/alternative|text/html",
        "message/rfc822|format=flowed|delsp=yes|charset=utf-7|charset=utf-16|quoted-printable|base64",
        "x-uuencode|attachment|=\n|\r\n|<blockquote|<td>|<table>|</div>|<p>|<br>|<pre>|<![CDATA[|<hr id=zwchr>",
        "class=gmail_quote|id=divRplyFwdMsg|class=moz-cite-prefix|&nbsp;|&#x0;|&amp|&copyright",
        "style='display:none'|\xef\xbb\xbf|\xe2\x80\xa8|\xf0\x9f\x98\x80|\xff\xfe|\0|+2AA-",
    )
    for word in line.split("|")
)


def seeds(name: str) -> list[bytes]:
    """Return the seeds of a harness, each once."""
    return list(dict.fromkeys(_SEEDS[name]()))


def dictionary() -> str:
    """Return the words in libFuzzer's form."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in w.encode("latin-1")) + '"\n' for w in _SIGNS)
