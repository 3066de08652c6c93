"""A sendmail that writes down what it got: arguments and standard input, byte for byte."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

outbox = Path(os.environ["OUTBOX"])
act = os.environ.get("SENDMAIL_STUB", "")
if act == "early":
    os.close(0)
    sys.exit(0)
if act == "first":
    os.write(1, os.read(0, 10))
    sys.exit(3)
if act == "hang":
    (outbox / "started").touch()
    time.sleep(60)
data = sys.stdin.buffer.read()
name = f"{os.getpid()}"
(outbox / f"{name}.eml").write_bytes(data)
(outbox / f"{name}.args").write_bytes(b"\0".join(os.fsencode(a) for a in sys.argv[1:]))
if act.startswith("exit"):
    sys.stdout.write("to stdout\n")
    sys.stderr.write("to stderr\n")
    sys.exit(int(act[4:]))
