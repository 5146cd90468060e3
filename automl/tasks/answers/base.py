"""What is predicted, whatever it is predicted from: the half of a task that knows classes or numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from automl.config import SearchConfig
from automl.data import Dataset, PreparedData, Rows, Split, TargetContract
from automl.jobs import TrainingSettings
from automl.metrics import DIRECTIONS, Direction, score
from automl.tasks.answers.goals import chosen_loss, further_scores

Kind = Literal["classes", "labels", "numbers"]


class Answers(ABC):
    """A kind of answer; it holds no state.

    Attributes:
        kind: What a reader looks for in the answers it finds.
        output: Name of the network's output, and of the target.
        loss: Keras' name of the loss.
        metrics: Names of the scores reported beside the loss, see ``automl.metrics``.
        default_objective: What is improved when nobody says otherwise.
        unguessable: Scores that mean nothing of the same answer to every row.
        more: Names of the scores that are reported where someone asks for them.
        losses: Keras' names of the losses that may be chosen.
        folded_by: How rows are dealt out to folds, in words.
    """

    kind: ClassVar[Kind]
    output: ClassVar[str]
    loss: ClassVar[str]
    metrics: ClassVar[tuple[str, ...]]
    default_objective: ClassVar[str]
    unguessable: ClassVar[tuple[str, ...]] = ()
    more: ClassVar[tuple[str, ...]] = ()
    losses: ClassVar[tuple[str, ...]] = ()
    folded_by: ClassVar[str]

    @property
    def objectives(self) -> Mapping[str, Direction]:
        """What can be improved, with the direction of better."""
        of_metrics = {f"val_{name}": DIRECTIONS[name] for name in (*self.metrics, *self.more)}
        return MappingProxyType({"val_loss": "minimize", **of_metrics})

    @abstractmethod
    def head(self, target: TargetContract) -> dict[str, Any]:
        """Arguments of the ``head`` op."""

    @abstractmethod
    def split(self, dataset: Dataset, seed: int) -> Split:
        """Which rows train and which validate.

        Raises:
            DataError: There are too few.
        """

    @abstractmethod
    def folds(self, dataset: Dataset, count: int, seed: int) -> list[Split]:
        """Which rows train and which validate in each of ``count`` folds.

        Raises:
            DataError: There are too few.
        """

    @abstractmethod
    def guess(self, rows: Rows, target: TargetContract) -> NDArray[Any]:
        """The answer (k,) to every row of who knows nothing of it."""

    @abstractmethod
    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """What people want to know of the answers."""

    def doubts(self, prepared: PreparedData) -> Iterator[str]:  # noqa: ARG002
        """What people should know of the split, one sentence each."""
        return iter(())

    def check(self, config: SearchConfig) -> None:  # noqa: B027  most have nothing to refuse
        """Refuse options that make no sense for such answers.

        Raises:
            ConfigError: There is one.
        """

    def fitted(self, prepared: PreparedData, rows: Rows, config: SearchConfig) -> dict[str, Any]:  # noqa: ARG002
        """What is fitted on the training rows' answers, by the names of ``PreparedData``'s attributes."""
        return {}

    def goals(self, config: SearchConfig, target: TargetContract, *, weighted: bool) -> dict[str, Any]:  # noqa: ARG002
        """The loss and the further scores that were asked for, by the names of ``PreparedData``'s attributes.

        Args:
            config: What was asked for.
            target: What is predicted.
            weighted: Whether rows have weights.

        Raises:
            ConfigError: One of them does not exist, or does not fit.
        """
        objective = (config.objective or "").removeprefix("val_")
        asked = (*config.metrics, *([objective] if objective in self.more else []))
        metrics = further_scores(asked, always=self.metrics, more=self.more, weighted=weighted)
        losses = {} if config.loss is None else {self.output: chosen_loss(config.loss, self.losses)}
        return {"losses": losses, "metrics": {self.output: metrics} if metrics else {}}

    def settle(self, training: TrainingSettings) -> TrainingSettings:
        """Training settings without what makes no sense for such answers."""
        return training

    def baseline(self, training: Rows, validation: Rows, target: TargetContract) -> dict[str, float]:
        """Scores of the guess on the validation rows: the line to beat."""
        guess = np.tile(self.guess(training, target), (len(validation), 1))
        return {
            f"val_{name}": score(name, validation.y, guess, validation.weights)
            for name in self.metrics
            if name not in self.unguessable
        }
