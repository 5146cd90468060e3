"""What has happened in a job so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from automl.jobs import EpochReport


@dataclass(slots=True)
class Record:
    """The epochs of a job; its result is made of them, however it ends.

    Attributes:
        planned: Epochs there will be if nothing stops it.
        reports: One for every epoch trained.
        best_epoch: The one to keep; without validation none, until the last is over.
        parameters: Of the network, counted by Keras, preprocessing's constants left out.
        steps_per_epoch: Training steps one epoch takes.
    """

    planned: int
    parameters: int
    steps_per_epoch: int
    reports: list[EpochReport] = field(default_factory=list)
    best_epoch: int | None = None

    @property
    def epochs(self) -> int:
        """How many are trained."""
        return len(self.reports)

    def metrics(self, epoch: int | None) -> Mapping[str, float]:
        """Those of an epoch; of none there are none."""
        return {} if epoch is None else self.reports[epoch - 1].metrics
