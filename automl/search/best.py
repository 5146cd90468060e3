"""The best trial so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.search.checkpoints import Checkpoints
from automl.search.winner import Winner

if TYPE_CHECKING:
    from automl.jobs import Objective
    from automl.study import Study


class Best:
    """Knows the winner of a search as far as it went.

    Args:
        study: Where trials are recorded.
        checkpoints: Where their models are.
        objective: Says which value is better.

    Attributes:
        winner: The best trial whose model is kept; None before there is one.
    """

    def __init__(self, study: Study, checkpoints: Checkpoints, objective: Objective) -> None:
        self._study, self._checkpoints, self._objective = study, checkpoints, objective
        self.winner: Winner | None = None

    def restore(self) -> None:
        """Take up what an earlier session found."""
        self.look()
        if self.winner is None and (best := self._study.best()) is not None:  # somebody took all the models away
            self.winner = Winner.of(best, self._checkpoints.model(best.number))

    def look(self) -> None:
        """A trial is complete."""
        best = self._checkpoints.best()
        if best is not None and (self.winner is None or self.winner.number != best):
            self.winner = Winner.of(self._study.detail(best), self._checkpoints.model(best))

    def look_at_paused(self) -> None:
        """Take a paused trial for the winner where it is the best one, for now."""
        best = self._study.best(paused=True)
        if best is None or best.state != "paused" or not best.metrics or best.value is None:
            return
        model = self._checkpoints.model(best.number)
        so_far = None if self.winner is None else self.winner.value
        if model.is_file() and self._objective.better(best.value, so_far):
            self.winner = Winner.of(best, model)
