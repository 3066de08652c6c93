"""Reviewing sent mail: any mailbox, any size, nothing lost.

``sources`` finds the messages, ``index`` lists them, ``judging`` is what a worker does, ``workers`` where it is done,
``rows`` the file it ends up in, ``summary`` what it amounts to; ``run`` puts them together.
"""

from tone_check.batch.errors import BatchError
from tone_check.batch.progress import for_stream
from tone_check.batch.run import Options, Outcome, review

__all__ = ["BatchError", "Options", "Outcome", "for_stream", "review"]
