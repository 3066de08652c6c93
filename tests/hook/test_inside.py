"""The hook's parts in this process, with exact outcomes: what a child process does no mutation test can see."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from tone_check.draft import Draft, UnreadableError
from tone_check.hook import headers, judging, options, resend, run, wording
from tone_check.readers import read_message
from tone_check.report import ITEMS, Advice, Evidence, Finding, Label, Report, Scores, Suggestion, Verdict
from tone_check.sentences import split
from tone_check.span import Span

CALM = Scores(0.0, 0.0, 5.0, 0.0)
MAIL = b"To: Ines <INES@firm.example>, leo@mail.example\nCc: x\nSubject: a\n b\n\nDear Ines,\n\nYou lied. I wait.\n"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "tone-check" / "refused"


# --- the command line -------------------------------------------------------------------------------------------------


def test_everything_after_the_dashes_is_the_command() -> None:
    found = options.parse(
        ["--policy", "warn", "--timeout", "2.5", "--no-resend", "--", "send", "--policy", "ask", "--"]
    )
    assert found == options.Options(("send", "--policy", "ask", "--"), policy="warn", timeout=2.5, resend=False)
    assert options.parse(["--", "send"]) == options.Options(("send",))
    assert options.parse(["--on-error", "refuse", "--", "send"]) == options.Options(("send",), on_error="refuse")
    assert options.parse(["--install", "git", "--write"]) == options.Options((), install="git", write=True)
    assert options.parse(["--install", "git", "--uninstall"]) == options.Options((), install="git", uninstall=True)
    # The shortest timeout is not a second, the longest an hour to the second.
    assert [options.parse(["--timeout", t, "--", "send"]).timeout for t in ("0.5", "3600")] == [0.5, 3600.0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what sends the mail: tone-check hook -- /usr/sbin/sendmail -oi ..."),
        (["--", ""], "say what sends the mail: tone-check hook -- /usr/sbin/sendmail -oi ..."),
        (["send"], "unknown argument 'send'; the command to send with stands after --"),
        (["--polic", "warn", "--", "send"], "unknown argument '--polic'"),
        (["--timeout", "0", "--", "send"], "argument --timeout: invalid _seconds value: '0'"),
        (["--timeout", "nan", "--", "send"], "argument --timeout: invalid _seconds value: 'nan'"),
        (["--timeout", "inf", "--", "send"], "argument --timeout: invalid _seconds value: 'inf'"),
        (["--timeout", "3601", "--", "send"], "argument --timeout: invalid _seconds value: '3601'"),
        (["--write", "--", "send"], "--write and --uninstall belong to --install CLIENT"),
        (["--uninstall", "--", "send"], "--write and --uninstall belong to --install CLIENT"),
    ],
)
def test_misuse_is_said(arguments: list[str], said: str) -> None:
    with pytest.raises(options.MisuseError) as error:
        options.parse(arguments)
    assert str(error.value) == said


@pytest.mark.parametrize(("option", "chosen"), [("--policy", "perhaps"), ("--on-error", "ask")])
def test_a_choice_that_is_none_is_said(option: str, chosen: str) -> None:
    with pytest.raises(options.MisuseError, match=f"^argument {option}: invalid choice: '{chosen}' "):
        options.parse([option, chosen, "--", "send"])


def test_the_command_line_goes_before_the_settings_and_they_before_the_defaults() -> None:
    bare = options.Options(("send",))
    assert options.settled(bare, None) == options.Rules("refuse", "send", 5.0, True)
    table = {"policy": "ask", "on-error": "refuse", "timeout": 3600, "resend": False}
    assert options.settled(bare, table) == options.Rules("ask", "refuse", 3600.0, False)
    assert options.settled(bare, {"timeout": 0.5}).timeout == 0.5
    said = options.Options(("send",), policy="warn", on_error="send", timeout=1.0, resend=True)
    assert options.settled(said, table) == options.Rules("warn", "send", 1.0, True)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"policy": "perhaps"}, "[hook] policy must be one of refuse, warn, ask"),
        ({"on-error": "ask"}, "[hook] on-error must be one of send, refuse"),
        ({"timeout": True}, "[hook] timeout must be a number of seconds"),
        ({"timeout": 0}, "[hook] timeout must be a number of seconds"),
        ({"timeout": 3601}, "[hook] timeout must be a number of seconds"),
        ({"timeout": "5"}, "[hook] timeout must be a number of seconds"),
        ({"resend": 1}, "[hook] resend must be true or false"),
        ({"sendmail": "x"}, "[hook] has no setting 'sendmail'; known: policy, on-error, timeout, resend"),
    ],
)
def test_a_settings_table_that_cannot_be_meant_is_said(table: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match="hook") as error:
        options.settled(options.Options(("send",)), table)
    assert str(error.value) == said


# --- the header block -------------------------------------------------------------------------------------------------


def test_fields_are_named_and_placed() -> None:
    assert list(headers.fields(MAIL))[2] == headers.Field(b"subject", b" a\n b\n", 53, 67)
    assert headers.body_start(MAIL) == 67
    assert list(headers.fields(b"From me\nA :b")) == [headers.Field(b"a", b"b", 8, 12)]
    assert list(headers.fields(b">From me\nA :b")) == [headers.Field(b"a", b"b", 9, 13)]
    # A mailbox writes its line in one way only, and it ends nothing but itself.
    assert [list(headers.fields(s + b" me\nA: b")) for s in (b"from", b"FROM", b">from", b">FROM", b"XXFrom")] == [
        []
    ] * 5
    assert headers.body_start(b"no header") == 0
    # A line that goes on may be the last of all, and a field may hold nothing.
    assert list(headers.fields(b"A: b\n c")) == [headers.Field(b"a", b" b\n c", 0, 7)]
    assert list(headers.fields(b"A:")) == [headers.Field(b"a", b"", 0, 2)]


# --- sending again ----------------------------------------------------------------------------------------------------


def test_a_message_is_known_by_text_subject_and_recipients() -> None:
    def name(
        data: bytes = MAIL, command: tuple[str, ...] = ("send", "--", "you@example.org"), own: str | None = "x"
    ) -> str:
        return resend.fingerprint(data, command, own)

    assert name() == name(MAIL.replace(b" b", b"\tb").replace(b"INES", b"ines"))
    assert name() == name(b"Message-ID: <1@x>\nDate: now\n" + MAIL)
    assert name() == name(command=("send", "-oi", "--", "YOU@example.org"))
    assert name() == name(command=("send", "you@example.org"))
    for other in (
        name(own="y"),
        name(MAIL.replace(b"Subject: a", b"Subject: c")),
        name(MAIL.replace(b"leo@", b"lea@")),
        name(MAIL.replace(b"To:", b"X-To:")),
        name(command=("send", "--", "me@example.org")),
        name(command=("send", "--", "root")),
    ):
        assert other != name()
    assert name(MAIL.replace(b"Cc: x", b"Bcc: b@x.example")) != name()
    # Without a text of the writer's own the body counts, its boundaries left out.
    assert name(own=None) != name(MAIL + b"more", own=None)
    parts = b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n\nx\n--%s--\n'
    assert name(parts % (b"a1", b"a1", b"a1"), own=None) == name(parts % (b"b2", b"b2", b"b2"), own=None)


def test_the_name_of_a_message_is_a_digest_of_what_stays() -> None:
    def digest(*pieces: bytes) -> str:
        return hashlib.sha256(b"".join(len(p).to_bytes(8, "big") + p for p in pieces)).hexdigest()

    own = "Für Sie."
    assert resend.fingerprint(MAIL, ("send", "me@x", "--", "Root", "b@x"), own) == digest(
        own.encode(), b"a b", b"b@x", b"ines@firm.example", b"leo@mail.example", b"me@x", b"root"
    )
    # No subject, no recipient; of the command line what follows the dashes, and what looks like an address.
    assert resend.fingerprint(b"\nx", ("send@here", "-oi"), "") == digest(b"", b"")
    assert resend.fingerprint(b"\nx", ("send", "-oi", "--", "x"), "") == digest(b"", b"", b"x")
    # The smallest address there is; a lone sign is none, wherever it stands.
    assert resend.fingerprint(b"To: a@b, @c, d@\n\nx", ("send",), "") == digest(b"", b"", b"a@b")
    # A boundary in quotes may hold spaces and semicolons.
    parts = b'A: b; boundary=zz; BOUNDARY = "y; y"\n\n--zz\n\nx y\n--y; y\n--zz--\n'
    assert resend.fingerprint(parts, ("send",), None) == digest(b"\n--\n\nx y\n--\n----\n", b"")


def test_a_mark_bears_our_clock_and_the_old_ones_go(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1e9)
    resend.remember("a")
    assert (state / "a").stat().st_mtime == 1e9
    monkeypatch.setattr(time, "time", lambda: 1e9 + 600)
    resend.remember("b")
    assert sorted(p.name for p in state.iterdir()) == ["a", "b"]
    monkeypatch.setattr(time, "time", lambda: 1e9 + 601)
    resend.remember("c")
    assert sorted(p.name for p in state.iterdir()) == ["b", "c"]


def test_no_mark_is_written_through_a_link(state: Path) -> None:
    resend.remember("a")
    (state / "b").symlink_to(state / "a")
    os.utime(state / "a", (1.0, 1.0))
    with pytest.raises(OSError, match="symbolic link"):
        resend.remember("b")
    assert (state / "a").stat().st_mtime == 1.0


def test_sending_again_passes_from_three_seconds_to_ten_minutes(state: Path) -> None:
    now = time.time()
    assert not resend.may_pass("mark", now)
    resend.remember("mark")
    shown = (state / "mark").stat().st_mtime
    assert now - 1 <= shown <= time.time() + 1
    assert (state / "mark").stat().st_mode & 0o777 == 0o600
    assert [resend.may_pass("mark", shown + late) for late in (2.9, 3.0, 600.0, 600.1)] == [False, True, True, False]
    os.utime(state / "mark", (1.0, 1.0))
    resend.remember("mark")  # every refusal renews it
    assert (state / "mark").stat().st_mtime >= shown
    resend.forget("mark")
    assert not resend.may_pass("mark", shown + 10)
    resend.forget("mark")  # not there: no matter


# --- what the person reads --------------------------------------------------------------------------------------------


def test_a_refusal_in_full() -> None:
    finding = Finding(
        "You lied.", "subject", 0, 9, 1, 1, CALM, ("blame", "resentment"), ("insult", "venting"),
        (Evidence(4, 8, "lied", "blame", 0.5, Span(4, 8)), Evidence(0, 3, "You", "blame", 0.1, Span(0, 3))),
        (Suggestion("I am waiting.", "rewrite", CALM, "calm"), Suggestion("I wait.", "rewrite", CALM, "calm"),
         Suggestion("", "remove", CALM, "it only hurts")),
    )  # fmt: skip
    plain = Finding("No.", "1", 0, 3, 7, 1, CALM, ("blame",), ())
    clean = Finding("Hi.", "1", 0, 3, 2, 1, CALM, (), ())
    report = Report(
        "x", "flagged", dict.fromkeys(ITEMS), (Advice("thanks", "Say thank you."),), (finding, clean, plain)
    )
    body = wording.findings(report)
    assert body == (
        "subject: blame, resentment (insult, venting)\n"
        "    “You lied.”\n"
        "    because of “lied”, “You”\n"
        "    write: I am waiting.\n"
        "       or: I wait.\n"
        "    remove it (it only hurts)\n"
        "\n"
        "line 7: blame\n"
        "    “No.”\n"
        "\n"
        "Before you send it:\n"
        "- Say thank you."
    )
    assert wording.refusal("2 sentences could hurt", body, True, "/r", "/d") == (
        "tone-check: not sent: 2 sentences could hurt. Nothing has left; your draft is with your mail program.\n"
        "tone-check: To send it as it is, send it again (after 3 seconds, within 10 minutes), or add the header "
        "“X-Tone-Check: off”.\n"
        "tone-check: report: /r\n"
        "tone-check: revised draft: /d\n"
        f"\n{body}\n"
    )
    assert wording.refusal("why", "", False, None, None) == (
        "tone-check: not sent: why. Nothing has left; your draft is with your mail program.\n"
        "tone-check: To send it as it is, add the header “X-Tone-Check: off”.\n"
    )
    assert [wording.counted(n) for n in (1, 2)] == ["one sentence", "2 sentences"]


def test_a_report_file_in_full() -> None:
    assert wording.report_file("why", "a\x1bb", "now", "body", resend=False, sent=False) == (
        "tone-check did not send this message: why.\n\nSubject: a\N{REPLACEMENT CHARACTER}b\nWhen:    now\n\nbody\n\n"
        "Nothing has left; your draft is with your mail program.\n"
        "To send it as it is, add the header “X-Tone-Check: off”.\n"
    )
    assert wording.report_file("why", "a", "now", "", resend=True, sent=False).endswith(
        "\n\nNothing has left; your draft is with your mail program.\n"
        "To send it as it is, send it again (after 3 seconds, within 10 minutes), or add the header "
        "“X-Tone-Check: off”.\n"
    )
    assert wording.report_file("why", "a", "now", "", resend=True, sent=True) == (
        "tone-check let this message go, with a warning: why.\n\nSubject: a\nWhen:    now\n"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b" =?utf-8?q?caf=C3=A9?=\n =?utf-8?q?_now?= ", "café now"),
        ("café".encode(), "café"),
        ("café".encode("cp1252"), "café"),
        (b"=?\x82?q??= x", "x"),
        (b"=?nonsense?b?eA==?=", "x"),
        (b"", ""),
    ],
)
def test_any_subject_can_be_shown(value: bytes, shown: str) -> None:
    assert run._decoded(value) == shown


# --- the revised draft ------------------------------------------------------------------------------------------------


def test_the_first_suggestions_are_put_in_and_the_rest_stays() -> None:
    draft = read_message(MAIL, "x")
    better = Suggestion("You had said so.", "rewrite", CALM, "calm")
    gone = Suggestion("", "remove", CALM, "only hurts")

    def revised(*given: tuple[Suggestion, ...], labels: bool = True) -> str | None:
        findings = [
            Finding(s.text, None, 0, 1, 1, 1, CALM, ("blame",) if g and labels else (), (), (), g)
            for s, g in zip(split(draft), given, strict=False)
        ]
        return judging.revised(draft, findings)

    assert revised((), (), (better, gone), ()) == "Subject: a b\n\nDear Ines,\n\nYou had said so. I wait.\n"
    assert revised((), (), (gone,), ()) == "Subject: a b\n\nDear Ines,\n\nI wait.\n"
    assert revised((better,), (), (), (gone,)) == "Subject: You had said so.\n\nDear Ines,\n\nYou lied. \n"
    assert revised((), (), (), ()) is None
    assert revised((), (), (better,), (), labels=False) is None
    assert revised((better,), ()) is None  # findings of another draft
    assert revised((better,), (), (), (), labels=False) is None


def test_what_is_flagged_and_has_a_suggestion_is_replaced_and_nothing_else() -> None:
    draft = read_message(b"Subject: X\n\nOne is here.  Two is here. Three is here.\n", "x")
    found = split(draft)
    better = (Suggestion("2.", "rewrite", CALM, ""),)

    def finding(number: int, labels: tuple[Label, ...], given: tuple[Suggestion, ...]) -> Finding:
        return Finding(found[number].text, None, 0, 1, 1, 1, CALM, labels, (), (), given)

    findings = [finding(0, (), ()), finding(1, ("blame",), ()), finding(2, (), better), finding(3, ("blame",), better)]
    assert judging.revised(draft, findings) == "Subject: X\n\nOne is here.  Two is here. 2.\n"
    gone = (Suggestion("", "remove", CALM, ""),)
    findings = [finding(0, (), ()), finding(1, ("blame",), gone), finding(2, (), ()), finding(3, ("blame",), gone)]
    assert judging.revised(draft, findings) == "Subject: X\n\nTwo is here. \n"
    # The draft may end with what goes, and a letter at an end is no line end.
    draft = read_message(b"\nX is here. Go now.", "x")
    found = split(draft)
    assert judging.revised(draft, [finding(0, (), ()), finding(1, ("blame",), gone)]) == "X is here. \n"


# --- the judge --------------------------------------------------------------------------------------------------------


class StandIn:
    """A checker without a model: it notes what it was told and flags what mentions a lie."""

    classifier = object()
    told: ClassVar[list[dict[str, object]]] = []

    def __init__(self, model: object, **told: object) -> None:
        assert model == "the model"
        self.told.append(told)

    def check_draft(self, draft: Draft) -> Report:
        return report_on(draft)


def report_on(draft: Draft) -> Report:
    each = [Finding(s.text, None, 0, 1, 1, 1, CALM, ("blame",) if "lied" in s.text else (), ()) for s in split(draft)]
    verdict: Verdict = "flagged" if any(f.flagged for f in each) else "clean"
    return Report(draft.source, verdict, dict.fromkeys(ITEMS), (), tuple(each))


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, object]]]:
    """Give what the checker was made with; the settings are empty, no framework is left out for the tests to come."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("tone_check.checker.ToneChecker", StandIn)
    monkeypatch.setattr("tone_check.loading.begin", lambda: lambda: "the model")
    StandIn.told.clear()
    before = {name: sys.modules.get(name) for name in ("torch", "tensorflow", "mxnet", "cupy")}
    yield StandIn.told
    for name, module in before.items():
        if module is None:
            sys.modules.pop(name, None)


def write_settings(folder: Path, text: str) -> None:
    (folder / "tone-check").mkdir()
    (folder / "tone-check/config.toml").write_text(text)


def test_what_is_flagged_is_told_at_once_and_its_rewrites_later(
    told: list[dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_settings(tmp_path, 'strictness = "strict"\nignore = ["a phrase"]\n')
    asked: list[object] = []

    def suggest(classifier: object, findings: Sequence[Finding], strictness: str) -> list[Finding]:
        assert "torch" in sys.modules  # present or not: thinc will not import it
        asked.append((classifier, tuple(findings), strictness))
        better = (Suggestion("I had hoped to hear.", "rewrite", CALM, "calm"),)
        return [replace(f, suggestions=better) if f.flagged else f for f in findings]

    monkeypatch.setattr("tone_check.rewrites.suggest", suggest)
    first, second, third = judging.judge(MAIL)
    draft = read_message(MAIL, "message")
    own = "a b\nDear Ines,\n\nYou lied. I wait.\n"
    report = report_on(draft)
    assert report.source == "message"
    assert [f.flagged for f in report.sentences] == [False, False, True, False]
    assert first == judging.Opinion(own, None, None)
    assert second == judging.Opinion(own, report, None)
    assert told == [{"strictness": "strict", "ignore": ("a phrase",), "suggest": False}]
    assert asked == [(StandIn.classifier, report.sentences, "strict")]
    findings = suggest(None, report.sentences, "")
    assert third == judging.Opinion(
        own, replace(report, sentences=tuple(findings)), "Subject: a b\n\nDear Ines,\n\nI had hoped to hear. I wait.\n"
    )


def test_what_is_clean_is_told_and_no_rewrite_looked_for(told: list[dict[str, object]]) -> None:
    data = b"\nDear Ines,\n\n> You lied.\n\nI wait.\n"
    report = report_on(read_message(data, "message"))
    own = "Dear Ines,\n\n\nI wait.\n"
    assert list(judging.judge(data)) == [judging.Opinion(own), judging.Opinion(own, report)]
    assert report.verdict == "clean"
    assert told == [{"strictness": "normal", "ignore": (), "suggest": False}]


def test_settings_that_cannot_be_read_are_the_defaults(told: list[dict[str, object]], tmp_path: Path) -> None:
    write_settings(tmp_path, "strictness = 1\n")
    assert len(list(judging.judge(b"\nI wait.\n"))) == 2
    assert told == [{"strictness": "normal", "ignore": (), "suggest": False}]


@pytest.mark.parametrize(
    "data", [b"Content-Type: application/pdf\n\nabc\n", b"\n> You lied.\n"], ids=["no text part", "nothing own"]
)
def test_nothing_to_judge_is_clean_without_a_model(told: list[dict[str, object]], data: bytes) -> None:
    report = Report("message", "clean", dict.fromkeys(ITEMS), (), ())
    assert list(judging.judge(data)) == [judging.Opinion(""), judging.Opinion("", report)]
    assert told == []


def test_what_cannot_be_read_is_the_callers_to_tell() -> None:
    with pytest.raises(UnreadableError, match=r"^message: is empty$"):
        next(judging.judge(b""))


def test_what_is_long_is_wrapped_below_where_it_began_and_no_word_is_broken() -> None:
    address = "https://mail.example/" + "a-b-" * 20
    long = "one-two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen-sixteen " + address
    finding = Finding(long, None, 0, 1, 1, 1, CALM, ("blame",), (), (), (Suggestion(long, "rewrite", CALM, ""),))
    advice = (Advice("thanks", long), Advice("rhythm", "Wait."))
    said = wording.findings(Report("x", "flagged", dict.fromkeys(ITEMS), advice, (finding,)))
    assert said.split("\n") == [
        "line 1: blame",
        "    “one-two three four five six seven eight nine ten eleven twelve thirteen",
        "    fourteen fifteen-sixteen",
        f"    {address}”",
        "    write: one-two three four five six seven eight nine ten eleven twelve",
        "           thirteen fourteen fifteen-sixteen",
        f"           {address}",
        "",
        "Before you send it:",
        "- one-two three four five six seven eight nine ten eleven twelve thirteen",
        "  fourteen fifteen-sixteen",
        f"  {address}",
        "- Wait.",
    ]
