"""What a task is: everything that differs between kinds of data and kinds of answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from automl.arch import Input
from automl.config import SearchConfig
from automl.data import PreparedData
from automl.errors import ConfigError, did_you_mean
from automl.events import Events
from automl.imports import is_reference
from automl.jobs import Objective, TrainingSettings
from automl.metrics import Direction, own_direction, told


@dataclass(frozen=True, slots=True)
class Goal:
    """What one output of a network is trained for.

    Attributes:
        loss: Keras' name of the loss, or ``module:function``.
        metrics: Names of the scores that are told, see ``automl.metrics``.
        weight: How much the loss counts beside those of other outputs.
    """

    loss: str
    metrics: tuple[str, ...]
    weight: float = 1.0


class Task(ABC):
    """A kind of data and a kind of answer; it holds no state.

    Attributes:
        name: As it is said on the command line.
        default_space: Name of the shipped search space that is used when none is given.
        spaces_of: Names of tasks whose spaces fit too: the head of a network is completed by the task.
        several: Whether scores have the name of their output, because there may be several.
    """

    name: ClassVar[str]
    default_space: ClassVar[str]
    spaces_of: ClassVar[tuple[str, ...]] = ()
    several: ClassVar[bool] = False

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

    def goals(self, prepared: PreparedData) -> Mapping[str, Goal]:
        """What every output is trained for."""
        return {
            name: Goal(prepared.losses.get(name, self.loss), (*self.metrics, *prepared.metrics.get(name, ())))
            for name in prepared.targets
        }

    def own_metrics(self, prepared: PreparedData) -> tuple[str, ...]:
        """A person's own scores, ``module:function``; of several outputs with the output's name, ``output=...``."""
        named = [(name, each) for name, asked in prepared.metrics.items() for each in asked if is_reference(each)]
        return tuple(f"{name}={each}" if self.several else each for name, each in named)

    def with_space(self, config: SearchConfig) -> SearchConfig:
        """The configuration with a space that is written for what was asked; itself where a shipped one serves."""
        return config

    def check_goals(self, config: SearchConfig) -> None:
        """Refuse a loss or scores that a person chose, where the task does not honour them.

        Raises:
            ConfigError: There are some.
        """
        if config.loss is not None or config.metrics:
            raise ConfigError(f"{self.name} has its own loss and metrics; leave out --loss and --metric")

    def objective(self, name: str | None = None, metrics: Sequence[str] = ()) -> Objective:
        """An objective by its metric's name, or the task's own.

        Args:
            name: Of the metric.
            metrics: What a person asked to be told; functions of their own can be improved, too.

        Raises:
            ConfigError: The task does not offer it.
        """
        metric = name or self.default_objective
        own = {f"val_{told(each)}": each for each in metrics if is_reference(each)}
        if metric in own:
            return Objective(metric=metric, direction=own_direction(own[metric]))
        if metric not in self.objectives:
            hint = did_you_mean(metric, self.objectives)
            raise ConfigError(f"unknown objective {metric!r} for {self.name}; {hint}")
        return Objective(metric=metric, direction=self.objectives[metric])
