"""A job that fails in a way that may pass is run again: what ``automl.failures.POLICIES`` says, done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from automl.execution import Event
from automl.failures import POLICIES, Failure
from automl.jobs import EpochReport, Reply, TrialJob, TrialResult
from automl.search.plan import SHORTEST

if TYPE_CHECKING:
    from automl.execution import Executor

# So often a job is run again without getting further than the time before.
RETRIES = 2


@dataclass(slots=True)
class _Attempt:
    """A job that runs.

    Attributes:
        job: As it was submitted last.
        epochs: The furthest epoch it reported since then.
        before: The furthest epoch of all earlier attempts.
        retries: Times in a row that it was run again, the last of which did not get further.
        since: ``time.monotonic()`` when it was submitted.
    """

    job: TrialJob
    epochs: int = 0
    before: int = 0
    retries: int = 0
    since: float = field(default_factory=time.monotonic)


class Attempts:
    """Runs jobs on an executor, each until it succeeds or fails for good.

    What died in a way that may pass goes on from the job's state, at most ``RETRIES`` times in a row without getting
    further than before. What was too large for the GPU begins anew with half the batch, down to one row.

    What was cut off by something that has nothing to do with it, such as a full disk, is paused.

    Attributes:
        obstacle: The latest failure of that kind: until somebody has put that right, nothing more should be tried.

    Args:
        executor: Where jobs run.
        stopping: Whether the search is about to end: then nothing is run again, and what could be is paused.
        started: Called with a job and the name of the worker that has it, each time it is submitted.
        retried: Called with the job that is about to run again, and why.
    """

    def __init__(
        self,
        executor: Executor,
        *,
        stopping: Callable[[], bool],
        started: Callable[[TrialJob, str], None],
        retried: Callable[[TrialJob, str], None],
    ) -> None:
        self._executor, self._stopping, self._started, self._retried = executor, stopping, started, retried
        self._attempts: dict[str, _Attempt] = {}
        self.obstacle: Failure | None = None

    def room(self) -> bool:
        """Whether a job submitted now would begin at once."""
        return len(self._attempts) < self._executor.capacity and self._executor.ready()

    def submit(self, job: TrialJob) -> None:
        """Run ``job``."""
        self._submit(_Attempt(job))

    def reply(self, job_id: str, reply: Reply) -> None:
        """Answer the latest report of a job."""
        self._executor.reply(job_id, reply)

    def poll(self, timeout: float) -> Sequence[Event]:
        """What has happened, in order, without the failures that are tried again."""
        events = (self._heard(event) for event in self._executor.poll(timeout))
        return [event for event in events if event is not None]

    def _heard(self, event: Event) -> Event | None:
        attempt = self._attempts[event.job_id]
        if isinstance(event, EpochReport):
            attempt.epochs = max(attempt.epochs, event.epoch)
            return event
        del self._attempts[event.job_id]
        if event.failure is None:
            return event
        if POLICIES[event.failure.kind].retry == "later":
            self.obstacle = event.failure
            return _paused(event)
        following = _next(attempt, event.failure)
        if following is None:
            return event
        if self._stopping():  # it is tried again when the search goes on
            return _paused(event)
        self._retried(following.job, event.failure.message)
        self._submit(following)
        return None

    def _submit(self, attempt: _Attempt) -> None:
        self._attempts[attempt.job.job_id] = attempt
        self._started(attempt.job, self._executor.submit(attempt.job))


def _paused(result: TrialResult) -> TrialResult:
    return result.model_copy(update={"status": "paused", "failure": None})


def _next(attempt: _Attempt, failure: Failure) -> _Attempt | None:
    """What to try after a failure; None where the job failed for good."""
    job, retry = attempt.job, POLICIES[failure.kind].retry
    spent = time.monotonic() - attempt.since
    left = {
        "seconds": None if job.seconds is None else max(SHORTEST, job.seconds - spent),
        "timeout": None if job.timeout is None else max(SHORTEST, job.timeout - spent),
    }
    if retry == "smaller_batch" and job.training.batch_size > 1:
        training = job.training.model_copy(update={"batch_size": job.training.batch_size // 2})
        return _Attempt(job.model_copy(update={"training": training, "resume": False, **left}))
    if retry != "continue" or not failure.transient:
        return None
    retries = 1 if attempt.epochs > attempt.before else attempt.retries + 1
    if retries > RETRIES:
        return None
    again = job.model_copy(update={"resume": True, **left})
    return _Attempt(again, before=max(attempt.epochs, attempt.before), retries=retries)
