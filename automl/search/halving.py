"""Early discard with continuation: asynchronous successive halving (ASHA, Li et al., 2020).

A trial that reaches a *rung*, an epoch of its ladder, goes on only while it is among the best ``1 / ETA`` of all that
have trained so many epochs; otherwise it is paused, with its whole state on the disk. Whenever a worker is free, the
best paused trial that is by now among the best of its rung goes on from where it was, before a new one begins. Nobody
waits for a rung to fill, and nothing is trained twice.

Differences from the paper, and why:

* The best one at a rung always goes on, also before there are ``ETA`` trials: a search of half an hour may have no more
  than ten, and its second trial must not wait for the fourth.
* The first trial, the space's default, is never paused: what it makes is the first useful model, and every later trial
  finds its scores on all rungs.
* A trial is compared at the epoch where it stands with all that have trained as many, whether that epoch was a rung of
  theirs or not: the score is the best of the epochs up to there. Under a cosine schedule a score says nothing beside
  one of another epoch, and too little beside one at the same epoch of a much longer schedule, whose learning rate is
  still high. So a trial is compared only with those whose schedule is not shorter than ``LIKE`` of its own: being
  behind a longer one at the same epoch is reason enough to be paused; being ahead of a shorter one is not asked for.
* A trial that cannot come back among the best of its rung, however bad the trials that are still to come, and one of
  which too many others are ahead, is over for good: what it would go on from takes space on the disk.

All of it follows from the scores that the study records, so a search that is killed and continued decides alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from automl.jobs import Objective

# One of so many goes on from a rung; Li et al. use 4, Hyperband's authors 3: at 25 epochs 3 gives rungs at 3 and 8.
ETA = 3
# No earlier rung than this epoch, and none within the warm-up: a score there says next to nothing.
FIRST = 2
# Rungs of a ladder at most.
RUNGS = 3
# Schedules at least so long in comparison with a trial's own are its like.
LIKE = 0.8
# So many paused trials of one rung keep their state at most; the eighth of a rung comes back after 24 others.
KEPT = 8
# How the reason of a trial begins that waits on a rung; a search that goes on knows it by that.
BEHIND = "behind after "


def ladder(epochs: int, warmup: float = 0.0) -> tuple[int, ...]:
    """The rungs of a schedule.

    >>> ladder(25, warmup=2), ladder(6), ladder(4), ladder(100)
    ((3, 8), (2,), (), (4, 11, 33))

    Args:
        epochs: Of the whole schedule.
        warmup: Epochs of warm-up.
    """
    rungs = (round(epochs / ETA**power) for power in range(RUNGS, 0, -1))
    return tuple(rung for rung in rungs if rung >= FIRST and rung > warmup)


@dataclass(slots=True)
class _Curve:
    """The scores of a trial.

    Attributes:
        place: Where the trial stands in an undisturbed search.
        planned: Epochs of its schedule.
        scores: Epoch -> the objective, higher is better; NaN where it was not finite.
    """

    place: int
    planned: int = 1
    scores: dict[int, float] = field(default_factory=dict)

    @property
    def epochs(self) -> int:
        return max(self.scores, default=0)

    def best(self, epoch: int) -> float:
        """The best score up to an epoch; -inf where none was finite."""
        return max((s for e, s in self.scores.items() if e <= epoch and not math.isnan(s)), default=-math.inf)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a trial does among those that have trained as many epochs.

    Attributes:
        epoch: Which.
        planned: Epochs of the trial's schedule.
        rank: 0 for the best.
        of: How many there are, itself among them.
    """

    epoch: int
    planned: int
    rank: int
    of: int

    def among_the_best(self, of: int = 0) -> bool:
        """Whether it is among the best ``1 / ETA``, or the best; ``of`` so many, if those to come were all behind."""
        return self.rank < max(1, max(self.of, of) // ETA)

    def __str__(self) -> str:
        return f"{BEHIND}{self.epoch} of {self.planned} epochs: {self.rank} of {self.of - 1} others are ahead"


class Halving:
    """Who goes on, who waits, who goes on next, and who is over.

    Args:
        objective: Says which score is better.
        enabled: Whether anything is discarded early; otherwise every trial goes on.

    >>> halving = Halving(Objective(metric="val_accuracy", direction="maximize"))
    >>> for number, score in enumerate([0.8, 0.7, 0.9]):
    ...     halving.reached(number, epoch=3, value=score, planned=25)
    >>> [halving.verdict(number, epoch=3, warmup=2) is None for number in (0, 1, 2)]
    [True, False, True]
    >>> halving.rest(1)
    >>> halving.next() is None
    True
    """

    def __init__(self, objective: Objective, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._sign = 1.0 if objective.direction == "maximize" else -1.0
        self._curves: dict[int, _Curve] = {}
        self._resting: set[int] = set()
        self._places: dict[int, int] = {}

    @property
    def resting(self) -> frozenset[int]:
        """Numbers of the trials that wait on a rung."""
        return frozenset(self._resting)

    def place(self, number: int) -> None:
        """The next trial of an undisturbed search; a new one takes its place when it first reports."""
        self._places.setdefault(number, len(self._places))

    def restore(self, number: int, values: Mapping[int, float | None], planned: int) -> None:
        """Know the epochs of an earlier session."""
        for epoch, value in values.items():
            self.reached(number, epoch=epoch, value=math.nan if value is None else value, planned=planned)

    def reached(self, number: int, *, epoch: int, value: float, planned: int) -> None:
        """A trial reports an epoch."""
        self.place(number)
        curve = self._curves.setdefault(number, _Curve(self._places[number]))
        curve.planned, curve.scores[epoch] = planned, self._sign * value

    def is_first(self, number: int) -> bool:
        """Whether a trial is the first of the search."""
        return self._places.get(number) == 0

    def forget(self, number: int) -> None:
        """A trial came to nothing, or begins anew: nobody is compared with it."""
        self._curves.pop(number, None)
        self._resting.discard(number)

    def verdict(self, number: int, *, epoch: int, warmup: float, since: int = 0) -> Standing | None:
        """The standing of a trial that has to wait now, or None where it goes on.

        Args:
            number: Of the trial.
            epoch: It has just reported.
            warmup: Epochs of its warm-up.
            since: The epoch after which it last went on, which is not asked again.
        """
        curve = self._curves[number]
        if not self.enabled or curve.place == 0 or epoch >= curve.planned:
            return None
        if not any(max(since, epoch - 1) < rung <= epoch for rung in ladder(curve.planned, warmup)):
            return None
        standing = self._standing(number, epoch)
        return None if standing.among_the_best() else standing

    def rest(self, number: int) -> None:
        """A trial waits where it is."""
        self._resting.add(number)

    def next(self) -> int | None:
        """The trial to go on with, the furthest first and of those the best; None where none has earned it."""
        return next((n for n in self._in_turn() if self._standing(n).among_the_best()), None)

    def best_waiting(self) -> int | None:
        """The furthest of those that wait, and of those the best, whether it has earned it or not."""
        return next(self._in_turn(), None)

    def wake(self, number: int) -> None:
        """A trial goes on."""
        self._resting.discard(number)

    def hopeless(self, most: int | None) -> list[int]:
        """Who waits in vain, the worst last.

        Args:
            most: Trials that there will be in the end at the most; None for no bound.
        """
        found = []
        for number in self._in_turn():
            standing = self._standing(number)
            within = standing.rank < KEPT and (most is None or standing.among_the_best(most))
            found += [] if within else [number]
        return found

    def worst_waiting(self) -> int | None:
        """Whom to do without first; None where nobody waits."""
        return list(self._in_turn())[-1] if self._resting else None

    def _in_turn(self) -> Iterator[int]:
        def turn(number: int) -> tuple[float, float, int]:
            curve = self._curves[number]
            return -curve.epochs, -curve.best(curve.epochs), curve.place

        return iter(sorted(self._resting, key=turn))

    def _standing(self, number: int, epoch: int | None = None) -> Standing:
        curve = self._curves[number]
        at = curve.epochs if epoch is None else epoch
        own = curve.best(at)
        like = [
            other
            for other in self._curves.values()
            if other is not curve and at in other.scores and other.planned >= LIKE * curve.planned
        ]
        ahead = sum((score := other.best(at)) > own or (score == own and other.place < curve.place) for other in like)
        return Standing(at, curve.planned, ahead, len(like) + 1)
