"""Better or worse over time: the earlier half of the messages against the later half."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any, Literal

Direction = Literal["better", "worse", "no clear change", "too few messages"]

# Below this many messages in each half, nothing but a landslide could be told from chance.
_ENOUGH = 15
_Z = 1.959964


def trend(flagged: Sequence[bool]) -> dict[str, Any]:
    """Compare the halves of a sequence that is in order of time.

    The interval is that of Agresti and Caffo for a difference of shares, 95%.
    """
    middle = len(flagged) // 2
    earlier, later = _half(flagged[:middle]), _half(flagged[middle:])
    low, high = _interval(earlier, later)
    direction: Direction = "no clear change"
    if min(earlier["messages"], later["messages"]) < _ENOUGH:
        direction = "too few messages"
    elif high < 0:
        direction = "better"
    elif low > 0:
        direction = "worse"
    return {"direction": direction, "earlier": earlier, "later": later, "change_95": [round(low, 4), round(high, 4)]}


def _half(flagged: Sequence[bool]) -> dict[str, Any]:
    count = sum(flagged)
    return {
        "messages": len(flagged),
        "flagged": count,
        "share": round(count / len(flagged), 4) if flagged else None,
    }


def _interval(earlier: dict[str, Any], later: dict[str, Any]) -> tuple[float, float]:
    n, m = earlier["messages"] + 2, later["messages"] + 2
    p, q = (earlier["flagged"] + 1) / n, (later["flagged"] + 1) / m
    width = _Z * sqrt(p * (1 - p) / n + q * (1 - q) / m)
    return q - p - width, q - p + width
