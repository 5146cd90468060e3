"""Optuna's sampler as a proposer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from automl.errors import SpaceError
from automl.search.deciders import TrialDecider
from automl.search.proposers.base import History, Point
from automl.search.proposers.ground import Ground
from automl.search.sampling import make_sampler

if TYPE_CHECKING:
    import optuna

# Samples before it gives up; where TPE is sure of itself it proposes the same point again and again.
TRIES = 6


@dataclass(frozen=True, slots=True)
class Tpe:
    """TPE (Bergstra et al., 2011), asked again where it proposes what is known or not allowed.

    Attributes:
        ground: Where points come from.
        parallel: Whether several trials train at the same time.
    """

    ground: Ground
    parallel: bool = False

    def propose(self, history: History, rng: np.random.Generator) -> Point | None:
        """The first of some samples that is allowed and new; None without a study of Optuna."""
        view = history.view
        if view is None:
            return None
        view.sampler = make_sampler(int(rng.integers(2**32)), parallel=self.parallel)
        for _ in range(TRIES):
            point = self._sample(view, history)
            if point is not None:
                return point
        return None

    def _sample(self, view: optuna.Study, history: History) -> Point | None:
        try:
            looked = self.ground.look(TrialDecider(view.ask()))
        except SpaceError:
            return None
        forbidden = self.ground.broken(looked.summary) or history.knows(looked)
        return None if forbidden else Point(looked, "tpe")
