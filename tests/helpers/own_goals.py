"""A person's own losses and scores, in a module as workers find them."""

from __future__ import annotations

from typing import Any

import numpy as np


def one_sided(y_true: Any, y_pred: Any) -> Any:
    """A loss for which too much costs nine times as much as too little: its best answer is the lowest tenth."""
    import keras

    missed = y_true - y_pred
    return keras.ops.mean(keras.ops.maximum(0.1 * missed, -0.9 * missed), axis=-1)


def share_above(y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
    """Share of the rows whose answer is above the truth."""
    return float(np.average(y_pred > y_true, weights=sample_weight))


def mean_above(y_true: Any, y_pred: Any) -> float:
    """Share of all numbers that are above the truth, whatever the axes."""
    return float(np.mean(y_pred > y_true))


def errors(y_true: Any, y_pred: Any) -> float:
    """Share of the rows of which another class is the most probable one."""
    return float(np.mean(y_pred.argmax(axis=1) != y_true))


share_above.direction = "minimize"  # type: ignore[attr-defined]
errors.direction = "minimize"  # type: ignore[attr-defined]
