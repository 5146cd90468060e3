"""Which trials' model files stay on the disk: the best few."""

from __future__ import annotations

from pathlib import Path

from automl.jobs import Objective

KEPT = 3


class Checkpoints:
    """Keeps the models of the best ``KEPT`` trials and removes the others.

    Args:
        directory: Where they are.
        objective: Says which value is better.
    """

    def __init__(self, directory: Path, objective: Objective) -> None:
        self._directory, self._sign = directory, 1.0 if objective.direction == "maximize" else -1.0
        self._kept: dict[int, float] = {}

    def file(self, number: int) -> Path:
        """The model file of trial ``number``."""
        return self._directory / f"trial-{number}.keras"

    def keep(self, number: int, value: float) -> None:
        """Keep the model of a trial that ended with ``value`` while it is among the best; the earlier wins a tie."""
        self._kept[number] = value
        while len(self._kept) > KEPT:
            worst = min(self._kept, key=lambda n: (self._sign * self._kept[n], -n))
            del self._kept[worst]
            self.drop(worst)

    def drop(self, number: int) -> None:
        """Remove the model of trial ``number``, if there is one."""
        self.file(number).unlink(missing_ok=True)
