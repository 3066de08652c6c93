"""Every rule does what its examples say, and the language it is written in means what it promises."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tone_check.rewrites import phrases, rules, surface

RULES = [(rule.where, rule) for rule in rules.parsed()]
EXAMPLES = [(where, rule, example) for where, rule in RULES for example in rule.examples]


@pytest.mark.parametrize(("where", "rule", "example"), EXAMPLES, ids=[e.harsh[:40] for _, _, e in EXAMPLES])
def test_a_rule_does_what_its_example_says(where: rules.Where, rule: rules.Rule, example: rules.Example) -> None:
    if where in ("whole", "hint", "frame"):
        made = [surface.tidy(s) for s in rules.said(rule, example.harsh)]
        assert example.calm in made if example.calm else made == []
    else:
        assert surface.tidy(rules.dropped(rule, example.harsh)) == (example.calm or example.harsh)


def test_no_rule_says_something_in_the_dark() -> None:
    assert all(rule.why for _, rule in RULES)
    assert sum(bool(rule.examples) for _, rule in RULES) > len(RULES) / 2


@pytest.mark.parametrize(
    ("phrase", "text", "holes"),
    [
        ("you [never] (call|ring) [me] [back]", "you ring back", {}),
        ("i want {x} by {d:date}", "I want it by Friday noon", {"x": "it", "d": "Friday noon"}),
        ("call[ed] me", "called me", {}),
        ("pay {a:amount}", "pay £1,300", {"a": "£1,300"}),
        ("{q=why|what} {x*}", "why was it, then", {"q": "why", "x": "was it, then"}),
        ("it's late", "it’s  late", {}),
        ("if {x:thing} is late", "if my new keys is late", {"x": "my new keys"}),
        ("need {x:thing} {d:time}", "need them by noon tomorrow", {"x": "them", "d": "by noon tomorrow"}),
    ],
)
def test_the_language_of_the_rules(phrase: str, text: str, holes: dict[str, str]) -> None:
    found = phrases.compiled(phrase).fullmatch(text)
    assert found is not None
    assert found.groupdict() == holes


@pytest.mark.parametrize("phrase", ["[only this]", "{x:nothing}", "(open"])
def test_a_phrase_that_is_none_is_refused(phrase: str) -> None:
    with pytest.raises(phrases.PhraseError):
        phrases.compiled(phrase)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(rules.RuleError, match="no rules"):
        rules.load(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        '[[rule]]\nwhere = "nowhere"\nmatch = ["a"]\nwhy = "x"',
        '[[rule]]\nwhere = "whole"\nmatch = ["a"]\nwhy = "x"',
        '[[rule]]\nwhere = "start"\nmatch = ["(a"]\nwhy = "x"',
    ],
)
def test_a_file_that_is_not_of_rules_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "edits.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(rules.RuleError):
        rules.load(tmp_path)


def test_what_is_kept_beside_the_files_is_what_is_in_them() -> None:
    kept = rules._kept(rules.EDITS)
    assert kept is not None, "run make rules"
    assert [
        replace(r, patterns=tuple(replace(p, anchors=None) for p in r.patterns)) for r in kept
    ] == [replace(r, examples=()) for r in rules.parsed()]  # fmt: skip
    assert all(p.anchors == phrases.anchors(p.phrase) for r in kept for p in r.patterns)


def test_a_file_that_was_changed_since_is_read_itself_and_so_is_one_whose_kept_form_is_damaged(tmp_path: Path) -> None:
    def said() -> list[str]:
        rules.load.cache_clear()
        return [say for kind in rules.load(tmp_path).values() for rule in kind for say in rule.say]

    path = tmp_path / "edits.toml"
    path.write_text('[[rule]]\nwhere = "whole"\nmatch = ["a"]\nsay = ["One."]\nwhy = "x"\n', encoding="utf-8")
    rules.keep(tmp_path)
    kept = tmp_path / "kept.json"
    kept.write_text(kept.read_text(encoding="utf-8").replace("One.", "Kept."), encoding="utf-8")
    assert said() == ["Kept."]
    path.write_text(path.read_text(encoding="utf-8").replace("One.", "Two."), encoding="utf-8")
    assert said() == ["Two."]
    kept.write_text('{"of": 1', encoding="utf-8")
    assert said() == ["Two."]
    rules.load.cache_clear()


def test_every_phrase_is_of_the_language_and_none_is_overlooked_by_its_anchors() -> None:
    texts = [e.harsh for _, _, e in EXAMPLES]
    for _, rule in RULES:
        for pattern in (*rule.patterns, *rule.unless, *rule.needs):
            assert all(pattern.possible(t) for t in texts if pattern.compiled().search(t)), pattern.phrase


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("you [never] (call|ring) [me] back", [{" you "}, {" call ", " ring "}, {" back "}]),
        ("{x*} whatever", [{" whatever "}]),
        ("(i'm|i am) {x}", [{" i'm ", " am "}]),
        ("(a [b]|[c]) end", [{" end "}]),
        ("call[ed] me", [{" call"}, {" me "}]),
        ("you('ve| had) gone", [{" you"}, {"'ve ", " had "}, {" gone "}]),
        ("would|will", [{" would ", " will "}]),
        ("{v=sen(d|t)|gave}[n] it, then", [{" sen", " gave"}, {"it,"}, {" then "}]),
        ("for {t:elapsed} {a:amount}", [{" for "}, set(phrases._LETTERS["elapsed"]), set("0123456789")]),
        ("[please] {x}", []),
    ],
)
def test_anchors_are_what_must_stand_there(phrase: str, expected: list[set[str]]) -> None:
    assert list(phrases.anchors(phrase)) == expected
