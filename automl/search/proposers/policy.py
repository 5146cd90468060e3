"""Which proposer is asked for the next point.

What waits in the queue comes first: the portfolio, which is the space's default and its seeds. Then, counted from the
first trial of the search:

* while fewer than ``LEAST`` trials have a value: random points and children of what there is, in turn. A good default
  deserves a look around, and a model needs to have seen more than one corner of the space;
* afterwards the surrogate, but for every ``TURN``-th trial: that one is evolution's and TPE's, in turn. They have no
  model of the space that could be wrong in the same way.

Whoever finds nothing new passes the question on; where nobody does, the space has hardly anything left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.search.proposers.base import History, Point, Proposes
from automl.search.proposers.chance import Chance
from automl.search.proposers.evolution import Evolution
from automl.search.proposers.ground import Ground
from automl.search.proposers.surrogate import Surrogate
from automl.search.proposers.tpe import Tpe

if TYPE_CHECKING:
    import numpy as np

# Trials with a value before the surrogate is asked.
LEAST = 5
# Every so many trials another one has its turn.
TURN = 6


@dataclass(frozen=True, slots=True)
class Policy:
    """The default mixture.

    Attributes:
        chance: Random points.
        evolution: Children of good trials.
        tpe: Optuna's sampler.
        surrogate: The model.
    """

    chance: Chance
    evolution: Evolution
    tpe: Tpe
    surrogate: Surrogate

    @classmethod
    def on(cls, ground: Ground, *, parallel: bool = False) -> Policy:
        """The mixture on a ground; ``parallel`` says whether several trials train at the same time."""
        return cls(Chance(ground), Evolution(ground), Tpe(ground, parallel=parallel), Surrogate(ground, least=LEAST))

    def propose(self, history: History, rng: np.random.Generator) -> Point | None:
        """The first new point of those whose turn it is."""
        points = (proposer.propose(history, rng) for proposer in self._order(history))
        return next((point for point in points if point is not None), None)

    def _order(self, history: History) -> Iterator[Proposes]:
        place = len(history.trials)
        if len(history.judged) < LEAST:
            yield from (self.chance, self.evolution) if place % 2 else (self.evolution, self.chance)
        elif place % TURN:
            yield self.surrogate
        else:
            yield self.tpe if place % (2 * TURN) else self.evolution
        yield self.evolution
        yield self.chance
