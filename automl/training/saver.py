"""When the state of a training is written, and how a network gets it back."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.jobs import EpochReport
from automl.training.average import AVERAGED, Average
from automl.training.clock import Clock
from automl.training.failures import guard
from automl.training.keeper import Keeper, Kept
from automl.training.network import Network
from automl.training.record import Record
from automl.training.state import Arrays, State, read_state

if TYPE_CHECKING:
    import keras

_log = logging.getLogger("automl.training")

_SHARE_OF_TIME = 0.02


class Saver:
    """Writes the state of one training to its file and restores it from there.

    Measured with AdamW on two busy cores: 25-35 ms for a network of 150,000 parameters (2.4 MB), 0.3-0.5 s for one of
    4.7 million (76 MB). So the state is written after the first epoch, and then when writing has cost no more than 2 %
    of the time since the last write: a crash costs a second or two of a small network's training, and 25 of that one's.

    Args:
        file: The ``.npz`` file; None: nothing is written.
        identity: Of the training.
        network: Whose variables; its optimizer has made its own already.
        keeper: Of the best weights, which are a part of the state.
        clock: Is a part of the state, and counts the phase ``state``.
        average: Of the weights, where there is one, is a part of the state.

    Attributes:
        active: Whether there is a file.
        saved: The epoch whose state the file holds; 0: none.
    """

    def __init__(
        self,
        file: Path | None,
        identity: str,
        network: Network,
        keeper: Keeper,
        clock: Clock,
        average: Average | None = None,
    ) -> None:
        self._file = file
        self._identity = identity
        self._network = network
        self._keeper = keeper
        self._clock = clock
        self._average = average
        self.active = file is not None
        self._written_at = 0.0
        self._last_cost = 0.0
        self.saved = 0

    @property
    def due(self) -> bool:
        """Whether it is time to write a state."""
        if self._file is None:
            return False
        return time.monotonic() - self._written_at > self._last_cost / _SHARE_OF_TIME

    def save(self, reports: list[EpochReport]) -> None:
        """Write the state after the last of ``reports``; without a file nothing.

        Raises:
            TrialFailure: ``disk_full``, ``oom_ram``, or ``train_error``: the file cannot be written; an older one
                stays.
        """
        if self._file is None:
            return
        begin = time.monotonic()
        try:
            self._write(reports)
        finally:  # what fails may cost as much, and is tried again no sooner
            self._written_at = time.monotonic()
            self._last_cost = self._written_at - begin
        self.saved = len(reports)

    def _write(self, reports: list[EpochReport]) -> None:
        assert self._file is not None
        with self._clock.phase("state"), guard("train_error", f"write the state of the training to {self._file}"):
            kept, average = self._keeper.kept, self._average
            # The latest weights need not be written twice; where their average was kept those are others.
            same = kept is not None and kept.epoch == len(reports) and not reports[-1].metrics.get(AVERAGED)
            State(
                identity=self._identity,
                clock=self._clock.state(),
                reports=tuple(reports),
                trained=_values(self._network.trained.variables),
                optimizer=_values(self._network.trained.optimizer.variables),
                best_epoch=None if kept is None else kept.epoch,
                best=[] if kept is None or same else kept.weights,
                answers={} if kept is None else kept.answers,
                average=[] if average is None else average.weights,
                averaged=0 if average is None else average.steps,
            ).write(self._file)

    def restore(self, record: Record) -> None:
        """Go on from the file where that is possible: the network, clock, keeper and ``record`` are as they were.

        Raises:
            TrialFailure: ``oom_ram`` or ``train_error``: Keras does not take the values.
        """
        state = None if self._file is None else read_state(self._file, self._identity)
        if state is None:
            return
        trained, optimizer = self._network.trained, self._network.trained.optimizer
        with guard("train_error", f"go on from the state at {self._file}"):
            if not (_fit(trained.variables, state.trained) and _fit(optimizer.variables, state.optimizer)):
                _log.warning("the state at %s is of another network; training begins anew", self._file)
                return
            _assign(trained.variables, state.trained)
            _assign(optimizer.variables, state.optimizer)
            if state.best_epoch is not None:
                best = state.best or trained.get_weights()  # those share their memory with what is trained, on PyTorch
                self._keeper.kept = Kept(state.best_epoch, [np.array(weights) for weights in best], state.answers)
            if self._average is not None and state.average:
                self._average.restore(state.averaged, state.average)
        self._clock.go_on(state.clock)
        self.saved = len(state.reports)
        record.reports, record.best_epoch = list(state.reports), state.best_epoch
        _log.info("training goes on after epoch %d, from %s", self.saved, self._file)


def _values(variables: list[keras.Variable]) -> Arrays:
    import keras

    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def _fit(variables: list[keras.Variable], values: Arrays) -> bool:
    return [(tuple(variable.shape), variable.dtype) for variable in variables] == [
        (value.shape, str(value.dtype)) for value in values
    ]


def _assign(variables: list[Any], values: Arrays) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
