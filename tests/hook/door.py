"""``tone-check hook`` and ``native-host`` for client tests: the real ones, the stub judge unless HOOK_JUDGE=real.

What a client makes of the hook does not hang on the model, and a test of it should not either.
"""

from __future__ import annotations

import os
import sys

from tests.hook import native_stub
from tests.hook.stub import judge
from tone_check.hook import main, native_host

if __name__ == "__main__":
    real = os.environ.get("HOOK_JUDGE") == "real"
    if sys.argv[1] == "native-host":
        sys.exit(native_host.main(None if real else native_stub.check))
    if sys.argv[1] != "hook":
        sys.exit(f"not a command of this door: {sys.argv[1]}")
    sys.exit(main(sys.argv[2:], None if real else judge))
