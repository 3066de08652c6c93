"""The errors that a user is told in one line; anything else is a bug."""

from __future__ import annotations

import sys


def known_errors() -> tuple[type[BaseException], ...]:
    """Return the known error types of the modules loaded so far; an error cannot come from a module that is not."""
    names = {
        "tone_check.draft": "UnreadableError",
        "tone_check.model_files": "ModelError",
        "tone_check.config": "ConfigError",
        "tone_check.guidance": "GuidanceError",
        "tone_check.batch.errors": "BatchError",
        "tone_check.rewrites.pairs": "PairError",
        "tone_check.training.corpus": "CorpusError",
    }
    return tuple(getattr(sys.modules[m], n) for m, n in names.items() if m in sys.modules)
