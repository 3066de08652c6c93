"""The hook's parts in this process, with exact outcomes: what a child process does no mutation test can see."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tone_check.hook import headers, judging, options, resend, run, wording
from tone_check.readers import read_message
from tone_check.report import ITEMS, Advice, Evidence, Finding, Report, Scores, Suggestion
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
    assert options.parse(["--install", "git", "--write"]) == options.Options((), install="git", write=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what sends the mail"),
        (["--", ""], "say what sends the mail"),
        (["send"], "unknown argument 'send'; the command to send with stands after --"),
        (["--polic", "warn", "--", "send"], "unknown argument '--polic'"),
        (["--policy", "perhaps", "--", "send"], "invalid choice: 'perhaps'"),
        (["--timeout", "0", "--", "send"], "invalid _seconds value: '0'"),
        (["--timeout", "nan", "--", "send"], "invalid _seconds value: 'nan'"),
        (["--timeout", "3601", "--", "send"], "invalid _seconds value: '3601'"),
        (["--write", "--", "send"], "--write and --uninstall belong to --install CLIENT"),
        (["--uninstall", "--", "send"], "--write and --uninstall belong to --install CLIENT"),
    ],
)
def test_misuse_is_said(arguments: list[str], said: str) -> None:
    with pytest.raises(options.MisuseError) as error:
        options.parse(arguments)
    assert said in str(error.value)
    assert str(error.value).endswith("after --") == ("after --" in said)


def test_the_command_line_goes_before_the_settings_and_they_before_the_defaults() -> None:
    bare = options.Options(("send",))
    assert options.settled(bare, None) == options.Rules("refuse", "send", 5.0, True)
    table = {"policy": "ask", "on-error": "refuse", "timeout": 3600, "resend": False}
    assert options.settled(bare, table) == options.Rules("ask", "refuse", 3600.0, False)
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
    assert headers.body_start(b"no header") == 0


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
