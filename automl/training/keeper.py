"""Keeping the best weights: in memory at once, in the file soon."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from automl.files import whole_file
from automl.training.clock import Clock
from automl.training.failures import guard
from automl.training.network import Network

_SHARE_OF_TIME = 0.03


class Keeper:
    """The weights worth keeping and the file they go to.

    Writing a small CNN takes 50-100 ms and copying its weights 2 ms, while every early epoch is an improvement. So an
    improvement is copied at once and written when writing has cost no more than 3 % of the time since the last write;
    :meth:`finish` writes what is newer than the file. A worker that is killed loses no more than the improvements of
    a few seconds, and the file it leaves is whole.

    Args:
        network: Whose weights.
        file: The ``.keras`` file; its folder is made.
        clock: Counts the phase ``save``.
    """

    def __init__(self, network: Network, file: Path, clock: Clock) -> None:
        self._network = network
        self._file = file
        self._clock = clock
        self._weights: list[Any] | None = None
        self._written_at: float | None = None
        self._last_cost = 0.0

    def keep(self) -> None:
        """The weights as they are now are the ones to keep."""
        with guard("train_error", "keep the weights", only=(MemoryError,)):
            self._weights = self._network.trained.get_weights()
        if self._written_at is None or time.monotonic() - self._written_at > self._last_cost / _SHARE_OF_TIME:
            self.finish()

    def finish(self) -> Path | None:
        """Write what was kept since the last write.

        Returns:
            The file, or None when nothing was ever kept.

        Raises:
            TrialFailure: ``train_error``: the file cannot be written.
        """
        if self._weights is not None:
            begin = time.monotonic()
            with self._clock.phase("save"), guard("train_error", f"save the model to {self._file}"):
                self._network.model.set_weights(self._weights)
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(self._file) as aside:
                    self._network.model.save(aside)
            self._weights = None
            self._written_at = time.monotonic()
            self._last_cost = self._written_at - begin
        return None if self._written_at is None else self._file
