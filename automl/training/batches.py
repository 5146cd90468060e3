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
        y: (rows,), (rows, classes) or (rows, numbers); of several outputs a mapping by name.
        weights: (rows,) float32, of several outputs a mapping by name; None when all count alike.
    """

    x: Any
    y: Any
    weights: Any = None


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
        y: (n,) class codes, or targets; or a mapping of outputs to them.
        batch_size: Most rows a step.
        seed: With the epoch's number it gives the order and the augmentation.
        how: Random changes of inputs that are pictures (height, width, channels); others are left as they are.
        weights: (n,) how much each row counts; None when all count alike; of several outputs perhaps a mapping.
        classes: When set, ``y`` comes as one-hot float32 rows (what label smoothing needs); of several outputs a
            mapping of those that do.

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
        weights: NDArray[np.float32] | Mapping[str, NDArray[np.float32]] | None = None,
        classes: int | Mapping[str, int] | None = None,
    ) -> None:
        self._x = x
        self._named = isinstance(y, Mapping)
        self._y = (
            {name: np.asarray(each) for name, each in y.items()} if isinstance(y, Mapping) else {"": np.asarray(y)}
        )
        self._seed = seed
        self._how = how or Augment()
        self._weights = weights
        counts = classes if isinstance(classes, Mapping) else {} if classes is None else {"": classes}
        self._one_hot = {name: np.eye(count, dtype=np.float32) for name, count in counts.items()}
        self.rows = len(next(iter(self._y.values())))
        self.steps = -(-self.rows // batch_size)
        self.size = -(-self.rows // self.steps)

    def epoch(self, number: int) -> Iterator[Batch]:
        """The ``steps`` batches of epoch ``number``: the same ones whenever they are asked for."""
        rng = np.random.default_rng([self._seed, number])
        order = np.resize(rng.permutation(self.rows), self.steps * self.size)
        for rows in order.reshape(self.steps, self.size):
            yield Batch(x=self._inputs(rows, rng), y=self._targets(rows), weights=self._counts(rows))

    def _inputs(self, rows: NDArray[np.int64], rng: np.random.Generator) -> Any:
        if isinstance(self._x, Mapping):
            return {name: self._changed(x[rows], rng) for name, x in self._x.items()}
        return self._changed(self._x[rows], rng)

    def _targets(self, rows: NDArray[np.int64]) -> Any:
        found = {
            name: self._one_hot[name][values[rows]] if name in self._one_hot else values[rows]
            for name, values in self._y.items()
        }
        return found if self._named else found[""]

    def _counts(self, rows: NDArray[np.int64]) -> Any:
        if self._weights is None:
            return None
        if isinstance(self._weights, Mapping):
            return {name: counts[rows] for name, counts in self._weights.items()}
        counts = self._weights[rows]
        return dict.fromkeys(self._y, counts) if self._named else counts

    def _changed(self, x: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        return augment(x, self._how, rng) if x.ndim == 4 else x
