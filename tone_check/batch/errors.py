"""What can stop a review; one line for the user."""

from __future__ import annotations


class BatchError(Exception):
    """The review cannot begin or go on; the message is one line."""
