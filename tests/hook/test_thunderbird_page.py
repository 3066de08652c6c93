"""The add-on's dialog in a real browser, the rest of the add-on behind it: what is shown, clicked, pressed and done.

``mail_program.js`` stands for Thunderbird; the add-on's own files run as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hook.browser import ENTER, ESCAPE, TAB, Browser, browser
from tests.hook.clients import needs
from tests.hook.conftest import HERE
from tests.hook.test_thunderbird import ADDON

pytestmark = [pytest.mark.slow, needs("chromium", "chromedriver")]

EVIL = "</li><script>document.title='PWNED'</script><img src=x onerror=\"document.title='PWNED'\"> &amp; <!-- \u202e"
PLAIN = "Dear Ms Halloran,\n\nYou clearly never\nopened my portfolio.\nYou people wasted my time.\nNadia\n"
DETAILS = {"isPlainText": True, "plainTextBody": PLAIN, "body": "", "subject": "The role"}


def sentence(
    text: str, new: str | None, kind: str = "rewrite", why: str = "asks instead of accusing"
) -> dict[str, Any]:
    suggestions = [] if new is None else [{"text": new, "kind": kind, "why": why}]
    return {"text": text, "part": "1", "labels": ["resentment", "blame"], "suggestions": suggestions}


ANSWER: dict[str, Any] = {
    "id": 1,
    "verdict": "flagged",
    "sentences": [
        sentence("You clearly never opened my portfolio.", "Could you look at my portfolio?"),
        sentence("You people wasted my time.", "", "remove", "it only hurts"),
    ],
}


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def _sending(window: Browser, answer: Any = ANSWER, details: Any = DETAILS, start: str = "send();") -> None:
    """Press "Send" in the stand-in for Thunderbird and load the dialog's page."""
    own = "\n".join((ADDON / name).read_text() for name in ("decide.js", "background.js"))
    constants = f"const ANSWER = {json.dumps(answer)}, DETAILS = {json.dumps(details)};\n"
    program = (HERE / "mail_program.js").read_text()
    window.open(ADDON / "dialog.html", f"{constants}{program}\n(() => {{{own}\n}})();\n{start}")


def _shown(window: Browser) -> list[list[str]]:
    window.wait_for("return document.querySelectorAll('#sentences li').length")
    found: list[list[str]] = window.run(
        "return [...document.querySelectorAll('#sentences li')].map((i) => [...i.children].map((c) => c.innerText))"
    )
    return found


def _outcome(window: Browser) -> dict[str, Any]:
    window.wait_for("return seen.outcome !== null")
    seen: dict[str, Any] = window.run("return seen")
    assert seen["removed"] == [7], "the dialog is closed, once"
    assert seen["warnings"] == []
    assert window.complaints() == []
    return seen


def test_what_is_shown(window: Browser) -> None:
    _sending(window)
    assert _shown(window) == [
        [
            "\u201cYou clearly never opened my portfolio.\u201d",
            "resentment, blame",
            "Could you look at my portfolio?\nasks instead of accusing",
        ],
        ["\u201cYou people wasted my time.\u201d", "resentment, blame", "Remove it.\nit only hurts"],
    ]
    seen = window.run("return seen")
    assert seen["asked"] == [["tone_check", {"id": 1, "subject": "The role", "body": PLAIN, "html": False}]]
    assert seen["created"] == {"type": "popup", "url": "dialog.html", "width": 640, "height": 520}
    assert seen["outcome"] is None, "the message waits"
    assert window.run("return document.activeElement.id") == "back"
    assert window.run("return document.title") == "Before you send it"
    buttons = window.run(
        "return [...document.querySelectorAll('button')].map((b) => [b.innerText, b.checkVisibility()])"
    )
    assert buttons == [["Go back", True], ["Take the rewrites into the draft", True], ["Send anyway", True]]


def test_go_back(window: Browser) -> None:
    _sending(window)
    _shown(window)
    window.click("#back")
    seen = _outcome(window)
    assert (seen["outcome"], seen["replaced"]) == ({"cancel": True}, [])


def test_send_anyway(window: Browser) -> None:
    _sending(window)
    _shown(window)
    window.click("#send")
    seen = _outcome(window)
    assert (seen["outcome"], seen["replaced"]) == ({}, [])


def test_take_the_rewrites(window: Browser) -> None:
    _sending(window)
    _shown(window)
    window.click("#rewrite")
    seen = _outcome(window)
    assert seen["outcome"] == {"cancel": True}, "the person reads it again and sends it"
    body = "Dear Ms Halloran,\n\nCould you look at my portfolio?\n\nNadia\n"
    assert seen["replaced"] == [[3, {"plainTextBody": body, "subject": "The role"}]]


def test_rewrites_go_into_html_as_text(window: Browser) -> None:
    body = "<html><body><p>You clearly never<br>opened my&nbsp;portfolio.</p></body></html>"
    answer = {**ANSWER, "sentences": [sentence("You clearly never opened my portfolio.", EVIL)]}
    _sending(window, answer, {"isPlainText": False, "body": body, "plainTextBody": "", "subject": ""})
    _shown(window)
    window.click("#rewrite")
    (replaced,) = _outcome(window)["replaced"]
    text = window.run(
        f"return new DOMParser().parseFromString({json.dumps(replaced[1]['body'])}, 'text/html').body.innerText"
    )
    assert text == EVIL
    assert "<script" not in replaced[1]["body"]


@pytest.mark.parametrize(
    ("keys", "outcome", "drafts"),
    [
        ((ENTER,), {"cancel": True}, 0),
        ((ESCAPE,), {"cancel": True}, 0),
        ((TAB, ENTER), {"cancel": True}, 1),
        ((TAB, TAB, ENTER), {}, 0),
    ],
    ids=["enter", "escape", "tab", "tab-tab"],
)
def test_from_the_keyboard(window: Browser, keys: tuple[str, ...], outcome: dict[str, bool], drafts: int) -> None:
    _sending(window)
    _shown(window)
    window.keys(*keys)
    seen = _outcome(window)
    assert (seen["outcome"], len(seen["replaced"])) == (outcome, drafts)


def test_a_closed_window_goes_back(window: Browser) -> None:
    _sending(window)
    _shown(window)
    window.run("messenger.windows.remove(7)")
    assert _outcome(window)["outcome"] == {"cancel": True}


def test_mail_is_text_only(window: Browser) -> None:
    """What somebody wrote into a mail, or a model into a suggestion, does nothing and is all there to read."""
    evil = {**sentence(EVIL, EVIL, why=EVIL), "labels": [EVIL]}
    harmless = {**sentence("a", "b", why="c"), "labels": ["d"]}
    elements = "return [...document.querySelectorAll('*')].map((e) => [e.tagName, ...e.getAttributeNames()].join(' '))"
    _sending(window, {**ANSWER, "sentences": [harmless]})
    _shown(window)
    expected = window.run(elements)
    window.click("#back")
    _outcome(window)
    _sending(window, {**ANSWER, "sentences": [evil]})
    _shown(window)
    assert window.run(elements) == expected
    texts = window.run("return [...document.querySelectorAll('#sentences div')].map((d) => d.firstChild.textContent)")
    note = "Please change this one yourself: its place in the draft is not plain."
    assert texts == [f"\u201c{EVIL}\u201d", EVIL, EVIL, EVIL, note]
    assert window.run("return document.title") == "Before you send it"
    window.click("#back")
    assert _outcome(window)["outcome"] == {"cancel": True}


def test_only_what_can_be_taken_is_offered(window: Browser) -> None:
    """Nothing to suggest, or a sentence that stands twice in the draft: no button promises what would not happen."""
    twice = {**DETAILS, "plainTextBody": PLAIN + PLAIN}
    _sending(
        window, {**ANSWER, "sentences": [sentence("You people wasted my time.", None), ANSWER["sentences"][0]]}, twice
    )
    first, second = _shown(window)
    assert len(first) == 2
    assert second[2].endswith("Please change this one yourself: its place in the draft is not plain.")
    assert window.run("return document.getElementById('rewrite').checkVisibility()") is False
    window.keys(TAB, ENTER)
    assert _outcome(window)["outcome"] == {}, "the button after the first is now the last"


def test_a_dialog_that_is_ready_too_early_waits(window: Browser) -> None:
    _sending(window, start="setTimeout(send, 400);")
    assert len(_shown(window)) == 2
    window.click("#send")
    assert _outcome(window)["outcome"] == {}


def test_a_clean_message_opens_nothing(window: Browser) -> None:
    _sending(window, {"id": 1, "verdict": "clean", "sentences": []})
    window.wait_for("return seen.outcome !== null")
    seen = window.run("return seen")
    assert (seen["outcome"], "created" in seen, seen["removed"]) == ({}, False, [])
