"""The final training: the best network once more, on all rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from automl.events import Events
from automl.jobs import DataRef, EpochReport, Reply, TrialJob, TrialResult
from automl.search.engine import TICK, Rules, Winner

if TYPE_CHECKING:
    from automl.execution import Executor
    from automl.search.interrupt import Interrupt

# With less than this share of the steps that made the winner, more rows do not make up for less training.
ENOUGH_STEPS = 0.8


@dataclass(frozen=True, slots=True)
class FinalModel:
    """The model to deliver.

    Attributes:
        model_file: A ``.keras`` file.
        refit: Whether it was trained on all rows; otherwise it is the winning trial's own.
        epochs: Epochs it was trained for.
        metrics: Of the winning trial on the validation rows.
    """

    model_file: Path
    refit: bool
    epochs: int
    metrics: Mapping[str, float]


def train_final(
    winner: Winner, rules: Rules, *, executor: Executor, events: Events, interrupt: Interrupt
) -> FinalModel:
    """Train the winner's network on training plus validation rows; where that cannot be, deliver the winner itself.

    Epochs follow from the winner's best epoch (see :func:`automl.search.plan.final_epochs`) and from the time left, and
    the learning-rate schedule is fitted to them.
    """
    own = _own_model(winner)
    seconds = rules.plan.final_limit(rules.clock.remaining())
    if interrupt.requested or not _worthwhile(winner, seconds):
        return own
    job = _job(winner, rules, seconds)
    events.final_started(job.training.epochs)
    result = _run(job, executor, events, interrupt)
    if result.status == "stopped":
        return _instead(own, job)
    if result.failure is not None or result.model_file is None or not _finite(result.metrics):
        why = result.failure.message if result.failure is not None else "its loss is not finite"
        events.warning(f"the final training failed ({why}); the best trial's own model is delivered")
        return _instead(own, job)
    return FinalModel(Path(result.model_file), refit=True, epochs=result.epochs, metrics=winner.result.metrics)


def _instead(own: FinalModel, job: TrialJob) -> FinalModel:
    """The winner's own model; what the final training left half done must not lie beside it."""
    Path(job.model_file).unlink(missing_ok=True)
    return own


def _own_model(winner: Winner) -> FinalModel:
    result = winner.result
    if result.model_file is None:
        raise RuntimeError(f"trial {winner.proposal.number} is complete but wrote no model")
    return FinalModel(Path(result.model_file), refit=False, epochs=result.best_epoch or 0, metrics=result.metrics)


def _worthwhile(winner: Winner, seconds: float | None) -> bool:
    """Whether the time is enough for most of the steps that made the winner."""
    if seconds is None:
        return True
    result = winner.result
    steps_time = result.seconds.get("train", 0.0) * (result.best_epoch or 1) / max(1, result.epochs)
    return seconds >= winner.cost.build_seconds + ENOUGH_STEPS * steps_time


def _job(winner: Winner, rules: Rules, seconds: float | None) -> TrialJob:
    proposal = winner.proposal
    return TrialJob(
        job_id="final",
        task=rules.task,
        architecture=proposal.architecture.to_json(),
        training=proposal.training.model_copy(update={"epochs": winner.cost.epochs, "patience": None}),
        data=DataRef(directory=str(rules.data), rows="all"),
        objective=rules.objective,
        seed=proposal.seed,
        seconds=seconds,
        model_file=str(rules.checkpoints / "final.keras"),
        layers=proposal.architecture.origins,
    )


def _run(job: TrialJob, executor: Executor, events: Events, interrupt: Interrupt) -> TrialResult:
    executor.submit(job)
    while True:
        interrupt.acknowledge(events)
        for event in executor.poll(TICK):
            if not isinstance(event, EpochReport):
                return event
            executor.reply(event.job_id, Reply(action="stop" if interrupt.requested else "continue"))
            events.final_epoch_ended(event)


def _finite(metrics: Mapping[str, float]) -> bool:
    return all(math.isfinite(value) for value in metrics.values())
