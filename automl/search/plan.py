"""How a time budget is divided among the trials, the final training and the closing work.

Trials compare networks; only the final training makes the model that is delivered, on all rows and to the end of its
schedule. So a tight budget gives the final training its full share first and lets the trials compare networks after
fewer epochs, rather than the other way round.

The rules, for a budget of T seconds:

0. Under ``TOO_SHORT_FOR_TWO`` seconds there is no time to train twice. The first trial may use all of it; where it
   needs less, the rules below go on with the rest.
1. A trial takes at most ``TRIAL_SHARE`` of T. Where its full schedule does not fit, it is laid out for the epochs that
   do, and every later trial for as many, so that they are compared like with like.
2. While the search runs, the final training's time is kept back: what its full schedule needs, as measured in the
   best trial so far, but at most ``FINAL_SHARE`` of T.
3. A trial starts only where most of its time is left before that; otherwise the final training starts at once and may
   use all that remains.
4. ``CLOSING_SECONDS`` are for writing the bundle.
5. A job keeps to its seconds by itself, but for what hangs: that is ended by force. A job is late for many reasons, on
   a busy machine for example, and while there is nothing to deliver a late one is better than none.

Several trials at once change none of this: each is promised the time until the final training begins, so all of them
are over by then, and what they take was measured while the others ran.

Without a budget there is nothing to divide: every method answers "as long as it takes".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TOO_SHORT_FOR_TWO = 60.0
TRIAL_SHARE = 0.28
FINAL_SHARE = 0.45
CLOSING_SECONDS = 1.5
# A trial cut shorter than this share of its usual time says little about its network.
WORTHWHILE = 0.6
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
    """

    budget: float | None
    growth: float = 1.25

    def final_seconds(self, best: TrialCost | None) -> float:
        """Seconds to keep back for the final training and for closing the run."""
        if self.budget is None:
            return 0.0
        if best is None and self.budget < TOO_SHORT_FOR_TWO:
            return CLOSING_SECONDS
        share = FINAL_SHARE * self.budget
        if best is not None:
            share = min(share, best.build_seconds + best.epochs * best.epoch_seconds * self.growth)
        return share + CLOSING_SECONDS

    def trial_seconds(self, remaining: float, best: TrialCost | None) -> float | None:
        """Seconds the next trial may take, or None for no limit.

        Zero or less means that no further trial is worth starting. The first trial always starts.
        """
        if self.budget is None:
            return None
        left = remaining - self.final_seconds(best)
        if best is None and self.budget < TOO_SHORT_FOR_TWO:
            return max(SHORTEST, left)
        cap = TRIAL_SHARE * self.budget
        if best is None:
            return max(SHORTEST, min(cap, left))
        usual = min(cap, best.trial_seconds)
        return min(cap, left) if left >= WORTHWHILE * usual else 0.0

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
