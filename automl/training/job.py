"""The story of one job: data, network, epochs, result."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from automl import tasks
from automl.backend import start_keras
from automl.data import PreparedData
from automl.failures import Failure, TrialFailure
from automl.jobs import EpochReport, Reply, TrialJob, TrialResult
from automl.training.batches import Batch, Batches
from automl.training.clock import Clock
from automl.training.failures import as_message, guard, not_finite
from automl.training.keeper import Keeper
from automl.training.network import Network, build_network
from automl.training.schedule import learning_rate
from automl.training.scoring import Scorer
from automl.training.session import Precision, precision, session

_log = logging.getLogger("automl.training")

Report = Callable[[EpochReport], Reply]


def run_job(job: TrialJob, report: Report) -> TrialResult:
    """Train the network of ``job``, save it, and say how it went.

    Args:
        job: What to train on what, for how long.
        report: Called after every epoch; ``stop`` (and ``pause``, which nobody asks for yet) in its answer ends the
            training after that epoch.

    Returns:
        The result. Whatever can go wrong with a trial is in it as ``failure``; weights of an epoch before the failure
        are saved all the same. A mistake of this package itself is raised.
    """
    clock = Clock(job.seconds)
    start_keras()
    dtype = precision()
    with session(job.seed, dtype):
        return _run(job, report, clock, dtype)


@dataclass(slots=True)
class _Record:
    """What has happened so far; the result is made of it, however the job ends."""

    epochs: int = 0
    planned: int = 0
    best_epoch: int | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    parameters: int | None = None
    steps_per_epoch: int | None = None
    keeper: Keeper | None = None


def _run(job: TrialJob, report: Report, clock: Clock, dtype: Precision) -> TrialResult:
    record = _Record(planned=job.training.epochs)
    status: Literal["complete", "stopped", "failed"]
    failure: Failure | None = None
    file: Path | None = None
    try:
        training = _set_up(job, clock, dtype, record)
        status = training.run(report)
        file = training.keeper.finish()
    except TrialFailure as error:
        _log.warning("%s failed: %s", job.job_id, error.failure.message)
        status, failure = "failed", as_message(error)
        file = _rescue(record.keeper)
    return TrialResult(
        job_id=job.job_id,
        status=status,
        epochs=record.epochs,
        planned_epochs=record.planned,
        best_epoch=record.best_epoch,
        metrics=record.metrics,
        parameters=record.parameters,
        seconds=clock.seconds,
        step_seconds=clock.step_seconds,
        steps_per_epoch=record.steps_per_epoch,
        model_file=None if file is None else str(file),
        failure=failure,
    )


def _rescue(keeper: Keeper | None) -> Path | None:
    """The file with the weights of an epoch before the failure, if that can still be had."""
    try:
        return None if keeper is None else keeper.finish()
    except TrialFailure as error:
        _log.warning("the best weights are lost: %s", error.failure.message)
        return None


def _set_up(job: TrialJob, clock: Clock, dtype: Precision, record: _Record) -> _Training:
    task = tasks.get(job.task)
    with clock.phase("build"):
        with guard("data_error", f"open the prepared data in {job.data.directory}"):
            prepared = PreparedData.load(Path(job.data.directory))
            rows = prepared.rows(job.data.rows)
            held_out = prepared.rows("validation") if job.data.rows == "train" else None
        network = build_network(job, prepared, loss=task.loss, metrics=task.metrics, dtype=dtype)
        batches = Batches(
            rows.x,
            rows.y,
            batch_size=job.training.batch_size,
            seed=job.seed,
            how=job.training.augment,
            classes=network.one_hot,
        )
        scorer = None
        if held_out is not None:
            scorer = Scorer(held_out.x, held_out.y, loss=task.loss, metrics=task.metrics)
    record.parameters = network.model.count_params()
    record.steps_per_epoch = batches.steps
    record.keeper = Keeper(network, Path(job.model_file), clock)
    clock.plan(
        steps=job.training.epochs * batches.steps,
        # A forward pass is about a third of a training step on the same rows.
        validation_steps=0.0 if scorer is None else scorer.batches * scorer.batch / batches.size / 3,
        save_seconds=0.2 + 2e-8 * record.parameters,
    )
    return _Training(job, network, batches, scorer, record.keeper, clock, record)


@dataclass(slots=True)
class _Training:
    """The epochs of one job."""

    job: TrialJob
    network: Network
    batches: Batches
    scorer: Scorer | None
    keeper: Keeper
    clock: Clock
    record: _Record
    rate: float = -1.0

    def run(self, report: Report) -> Literal["complete", "stopped"]:
        """Epoch after epoch, until all are done, the clock, patience or the answer says so."""
        record, answer = self.record, Reply()
        while answer.action == "continue" and record.epochs < record.planned and not self._out_of_patience():
            if not self.clock.allows_step():  # the answer came too late for the rest of an epoch that was planned
                record.planned = record.epochs
                break
            begin = time.monotonic()
            metrics = self._learn(record.epochs + 1)
            metrics |= self._validate()
            record.epochs += 1
            best = self._keep_if_best(metrics)
            left = self.clock.epochs_left(self.batches.steps)
            record.planned = min(self.job.training.epochs, record.epochs + math.ceil(min(left, 1e6)))
            answer = report(
                EpochReport(
                    job_id=self.job.job_id,
                    epoch=record.epochs,
                    planned_epochs=record.planned,
                    metrics=metrics,
                    learning_rate=self.rate,
                    seconds=time.monotonic() - begin,
                    best=best,
                )
            )
        self._settle(metrics)
        return "stopped" if answer.action != "continue" and record.epochs < record.planned else "complete"

    def _learn(self, epoch: int) -> dict[str, float]:
        """One epoch, or what the clock allows of it, a step at the least; the means of its steps' loss and metrics."""
        model, sums, steps = self.network.trained, dict[str, float](), 0
        with self.clock.phase("train"):
            batches = self.batches.epoch(epoch)
            while (steps == 0 or self.clock.allows_step()) and (batch := self._next(batches)) is not None:
                with self.clock.step():
                    logs = self._step(model, batch.x, batch.y)
                if not math.isfinite(logs["loss"]):
                    raise not_finite(f"the training loss is {logs['loss']} in epoch {epoch}, step {steps + 1}")
                sums = {name: sums.get(name, 0.0) + value for name, value in logs.items()}
                steps += 1
        return {name: total / steps for name, total in sums.items()}

    def _next(self, batches: Iterator[Batch]) -> Batch | None:
        with guard("data_error", "read the training rows", only=(MemoryError, OSError)):
            return next(batches, None)

    def _step(self, model: Any, x: Any, y: Any) -> dict[str, float]:
        rate = learning_rate(self.clock.progress(), self.job.training)
        with guard("train_error", "train the network"):
            if rate != self.rate:  # assigning costs 0.1 ms
                model.optimizer.learning_rate = self.rate = rate
            logs = model.train_on_batch(x, y, return_dict=True)
            return {name: float(value) for name, value in logs.items()}

    def _validate(self) -> dict[str, float]:
        if self.scorer is None:
            return {}
        with self.clock.phase("validate"):
            return {f"val_{name}": value for name, value in self.scorer.score(self.network.trained).items()}

    def _keep_if_best(self, metrics: dict[str, float]) -> bool:
        """Whether this epoch improves the objective; an epoch with a value that is not finite does not."""
        if self.scorer is None:
            return False
        record, objective = self.record, self.job.objective
        best_so_far = record.metrics[objective.metric] if record.best_epoch is not None else None
        finite = all(math.isfinite(value) for value in metrics.values())
        if not finite or not objective.better(metrics[objective.metric], best_so_far):
            return False
        record.best_epoch, record.metrics = record.epochs, metrics
        self.keeper.keep()
        return True

    def _out_of_patience(self) -> bool:
        patience = self.job.training.patience
        if self.scorer is None or patience is None:
            return False
        return self.record.epochs - (self.record.best_epoch or 0) >= patience

    def _settle(self, metrics: dict[str, float]) -> None:
        """After the last epoch: without validation it is the best one; with it, there must be one."""
        if self.scorer is None:
            self.record.best_epoch, self.record.metrics = self.record.epochs, metrics
            self.keeper.keep()
        elif self.record.best_epoch is None:
            raise not_finite(f"no epoch of {self.record.epochs} had a finite validation loss; last: {metrics}")
