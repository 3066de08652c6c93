"""The shipped model, loaded while the program is still importing and reading: half of a clean check's time is loading.

Reading the files, comparing their SHA-256 and opening the encoder need Python little, so threads do it beside the
imports. The imports themselves stay in one thread: two would only wait for each other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from tone_check import model_files
from tone_check.background import begun
from tone_check.digest import MODEL_SHA256
from tone_check.resources import shipped

if TYPE_CHECKING:
    from tone_check.classifier import Classifier


def begin() -> Callable[[], Classifier]:
    """Begin to load the shipped model; the function returned waits for it, and raises ``ModelError`` as it would."""
    folder = shipped("model")
    files = begun(lambda: model_files.read_verified(folder, MODEL_SHA256))
    import onnxruntime  # noqa: F401 - imported here, or it would be imported in the thread

    from tone_check.classifier import Classifier

    # One draft is over before a second thread of the encoder is worth its company, and Python needs the other core.
    return begun(lambda: Classifier(folder, threads=1, read=files))


def leave_frameworks_out() -> None:
    """Keep thinc, below spaCy, from importing whatever framework happens to be installed: seconds, for nothing.

    For a process of our own that will train nothing: in it, nobody can import them any more.
    """
    for name in ("torch", "tensorflow", "mxnet", "cupy"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
