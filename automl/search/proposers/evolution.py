"""Regularised evolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.errors import SpaceError
from automl.search.proposers.base import History, Known, Point
from automl.search.proposers.ground import Ground
from automl.space import Scalar

if TYPE_CHECKING:
    import numpy as np

# Children that are looked at before it gives up: all others were tried, or may not be.
TRIES = 30
# Of so many children one has two parents.
CROSSED = 4


@dataclass(frozen=True, slots=True)
class Evolution:
    """Tournament selection with removal of the oldest (Real et al., 2019), on the mutation of the space's language.

    A few are chosen by chance among the latest trials, and the best of them has a child: a mutant, or now and then a
    mixture of two winners. The paper begins with a population of random points; here it is whatever is known.

    Attributes:
        ground: Where points come from.
        population: Trials that live, the latest ones.
        tournament: Of how many the best becomes a parent.
    """

    ground: Ground
    population: int = 20
    tournament: int = 5

    def propose(self, history: History, rng: np.random.Generator) -> Point | None:
        """A child that is allowed and new; None before there are parents."""
        living = history.judged[-self.population :]
        if not living:
            return None
        for _ in range(TRIES):
            parent, other = self._winner(living, rng), self._winner(living, rng)
            crossed = parent is not other and rng.integers(CROSSED) == 0
            answers = self._child(parent, other if crossed else None, rng)
            looked = None if answers is None else self.ground.allowed(answers)
            if looked is not None and not history.knows(looked):
                return Point(looked, "evolution", parent.number)
        return None

    def _winner(self, living: list[tuple[Known, float]], rng: np.random.Generator) -> Known:
        size = min(self.tournament, len(living))
        chosen = rng.choice(len(living), size, replace=False)
        return max((living[int(each)] for each in chosen), key=lambda pair: pair[1])[0]

    def _child(self, parent: Known, other: Known | None, rng: np.random.Generator) -> dict[str, Scalar] | None:
        space, inputs = self.ground.space, self.ground.inputs
        try:
            if other is None:
                return space.mutate(parent.answers, rng, inputs=inputs)
            return space.crossover(parent.answers, other.answers, rng, inputs=inputs)
        except SpaceError:  # nothing is open
            return None
