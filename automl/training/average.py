"""The average of the weights over the last part of a training, which is often better than where the training is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from automl.jobs import Objective

if TYPE_CHECKING:
    from collections.abc import Mapping

    import keras

AVERAGED = "averaged"
"""Name under which an epoch's metrics say whether they are those of the average (1) or of the weights (0)."""

_POINTS = 16  # an epoch, at the most: taking one costs about half a millisecond of a network of 150,000 weights
_SOON = 4  # of so few points the average is nearly the mean, so that it does not look back on where it began


class Average:
    """An exponential moving average of a network's weights (Polyak & Juditsky, 1992), beside its training.

    It averages all of Keras' weights, the moving statistics of norms among them: measured after every epoch of a small
    residual network, they fit the averaged weights as well as statistics made anew. It is kept here and not by Keras'
    optimizers (``use_ema``), which average without those statistics, write over the weights that are trained, and
    trace more. What is no floating-point number stays as it is at the latest point.

    Args:
        model: What is trained.
        epochs: How far it looks back: what was that long ago counts 1/e of what is now.
        steps: Steps an epoch.

    Attributes:
        weights: In Keras' order; empty before the first point.

    >>> from automl.training.average import Average
    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    >>> average = Average(model, epochs=1.0, steps=1)
    >>> for value in (0.0, 10.0):
    ...     model.set_weights([np.full((1, 1), value)])
    ...     average.step()
    >>> average.weights[0].round(2).tolist()
    [[8.0]]
    """

    def __init__(self, model: keras.Model, *, epochs: float, steps: int) -> None:
        self._model = model
        self._every = max(1, steps // _POINTS)
        self._rate = 1.0 - math.exp(-self._every / (epochs * steps))
        self.steps = 0
        self.weights: list[NDArray[Any]] = []

    def step(self) -> None:
        """A step of the training is done."""
        self.steps += 1
        if self.steps % self._every and self.weights:
            return
        now = self._model.get_weights()
        if not self.weights:
            self.weights = [np.array(each) for each in now]  # PyTorch's share their memory with what is trained
            return
        rate = max(self._rate, _SOON / (_SOON + self.steps / self._every - 1))
        for mean, new in zip(self.weights, now, strict=True):
            mean[...] = mean + rate * (new - mean) if np.issubdtype(mean.dtype, np.floating) else new

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """In the body the network has the averaged weights."""
        trained = [np.array(each) for each in self._model.get_weights()]
        self._model.set_weights(self.weights)
        try:
            yield
        finally:
            self._model.set_weights(trained)

    def restore(self, steps: int, weights: list[NDArray[Any]]) -> None:
        """Go on from what another process left."""
        self.steps, self.weights = steps, [np.array(each) for each in weights]


def preferred(objective: Objective, a: Mapping[str, float], b: Mapping[str, float]) -> bool:
    """Whether scores ``a`` are better than ``b``: by the objective, and where that is the same by the loss.

    Of two that are not finite none is better; what is finite is better than what is not.

    >>> accuracy = Objective(metric="val_accuracy", direction="maximize")
    >>> a, b = {"val_accuracy": 0.9, "val_loss": 0.3}, {"val_accuracy": 0.9, "val_loss": 0.4}
    >>> preferred(accuracy, a, b), preferred(accuracy, b, a)
    (True, False)
    """
    one, other = a[objective.metric], b[objective.metric]
    if not math.isfinite(one) or not math.isfinite(a.get("val_loss", 0.0)):
        return False
    if not math.isfinite(other) or not math.isfinite(b.get("val_loss", 0.0)):
        return True
    if one == other:
        return a.get("val_loss", math.inf) < b.get("val_loss", math.inf)
    return objective.better(one, other)
