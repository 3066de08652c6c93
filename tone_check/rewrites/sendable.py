"""How probably a reader would send a proposal in the place of a sentence.

The numbers are data (``sendable.toml``), fitted by ``python -m benchmarks.sendable`` on proposals that readers marked.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tone_check.rewrites.licence import overlap, unlicensed

# Ways of making a candidate of which readers have seen enough; any other is as good as ``OTHERS``.
HOWS = ("rule", "hint", "mend", "trim", "piece", "gist", "pair")
OTHERS = "pair"
# What a proposal is judged by: how probably it is faithful and how probably it could be sent, as the encoder says that
# reads the two side by side (log odds); which share of what the sentence says it keeps; how many of its words the
# sentence does not license; what readers said of other sentences that the same rule made (log odds, against a rule of
# which nothing is known); and how it was made.
NAMES = ("faithful", "send", "kept", "foreign", "record", *HOWS)
# A rule of which nothing is known is taken for one with so many sentences that readers would send, and would not.
_PRIOR = (1.0, 1.2)
_EDGE = 1e-6


@cache
def _weights() -> tuple[float, tuple[float, ...]]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return float(table["constant"]), tuple(float(table[name]) for name in NAMES)


def features(sentence: str, text: str, how: str, match: Sequence[float], sent: tuple[int, int] = (0, 0)) -> list[float]:
    """Return the numbers of ``NAMES``; ``match`` is a row of ``Heads.match``, ``sent`` the record of its rule."""
    made = how if how in HOWS else OTHERS
    return [
        *(_log_odds(float(p)) for p in match),
        overlap(text, sentence),
        float(len(unlicensed(text, sentence))),
        math.log((sent[0] + _PRIOR[0]) / (sent[1] - sent[0] + _PRIOR[1])) - math.log(_PRIOR[0] / _PRIOR[1]),
        *(float(made == other) for other in HOWS),
    ]


def probability(sentence: str, text: str, how: str, match: Sequence[float], sent: tuple[int, int] = (0, 0)) -> float:
    """Return how probably a reader would send ``text`` in the place of ``sentence``."""
    constant, weights = _weights()
    told = zip(weights, features(sentence, text, how, match, sent), strict=True)
    return 1.0 / (1.0 + math.exp(-(constant + sum(w * x for w, x in told))))


def _log_odds(p: float) -> float:
    p = min(max(p, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))
