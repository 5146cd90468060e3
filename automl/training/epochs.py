"""Epoch after epoch: what each leaves behind, and what ends them."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from automl.failures import TrialFailure
from automl.jobs import EpochReport, Reply, TrialJob
from automl.training.average import AVERAGED, preferred
from automl.training.clock import Clock
from automl.training.failures import not_finite
from automl.training.keeper import Keeper
from automl.training.learner import Learner
from automl.training.record import Record
from automl.training.saver import Saver
from automl.training.scoring import Scorer

_log = logging.getLogger("automl.training")

Report = Callable[[EpochReport], Reply]
Action = Literal["continue", "stop", "pause"]
Status = Literal["complete", "stopped", "paused"]


@dataclass(slots=True)
class Epochs:
    """The epochs of one job.

    Attributes:
        job: What is to be done.
        learner: Trains one epoch.
        keeper: Has the best weights.
        saver: Has the state.
        clock: Says how much still fits.
        record: What has happened so far, in another process too.
        referee: Compares what comes of it with the job's rival; None without one.
    """

    job: TrialJob
    learner: Learner
    keeper: Keeper
    saver: Saver
    clock: Clock
    record: Record
    referee: Scorer | None = None

    def run(self, report: Report) -> Status:
        """Train until all epochs are done, the clock, patience or an answer says so; then write the weights to keep.

        Raises:
            TrialFailure: Whatever ends a training badly.
        """
        answer = self._tell_again(report)
        while answer == "continue" and not self._over():
            if not self.clock.allows_step():  # the answer came too late for an epoch that was planned
                self.record.planned = self.record.epochs
                break
            self._epoch()
            answer = self._hear(report(self.record.reports[-1]))
        status = self._status(answer)
        if status == "paused":
            self._save()
        self._settle(status)
        self.keeper.finish()
        return status

    def _tell_again(self, report: Report) -> Action:
        """Report the epochs of the state. They are trained, so all are told; the last answer that ends it counts."""
        answer: Action = "continue"
        for told in self.record.reports:
            again = told.model_copy(update={"job_id": self.job.job_id, "saved": told.epoch == self.saver.saved})
            said = self._hear(report(again))
            answer = answer if said == "continue" else said
        return answer

    def _hear(self, reply: Reply) -> Action:
        """What an answer asks for; it may bring another limit of time."""
        if reply.seconds is not None:
            self.clock.extend(reply.seconds)
            self.record.planned = self._fitting(self.record.epochs)
        return reply.action

    def _fitting(self, number: int) -> int:
        """Epochs there will be, ``number`` of which are trained."""
        left = self.clock.epochs_left(self.learner.batches.steps)
        return min(self.job.training.epochs, number + math.ceil(min(left, 1e6)))

    def _epoch(self) -> None:
        """Train one epoch and write down what it leaves."""
        begin, record = time.monotonic(), self.record
        number = record.epochs + 1
        metrics = self.learner.epoch(number)
        best = self._improves(metrics)
        if best:
            self._keep(number, averaged=bool(metrics.get(AVERAGED)))
            record.best_epoch = number
        record.planned = self._fitting(number)
        record.reports.append(
            EpochReport(
                job_id=self.job.job_id,
                epoch=number,
                planned_epochs=record.planned,
                metrics=metrics,
                learning_rate=self.learner.rate,
                seconds=time.monotonic() - begin,
                best=best,
            )
        )
        if not self._over() and self.saver.due:
            self._save_if_there_is_room()

    def _save_if_there_is_room(self) -> None:
        """Write the state now and then: without a new one the training goes on, and an interruption costs more."""
        try:
            self._save()
        except TrialFailure as error:
            if error.failure.kind != "disk_full":
                raise
            _log.warning("training goes on without a new state: %s", error.failure.message)

    def _save(self) -> None:
        """Write the state after the latest epoch, whose report says so; both know of each other."""
        reports = self.record.reports
        if self.saver.saved < len(reports):
            told = reports[-1].model_copy(update={"saved": True})
            self.saver.save([*reports[:-1], told])
            reports[-1] = told

    def _improves(self, metrics: Mapping[str, float]) -> bool:
        """Whether these metrics improve the objective; an epoch whose loss or objective is not finite does not.

        Another score may be undefined for good, such as the AUC of validation rows that are all of one class. Of epochs
        that score alike, as they often do on a dozen rows, the one with the lowest loss is the best.
        """
        decisive = ("loss", "val_loss", self.job.objective.metric)
        if self.learner.scorer is None or not all(math.isfinite(metrics.get(name, 0.0)) for name in decisive):
            return False
        best = self.record.best_epoch
        return best is None or preferred(self.job.objective, metrics, self.record.metrics(best))

    def _keep(self, epoch: int, *, averaged: bool) -> None:
        """Keep the weights after an epoch, or their average."""
        average, scorer = self.learner.average, self.learner.scorer
        weights = average.weights if average is not None and averaged else None
        self.keeper.keep(epoch, weights, {} if scorer is None else scorer.answers)

    def _over(self) -> bool:
        """Whether there is nothing left to train, whatever the answer."""
        record, patience = self.record, self.job.training.patience
        if record.epochs >= record.planned:
            return True
        if self.learner.scorer is None or patience is None:
            return False
        return record.epochs - (record.best_epoch or 0) >= patience

    def _status(self, answer: Action) -> Status:
        if answer == "continue" or self._over():
            return "complete"
        return "paused" if answer == "pause" and self.saver.active else "stopped"

    def _settle(self, status: Status) -> None:
        """Without validation the last epoch is the one to keep; with it there must be one, before the training ends."""
        record = self.record
        if self.learner.scorer is None:
            if not self.learner.network.finite:  # the last step of all may have been one too many
                raise not_finite(f"the weights after epoch {record.epochs} are not finite")
            self._keep(record.epochs, averaged=True)  # with an average only where it was better in the trial
            record.best_epoch = record.epochs
        elif record.best_epoch is None and status != "paused":
            last = dict(record.metrics(record.epochs))
            raise not_finite(f"no epoch of {record.epochs} had a finite validation loss; last: {last}")
