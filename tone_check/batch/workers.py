"""Where the work is done: processes of this machine (loky), or a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Literal

import joblib

from tone_check.batch.errors import BatchError
from tone_check.batch.judging import Job, Task, judge

Backend = Literal["loky", "dask"]


class WorkerDiedError(Exception):
    """A worker process has gone: killed, out of memory, or crashed by what it read."""


def judged(job: Job, chunks: Iterable[Sequence[Task]], jobs: int) -> Iterator[list[str]]:
    """Yield the rows of every chunk in order; only a few chunks are held at a time.

    Raises:
        WorkerDiedError: what was yielded until then is right, the rest has to be asked for again.
        BatchError: the workers cannot be used.
    """
    from joblib.externals.loky.process_executor import BrokenProcessPool

    ahead = _Ahead(chunks)
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs", batch_size=1)
    try:
        yield from parallel(joblib.delayed(judge)(job, chunk) for chunk in ahead)
    except Exception as error:
        # Dask says it in a class of its own, which must not be imported where Dask is not installed.
        if isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker":
            raise WorkerDiedError("a worker process died") from None
        raise
    if ahead.error is not None:
        raise ahead.error


class _Ahead:
    """Passes an iterator's error to the one who waits: joblib asks for chunks in a thread where it would be lost."""

    def __init__(self, chunks: Iterable[Sequence[Task]]) -> None:
        self._chunks = chunks
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[Sequence[Task]]:
        try:
            yield from self._chunks
        except GeneratorExit:
            raise
        except BaseException as error:  # handed on as soon as the results until then are in
            self.error = error


def backend(name: Backend, scheduler: str | None) -> AbstractContextManager[Any]:
    """Return the context in which ``judged`` runs.

    Raises:
        BatchError: Dask is wanted and not installed, or its scheduler does not answer.
    """
    if name == "loky":
        return nullcontext()
    if scheduler is None:
        raise BatchError("--backend dask needs --scheduler ADDRESS")
    return _dask(scheduler)


@contextmanager
def _dask(scheduler: str) -> Iterator[None]:
    try:
        import distributed
    except ImportError:
        raise BatchError("--backend dask needs the extra: pip install 'tone-check[dask]'") from None
    try:
        client: Any = distributed.Client(  # type: ignore[no-untyped-call,unused-ignore]
            scheduler, timeout=20, set_as_default=False
        )
    except (OSError, ValueError, TimeoutError) as error:
        raise BatchError(f"{scheduler}: no Dask scheduler answers: {error}") from None
    try:
        with joblib.parallel_config(backend="dask", client=client, wait_for_workers_timeout=60):
            yield
    finally:
        client.close()
