"""tone_check: reads a follow-up message before it is sent.

``ToneChecker().check(text)`` returns a ``Report``; nothing is imported before it is used.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

# From 1.29 on, onnxruntime reports its use to its maker over the network and keeps an identifier of the machine in the
# cache folder, unless this is set before it is loaded. Nothing leaves a machine through us.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

if TYPE_CHECKING:
    from tone_check.checker import ToneChecker
    from tone_check.report import Report

__all__ = ["Report", "ToneChecker", "__version__"]
__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    if name == "ToneChecker":
        from tone_check.checker import ToneChecker

        return ToneChecker
    if name == "Report":
        from tone_check.report import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
