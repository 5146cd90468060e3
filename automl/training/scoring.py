"""How good a network is on rows it does not learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from automl import metrics as scores
from automl.imports import find, is_reference
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
        loss: Keras' name of the loss, or ``module:function``.
        metrics: Names of scores, see ``automl.metrics``.
        classes: Number of classes where the loss takes one-hot rows instead of codes.
        weights: (n,) how much each row counts; None when all count alike.
        scale: Mean and scale of each number to predict, where the network answers (number - mean) / scale: the loss is
            that of what the network answers, the scores are those of the numbers.

    Attributes:
        answers: What the network that was scored last said of all rows, by output; that of the only one is "".
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
        classes: int | None = None,
    ) -> None:
        self._x = x
        self._y = np.asarray(y)
        self._loss = loss
        self._metrics = metrics
        self._weights = weights
        self._mean = np.asarray(scale["mean"] if scale else 0.0)
        self._scale = np.asarray(scale["scale"] if scale else 1.0)
        self._ruler = scale if scale and "naive" in scale else None  # of forecasts
        self._learned = standardized(self._y, scale)
        if classes is not None:
            self._learned = np.eye(classes, dtype=np.float32)[self._y]
        self.batch = min(_LARGEST, len(self._y))
        self.answers: Mapping[str, NDArray[Any]] = {}

    @property
    def batches(self) -> int:
        """How many predictions one score takes."""
        return -(-len(self._y) // self.batch)

    def score(self, model: keras.Model) -> dict[str, float]:
        """``{"loss": ..., <metric>: ...}`` of ``model`` on the rows; a value may be NaN.

        Raises:
            TrialFailure: ``train_error``, or memory ran out.
        """
        with guard("train_error", "score the network"):
            predicted = self.predict(model)
            self.answers = {"": predicted}
            return self.judge(predicted)

    def judge(self, predicted: NDArray[Any]) -> dict[str, float]:
        """What ``score`` gives, of what the network answered to all rows."""
        values = {"loss": float(np.average(self.losses(predicted), weights=self._weights))}
        if self._mean.ndim:
            predicted = predicted.astype(np.float64) * self._scale + self._mean
        for name in self._metrics:
            values[scores.told(name)] = scores.score(name, self._y, predicted, self._weights, ruler=self._ruler)
        return values

    def losses(self, predicted: Any) -> NDArray[np.float64]:
        """The loss of every row (n,), of what the network answered to all of them."""
        import keras

        function = loss_function(self._loss)
        loss = keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(self._learned), predicted))
        if loss.shape != self._y.shape[:1]:  # Keras' functions average over the last axis only, its classes over all
            raise TypeError(f"the loss {self._loss!r} gives no number a row, but the shape {loss.shape}")
        found: NDArray[np.float64] = loss.astype(np.float64)
        return found

    def predict(self, model: keras.Model) -> Any:
        """What the network answers to all rows; of several outputs a mapping by name."""
        parts = []
        for start in range(0, len(self._y), self.batch):
            rows = slice(start, start + self.batch)
            count = min(self.batch, len(self._y) - start)
            if isinstance(self._x, Mapping):
                part: Any = {name: self._full(x[rows]) for name, x in self._x.items()}
            else:
                part = self._full(self._x[rows])
            answer = model.predict_on_batch(part)
            named = isinstance(answer, Mapping)
            parts.append({name: each[:count] for name, each in (answer if named else {"": answer}).items()})
        whole = {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}
        return whole if named else whole[""]

    def _full(self, rows: Any) -> NDArray[Any]:
        """Rows of one batch, filled up with the last one."""
        part = np.asarray(rows)
        missing = self.batch - len(part)
        return np.concatenate([part, np.repeat(part[-1:], missing, axis=0)]) if missing else part


def loss_function(name: str) -> Callable[[Any, Any], Any]:
    """A loss by Keras' name or by ``module:function``: targets and answers of n rows in, (n,) out."""
    import keras

    found: Callable[[Any, Any], Any] = find(name) if is_reference(name) else keras.losses.get(name)
    return found


def standardized(y: NDArray[Any], scale: Mapping[str, Sequence[float]] | None) -> NDArray[Any]:
    """What a network is to answer: (y - mean) / scale as float32 where there is a scale, else ``y`` itself."""
    if scale is None:
        return y
    learned: NDArray[Any] = ((y - np.asarray(scale["mean"])) / np.asarray(scale["scale"])).astype(np.float32)
    return learned
