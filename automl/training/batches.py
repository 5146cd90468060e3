"""Which rows every training step sees: all of one size, in an order that seed and epoch decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from automl.jobs import Augment
from automl.training.augment import augment


class Batch(NamedTuple):
    """Rows of one step.

    Attributes:
        x: (rows, ...) as stored; of several inputs a mapping by name.
        y: (rows,), (rows, classes) or (rows, numbers).
        weights: (rows,) float32; None when all count alike.
    """

    x: Any
    y: NDArray[Any]
    weights: NDArray[np.float32] | None = None


class Batches:
    """The training rows, epoch by epoch.

    All batches of a job have one shape, because a second one would trace the step again (0.3 to 2 s). The rows are
    dealt out evenly: ``steps = ceil(n / batch_size)`` batches of ``ceil(n / steps)`` rows, never more than
    ``batch_size``. What the last batch lacks (fewer than ``steps`` rows) it takes from the beginning of the epoch's
    own order, so every row is seen in every epoch and no epoch costs a step more than it must. Padding the last batch
    instead would mean up to ``batch_size - 1`` rows seen twice; dropping it, rows not seen.

    Args:
        x: (n, ...) anything with a shape that an integer array indexes, such as a memory map; or a mapping of names
            to such inputs.
        y: (n,) class codes, or targets.
        batch_size: Most rows a step.
        seed: With the epoch's number it gives the order and the augmentation.
        how: Random changes of inputs that are pictures (height, width, channels); others are left as they are.
        weights: (n,) how much each row counts; None when all count alike.
        classes: When set, ``y`` comes as one-hot float32 rows (what label smoothing needs).

    >>> batches = Batches(np.arange(10), np.arange(10), batch_size=4, seed=0)
    >>> batches.steps, batches.size
    (3, 4)
    >>> sorted({int(row) for batch in batches.epoch(1) for row in batch.x})
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        *,
        batch_size: int,
        seed: int,
        how: Augment | None = None,
        weights: NDArray[np.float32] | None = None,
        classes: int | None = None,
    ) -> None:
        self._x = x
        self._y = np.asarray(y)
        self._seed = seed
        self._how = how or Augment()
        self._weights = weights
        self._one_hot = None if classes is None else np.eye(classes, dtype=np.float32)
        self.rows = len(self._y)
        self.steps = -(-self.rows // batch_size)
        self.size = -(-self.rows // self.steps)

    def epoch(self, number: int) -> Iterator[Batch]:
        """The ``steps`` batches of epoch ``number``: the same ones whenever they are asked for."""
        rng = np.random.default_rng([self._seed, number])
        order = np.resize(rng.permutation(self.rows), self.steps * self.size)
        for rows in order.reshape(self.steps, self.size):
            targets = self._y[rows]
            yield Batch(
                x=self._inputs(rows, rng),
                y=targets if self._one_hot is None else self._one_hot[targets],
                weights=None if self._weights is None else self._weights[rows],
            )

    def _inputs(self, rows: NDArray[np.int64], rng: np.random.Generator) -> Any:
        if isinstance(self._x, Mapping):
            return {name: self._changed(x[rows], rng) for name, x in self._x.items()}
        return self._changed(self._x[rows], rng)

    def _changed(self, x: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        return augment(x, self._how, rng) if x.ndim == 4 else x
