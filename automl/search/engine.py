"""The loop of a search: propose, train, record, until the budget, the number of trials or a signal says stop.

What trains next follows from the study's records and the seed. One trial at a time, without a time limit, a search that
is killed at any moment and continued therefore proposes the same trials as one that was left alone:

* every trial has a sampler of its own, seeded by its place in the search (see :mod:`automl.search.sampling`);
* while a trial trains, the next proposal is asked for, so that no worker waits for it; nothing of that is recorded
  before it is with a worker, and the sampler never knows how the trial before it ended, whenever it is asked;
* whatever else is decided from earlier trials is summed up by one :class:`~automl.search.tally.Tally`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from automl.events import Events
from automl.search.checkpoints import Checkpoints
from automl.search.plan import TrialCost
from automl.search.proposer import Idea, Proposal, Proposer, recall
from automl.search.recording import trial_end
from automl.search.rules import TICK, Rules
from automl.search.running import RunningTrials
from automl.search.stopping import Reason, Stopping, nothing_found
from automl.search.tally import Tally, in_order
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
        winner: The best trial so far, or None.
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
        self._tally = Tally()
        self._checkpoints = Checkpoints(rules.checkpoints, rules.objective)
        self._running = RunningTrials(
            rules,
            self._tally,
            study=study,
            executor=executor,
            checkpoints=self._checkpoints,
            events=events,
            interrupt=interrupt,
        )
        self._idea: Idea | None = None  # asked for in advance
        self._waiting: list[Proposal] = []  # begun and not training: paused ones, and equals of running ones
        self.winner: Winner | None = None
        self.early = False

    @property
    def trained(self) -> int:
        """Trials that trained at least one epoch, paused ones among them."""
        return self._tally.trained + sum(proposal.epochs > 0 for proposal in self._waiting)

    def search(self) -> Winner:
        """Run until there is a reason to stop.

        Raises:
            SearchError: No trial succeeded; the message says why.
            KeyboardInterrupt: A signal came before there was anything to deliver; its number is the argument.
        """
        self._restore()
        stopping = Stopping(self._rules, self._tally, self._interrupt)
        while True:
            reason = stopping.reason(running=len(self._running), best=self._best_cost, obstacle=self._running.obstacle)
            if reason is not None and not self._running:
                break
            acted = reason is None and self._advance()
            self._interrupt.acknowledge(self._events)
            for proposal, record in self._running.poll(0.0 if acted else TICK):
                self._over(record)
                if record.state == "paused":
                    self._waiting.append(replace(proposal, epochs=record.epochs, paused=True))
        self._leave()
        return self._deliver(reason)

    @property
    def _best_cost(self) -> TrialCost | None:
        return None if self.winner is None else self.winner.cost

    def _restore(self) -> None:
        """Take up what an earlier session left; a new study has nothing."""
        self._proposer.enqueue_first()
        records = in_order(self._study.trials())
        self._tally.restore(records)
        self._checkpoints.restore(records)
        self._waiting = [recall(trial) for trial in self._study.paused()]
        self._find_winner()
        if self.winner is None and (best := self._study.best()) is not None:  # somebody took all the models away
            self.winner = Winner.of(best, self._checkpoints.model(best.number))

    def _advance(self) -> bool:
        """Take one step towards having all workers busy and a proposal ready; whether there was one to take."""
        if self._running.room() and self._start_next():
            return True
        if self._idea is None and not self._waiting and self._wants_more():
            self._idea = self._ask()
            return True
        return False

    def _wants_more(self) -> bool:
        """Whether there will be a trial after those that run."""
        wanted = self._rules.max_trials
        return wanted is None or self._tally.trained + len(self._running) < wanted

    def _start_next(self) -> bool:
        training = {proposal.key for proposal in self._running.proposals()}
        for proposal in self._waiting:
            if proposal.key not in training:
                self._waiting.remove(proposal)
                self._start_or_answer(proposal)
                return True
        if len(self._waiting) >= TWINS:
            return False
        if self._idea is None:
            self._idea = self._ask()
            return True
        idea, self._idea = self._idea, None
        outcome = self._proposer.judge(idea, epochs=self._tally.epochs, limits=self._rules.limits)
        if not isinstance(outcome, Proposal):
            self._over(outcome)
        elif outcome.key in training:
            self._waiting.append(self._begun(outcome))
        else:
            self._start_or_answer(outcome)
        return True

    def _ask(self) -> Idea:
        last = self._tally.last
        over = all(last != proposal.number for proposal in self._running.proposals())
        return self._proposer.ask(
            rejected=self._tally.rejected + len(self._waiting),
            unknown=last if self._alone and over else None,
            parallel=not self._alone,
        )

    def _start_or_answer(self, proposal: Proposal) -> None:
        """Train a proposal, unless one that was trained before answers for it."""
        before = None if proposal.epochs else self._study.find_duplicate(proposal.key)
        if before is not None:
            self._answer(proposal, before)
            return
        if proposal.paused:
            self._study.unpause(proposal.number)
        self._tally.began(proposal.number)
        self._running.start(proposal, self._best_cost)

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

    def _over(self, record: TrialRecord) -> None:
        """Take from a trial that is over, or paused, what later ones depend on and which files stay."""
        self._tally.add(record)
        if record.state == "complete" and record.value is not None:
            self._checkpoints.keep(record.number, record.value)
            self._find_winner()
        elif record.state != "paused":
            self._checkpoints.drop(record.number)
        self._events.trial_ended(trial_end(record))

    def _find_winner(self) -> None:
        best = self._checkpoints.best()
        if best is not None and (self.winner is None or self.winner.number != best):
            self.winner = Winner.of(self._study.detail(best), self._checkpoints.model(best))

    def _look_at_paused(self) -> None:
        """Take a paused trial for the winner where it is the best one, for now."""
        best = self._study.best(paused=True)
        if best is None or best.state != "paused" or not best.metrics or best.value is None:
            return
        model = self._checkpoints.model(best.number)
        if model.is_file() and self._rules.objective.better(
            best.value, None if self.winner is None else self.winner.value
        ):
            self.winner = Winner.of(best, model)

    def _leave(self) -> None:
        """Settle what waits for a trial that it was equal to: nothing may look as if it still ran."""
        for proposal in self._waiting:
            if not proposal.epochs and (before := self._study.find_duplicate(proposal.key)) is not None:
                self._answer(proposal, before)
            elif not proposal.paused:
                self._study.pause(proposal.number, TrialOutcome(), reason="it waits for its turn")

    def _deliver(self, reason: Reason) -> Winner:
        interrupted = self._interrupt.requested
        if interrupted or self._running.obstacle is not None:
            self._look_at_paused()
        if self.winner is None:
            if interrupted:
                raise KeyboardInterrupt(self._interrupt.signal)
            raise nothing_found(reason, self._study.trials())
        self.early = bool(reason.advice)
        if self.early:
            self._events.warning(f"the search ends early: {reason.text}. {reason.advice}")
        self._events.stopping(reason.text)
        return self.winner
