"""Trials that wait on a rung: which goes on next, for how long there is time, and which are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from automl.search.costs import Costs
from automl.search.halving import Halving
from automl.search.plan import COMPARABLE, DOUBT, TrialCost
from automl.search.proposer import Proposal, recall
from automl.search.rules import Rules
from automl.search.tally import waits
from automl.study import TrialDraft, TrialRecord

if TYPE_CHECKING:
    from automl.study import Study


class Promotions:
    """Keeps what waits on a rung.

    Args:
        rules: What to obey.
        halving: Who goes on.
        costs: What that takes.
        study: Where what waits is recorded.
    """

    def __init__(self, rules: Rules, halving: Halving, costs: Costs, study: Study) -> None:
        self._rules, self._halving, self._costs, self._study = rules, halving, costs, study
        self._waiting: dict[int, tuple[Proposal, TrialRecord]] = {}
        self._gone_on: set[int] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def restore(self, records: Sequence[TrialRecord], curves: Mapping[int, Mapping[int, float | None]]) -> None:
        """Know what earlier sessions trained, and what of it waits.

        Args:
            records: Of all trials, in the order of an undisturbed search.
            curves: Their objective, epoch by epoch.
        """
        known = {record.number: record for record in records}
        for record in records:
            self._costs.learn_from(record)
            if record.state == "orphaned":
                continue
            self._halving.place(record.number)
            if record.state not in ("failed", "infeasible"):
                self._halving.restore(record.number, curves.get(record.number, {}), record.planned_epochs or 1)
        for trial in self._study.paused():
            if waits(trial):
                self._study.resting(trial.number)
                self.wait(recall(trial), known[trial.number])

    def wait(self, proposal: Proposal, record: TrialRecord) -> None:
        """A trial waits from now on."""
        again = replace(proposal, epochs=record.epochs, paused=True, seconds=record.total_seconds)
        self._waiting[record.number] = again, record
        self._halving.rest(record.number)

    def has_gone_on(self, number: int) -> bool:
        """Whether a trial waited and went on in this session."""
        return number in self._gone_on

    def next(self, best: TrialCost | None, *, alone: bool, idle: bool) -> Proposal | None:
        """The trial to go on with, which waits no longer; None where there is none.

        Args:
            best: What the best trial so far took.
            alone: Whether nothing else trains.
            idle: Whether no new trial may start for want of time; then one that can still be finished goes on although
                it has not earned it, unless the final training can use the time.
        """
        plan, left = self._rules.plan, self._rules.plan.rest_seconds(self._rules.clock.remaining(), best)
        if left <= 0:
            return None
        number = self._halving.next()
        if number is not None and self._reaches(self._waiting[number][1], COMPARABLE, left):
            return self._take(number)
        number = self._halving.best_waiting()
        if not idle or number is None or plan.budget is None or (alone and not plan.final_is_covered(best)):
            return None
        return self._take(number) if self._reaches(self._waiting[number][1], 1.0, left) else None

    def hopeless(self) -> list[int]:
        """Trials that are over."""
        return self._halving.hopeless(self._rules.max_trials)

    def worst(self) -> int | None:
        """The trial to do without first; None where none waits."""
        return self._halving.worst_waiting()

    def drop(self, number: int) -> None:
        """A trial waits no longer, and does not go on."""
        self._waiting.pop(number, None)
        self._halving.wake(number)

    def numbers(self) -> list[int]:
        """Of the trials that wait."""
        return sorted(self._waiting)

    def _take(self, number: int) -> Proposal:
        self._halving.wake(number)
        self._gone_on.add(number)
        return self._waiting.pop(number)[0]

    def _reaches(self, record: TrialRecord, share: float, seconds: float) -> bool:
        """Whether a trial gets to a share of its epochs within so many seconds."""
        wanted = share * (record.planned_epochs or record.epochs) - record.epochs
        needed = self._costs.seconds(record, epochs=max(1.0, wanted))
        return needed is None or needed <= seconds


def too_slow(
    draft: TrialDraft, rules: Rules, costs: Costs, *, best: TrialCost | None, usual: int | None
) -> tuple[str, float]:
    """Why a network is not worth its time, and by how much, or an empty text and 0.

    Args:
        draft: What there is to know of it.
        rules: Say how much time there is.
        costs: Say what it takes.
        best: What the best trial so far took.
        usual: Epochs that trials are compared after.
    """
    seconds = rules.plan.trial_seconds(rules.clock.remaining(), best)
    full = draft.planned_epochs
    if best is None or not seconds or full is None:
        return "", 0.0
    wanted = COMPARABLE * min(usual or full, full)
    needed = costs.seconds(draft, epochs=wanted)
    if needed is None or needed <= DOUBT * seconds:
        return "", 0.0
    takes = f"{wanted:.0f} of its {full} epochs would take about {needed:.0f} s"
    return f"too slow: {takes}, and {seconds:.0f} s are left for it", needed / (DOUBT * seconds) - 1.0
