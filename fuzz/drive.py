"""One harness under atheris: ``python -m fuzz.drive NAME CRASHES [libFuzzer's options] CORPUS``.

A failure does not end the run: it is made smaller, kept once for every way to fail, and the search goes on.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from pathlib import Path

import atheris

# What the harnesses import when they run must be imported while atheris watches imports.
_MODULES = (
    *("readers.mail", "readers.html", "readers.markdown", "readers.flowed", "sentences", "checker"),
    *("hook.run", "hook.resend", "hook.judging", "hook.wording"),
    *("rewrites.gate", "rewrites.candidates", "rewrites.slots", "reporters.text", "reporters.json"),
)


def main() -> None:
    """Fuzz until libFuzzer's time is up; does not come back."""
    name, crashes = sys.argv[1], Path(sys.argv[2])
    with atheris.instrument_imports(include=["tone_check"]):
        for module in _MODULES:
            importlib.import_module(f"tone_check.{module}")
        from fuzz.harnesses import HARNESSES, signature, smaller

    harness = HARNESSES[name]
    seen: set[str] = set()

    def one(data: bytes) -> None:
        try:
            harness(data)
        except Exception as error:
            how = signature(error)
            if how not in seen:
                seen.add(how)
                kept = smaller(harness, data)
                crashes.mkdir(parents=True, exist_ok=True)
                path = crashes / hashlib.sha256(how.encode()).hexdigest()[:16]
                path.write_bytes(kept)
                print(f"FAILED {name}: {how}: {path}", flush=True)

    one(b"Thank you for your call.")  # whatever is loaded once is loaded now, and counts against no input's time
    atheris.Setup([sys.argv[0], *sys.argv[3:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
