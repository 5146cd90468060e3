"""Keeping the best weights: in memory at once, in the file soon."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from automl.files import whole_file
from automl.training.answers import write_answers
from automl.training.clock import Clock
from automl.training.failures import guard
from automl.training.network import Network

_SHARE_OF_TIME = 0.03


class Kept(NamedTuple):
    """What is worth keeping of an epoch.

    Attributes:
        epoch: Its number.
        weights: After it, in Keras' order.
        answers: What the network with these weights said of the validation rows, by output; empty without such rows.
    """

    epoch: int
    weights: list[NDArray[Any]]
    answers: Mapping[str, NDArray[Any]] = MappingProxyType({})


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

    Attributes:
        kept: The weights to keep.
        written: The epoch whose weights this keeper has written to the file; None: none yet.
    """

    def __init__(self, network: Network, file: Path, clock: Clock) -> None:
        self._network = network
        self._file = file
        self._clock = clock
        self._written_at: float | None = None
        self._last_cost = 0.0
        self.kept: Kept | None = None
        self.written: int | None = None

    def keep(
        self,
        epoch: int,
        weights: Sequence[NDArray[Any]] | None = None,
        answers: Mapping[str, NDArray[Any]] = MappingProxyType({}),
    ) -> None:
        """The weights as they are now, after ``epoch``, are the ones to keep.

        Args:
            epoch: Its number.
            weights: Others to keep in their place, in Keras' order.
            answers: What the network said of the validation rows, by output.

        Raises:
            TrialFailure: ``disk_full``, ``oom_ram``, or ``train_error``: the file cannot be written.
        """
        with guard("train_error", "keep the weights", only=(MemoryError,)):
            # Torch's arrays share their memory with what is trained.
            chosen = self._network.trained.get_weights() if weights is None else weights
            self.kept = Kept(epoch, [np.array(each) for each in chosen], answers)
        if self._written_at is None or time.monotonic() - self._written_at > self._last_cost / _SHARE_OF_TIME:
            self.finish()

    def finish(self) -> Path | None:
        """Write what was kept since the last write.

        Returns:
            The file, or None when nothing was ever kept.

        Raises:
            TrialFailure: ``disk_full``, ``oom_ram``, or ``train_error``: the file cannot be written; an older one
                stays.
        """
        if self.kept is not None and self.kept.epoch != self.written:
            begin = time.monotonic()
            with self._clock.phase("save"), guard("train_error", f"save the model to {self._file}"):
                self._network.model.set_weights(self.kept.weights)
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(self._file) as aside:
                    self._network.model.save(aside)
                write_answers(self._file, self.kept.epoch, self.kept.answers)
            self.written = self.kept.epoch
            self._written_at = time.monotonic()
            self._last_cost = self._written_at - begin
        return self.file

    @property
    def file(self) -> Path | None:
        """The file, when this keeper has written it."""
        return None if self.written is None else self._file
