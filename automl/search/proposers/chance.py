"""Points without a reason: what to begin with, and a way out when the others are circling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.search.proposers.base import History, Point
from automl.search.proposers.ground import Ground

if TYPE_CHECKING:
    import numpy as np

# Draws before it gives up: in a space where so many are known or forbidden there is hardly anything left.
TRIES = 60


@dataclass(frozen=True, slots=True)
class Chance:
    """Uniform over the space.

    Attributes:
        ground: Where points come from.
    """

    ground: Ground

    def propose(self, history: History, rng: np.random.Generator) -> Point | None:
        """The first of some draws that is allowed and new."""
        for _ in range(TRIES):
            answers = self.ground.draw(rng)
            looked = None if answers is None else self.ground.allowed(answers)
            if looked is not None and not history.knows(looked):
                return Point(looked, "random")
        return None
