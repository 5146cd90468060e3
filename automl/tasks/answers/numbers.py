"""One number a row, or several."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from automl.config import SearchConfig
from automl.data import (
    Dataset,
    NumberTarget,
    PreparedData,
    Rows,
    Split,
    TargetContract,
    folds_of_groups,
    folds_of_strata,
    ranges_of,
    split_groups,
    split_rows,
)
from automl.errors import ConfigError, DataError
from automl.jobs import TrainingSettings
from automl.metrics import MORE_OF_NUMBERS, OF_NUMBERS
from automl.tasks.answers.base import Answers, Kind


class Numbers(Answers):
    """The network learns (y - mean) / scale, and the model that is handed over answers in the numbers' own units."""

    kind: ClassVar[Kind] = "numbers"
    output: ClassVar[str] = "value"
    loss: ClassVar[str] = "mean_squared_error"
    metrics: ClassVar[tuple[str, ...]] = OF_NUMBERS
    default_objective: ClassVar[str] = "val_rmse"
    more: ClassVar[tuple[str, ...]] = MORE_OF_NUMBERS
    losses: ClassVar[tuple[str, ...]] = ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh")

    def head(self, target: TargetContract) -> dict[str, Any]:
        """A unit a number."""
        return {"units": target.shape[0], "activation": "linear"}

    def split(self, dataset: Dataset, seed: int) -> Split:
        """By ranges of the (first) number, so that both sides have large and small ones."""
        if dataset.rows < 2:
            raise DataError(f"{dataset.rows} row(s) (n_samples=1): two are needed, one to train and one to validate on")
        ranges = ranges_of(dataset.y[:, 0])
        if dataset.groups is not None:
            return split_groups(ranges, dataset.groups, seed=seed)
        return split_rows(ranges, seed=seed)

    folded_by: ClassVar[str] = "every range of the numbers gives its share to each"

    def folds(self, dataset: Dataset, count: int, seed: int) -> list[Split]:
        """By ranges of the (first) number: every fold has large and small ones."""
        ranges = ranges_of(dataset.y[:, 0], least=max(10, count))
        if dataset.groups is not None:
            return folds_of_groups(ranges, dataset.groups, count, seed=seed)
        return folds_of_strata(ranges, count, seed=seed)

    def guess(self, rows: Rows, target: TargetContract) -> NDArray[Any]:  # noqa: ARG002
        """The mean."""
        return np.average(rows.y, axis=0, weights=rows.weights)

    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """What the numbers are called."""
        target = prepared.targets[self.output]
        assert isinstance(target, NumberTarget)
        return {"targets": list(target.columns)}

    def check(self, config: SearchConfig) -> None:
        """There are no classes to weigh."""
        if config.class_weight is not None:
            raise ConfigError(f"class weights are for classes, and {config.task} predicts numbers; give rows weights")

    def fitted(self, prepared: PreparedData, rows: Rows, config: SearchConfig) -> dict[str, Any]:  # noqa: ARG002
        """The scale on which a network learns them."""
        return {"scales": {self.output: fit_scale(rows.y, rows.weights)}}

    def settle(self, training: TrainingSettings) -> TrainingSettings:
        """Numbers have no labels to smooth."""
        return training.model_copy(update={"label_smoothing": 0.0})


def fit_scale(y: NDArray[np.float64], weights: NDArray[Any] | None = None) -> dict[str, list[float]]:
    """Mean and standard deviation of every column of numbers to predict (n, k); 1 for a constant one.

    Args:
        y: The numbers.
        weights: How much each row counts, (n,).
    """
    mean = np.average(y, axis=0, weights=weights)
    deviations = np.sqrt(np.average(np.square(y - mean), axis=0, weights=weights))
    tiny = deviations <= 1e-12 * np.abs(y).max(axis=0)
    return {"mean": mean.tolist(), "scale": np.where(tiny, 1.0, deviations).tolist()}
