"""``tone-check hook ...`` for client tests: the real hook, with the stub judge unless HOOK_JUDGE=real.

What a client makes of the hook does not hang on the model, and a test of it should not either.
"""

from __future__ import annotations

import os
import sys

from tests.hook.stub import judge
from tone_check.hook import main

if __name__ == "__main__":
    if sys.argv[1] != "hook":
        sys.exit(f"not a command of this door: {sys.argv[1]}")
    sys.exit(main(sys.argv[2:], None if os.environ.get("HOOK_JUDGE") == "real" else judge))
