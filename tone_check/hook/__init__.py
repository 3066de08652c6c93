"""``tone-check hook``: stands where a mail client expects sendmail.

One process reads the message, a second one judges it, and the first then either
becomes the real sendmail, with the same bytes on its standard input, or refuses.
Nothing the judging process does (hang, crash, run out of memory) can touch the mail.

``options``     the command line and the user's own ``[hook]`` settings
``headers``     the top-level header block, as bytes: ``X-Tone-Check: off``
``judging``     the message's bytes to opinions about it; runs in the second process
``sandbox``     the second process: its limits, its clock, its death
``wording``     what the person reads
``state``       report files and revised drafts
``resend``      send again to send
``asking``      the question on the controlling terminal
``handover``    becoming sendmail
``run``         all of it in order
``install``     the lines that clients need in their settings
``native_host`` the same check for Thunderbird's add-on
"""

from __future__ import annotations

from tone_check.hook.run import main

__all__ = ["main"]
