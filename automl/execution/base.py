"""What a search knows of where its jobs run."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from automl.jobs import EpochReport, Job, Reply, TrialResult

Event = EpochReport | TrialResult


class Executor(Protocol):
    """Runs jobs and tells what happens to them; a context manager that starts and closes.

    For every job there are any number of ``EpochReport`` s, each of which must be answered, then one ``TrialResult``.

    Attributes:
        capacity: Jobs that run at the same time.
    """

    capacity: int

    def start(self) -> None:
        """Get ready for the first jobs, so that they need not wait for Keras; called again it does nothing."""

    def ready(self) -> bool:
        """Whether a job submitted now would begin at once; while it would not, its seconds are better not counted."""

    def submit(self, job: Job) -> str:
        """Run ``job``; starts when that was not done. An ``EnsembleJob`` has no epochs, only a result.

        Returns:
            Name of the worker that has it, such as ``worker-1``.

        Raises:
            RuntimeError: ``capacity`` jobs are running, or the executor is closed.
        """

    def poll(self, timeout: float) -> Sequence[Event]:
        """What has happened, in order; waits up to ``timeout`` seconds for something, and may return nothing.

        Raises:
            RuntimeError: A mistake of this package came to light where the job runs; the text has its traceback.
            SearchError: Workers cannot be started.
        """

    def reply(self, job_id: str, reply: Reply) -> None:
        """Answer the latest ``EpochReport`` of a job; without effect when that has its answer or the job has died."""

    def close(self) -> None:
        """End everything, whatever is running; can be called at any time and again."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
