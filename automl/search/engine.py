"""The loop of a search: propose, train, record, until the budget, the number of trials or Ctrl-C says stop."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from automl.errors import SearchError
from automl.events import Events, TrialEnd
from automl.jobs import DataRef, EpochReport, Objective, Reply, TrialJob, TrialResult
from automl.search.checkpoints import Checkpoints
from automl.search.plan import Plan, TrialCost, final_epochs
from automl.search.proposer import Proposal, Proposer
from automl.study import TrialOutcome, TrialRecord

if TYPE_CHECKING:
    from automl.execution import Executor
    from automl.search.clock import Clock
    from automl.search.interrupt import Interrupt
    from automl.study import Study

log = logging.getLogger("automl.search")

# Proposals in a row that were infeasible or known: the space has nothing new within reach.
EXHAUSTED = 100
# Failed trials in a row after which no further one is tried.
GIVE_UP = 6
# A trial that gets less than this share of the epochs of the others cannot be compared with them.
COMPARABLE = 0.5
# Seconds between looks at the clock and at Ctrl-C while a trial runs.
TICK = 0.2


@dataclass(frozen=True, slots=True)
class Rules:
    """What the loop obeys.

    Attributes:
        task: Name of the task, for the jobs.
        data: The prepared-data folder, for the jobs.
        objective: What is improved.
        max_trials: Trials that train at least one epoch, or None.
        plan: How the time is divided.
        clock: The time.
        checkpoints: Folder of the trials' models.
    """

    task: str
    data: Path
    objective: Objective
    max_trials: int | None
    plan: Plan
    clock: Clock
    checkpoints: Path


@dataclass(frozen=True, slots=True)
class Winner:
    """The best trial so far and what its final training needs to know."""

    proposal: Proposal
    result: TrialResult
    value: float
    cost: TrialCost


class Engine:
    """Runs trials on an executor and records them in a study.

    Attributes:
        winner: The best trial so far, or None.
        trained: Trials that trained at least one epoch.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        proposer: Proposer,
        study: Study,
        executor: Executor,
        events: Events,
        interrupt: Interrupt,
    ) -> None:
        self._rules, self._proposer, self._study, self._executor = rules, proposer, study, executor
        self._events, self._interrupt = events, interrupt
        self._running: dict[str, Proposal] = {}
        self._pruned: dict[str, str] = {}
        self._epochs: int | None = None  # at most so many, since the clock shortened the first trial's schedule
        self._usual: int | None = None  # epochs of the first complete trial, which others are compared with
        self._failed_in_a_row = 0
        self._checkpoints = Checkpoints(rules.checkpoints, rules.objective)
        self.winner: Winner | None = None
        self.trained = 0

    def search(self) -> Winner:
        """Run until there is a reason to stop.

        Raises:
            SearchError: No trial succeeded; the message says why.
            KeyboardInterrupt: Ctrl-C came before there was anything to deliver.
        """
        self._proposer.enqueue_first()
        while True:
            reason = self._fill() if self._executor.ready() else self._interrupted()
            if not self._running and reason:
                break
            self._interrupt.acknowledge(self._events)
            for event in self._executor.poll(TICK):
                if isinstance(event, EpochReport):
                    self._on_epoch(event)
                else:
                    self._on_result(event)
        if self.winner is None:
            if self._interrupt.requested:
                raise KeyboardInterrupt
            raise self._nothing_found(reason)
        self._events.stopping(reason)
        return self.winner

    def _fill(self) -> str:
        """Start trials while there is room and reason; returns why no further one starts, or an empty text."""
        while len(self._running) < self._executor.capacity:
            seconds = self._seconds_for_a_trial()
            if reason := self._reason_to_stop(seconds):
                return reason
            proposal = self._proposer.propose(epochs=self._epochs)
            if isinstance(proposal, TrialRecord):
                self._events.trial_ended(_trial_end(proposal))
            else:
                self._start(proposal, seconds)
        return ""

    def _reason_to_stop(self, seconds: float | None) -> str:
        rules = self._rules
        if reason := self._interrupted() or self._hopeless():
            return reason
        if rules.max_trials is not None and self.trained + len(self._running) >= rules.max_trials:
            return "all trials are done"
        if self._proposer.rejected_in_a_row >= EXHAUSTED:
            return f"the space has nothing new: {EXHAUSTED} proposals in a row were known or infeasible"
        if seconds == 0:
            return "the rest of the time is for the final training"
        return ""

    def _interrupted(self) -> str:
        return "stopped by Ctrl-C" if self._interrupt.requested else ""

    def _hopeless(self) -> str:
        if self._failed_in_a_row >= GIVE_UP:
            return f"{GIVE_UP} trials in a row failed"
        if self._failed_in_a_row and self._rules.clock.remaining() <= 0:
            return "the time is over"  # without a winner the plan would go on granting every trial its least
        return ""

    def _seconds_for_a_trial(self) -> float | None:
        best = None if self.winner is None else self.winner.cost
        return self._rules.plan.trial_seconds(self._rules.clock.remaining(), best)

    def _start(self, proposal: Proposal, seconds: float | None) -> None:
        job = TrialJob(
            job_id=f"trial-{proposal.number}",
            task=self._rules.task,
            architecture=proposal.architecture.to_json(),
            training=proposal.training.model_copy(update={"epochs": self._epochs_of(proposal)}),
            data=DataRef(directory=str(self._rules.data)),
            objective=self._rules.objective,
            seed=proposal.seed,
            seconds=seconds,
            model_file=str(self._checkpoints.file(proposal.number)),
            layers=proposal.architecture.origins,
        )
        self._running[job.job_id] = proposal
        self._events.trial_started(proposal.number, proposal.sketch)
        self._executor.submit(job)

    def _epochs_of(self, proposal: Proposal) -> int:
        """Epochs a trial is laid out for: its own, or as many as the time allowed the first one."""
        full = proposal.training.epochs
        return full if self._epochs is None else min(self._epochs, full)

    def _on_epoch(self, report: EpochReport) -> None:
        proposal = self._running[report.job_id]
        number = proposal.number
        self._study.epoch(
            number,
            epoch=report.epoch,
            metrics=report.metrics,
            learning_rate=report.learning_rate,
            seconds=report.seconds,
            planned_epochs=report.planned_epochs,
        )
        if reason := self._reason_to_prune(proposal, report):
            self._pruned[report.job_id] = reason
        stop = bool(reason) or self._interrupt.requested
        self._executor.reply(report.job_id, Reply(action="stop" if stop else "continue"))
        self._events.epoch_ended(number, report)

    def _reason_to_prune(self, proposal: Proposal, report: EpochReport) -> str:
        """Why a trial is not worth its next epoch, or an empty text."""
        epoch, planned = report.epoch, report.planned_epochs
        if epoch >= planned:
            return ""
        usual = min(self._usual or planned, proposal.training.epochs)
        if planned < COMPARABLE * usual:
            return f"too slow: {planned} epochs fit into its time, the trials before had {usual}"
        if self._study.should_prune(proposal.number):
            return f"behind the median of the trials before after {epoch} of {planned} epochs"
        return ""

    def _on_result(self, result: TrialResult) -> None:
        proposal = self._running.pop(result.job_id)
        record = self._record(proposal, result)
        if record.trained:
            self.trained += 1
        if record.state == "failed":
            self._failed_in_a_row += 1
            self._events.trial_ended(_trial_end(record))
            return
        self._failed_in_a_row = 0
        self._learn(proposal, result, record)
        self._events.trial_ended(_trial_end(record))

    def _record(self, proposal: Proposal, result: TrialResult) -> TrialRecord:
        number, outcome = proposal.number, _outcome(result, self._rules.objective.metric)
        if (failure := result.failure) is not None:
            return self._study.fail(
                number,
                kind=failure.kind,
                message=failure.message,
                advice=failure.advice,
                traceback=failure.traceback,
                outcome=outcome,
            )
        if reason := self._pruned.pop(result.job_id, ""):
            return self._study.prune(number, outcome, reason=reason)
        interrupted = result.status == "stopped"
        return self._study.complete(number, outcome, reason="stopped by Ctrl-C" if interrupted else "")

    def _learn(self, proposal: Proposal, result: TrialResult, record: TrialRecord) -> None:
        """Take from a trained trial the epochs of later ones, the best so far and which model files stay."""
        if self._usual is None and result.status == "complete":
            self._usual, self._epochs = result.planned_epochs, _common_epochs(proposal, result)
        if record.state != "complete" or record.value is None:
            self._checkpoints.drop(proposal.number)
            return
        self._checkpoints.keep(proposal.number, record.value)
        if self._rules.objective.better(record.value, None if self.winner is None else self.winner.value):
            cost = _cost(proposal, result)
            self.winner = Winner(proposal=proposal, result=result, value=record.value, cost=cost)

    def _nothing_found(self, reason: str) -> SearchError:
        records = [record for record in self._study.trials() if record.state in ("failed", "infeasible")]
        reasons = Counter(f"{r.state}: {r.failure_message or r.reason}" for r in records)
        lines = [f"  {count} x {text}" for text, count in reasons.most_common(5)]
        if not lines:
            return SearchError(f"no trial was finished ({reason}); give the search more time", out_of_time=True)
        advice = next((r.failure_advice for r in records if r.failure_advice), "look at `automl trials RUN`")
        head = f"no trial succeeded ({reason}):"
        return SearchError("\n".join([head, *lines, f"what to do: {advice}"]))


def _common_epochs(proposal: Proposal, result: TrialResult) -> int | None:
    """Epochs for all later trials where the clock shortened this one's schedule; None where it did not."""
    return result.planned_epochs if result.planned_epochs < proposal.training.epochs else None


def _cost(proposal: Proposal, result: TrialResult) -> TrialCost:
    seconds: Mapping[str, float] = result.seconds
    step, steps = result.step_seconds or 0.0, result.steps_per_epoch or 1
    return TrialCost(
        build_seconds=seconds.get("build", 0.0) + seconds.get("save", 0.0),
        epoch_seconds=step * steps,
        epochs=final_epochs(
            best_epoch=result.best_epoch or 1, planned=result.planned_epochs, full=proposal.training.epochs
        ),
        trial_seconds=sum(seconds.values()),
    )


def _outcome(result: TrialResult, metric: str) -> TrialOutcome:
    return TrialOutcome(
        value=result.metrics.get(metric),
        epochs=result.epochs,
        planned_epochs=result.planned_epochs or None,
        best_epoch=result.best_epoch,
        metrics=result.metrics,
        seconds=result.seconds,
        parameters=result.parameters,
        step_seconds=result.step_seconds,
        steps_per_epoch=result.steps_per_epoch,
    )


def _trial_end(record: TrialRecord) -> TrialEnd:
    reason = record.reason or record.failure_message or ""
    if record.duplicate_of is not None:
        reason = reason or f"same as trial {record.duplicate_of}"
    return TrialEnd(
        number=record.number,
        state=record.state,
        value=record.value,
        epochs=record.epochs,
        seconds=record.total_seconds,
        parameters=record.parameters,
        reason=reason,
        description=record.description,
    )
