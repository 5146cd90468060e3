"""What a task is: everything that differs between kinds of data and kinds of answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from automl.arch import Input
from automl.config import SearchConfig
from automl.data import PreparedData
from automl.errors import ConfigError, did_you_mean
from automl.events import Events
from automl.jobs import Objective, TrainingSettings
from automl.metrics import Direction


class Task(ABC):
    """A kind of data and a kind of answer; it holds no state.

    Attributes:
        name: As it is said on the command line.
        default_space: Name of the shipped search space that is used when none is given.
    """

    name: ClassVar[str]
    default_space: ClassVar[str]

    @property
    @abstractmethod
    def objectives(self) -> Mapping[str, Direction]:
        """What can be improved, with the direction of better."""

    @property
    @abstractmethod
    def default_objective(self) -> str:
        """The one that is improved when nobody says otherwise."""

    @property
    @abstractmethod
    def loss(self) -> str:
        """Keras' name of the loss."""

    @property
    @abstractmethod
    def metrics(self) -> tuple[str, ...]:
        """Names of the scores reported beside the loss, see ``automl.metrics``."""

    @abstractmethod
    def prepare(self, config: SearchConfig, directory: Path, events: Events) -> PreparedData:
        """Read, check and split the data, fit preprocessing, and write ``directory``.

        Raises:
            DataError: The data cannot be used as given; nothing was written to ``directory``.
        """

    @abstractmethod
    def inputs(self, prepared: PreparedData) -> Mapping[str, Input]:
        """Inputs of the network."""

    @abstractmethod
    def heads(self, prepared: PreparedData) -> Mapping[str, dict[str, Any]]:
        """Arguments of the ``head`` op of every output."""

    @abstractmethod
    def settle(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Training settings with everything decided that the space left to the data."""

    @abstractmethod
    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """What was found in the data, for people: rows, classes, shape and more."""

    @abstractmethod
    def baseline(self, prepared: PreparedData) -> dict[str, float]:
        """What guessing scores on the validation rows, by the metrics' names: the line to beat."""

    def objective(self, name: str | None = None) -> Objective:
        """An objective by its metric's name, or the task's own.

        Raises:
            ConfigError: The task does not offer it.
        """
        metric = name or self.default_objective
        if metric not in self.objectives:
            hint = did_you_mean(metric, self.objectives)
            raise ConfigError(f"unknown objective {metric!r} for {self.name}; {hint}")
        return Objective(metric=metric, direction=self.objectives[metric])
