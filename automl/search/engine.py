"""The loop of a search: propose, train, record, until the budget, the number of trials or a signal says stop.

What trains next follows from the study's records and the seed. One trial at a time, without a time limit, a search that
is killed at any moment and continued therefore proposes the same trials as one that was left alone:

* every trial has a sampler of its own, seeded by its place in the search (see :mod:`automl.search.sampling`);
* while a trial trains, the next proposal is asked for, so that no worker waits for it; nothing of that is recorded
  before it is with a worker, and the sampler never knows how the trial before it ended, whenever it is asked;
* with early discard a trial may go on between two others, so one trial at a time the next one is asked for when it is
  its turn, and the sampler knows how all before it stand;
* what was interrupted goes on before anything else is decided;
* whatever else is decided from earlier trials is summed up by one :class:`~automl.search.tally.Tally`, and who goes on
  by one :class:`~automl.search.halving.Halving`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from automl.events import Events
from automl.search.best import Best
from automl.search.checkpoints import KEPT, Checkpoints
from automl.search.costs import Costs
from automl.search.halving import Halving
from automl.search.plan import TrialCost
from automl.search.promotions import Promotions, too_slow
from automl.search.proposer import Idea, Proposal, Proposer, recall
from automl.search.recording import trial_end
from automl.search.rules import TICK, Rules
from automl.search.running import RunningTrials
from automl.search.stopping import Reason, Stopping, nothing_found
from automl.search.tally import Tally, in_order, waits
from automl.search.winner import Winner
from automl.study import TrialOutcome, TrialRecord

if TYPE_CHECKING:
    from automl.execution import Executor
    from automl.search.interrupt import Interrupt
    from automl.study import Study

# So many proposals may wait for running trials that they are equal to; then it is better to wait than to ask.
TWINS = 8


class Engine:
    """Runs trials on an executor and records them in a study, which may be one that an earlier session left.

    Args:
        rules: What to obey.
        proposer: Says what to train.
        study: Where everything is recorded.
        executor: Where jobs run; as many at the same time as it has room for.
        events: Who watches.
        interrupt: Whether to end.

    Attributes:
        early: Whether the search ended before what was asked for was done, and can go on once that is put right.
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
        self._rules, self._proposer, self._study = rules, proposer, study
        self._events, self._interrupt = events, interrupt
        self._alone = executor.capacity == 1
        self._tally, self._costs = Tally(), Costs()
        self._halving = Halving(rules.objective, enabled=rules.early_discard)
        self._checkpoints = Checkpoints(rules.checkpoints, rules.objective, kept=max(KEPT, rules.ensemble))
        self._running = RunningTrials(
            rules,
            self._tally,
            self._halving,
            study=study,
            executor=executor,
            checkpoints=self._checkpoints,
            events=events,
            interrupt=interrupt,
        )
        self._promotions = Promotions(rules, self._halving, self._costs, study)
        self._idea: Idea | None = None  # asked for in advance
        self._owed = 0  # second tries of trials whose process went away, at the head of the queue
        self._waiting: list[Proposal] = []  # begun and not training: interrupted ones, and equals of running ones
        self._best = Best(study, self._checkpoints, rules.objective)
        self.early = False

    @property
    def winner(self) -> Winner | None:
        """The best trial so far, or None."""
        return self._best.winner

    @property
    def trained(self) -> int:
        """Trials that trained at least one epoch, paused ones among them."""
        waiting = sum(proposal.epochs > 0 for proposal in self._waiting)
        return self._tally.trained + waiting + len(self._promotions)

    def search(self) -> Winner:
        """Run until there is a reason to stop.

        Raises:
            SearchError: No trial succeeded; the message says why.
            KeyboardInterrupt: A signal came before there was anything to deliver; its number is the argument.
        """
        self._restore()
        stopping = Stopping(self._rules, self._tally, self._interrupt)
        while True:
            reason = self._reason(stopping)
            acted = self._advance(reason)
            if reason is not None and not acted and not self._running:
                break
            self._interrupt.acknowledge(self._events)
            for proposal, record in self._running.poll(0.0 if acted else TICK):
                self._ended(proposal, record)
        self._leave()
        return self._deliver(reason)

    @property
    def _best_cost(self) -> TrialCost | None:
        return self._running.expected() if self.winner is None else self.winner.cost

    def _restore(self) -> None:
        """Take up what an earlier session left; a new study has nothing."""
        self._proposer.enqueue_first()
        records = in_order(self._study.trials())
        states = {record.number: record.state for record in records}
        self._tally.restore(records)
        self._checkpoints.restore(records)
        self._promotions.restore(records, self._study.curves())
        self._waiting = [recall(trial) for trial in self._study.paused() if not waits(trial)]
        self._owed = sum(
            record.state == "queued" and record.parent is not None and states.get(record.parent) == "orphaned"
            for record in records
        )
        self._best.restore()
        if not self._waiting and not self._owed:
            self._clear()

    def _reason(self, stopping: Stopping) -> Reason | None:
        """Why no new trial starts; where space is short, those that wait make some first."""
        while True:
            reason = stopping.reason(
                running=len(self._running),
                best=self._best_cost,
                waiting=len(self._promotions),
                obstacle=self._running.obstacle,
            )
            worst = self._promotions.worst()
            if reason is None or not reason.disk or worst is None:
                return reason
            self._discard(worst)
            stopping.look_again()

    def _advance(self, reason: Reason | None) -> bool:
        """Take one step towards having all workers busy and a proposal ready; whether there was one to take."""
        if self._running.room() and (reason is None or reason.waiting) and self._start_next(reason):
            return True
        in_advance = not (self._alone and self._halving.enabled)
        if reason is None and in_advance and self._idea is None and not self._waiting and self._wants_more():
            self._idea = self._ask()
            return True
        return False

    def _wants_more(self) -> bool:
        """Whether there will be a new trial after those that run."""
        wanted = self._rules.max_trials
        return wanted is None or self._tally.trained + len(self._running) + len(self._promotions) < wanted

    def _start_next(self, reason: Reason | None) -> bool:
        training = {proposal.key for proposal in self._running.proposals()}
        for proposal in self._waiting if reason is None else ():
            if proposal.key not in training:
                self._waiting.remove(proposal)
                self._start_or_answer(proposal)
                return True
        if not self._owed and self._go_on(reason):
            return True
        if reason is not None or len(self._waiting) >= TWINS:
            return False
        if self._idea is None:
            self._idea = self._ask()
            return True
        idea, self._idea, self._owed = self._idea, None, max(0, self._owed - 1)
        outcome = self._judge(idea)
        if not isinstance(outcome, Proposal):
            self._over(outcome)
        elif outcome.key in training:
            self._waiting.append(self._begun(outcome))
        else:
            self._start_or_answer(outcome)
        return True

    def _go_on(self, reason: Reason | None) -> bool:
        """Let a trial go on that waits on a rung, where one has earned it; whether there was one."""
        idle = reason is not None and reason.time
        proposal = self._promotions.next(self._best_cost, alone=not self._running, idle=idle)
        if proposal is None:
            return False
        self._study.unpause(proposal.number)
        self._running.start(proposal, self._best_cost, winner=self.winner is not None, waited=True)
        return True

    def _ask(self) -> Idea:
        last = self._tally.last
        over = all(last != proposal.number for proposal in self._running.proposals())
        return self._proposer.ask(
            rejected=self._tally.rejected + len(self._waiting),
            unknown=last if self._alone and over and not self._halving.enabled else None,
            parallel=not self._alone,
        )

    def _judge(self, idea: Idea) -> Proposal | TrialRecord:
        outcome = self._proposer.judge(idea, epochs=self._tally.epochs, limits=self._rules.limits)
        if not isinstance(outcome, Proposal) or outcome.draft is None:
            return outcome
        text, excess = too_slow(outcome.draft, self._rules, self._costs, best=self._best_cost, usual=self._tally.usual)
        if not text:
            return outcome
        number = self._begun(outcome).number
        return self._study.infeasible(number, reason=text, violations={"seconds": excess}, kind="too_large")

    def _start_or_answer(self, proposal: Proposal) -> None:
        """Train a proposal, unless one that was trained before answers for it."""
        before = None if proposal.epochs else self._equal(proposal)
        if before is not None:
            self._answer(proposal, before)
            return
        if proposal.paused:
            self._study.unpause(proposal.number)
        self._tally.began(proposal.number)
        self._running.start(proposal, self._best_cost, winner=self.winner is not None)

    def _equal(self, proposal: Proposal) -> TrialRecord | None:
        """A trial that answers for a proposal: one that is over, or waits on a rung."""
        return self._study.find_duplicate(proposal.key, paused=self._promotions.numbers())

    def _answer(self, proposal: Proposal, before: TrialRecord) -> None:
        if proposal.paused:
            self._study.unpause(proposal.number)
        self._over(self._study.duplicate(self._begun(proposal).number, before))

    def _begun(self, proposal: Proposal) -> Proposal:
        """The proposal, recorded as a trial that has begun."""
        if proposal.draft is None:
            return proposal
        self._study.begin(proposal.number, proposal.draft)
        return replace(proposal, draft=None)

    def _ended(self, proposal: Proposal, record: TrialRecord) -> None:
        """A job is over: its trial too, or it waits."""
        self._costs.learn_from(record)
        if record.state == "failed":
            self._halving.forget(record.number)
        self._over(record, later=self._promotions.has_gone_on(record.number))
        if waits(record):
            self._promotions.wait(proposal, record)
        elif record.state == "paused":
            self._waiting.append(replace(proposal, epochs=record.epochs, paused=True))
        self._clear()

    def _clear(self) -> None:
        """Give up what waits in vain."""
        for number in self._promotions.hopeless():
            self._discard(number)

    def _discard(self, number: int) -> None:
        self._promotions.drop(number)
        record = self._study.discard(number)
        if self.winner is None or self.winner.number != number:
            self._over(record, later=True)

    def _over(self, record: TrialRecord, *, later: bool = False) -> None:
        """Take from a trial that is over, or paused, what later ones depend on and which files stay.

        Args:
            record: Of the trial.
            later: Whether it had waited on a rung.
        """
        (self._tally.add_later if later and record.state != "failed" else self._tally.add)(record)
        if record.state == "complete" and record.value is not None:
            self._checkpoints.keep(record.number, record.value)
            self._best.look()
        elif record.state != "paused":
            self._checkpoints.drop(record.number)
        self._events.trial_ended(trial_end(record))

    def _leave(self) -> None:
        """Settle what waits for a trial that it was equal to: nothing may look as if it still ran."""
        for proposal in self._waiting:
            if not proposal.epochs and (before := self._equal(proposal)) is not None:
                self._answer(proposal, before)
            elif not proposal.paused:
                self._study.pause(proposal.number, TrialOutcome(), reason="it waits for its turn")

    def _deliver(self, reason: Reason) -> Winner:
        interrupted, self.early = self._interrupt.requested, bool(reason.advice)
        if interrupted or self._running.obstacle is not None or self.winner is None:
            self._best.look_at_paused()
        if not interrupted and not self.early:
            for number in self._promotions.numbers():  # the search is over, and nobody goes on
                self._discard(number)
        if self.winner is None:
            if interrupted:
                raise KeyboardInterrupt(self._interrupt.signal)
            raise nothing_found(reason, self._study.trials())
        if self.early:
            self._events.warning(f"the search ends early: {reason.text}. {reason.advice}")
        self._events.stopping(reason.text)
        return self.winner
