"""Suggestions taken into files: spans exact to the byte, diffs that ``patch`` applies, mail kept as mail."""

from __future__ import annotations

import base64
import os
import pty
import quopri
import re
import select
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tone_check import ToneChecker, fix
from tone_check.draft import Draft, UnreadableError
from tone_check.report import Finding, Report, Scores, Suggestion

_SCORES = Scores(0.9, 0.1, 1.5, 0.9)


class Stub:
    """A checker that flags the given places of the texts it reads: (slice, what to write instead)."""

    def __init__(self, *flags: tuple[str, str | None]) -> None:
        self.flags = flags

    def check_draft(self, draft: Draft) -> Report:
        found = []
        for part in draft.parts:
            for text, new in self.flags:
                for match in re.finditer(re.escape(text), part.source):
                    kind: Any = "remove" if new == "" else "rewrite"
                    texts = [] if new is None else new.split("|")
                    offers = tuple(Suggestion(t, kind, _SCORES, "calmer") for t in texts)
                    line = part.source.count("\n", 0, match.start()) + 1
                    found.append(
                        Finding(
                            " ".join(text.split()), part.name, match.start(), match.end(),
                            line, 1, _SCORES, ("blame",), ("insult",), (), offers,
                        )
                    )  # fmt: skip
        found.sort(key=lambda f: f.start)
        return Report(draft.source, "flagged" if found else "clean", {}, (), tuple(found))


def fixed(path: Path, *flags: tuple[str, str | None]) -> tuple[bytes, list[str], int]:
    said: list[str] = []
    code = fix.run(path, Stub(*flags), write=True, complain=said.append)  # type: ignore[arg-type]
    return path.read_bytes(), said, code


def test_what_was_changed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    cases: list[tuple[tuple[tuple[str, str | None], ...], str | None]] = [
        ((("Bad.", "Good."), ("Worse.", None)), "1 of 2 flagged sentences changed"),
        ((("Bad.", ""),), "1 of 1 flagged sentence changed"),
        ((), None),
    ]
    for flags, line in cases:
        path.write_text("One. Bad. Worse.\n")
        told: list[str] = []
        fix.run(path, Stub(*flags), write=True, complain=lambda _: None, tell=told.append)  # type: ignore[arg-type]
        assert told == ([] if line is None else [f"{path}: {line}"])


def test_a_diff_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text("One. Bad.\n")
    told: list[str] = []
    fix.run(tmp_path / "draft.txt", Stub(("Bad.", "Good.")), complain=told.append, tell=told.append)  # type: ignore[arg-type]
    assert told == []


def patched(path: Path, checker: Any) -> bytes:
    """Apply the diff with the real program to a copy of the file."""
    opened = fix.open_draft(path)
    report = checker.check_draft(opened.draft)
    bodies = fix.locate(opened, report)
    choices = fix.first_choices(opened, bodies, report.flagged, lambda line: None)
    data = fix.fixed(opened, bodies, choices)
    return by_patch(opened.data, data)


def by_patch(old: bytes, new: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "draft.txt"
        copy.write_bytes(old)
        diff = fix.unified_diff(old, new, b"draft.txt")
        done = subprocess.run(["patch", "-s"], cwd=name, input=diff, capture_output=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr, diff)
        return copy.read_bytes() if copy.exists() else b""


@pytest.mark.parametrize(
    ("before", "flags", "after"),
    [
        ("One. Bad. Two.\n", [("Bad.", "")], "One. Two.\n"),
        ("One. Bad.\nTwo.\n", [("Bad.", "")], "One.\nTwo.\n"),
        ("Bad. Two.\n", [("Bad.", "")], "Two.\n"),
        ("One.\nBad.\nTwo.\n", [("Bad.", "")], "One.\nTwo.\n"),
        ("One.\n\nBad.\n\nTwo.\n", [("Bad.", "")], "One.\n\nTwo.\n"),
        ("One.\n\nBad. Worse.\n\nTwo.\n", [("Bad.", ""), ("Worse.", "")], "One.\n\nTwo.\n"),
        ("One.\n\nBad.\n\nWorse.\n\nTwo.\n", [("Bad.", ""), ("Worse.", "")], "One.\n\nTwo.\n"),
        ("One. Bad.\n\nWorse. Two.\n", [("Bad.", ""), ("Worse.", "")], "One.\n\nTwo.\n"),
        ("One.\n\nBad.\n", [("Bad.", "")], "One.\n"),
        ("One.\n\nBad.", [("Bad.", "")], "One."),
        ("Bad.\n\nOne.\n", [("Bad.", "")], "One.\n"),
        ("One.\n\n- Bad.\n- Worse.\n\nTwo.\n", [("Bad.", ""), ("Worse.", "")], "One.\n\nTwo.\n"),
        ("- Bad\n  one. Two.\n", [("Bad\n  one.", "")], "- Two.\n"),
        ("One. Bad\none. Two.\n", [("Bad\none.", "")], "One.\nTwo.\n"),
        ("Bad.\n", [("Bad.", "")], ""),
        ("One. Bad. Two.\r\n", [("Bad.", "Good & well.")], "One. Good & well. Two.\r\n"),
        ("One. Bad. Two.\n", [("Bad.", None)], "One. Bad. Two.\n"),
        (
            "A first line that is this wide. You never\r\n  ever called me, thanks. More.\r\n",
            [("You never\r\n  ever called me, thanks.", "I have heard nothing from you so far.")],
            "A first line that is this wide. I have\r\n  heard nothing from you so far. More.\r\n",
        ),
    ],
)
def test_what_goes_and_what_stays(
    tmp_path: Path, before: str, flags: Sequence[tuple[str, str | None]], after: str
) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes(before.encode())
    want = patched(path, Stub(*flags)) if before != after else before.encode()
    data, said, code = fixed(path, *flags)
    assert data == after.encode() == want
    assert code == 1
    assert bool(said) == any(new is None for _, new in flags)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("mark", "codec"), [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"", "cp1252"), (b"\xff\xfe", "utf-16-le")]
)
def test_charset_mark_line_ends_mode_and_link_stay(tmp_path: Path, mark: bytes, codec: str, end: str) -> None:
    path, link = tmp_path / "real.txt", tmp_path / "draft.txt"
    text = f"Dear José,{end}{end}One. Bad. Café.{end}Last"
    path.write_bytes(mark + text.encode(codec))
    path.chmod(0o640)
    link.symlink_to("real.txt")
    want = mark + text.replace("Bad.", "Très bien.").encode(codec)
    assert patched(path, Stub(("Bad.", "Très bien."))) == want
    fixed(link, ("Bad.", "Très bien."))
    assert link.is_symlink()
    assert path.read_bytes() == want
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["draft.txt", "real.txt"]


def test_what_the_charset_cannot_hold_is_left_and_named(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes("Café. Bad. Worse.".encode("cp1252"))
    data, said, _ = fixed(path, ("Bad.", "Добро."), ("Worse.", "Better."))
    assert data == "Café. Bad. Better.".encode("cp1252")
    assert len(said) == 1
    assert "cp1252" in said[0]


_FLAG = re.compile(r"Bad\d\.|Out\d\.")
_PIECE = st.sampled_from(
    ["Fine. ", "Bad1. ", "Out2. ", "Bad3.", "Out4.", "é ", "word ", "\t", "- ", "END", "END", "END END"]
)


@given(
    st.lists(_PIECE, max_size=25), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "cp1252"]), st.booleans()
)
def test_outside_the_spans_nothing_changes_and_patch_agrees(
    pieces: list[str], end: str, codec: str, last: bool
) -> None:
    text = "".join(pieces).replace("END", end) + "Kept" + (end if last else "")
    flags = [(found, "" if found.startswith("Out") else "Good.") for found in sorted(set(_FLAG.findall(text)))]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "draft.txt"
        path.write_bytes(text.encode(codec))
        want = patched(path, Stub(*flags))
        data, said, code = fixed(path, *flags)
    assert data == want
    assert (said, code) == ([], 1 if flags else 0)
    plain = _FLAG.sub(lambda m: "" if m.group().startswith("Out") else "Good.", text)
    assert "".join(data.decode(codec).split()) in {"".join(plain.split()), *_without_bullets(plain)}
    if not any(new == "" for _, new in flags):
        assert data.decode(codec) == plain
    assert data.decode(codec).endswith(end) == last


def _without_bullets(text: str) -> set[str]:
    """A bullet may go with the only sentence behind it: how many did is counted elsewhere."""
    joined = "".join(text.split())
    return {joined} if "-" not in joined else {_drop(joined, n) for n in range(1 << min(joined.count("-"), 12))}


def _drop(text: str, which: int) -> str:
    seen = -1
    out = ""
    for char in text:
        if char == "-":
            seen += 1
            if which >> seen & 1:
                continue
        out += char
    return out


@given(st.lists(st.sampled_from([b"a\n", b"b\r\n", b"\n", b"c \n"]), max_size=40), st.data())
def test_any_diff_is_one_that_patch_applies(lines: list[bytes], data: st.DataObject) -> None:
    other = list(lines)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(other)))
        other[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(st.just(b"new\n"), max_size=2))
    for tail in (b"", b"no end"):
        old, new = b"".join(lines) + tail, b"".join(other) + tail
        if old and old != new:
            assert by_patch(old, new) == new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>One. Bad. Two.</p>", "<p>One. Fish &amp; chips. Two.</p>"),
        ("<p>One.</p>\n<p>Out.</p>\n<p>Two.</p>", "<p>One.</p>\n\n<p>Two.</p>"),
        ("<p>One.<br>Out.<br/>Two.</p>", "<p>One.<br>Two.</p>"),
        ("<p>One.<br>Out.</p>", "<p>One.</p>"),
    ],
)
def test_html(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "draft.html"
    path.write_text(f"<html><body>{before}</body></html>")
    data, said, _ = fixed(path, ("Bad.", "Fish & chips."), ("Out.", ""))
    assert (data.decode(), said) == (f"<html><body>{after}</body></html>", [])


def test_a_sentence_with_tags_is_left(tmp_path: Path) -> None:
    path = tmp_path / "draft.html"
    before = b"<html><body><p>One. You <b>never</b> call. Bad.</p></body></html>"
    path.write_bytes(before)
    data, said, code = fixed(path, ("You <b>never</b> call.", "Good."), ("Bad.", "Naïve."))
    assert data == before.replace(b"Bad.", "Naïve.".encode())
    assert (len(said), code) == (1, 1)
    assert "tags" in said[0]


_HEAD = b"From: a@x\r\nTo: b@y\r\nSubject: Follow-up\r\nX-Odd:  kept \r\nMIME-Version: 1.0\r\n"


def mail(body: bytes, coding: str = "7bit", kind: str = 'text/plain; charset="utf-8"', head: bytes = _HEAD) -> bytes:
    return head + f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n".encode() + body


def test_mail_in_7_and_8_bits(tmp_path: Path) -> None:
    path = tmp_path / "draft.eml"
    path.write_bytes(mail(b"Dear B,\r\n\r\nOne. Bad. Worse.\r\n"))
    data, said, _ = fixed(path, ("Bad.", "It’s good."), ("Worse.", "Très bien."))
    assert data == mail(b"Dear B,\r\n\r\nOne. It's good. Worse.\r\n")
    assert "7bit" in said[0]
    path.write_bytes(mail("Café. Bad.\r\n".encode(), "8bit"))
    data, _, _ = fixed(path, ("Bad.", "Très bien."))
    assert data == mail("Café. Très bien.\r\n".encode(), "8bit")


def test_quoted_printable_keeps_the_lines_that_do_not_change(tmp_path: Path) -> None:
    path = tmp_path / "draft.eml"
    odd = b"Needlessly =63oded and softly =\r\nbroken caf=c3=a9.\r\n\r\n"
    path.write_bytes(mail(odd + b"One. Bad. Tw=\r\no.=20\r\nWorse.\r\n" + odd, "quoted-printable"))
    data, said, _ = fixed(path, ("Bad.", "Déjà " * 20 + "vu."), ("Worse.", ""))
    start, rest = mail(odd, "quoted-printable"), odd
    assert said == []
    assert data.startswith(start)
    assert data.endswith(rest)
    middle = data[len(start) : len(data) - len(rest)]
    assert all(len(line) <= 76 for line in middle.split(b"\r\n"))
    assert quopri.decodestring(middle) == ("One. " + "Déjà " * 20 + "vu. Two. \r\n").encode()


def test_base64_and_the_right_part_of_several(tmp_path: Path) -> None:
    path = tmp_path / "draft.eml"
    text = "Dear B, café.\r\n\r\nOne. Bad. " + "More of it. " * 20 + "\r\n"
    coded = base64.encodebytes(text.encode()).replace(b"\n", b"\r\n")
    attachment = (
        b'--b\r\nContent-Type: text/plain; name="x.txt"\r\nContent-Disposition: attachment\r\n\r\nBad.\r\n--b--\r\n'
    )
    head = _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\npreamble Bad.\r\n--b\r\n'
    path.write_bytes(mail(coded, "base64", head=head) + attachment)
    data, said, _ = fixed(path, ("Bad.", "Good."))
    assert said == []
    assert data.startswith(head)
    assert data.endswith(b"\r\n" + attachment)
    body = data[len(mail(b"", "base64", head=head)) : -len(attachment)]
    assert base64.b64decode(body) == text.replace("Bad.", "Good.").encode()
    assert {len(line) for line in body.split(b"\r\n")[:-2]} == {76}


def test_flowed_text_stays_flowed(tmp_path: Path) -> None:
    path = tmp_path / "draft.eml"
    kind = "text/plain; charset=us-ascii; format=flowed"
    path.write_bytes(mail(b"One is fine. \r\nYou never \r\ncall.\r\n\r\nTwo. \r\nOut.\r\n\r\nEnd.\r\n", kind=kind))
    new = "I have not heard from you " * 6
    data, _, _ = fixed(path, ("You never \r\ncall.", new), ("Out.", ""))
    body = data[len(mail(b"", kind=kind)) :].decode()
    assert body.endswith("\r\n\r\nTwo.\r\n\r\nEnd.\r\n")
    lines = body.split("\r\n\r\n")[0].split("\r\n")
    assert all(line.endswith(" ") and len(line) <= 78 for line in lines[:-1])
    assert not lines[-1].endswith(" ")
    assert " ".join("".join(lines).split()) == "One is fine. " + new.strip()


_CMS = bytes.fromhex("06092a864886f70d010701a0220420")
_PGP = b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nBad.\r\n-----BEGIN PGP SIGNATURE-----\r\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (mail(b"--b\r\n\r\nBad.\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n",
              kind='multipart/signed; boundary="b"; protocol="application/pgp-signature"'), "signed"),
        (mail(base64.b64encode(_CMS + b"Content-Type: text/plain\r\n\r\nBad."), "base64",
              "application/pkcs7-mime; smime-type=signed-data"), "is signed"),
        (mail(_PGP), "signed"),
        (mail(base64.b64encode(_PGP), "base64"), "signed"),
        (mail(b"--b\r\n\r\nBad.\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Bad.</p>\r\n--b--\r\n",
              kind='multipart/alternative; boundary="b"'), "twice"),
        (mail(b"begin 644 x\r\n$0F%D+@``\r\n`\r\nend\r\n", "x-uuencode"), "transfer encoding"),
    ],
)  # fmt: skip
def test_mail_that_is_refused_stays_as_it_is(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "draft.eml"
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match=reason):
        fixed(path, ("Bad.", "Good."))
    assert path.read_bytes() == data


def test_the_subject_is_left_by_name_and_boundaries_are_safe(tmp_path: Path) -> None:
    path = tmp_path / "draft.eml"
    path.write_bytes(mail(b"One. Bad.\r\n", head=_HEAD.replace(b"Follow-up", b"Bad.")))
    data, said, _ = fixed(path, ("Bad.", "Good."))
    assert data == mail(b"One. Good.\r\n", head=_HEAD.replace(b"Follow-up", b"Bad."))
    assert "subject" in said[0]
    trap = mail(b"--b\r\n\r\nBad.\r\n--b--\r\n", kind='multipart/mixed; boundary="b"')
    path.write_bytes(trap)
    with pytest.raises(UnreadableError, match="as intended"):
        fixed(path, ("Bad.", "--b"))
    assert path.read_bytes() == trap


def test_no_file_no_terminal_nothing_flagged(tmp_path: Path) -> None:
    said: list[str] = []
    path = tmp_path / "draft.txt"
    with pytest.raises(UnreadableError, match="no such file"):
        fixed(path)
    path.write_text("One.\n")
    assert fixed(path) == (b"One.\n", [], 0)
    assert fix.run(path, Stub(), interactive=True, complain=said.append) == 2  # type: ignore[arg-type]
    assert "terminal" in said[0]
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UnreadableError, match="regular file"):
        fixed(tmp_path / "pipe.txt")


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text("Bad.\n")
    opened = fix.open_draft(path)
    path.write_text("Something else.\n")
    with pytest.raises(UnreadableError, match="meanwhile"):
        fix.replace_file(opened, b"Good.\n")
    assert [p.name for p in tmp_path.iterdir()] == ["draft.txt"]
    assert path.read_text() == "Something else.\n"


def test_the_shipped_model_on_the_example(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    checker = ToneChecker(threads=1)
    path = tmp_path / "draft.txt"
    path.write_bytes((ROOT / "examples/hostile.txt").read_bytes())
    assert fix.run(path, checker, complain=lambda line: None) == 1
    diff = capfdbinary.readouterr().out
    copy = tmp_path / "copy.txt"
    copy.write_bytes(path.read_bytes())
    subprocess.run(["patch", "-s", "copy.txt"], cwd=tmp_path, input=diff, check=True)
    assert fix.run(path, checker, write=True, complain=lambda line: None) == 1
    assert path.read_bytes() == copy.read_bytes()
    text = path.read_text()
    assert "\n\n\n" not in text
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith("Dear Ms Halloran,\n")
    assert text.endswith("\nRegards,\nNadia Brandt\n")


_PERSON = """
import sys
from pathlib import Path
from tests.test_fix import Stub
from tone_check import fix
flags = [("Bad.", "Good.|Better."), ("Worse.", "Fine."), ("Worst.", "Calm.")]
raise SystemExit(fix.run(Path(sys.argv[1]), Stub(*flags), interactive=True, complain=print))
"""


def at_terminal(path: Path, keys: bytes, editor: str = "false") -> tuple[int, str]:
    """Run the questions on a terminal of their own and type the keys; return exit code and screen."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", _PERSON, str(path)], stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT,
        start_new_session=True, env={**os.environ, "EDITOR": editor},
    )  # fmt: skip
    os.close(theirs)
    screen = b""
    typed = False
    while select.select([ours], [], [], 60)[0]:
        try:
            seen = os.read(ours, 65536)
        except OSError:
            break
        if not seen:
            break
        screen += seen
        if not typed and b"a accept" in screen:
            typed = True
            os.write(ours, keys)
    os.close(ours)
    return child.wait(30), screen.decode()


@pytest.mark.parametrize(
    ("keys", "after"),
    [
        (b"asr", "Hi.\nOne. Good.\nTwo. Worse.\nEnd.\n"),
        (b"naaa", "Hi.\nOne. Better.\nTwo. Fine. Calm.\nEnd.\n"),
        (b"ausaq", "Hi.\nOne. Bad.\nTwo. Fine. Worst.\nEnd.\n"),
        (b"q", "Hi.\nOne. Bad.\nTwo. Worse. Worst.\nEnd.\n"),
        (b"\x1b[A\x1b[Beq", "Hi.\nOne. Mine.\nTwo. Worse. Worst.\nEnd.\n"),
    ],
)
def test_one_by_one_on_a_terminal(tmp_path: Path, keys: bytes, after: str) -> None:
    path = tmp_path / "draft.txt"
    path.write_text("Hi.\nOne. Bad.\nTwo. Worse. Worst.\nEnd.\n")
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "Mine." > "$1"\n')
    editor.chmod(0o755)
    code, screen = at_terminal(path, keys, str(editor))
    assert (code, path.read_text()) == (1, after), screen
    for shown in ("Hi.", "> Bad.", "Two. Worse. Worst.", "blame, insult", "* Good.", "1 of 3"):
        assert shown in screen


def test_the_context_shows_what_was_chosen_so_far(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text("Hi.\nOne. Bad.\nTwo. Worse. Worst.\nEnd.\n")
    _, screen = at_terminal(path, b"ara")
    lines = [
        [line.strip() for line in part.split("why:")[0].splitlines() if line.strip()]
        for part in screen.split(" of 3)")[1:]
    ]
    assert lines == [
        ["Hi.", "One.", "> Bad.", "Two. Worse. Worst."],
        ["One. Good.", "Two.", "> Worse.", "Worst.", "End."],
        ["One. Good.", "Two.", "> Worst.", "End."],
    ]
