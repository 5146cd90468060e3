"""The trials that train: their jobs, what they are answered, and their ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from automl.events import Events
from automl.failures import Failure
from automl.jobs import DataRef, EpochReport, Reply, TrialJob, TrialResult
from automl.search.attempts import Attempts
from automl.search.checkpoints import Checkpoints
from automl.search.halving import Halving
from automl.search.plan import COMPARABLE, SHORTEST, TrialCost
from automl.search.proposer import Proposal
from automl.search.recording import record_end
from automl.search.rules import Rules
from automl.search.tally import Tally
from automl.study import TrialRecord

if TYPE_CHECKING:
    from automl.execution import Executor
    from automl.search.interrupt import Interrupt
    from automl.study import Study


@dataclass(slots=True)
class _Running:
    """A trial that trains.

    Attributes:
        proposal: What it is.
        epochs: The furthest epoch that is recorded; it may be reported again by one that goes on from its state.
        after: The epoch after which it went on, having waited; 0 for one that never did.
        pruned: Why it was told to stop, if it was.
        behind: Why it was told to wait, if it was.
        latest: Its latest report.
        since: ``time.monotonic()`` when it started.
    """

    proposal: Proposal
    epochs: int
    after: int = 0
    pruned: str = ""
    behind: str = ""
    latest: EpochReport | None = None
    since: float = field(default_factory=time.monotonic)


class RunningTrials:
    """Starts trials, records their epochs and ends, and stops or pauses those that are not worth it.

    Args:
        rules: What to obey.
        tally: What earlier trials say.
        halving: Who goes on.
        study: Where everything is recorded.
        executor: Where jobs run.
        checkpoints: Where their files are.
        events: Who watches.
        interrupt: Whether to pause them.
    """

    def __init__(
        self,
        rules: Rules,
        tally: Tally,
        halving: Halving,
        *,
        study: Study,
        executor: Executor,
        checkpoints: Checkpoints,
        events: Events,
        interrupt: Interrupt,
    ) -> None:
        self._rules, self._tally, self._halving = rules, tally, halving
        self._study, self._checkpoints = study, checkpoints
        self._events, self._interrupt = events, interrupt
        self._attempts = Attempts(
            executor, stopping=lambda: interrupt.requested, started=self._on_start, retried=self._on_retry
        )
        self._running: dict[str, _Running] = {}

    def __len__(self) -> int:
        return len(self._running)

    @property
    def obstacle(self) -> Failure | None:
        """What cut a trial off and has to be put right before another one starts."""
        return self._attempts.obstacle

    def room(self) -> bool:
        """Whether a trial that is started now begins at once."""
        return self._attempts.room()

    def proposals(self) -> list[Proposal]:
        """What trains."""
        return [running.proposal for running in self._running.values()]

    def expected(self) -> TrialCost | None:
        """What the trial that is the furthest says about the time of all, before one is complete; None at first."""
        known = [(r.epochs, r.latest, r.since) for r in self._running.values() if r.latest is not None and not r.after]
        if not known:
            return None
        epochs, latest, since = max(known, key=lambda each: each[0])
        spent = time.monotonic() - since
        build = max(0.0, spent - epochs * latest.seconds)
        whole = build + latest.planned_epochs * latest.seconds
        return TrialCost(build, latest.seconds, latest.planned_epochs, whole)

    def start(self, proposal: Proposal, best: TrialCost | None, *, winner: bool = False, waited: bool = False) -> None:
        """Train a proposal.

        Args:
            proposal: What to train.
            best: The cost of the best trial so far, or what is expected of the first.
            winner: Whether there is a model to deliver.
            waited: Whether it waited on a rung, and goes on from there.
        """
        if proposal.parent is not None:
            self._checkpoints.hand_over(proposal.parent, proposal.number)
        job = self._job(proposal, best, winner=winner, waited=waited)
        self._running[job.job_id] = _Running(proposal, proposal.epochs, after=proposal.epochs if waited else 0)
        self._events.trial_started(proposal.number, proposal.sketch)
        self._attempts.submit(job)

    def poll(self, timeout: float) -> list[tuple[Proposal, TrialRecord]]:
        """Deal with what has happened, waiting up to ``timeout`` seconds for it; gives the trials that are over."""
        ended = []
        for event in self._attempts.poll(timeout):
            if isinstance(event, EpochReport):
                self._on_epoch(event)
            else:
                ended.append(self._on_result(event))
        return ended

    def _job(self, proposal: Proposal, best: TrialCost | None, *, winner: bool, waited: bool) -> TrialJob:
        rules, remaining = self._rules, self._rules.clock.remaining()
        seconds = rules.plan.trial_seconds(remaining, best)
        if waited and seconds is not None:  # there may be no time for a new one, and enough for the rest of this one
            seconds = max(SHORTEST, rules.plan.rest_seconds(remaining, best))
        longest = seconds if seconds is None or best is not None else rules.plan.first_seconds(seconds, remaining)
        timeout = rules.plan.timeout(longest, remaining, winner=winner)
        limits = [limit for limit in (timeout, rules.limits.trial_seconds) if limit is not None]
        full, most = proposal.training.epochs, self._tally.epochs
        state = self._checkpoints.state(proposal.number)
        return TrialJob(
            job_id=f"trial-{proposal.number}",
            task=rules.task,
            architecture=proposal.architecture.to_json(),
            training=proposal.training.model_copy(update={"epochs": full if most is None else min(most, full)}),
            data=DataRef(directory=str(rules.data)),
            objective=rules.objective,
            seed=proposal.seed,
            seconds=seconds,
            timeout=min(limits, default=None),
            model_file=str(self._checkpoints.model(proposal.number)),
            state_file=str(state),
            resume=state.is_file(),
            layers=proposal.architecture.origins,
        )

    def _on_start(self, job: TrialJob, worker: str) -> None:
        running = self._running[job.job_id]
        number, draft = running.proposal.number, running.proposal.draft
        if draft is None:
            self._study.assign(number, worker)
        else:  # recorded while the worker builds the network already
            self._study.begin(number, replace(draft, worker=worker))
            running.proposal = replace(running.proposal, draft=None)

    def _on_retry(self, job: TrialJob, reason: str) -> None:
        running = self._running[job.job_id]
        running.pruned = running.behind = ""  # the answer may never have arrived
        number, training = running.proposal.number, running.proposal.training
        if (batch := job.training.batch_size) != training.batch_size:
            reason = f"{reason}; now with batches of {batch}"
            training = training.model_copy(update={"batch_size": batch})
            running.proposal, running.epochs = replace(running.proposal, training=training), 0
            self._halving.forget(number)
            self._study.retrain(number, training.model_dump(mode="json"), reason=reason)
        self._events.trial_retried(number, reason)

    def _on_epoch(self, report: EpochReport) -> None:
        running = self._running[report.job_id]
        number = running.proposal.number
        self._study.epoch(
            number,
            epoch=report.epoch,
            metrics=report.metrics,
            learning_rate=report.learning_rate,
            seconds=report.seconds,
            planned_epochs=report.planned_epochs,
            checkpoint=str(self._checkpoints.state(number)) if report.saved else "",
        )
        value = report.metrics[self._rules.objective.metric]
        self._halving.reached(number, epoch=report.epoch, value=value, planned=report.planned_epochs)
        seconds = self._more_time(running, report)
        running.latest = report
        self._attempts.reply(report.job_id, Reply(action=self._answer(running, report), seconds=seconds))
        self._events.epoch_ended(number, report)

    def _more_time(self, running: _Running, report: EpochReport) -> float | None:
        """Seconds from now on for a first trial that turns out to need all of the time; see the plan's rules."""
        rules, first = self._rules, running.latest is None
        if not first or not self._halving.is_first(running.proposal.number):
            return None
        if rules.limits.trial_seconds is not None:
            return None
        full = running.proposal.training.epochs
        return rules.plan.all_seconds(rules.clock.remaining(), fitting=report.planned_epochs, full=full)

    def _answer(self, running: _Running, report: EpochReport) -> Literal["continue", "stop", "pause"]:
        if report.epoch < running.epochs:  # an epoch told once more; the trial went on after it
            return "continue"
        running.epochs = report.epoch
        # While epochs of a state are told again, the first of them after which to stop is not the last.
        running.pruned = running.pruned or self._reason_to_prune(running.proposal, report)
        if running.pruned:
            return "stop"
        running.behind = running.behind or self._reason_to_wait(running, report)
        return "pause" if running.behind or self._interrupt.requested else "continue"

    def _reason_to_prune(self, proposal: Proposal, report: EpochReport) -> str:
        """Why a trial is not worth its next epoch, or an empty text."""
        epoch, planned = report.epoch, report.planned_epochs
        usual = min(self._tally.usual or planned, proposal.training.epochs)
        if epoch < planned < COMPARABLE * usual:
            return f"too slow: {planned} epochs fit into its time, the trials before had {usual}"
        return ""

    def _reason_to_wait(self, running: _Running, report: EpochReport) -> str:
        """Why others should train first, or an empty text."""
        if report.epoch <= running.after:
            return ""
        number, training = running.proposal.number, running.proposal.training
        warmup = training.warmup_epochs * report.planned_epochs / training.epochs
        standing = self._halving.verdict(number, epoch=report.epoch, warmup=warmup, since=running.after)
        return "" if standing is None else str(standing)

    def _on_result(self, result: TrialResult) -> tuple[Proposal, TrialRecord]:
        running = self._running.pop(result.job_id)
        proposal = running.proposal
        seconds = proposal.seconds + time.monotonic() - running.since
        paused = self._interrupt.reason or ("" if self.obstacle is None else self.obstacle.message)
        record = record_end(
            self._study,
            proposal.number,
            result,
            seconds=seconds,
            pruned=running.pruned or running.behind,
            paused=running.behind or paused,
        )
        return proposal, record
