"""The story of one job: data, network, epochs, result."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from automl.backend import start_keras
from automl.failures import POLICIES, Failure, TrialFailure
from automl.jobs import Comparison, TrialJob, TrialResult
from automl.training.clock import Clock, time_limit
from automl.training.epochs import Epochs, Report
from automl.training.failures import as_message
from automl.training.judge import compare
from automl.training.session import Precision, precision, session
from automl.training.setup import set_up

_log = logging.getLogger("automl.training")


def run_job(job: TrialJob, report: Report) -> TrialResult:
    """Train the network of ``job``, save it, and say how it went.

    With a ``state_file`` what the training needs to go on is written there now and then; a job with ``resume`` goes on
    from it: on a CPU and without a limit of time, with the weights and metrics to the last bit that it would have had
    without the interruption.

    Args:
        job: What to train on what, for how long.
        report: Called after every epoch, and first once more for every epoch of the state that the job goes on from;
            ``stop`` and ``pause`` in its answer end the training after that epoch. Without a ``state_file``, ``pause``
            is ``stop``; after the last epoch both mean nothing.

    Returns:
        The result. Whatever can go wrong with a trial is in it as ``failure``; weights of an epoch before the failure
        are saved all the same. Seconds of the epochs that another process trained are counted, those it spent on
        building are not. A mistake of this package itself is raised.
    """
    clock = Clock(time_limit(job.seconds, job.timeout))
    start_keras()
    dtype = precision()
    with session(job.seed, dtype):
        result = _run(job, report, clock, dtype)
    if not _goes_on(result):
        _forget(job)
    return result


def _run(job: TrialJob, report: Report, clock: Clock, dtype: Precision) -> TrialResult:
    epochs: Epochs | None = None
    try:
        if not job.resume:
            _forget(job)
        epochs = set_up(job, clock, dtype)
        status = epochs.run(report)
        comparison = _compared(job, epochs, clock) if status == "complete" else None
    except TrialFailure as error:
        _log.warning("%s failed: %s", job.job_id, error.failure.message)
        _rescue(epochs)
        return _result(job, clock, epochs, "failed", as_message(error))
    return _result(job, clock, epochs, status).model_copy(update={"comparison": comparison})


def _compared(job: TrialJob, epochs: Epochs, clock: Clock) -> Comparison | None:
    """How the network stands to the job's rival, if there is one that can be read."""
    if epochs.referee is None:
        return None
    with clock.phase("validate"):
        return compare(epochs.referee, epochs.learner.network, job.rival)


def _rescue(epochs: Epochs | None) -> None:
    """Write the weights of an epoch before the failure, if that can still be done.

    Those of an epoch that was cut off before its report have no metrics: nobody could compare them with others.
    """
    kept = None if epochs is None else epochs.keeper.kept
    if epochs is None or kept is None or kept.epoch > epochs.record.epochs:
        return
    try:
        epochs.keeper.finish()
    except TrialFailure as error:
        _log.warning("the best weights are lost: %s", error.failure.message)


def _result(
    job: TrialJob,
    clock: Clock,
    epochs: Epochs | None,
    status: Literal["complete", "stopped", "paused", "failed"],
    failure: Failure | None = None,
) -> TrialResult:
    if epochs is None:
        return TrialResult(
            job_id=job.job_id,
            status=status,
            planned_epochs=job.training.epochs,
            seconds=clock.seconds,
            failure=failure,
        )
    record, keeper = epochs.record, epochs.keeper
    return TrialResult(
        job_id=job.job_id,
        status=status,
        epochs=record.epochs,
        planned_epochs=record.planned,
        best_epoch=keeper.written,  # and not a later one whose weights found no room on the disk
        metrics=record.metrics(keeper.written),
        parameters=record.parameters,
        seconds=clock.seconds,
        step_seconds=clock.step_seconds,
        steps_per_epoch=record.steps_per_epoch,
        model_file=None if keeper.file is None else str(keeper.file),
        failure=failure,
    )


def _goes_on(result: TrialResult) -> bool:
    """Whether the job may be taken up again where it is."""
    if result.failure is None:
        return result.status == "paused"
    return POLICIES[result.failure.kind].retry == "later"


def _forget(job: TrialJob) -> None:
    """Remove the state: nothing goes on from it any more."""
    if job.state_file:
        try:
            Path(job.state_file).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("the state at %s cannot be removed: %s", job.state_file, error)
