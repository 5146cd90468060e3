"""How good a network is on rows it does not learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from automl import metrics as scores
from automl.training.failures import guard

if TYPE_CHECKING:
    import keras

_LARGEST = 256  # rows a prediction


class Scorer:
    """Loss and metrics on fixed rows.

    All rows are predicted in batches of one shape (the last one is filled up with its own last row), then scored at
    once. Measured on 1,200 rows of 8x8: 4 ms, against 53 ms for ``Model.evaluate``, which sets up a data pipeline
    every time; and the loss is the task's own, free of label smoothing, so that trials compare.

    Args:
        x: (n, ...) inputs, indexable by slices; or a mapping of names to them.
        y: (n,) codes or (n, k) numbers.
        loss: Keras' name of the loss.
        metrics: Names of scores, see ``automl.metrics``.
        weights: (n,) how much each row counts; None when all count alike.
        scale: Mean and scale of each number to predict, where the network answers (number - mean) / scale: the loss is
            that of what the network answers, the scores are those of the numbers.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        *,
        loss: str,
        metrics: tuple[str, ...],
        weights: NDArray[np.float32] | None = None,
        scale: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        self._x = x
        self._y = np.asarray(y)
        self._loss = loss
        self._metrics = metrics
        self._weights = weights
        self._mean = np.asarray(scale["mean"] if scale else 0.0)
        self._scale = np.asarray(scale["scale"] if scale else 1.0)
        self._learned = standardized(self._y, scale)
        self.batch = min(_LARGEST, len(self._y))

    @property
    def batches(self) -> int:
        """How many predictions one score takes."""
        return -(-len(self._y) // self.batch)

    def score(self, model: keras.Model) -> dict[str, float]:
        """``{"loss": ..., <metric>: ...}`` of ``model`` on the rows; a value may be NaN.

        Raises:
            TrialFailure: ``train_error``, or memory ran out.
        """
        import keras

        with guard("train_error", "score the network"):
            predicted = self._predict(model)
            loss = keras.ops.convert_to_numpy(keras.losses.get(self._loss)(self._learned, predicted))
            if loss.ndim == 0:  # Keras averages what it is given by functions only over the last axis, by classes all
                raise TypeError(f"the loss {self._loss!r} gives no number a row")
            values = {"loss": float(np.average(loss.astype(np.float64), weights=self._weights))}
        if self._mean.ndim:
            predicted = predicted.astype(np.float64) * self._scale + self._mean
        for name in self._metrics:
            values[name] = scores.score(name, self._y, predicted, self._weights)
        return values

    def _predict(self, model: keras.Model) -> NDArray[Any]:
        parts = []
        for start in range(0, len(self._y), self.batch):
            rows = slice(start, start + self.batch)
            count = min(self.batch, len(self._y) - start)
            if isinstance(self._x, Mapping):
                part: Any = {name: self._full(x[rows]) for name, x in self._x.items()}
            else:
                part = self._full(self._x[rows])
            parts.append(model.predict_on_batch(part)[:count])
        return np.concatenate(parts)

    def _full(self, rows: Any) -> NDArray[Any]:
        """Rows of one batch, filled up with the last one."""
        part = np.asarray(rows)
        missing = self.batch - len(part)
        return np.concatenate([part, np.repeat(part[-1:], missing, axis=0)]) if missing else part


def standardized(y: NDArray[Any], scale: Mapping[str, Sequence[float]] | None) -> NDArray[Any]:
    """What a network is to answer: (y - mean) / scale as float32 where there is a scale, else ``y`` itself."""
    if scale is None:
        return y
    learned: NDArray[Any] = ((y - np.asarray(scale["mean"])) / np.asarray(scale["scale"])).astype(np.float32)
    return learned
