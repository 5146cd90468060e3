"""The end of a trial, as the study keeps it and as whoever watches is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.events import TrialEnd
from automl.jobs import TrialResult
from automl.search.halving import BEHIND
from automl.study import TrialOutcome, TrialRecord

if TYPE_CHECKING:
    from automl.study import Study


def record_end(
    study: Study, number: int, result: TrialResult, *, seconds: float, pruned: str, paused: str
) -> TrialRecord:
    """Write how a trial ended.

    Args:
        study: Where to.
        number: Of the trial.
        result: What its job says.
        seconds: Of the whole trial by a steady clock.
        pruned: Why the search stopped it, if it did.
        paused: Why the search paused it, if it did.
    """
    outcome = _outcome(result, study.run.objective, seconds)
    if (failure := result.failure) is not None:
        return study.fail(
            number,
            kind=failure.kind,
            message=failure.message,
            advice=failure.advice,
            traceback=failure.traceback,
            outcome=outcome,
        )
    if result.status == "paused":
        return study.pause(number, outcome, reason=paused, resting=paused.startswith(BEHIND))
    if pruned and result.status == "stopped":
        return study.prune(number, outcome, reason=pruned)
    return study.complete(number, outcome)


def trial_end(record: TrialRecord) -> TrialEnd:
    """What whoever watches is told of a record."""
    return TrialEnd(
        number=record.number,
        state=record.state,
        value=record.value,
        epochs=record.epochs,
        seconds=record.total_seconds,
        parameters=record.parameters,
        reason=record.reason,
        description=record.description,
    )


def _outcome(result: TrialResult, metric: str, seconds: float) -> TrialOutcome:
    return TrialOutcome(
        value=result.metrics.get(metric),
        epochs=result.epochs,
        planned_epochs=result.planned_epochs or None,
        best_epoch=result.best_epoch,
        metrics=result.metrics,
        seconds={**result.seconds, "total": seconds},
        parameters=result.parameters,
        step_seconds=result.step_seconds,
        steps_per_epoch=result.steps_per_epoch,
    )
