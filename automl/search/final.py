"""The final training: the best network once more, on all rows."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from automl.errors import SearchError
from automl.events import Events
from automl.failures import Failure
from automl.jobs import DataRef, EpochReport, Reply, TrialJob, TrialResult
from automl.search.attempts import Attempts
from automl.search.plan import PATIENCE
from automl.search.rules import TICK, Rules
from automl.search.winner import Winner

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
    winner: Winner,
    rules: Rules,
    *,
    executor: Executor,
    events: Events,
    interrupt: Interrupt,
    delivered: FinalModel | None = None,
) -> FinalModel:
    """Train the winner's network on training plus validation rows; where that cannot be, deliver the winner itself.

    Epochs follow from the winner's best epoch (see :func:`automl.search.plan.final_epochs`) and from the time left, and
    the learning-rate schedule is fitted to them. What an earlier session began is gone on with.

    Args:
        winner: The best trial.
        rules: What to obey.
        executor: Where it is trained.
        events: Who watches.
        interrupt: Whether to end.
        delivered: What an earlier session made of the same winner with all rows; it is better than the winner itself.

    Raises:
        SearchError: The winner itself is to be delivered, and its model is gone or torn.
    """
    remaining = rules.clock.remaining()
    seconds = rules.plan.final_limit(remaining)
    if interrupt.requested or not _worthwhile(winner, seconds):
        return delivered or _own_model(winner)
    job = _job(winner, rules, seconds, remaining)
    events.final_started(job.training.epochs)
    result, obstacle = _run(job, executor, events, interrupt)
    if result.status == "complete" and result.model_file is not None and _finite(result.metrics):
        return FinalModel(Path(result.model_file), refit=True, epochs=result.epochs, metrics=winner.metrics)
    failure = result.failure or obstacle
    if failure is not None or result.status != "paused":
        why = "its loss is not finite" if failure is None else failure.message
        instead = "the best trial's own model" if delivered is None else "the model of an earlier session"
        events.warning(f"the final training failed ({why}); {instead} is delivered")
    Path(job.model_file).unlink(missing_ok=True)  # half a training must not lie beside the models of whole ones
    return delivered or _own_model(winner)


def _own_model(winner: Winner) -> FinalModel:
    if not zipfile.is_zipfile(winner.model_file):
        what = "torn in" if winner.model_file.is_file() else "gone from"
        raise SearchError(
            f"the model of trial {winner.number}, the best one, is {what} {winner.model_file}; "
            "continue the search without a time limit, so that it is trained again"
        )
    return FinalModel(winner.model_file, refit=False, epochs=winner.best_epoch, metrics=winner.metrics)


def _worthwhile(winner: Winner, seconds: float | None) -> bool:
    """Whether the time is enough for most of the steps that made the winner."""
    if seconds is None:
        return True
    steps_time = winner.train_seconds * winner.best_epoch / max(1, winner.epochs)
    return seconds >= winner.cost.build_seconds + ENOUGH_STEPS * steps_time


def _job(winner: Winner, rules: Rules, seconds: float | None, remaining: float) -> TrialJob:
    state = rules.checkpoints / "final.state.npz"
    limits = [rules.plan.timeout(seconds, remaining, winner=True)]
    if rules.limits.trial_seconds is not None:  # more rows than a trial's take longer
        limits.append(rules.limits.trial_seconds * rules.plan.growth + PATIENCE)
    return TrialJob(
        job_id="final",
        task=rules.task,
        architecture=winner.architecture.to_json(),
        training=winner.training.model_copy(update={"epochs": winner.cost.epochs, "patience": None}),
        data=DataRef(directory=str(rules.data), rows="all"),
        objective=rules.objective,
        seed=winner.seed,
        seconds=seconds,
        timeout=min((limit for limit in limits if limit is not None), default=None),
        model_file=str(rules.checkpoints / "final.keras"),
        state_file=str(state),
        resume=state.is_file(),
        layers=winner.architecture.origins,
    )


def _run(job: TrialJob, executor: Executor, events: Events, interrupt: Interrupt) -> tuple[TrialResult, Failure | None]:
    """The result, and what has to be put right before the training can go on."""

    def retried(again: TrialJob, reason: str) -> None:
        batch = again.training.batch_size
        less = f"; now with batches of {batch}" if batch != job.training.batch_size else ""
        events.trial_retried(None, reason + less)

    attempts = Attempts(
        executor, stopping=lambda: interrupt.requested, started=lambda _job, _worker: None, retried=retried
    )
    attempts.submit(job)
    while True:
        interrupt.acknowledge(events)
        for event in attempts.poll(TICK):
            if not isinstance(event, EpochReport):
                return event, attempts.obstacle
            attempts.reply(event.job_id, Reply(action="pause" if interrupt.requested else "continue"))
            events.final_epoch_ended(event)


def _finite(metrics: Mapping[str, float]) -> bool:
    return all(math.isfinite(value) for value in metrics.values())
