"""Work begun now in a thread of its own and waited for later: what needs no Python goes on beside what does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def begun(work: Callable[[], Result]) -> Callable[[], Result]:
    """Start ``work``; return a function that waits for it and returns its result, or raises what it raised.

    A process that ends before waits too: a thread that is inside a library must not lose Python under it.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # raised again where the result is asked for
            errors.append(error)

    thread = threading.Thread(target=run)
    try:
        thread.start()
    except RuntimeError:  # the system gives us no thread: without one, then
        run()

    def result() -> Result:
        if thread.ident is not None:
            thread.join()
        if errors:
            raise errors[0]
        return results[0]

    return result
