"""Where a sentence divides into clauses, and where it only seems to."""

from __future__ import annotations

import pytest

from tone_check.rewrites import clauses


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("You said Friday, and nobody has rung.", ["You said Friday", "nobody has rung."]),
        ("You said Friday. Nobody has rung.", ["You said Friday", "Nobody has rung."]),
        ("Did you read it? I doubt it.", ["Did you read it", "I doubt it."]),
        ("I asked Mr. Dunn and Mrs. Adeyemi of St. Mary's.", ["I asked Mr. Dunn and Mrs. Adeyemi of St. Mary's."]),
        ("J. Sato told me, but you did not.", ["J. Sato told me", "you did not."]),
        ("So did I. Nobody has rung.", ["So did I", "Nobody has rung."]),
    ],
)
def test_a_full_stop_after_a_title_or_an_initial_ends_no_clause(sentence: str, parts: list[str]) -> None:
    assert [part.text for part in clauses.split(sentence)] == parts
