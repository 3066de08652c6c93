"""tone_check: reads a follow-up message before it is sent.

``ToneChecker().check(text)`` returns a ``Report``; nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tone_check.checker import ToneChecker
    from tone_check.report import Report

__all__ = ["Report", "ToneChecker", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "ToneChecker":
        from tone_check.checker import ToneChecker

        return ToneChecker
    if name == "Report":
        from tone_check.report import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
