"""How a time budget is divided among the trials, the final training and the closing work.

Trials compare networks; the final training makes the model that is delivered, on all rows and to the end of its
schedule. The first trial, the space's default, stands between the two: it is a good network with good settings, so its
full training is the first useful model, the one that is delivered when nothing better comes of the rest, and what all
others are compared with.

The rules, for a budget of T seconds:

1. While the search runs, the final training's time is kept back: what its full schedule needs, as measured in the best
   trial so far, or in the first one while that runs, but at most ``FINAL_SHARE`` of T.
2. The first trial may use all the time before that: its schedule is fitted to it and anneals to zero within it. So in a
   tight budget it is the only one that is trained in full, and with several workers the others look at a few more
   networks beside it.
3. Where less than ``TRAINED`` of the first trial's schedule would fit into that, as its first epoch says, and T is at
   most ``LONGEST_ALONE``, two short trainings are worse than one: the first trial gets all the time that is left. Under
   ``TOO_SHORT_FOR_TWO`` seconds it is known without asking. Where it needs less after all, the rules go on.
   (6,000 pictures of 28 x 28 and 60 s, say: 10 epochs and then 10 more of another network are 1 to 2 points behind 20.)
   Beyond that the final training has the larger share: it has more rows, and its networks train side by side. With the
   same pictures and 120 s, 9 epochs and then 17 were right of 0.896 of 8,000 others, 15 and then 12 of 0.878.
4. A later trial takes at most ``TRIAL_SHARE`` of T, or as much as the best one took. Where the first one's schedule
   was shortened by the clock, the others have as many epochs, so that they are compared like with like. A network into
   whose time less than ``COMPARABLE`` of those epochs would fit, by what networks of its operations cost here
   (:mod:`automl.search.costs`) and with ``DOUBT`` in its favour, is not started.
5. Most candidates are paused on the first rungs of their ladder (:mod:`automl.search.halving`), so a full training's
   time pays for three to five looks. A new one starts only where ``WORTHWHILE`` of a full training's time is left
   before the final training: a look at a network that can no longer be trained decides nothing. What is left after
   that goes to paused trials that can be finished in it; where the final training's share is less than it needs, it
   begins instead.
6. ``CLOSING_SECONDS`` are for writing the bundle.
7. A job keeps to its seconds by itself, but for what hangs: that is ended by force. A job is late for many reasons, on
   a busy machine for example, and while there is nothing to deliver a late one is better than none.

Several trials at once change none of this: each is promised the time until the final training begins, so all of them
are over by then, and what they take was measured while the others ran.

Without a budget there is nothing to divide: every method answers "as long as it takes".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TOO_SHORT_FOR_TWO = 60.0
LONGEST_ALONE = 600.0
TRAINED = 0.3
TRIAL_SHARE = 0.28
FINAL_SHARE = 0.65
CLOSING_SECONDS = 1.5
# A trial cut shorter than this share of its usual time says little about its network.
WORTHWHILE = 0.6
# A trial that gets less than this share of the epochs of the others cannot be compared with them.
COMPARABLE = 0.5
# A prediction of a network's time is off by as much; where it matters the network is believed.
DOUBT = 1.5
# The shortest time that a job is sent with: it trains at least one step in any case.
SHORTEST = 0.5
# Seconds beyond its own after which a job is taken for hanging; half its own where that is more.
PATIENCE = 30.0
# The same at the end of the time, when there is something to deliver.
LEAST_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class TrialCost:
    """What a finished trial says about the time its network takes.

    Attributes:
        build_seconds: Building, tracing and saving.
        epoch_seconds: One epoch on the training rows, validation left out.
        epochs: Epochs its final training would have, had time been no matter.
        trial_seconds: The whole trial.
    """

    build_seconds: float
    epoch_seconds: float
    epochs: int
    trial_seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Divides a budget.

    Attributes:
        budget: Seconds for everything, or None.
        growth: Rows of the final training over rows of a trial (1.25 for a validation part of a fifth).
        rounds: Final trainings one after the other: of more networks than there are workers several, 0 where none is
            wanted.
    """

    budget: float | None
    growth: float = 1.25
    rounds: int = 1

    def final_seconds(self, best: TrialCost | None) -> float:
        """Seconds to keep back for the final training and for closing the run."""
        if self.budget is None:
            return 0.0
        if best is None and self.budget < TOO_SHORT_FOR_TWO:
            return CLOSING_SECONDS
        share = FINAL_SHARE * self.budget * min(1, self.rounds)
        return (share if best is None else min(share, self._needed(best))) + CLOSING_SECONDS

    def final_is_covered(self, best: TrialCost | None) -> bool:
        """Whether the final training gets all it needs, so that time before it is of no use to it."""
        return self.budget is None or best is None or self._needed(best) <= FINAL_SHARE * self.budget

    def trial_seconds(self, remaining: float, best: TrialCost | None) -> float | None:
        """Seconds the next trial may take, or None for no limit.

        Zero or less means that no further trial is worth starting. The first trial always starts.

        Args:
            remaining: Seconds left of the budget.
            best: What the best trial so far took, or what the first one that still runs is going to take.
        """
        if self.budget is None:
            return None
        left = remaining - self.final_seconds(best)
        if best is None:
            return max(SHORTEST, left)
        cap = self._longest(best)
        return min(cap, left) if left >= WORTHWHILE * min(cap, best.trial_seconds) else 0.0

    def first_seconds(self, seconds: float, remaining: float) -> float:
        """Seconds the first trial may be given in the end, beginning with ``seconds``; see :meth:`all_seconds`."""
        alone = self.budget is not None and self.budget <= LONGEST_ALONE
        return max(seconds, remaining) if alone else seconds

    def rest_seconds(self, remaining: float, best: TrialCost | None) -> float:
        """Seconds until the final training begins; infinite without a budget."""
        return math.inf if self.budget is None else remaining - self.final_seconds(best)

    def all_seconds(self, remaining: float, *, fitting: int, full: int) -> float | None:
        """Seconds for a first trial that needs all of the time; None where it does not, or should not have it.

        Args:
            remaining: Seconds left of the budget after its first epoch.
            fitting: Epochs that fit into what it was given.
            full: Epochs of its full schedule.
        """
        if self.budget is None or self.budget > LONGEST_ALONE or fitting >= TRAINED * full:
            return None
        return max(SHORTEST, remaining - CLOSING_SECONDS)

    def _needed(self, best: TrialCost) -> float:
        return self.rounds * (best.build_seconds + best.epochs * best.epoch_seconds * self.growth)

    def _longest(self, best: TrialCost) -> float:
        assert self.budget is not None
        return max(TRIAL_SHARE * self.budget, best.trial_seconds)

    def timeout(self, seconds: float | None, remaining: float, *, winner: bool) -> float | None:
        """Seconds after which a job that was given ``seconds`` is ended by force, or None for never.

        Args:
            seconds: What it was given; None for no limit.
            remaining: Seconds left when it starts.
            winner: Whether there is a model to deliver already: then it must not cost more than the time that is left.
        """
        if seconds is None:
            return None
        patience = max(PATIENCE, seconds / 2)
        if winner:
            patience = min(patience, max(LEAST_PATIENCE, remaining - seconds - CLOSING_SECONDS))
        return seconds + patience

    def final_limit(self, remaining: float) -> float | None:
        """Seconds the final training may take when it starts with ``remaining`` seconds left; None for no limit."""
        if self.budget is None or math.isinf(remaining):
            return None
        return max(0.0, remaining - CLOSING_SECONDS)


def final_epochs(*, best_epoch: int, planned: int, full: int) -> int:
    """Epochs of the final training.

    Where the trial was laid out for its full schedule, its best epoch is the answer: more would overfit. Where the
    clock shortened the schedule, the best epoch's place in the short one is carried over to the full one.

    >>> final_epochs(best_epoch=18, planned=25, full=25)
    18
    >>> final_epochs(best_epoch=5, planned=5, full=25)
    25

    Args:
        best_epoch: The trial's best epoch, 1-based.
        planned: Epochs the trial's schedule was laid out for.
        full: Epochs of its full schedule.
    """
    if planned >= full:
        return max(1, best_epoch)
    return max(1, min(full, round(full * best_epoch / max(1, planned))))
