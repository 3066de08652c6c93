"""``tone-check hook ...`` and ``tone-check native-host``, with nothing in front."""

from __future__ import annotations

import sys

from tone_check.hook import main

if __name__ == "__main__":
    if sys.argv[1] != "hook":
        sys.exit(f"not a command of this door: {sys.argv[1]}")
    sys.exit(main(sys.argv[2:]))
