"""Scores of answers, in NumPy: one definition for trials, for the baseline and for ``evaluate``.

>>> import numpy as np
>>> score("accuracy", np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]]))
0.5
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Direction = Literal["maximize", "minimize"]

_SMALLEST = 1e-15  # a probability of 0 is taken for this one, or a single error would cost infinitely much


def score(name: str, truth: Array, answers: Array, weights: Array | None = None) -> float:
    """The score called ``name``.

    Args:
        name: A key of ``DIRECTIONS``.
        truth: Codes (n,) with ``answers`` probabilities (n, k); or numbers (n, k) with ``answers`` numbers (n, k),
            over whose columns scores are averaged.
        answers: See ``truth``.
        weights: How much each row counts, (n,); None when all count alike.

    Returns:
        NaN where it is not defined: R2 of rows that are all equal, AUC where a class has no rows.
    """
    counts = np.ones(len(truth)) if weights is None else np.asarray(weights, np.float64)
    return float(_SCORES[name](np.asarray(truth), np.asarray(answers, np.float64), counts))


def accuracy(truth: Array, answers: Array, weights: Array) -> float:
    """Share of the rows whose most probable class is right."""
    return float(np.average(answers.argmax(axis=1) == truth, weights=weights))


def balanced_accuracy(truth: Array, answers: Array, weights: Array) -> float:
    """Mean over the classes that have rows of the share that is right."""
    right, total, _ = _counted(truth, answers, weights)
    there = total > 0
    return float((right[there] / total[there]).mean())


def f1_macro(truth: Array, answers: Array, weights: Array) -> float:
    """Mean over the classes that have rows of the harmonic mean of precision and recall."""
    right, total, said = _counted(truth, answers, weights)
    there = total > 0
    return float((2 * right[there] / (total[there] + said[there])).mean())


def log_loss(truth: Array, answers: Array, weights: Array) -> float:
    """Mean negative natural logarithm of the probability of the right class."""
    chances = answers / answers.sum(axis=1, keepdims=True)
    right = np.clip(chances[np.arange(len(truth)), truth], _SMALLEST, 1.0)
    return float(np.average(-np.log(right), weights=weights))


def auc(truth: Array, answers: Array, weights: Array) -> float:
    """Area under the ROC curve: how often a row of a class gets a higher probability than one of another.

    Of two classes that of the second; of more the mean over the classes, each against all others.
    """
    classes = answers.shape[1]
    asked = [1] if classes == 2 else range(classes)
    return float(np.mean([_area(truth == code, answers[:, code], weights) for code in asked]))


def mae(truth: Array, answers: Array, weights: Array) -> float:
    """Mean absolute difference."""
    return float(np.average(np.abs(answers - truth).mean(axis=1), weights=weights))


def rmse(truth: Array, answers: Array, weights: Array) -> float:
    """Root of the mean squared difference, of each column; their mean."""
    return float(np.sqrt(np.average(np.square(answers - truth), axis=0, weights=weights)).mean())


def r2(truth: Array, answers: Array, weights: Array) -> float:
    """Share of the variance that is explained, of each column; their mean."""
    mean = np.average(truth, axis=0, weights=weights)
    total = np.average(np.square(truth - mean), axis=0, weights=weights)
    left = np.average(np.square(truth - answers), axis=0, weights=weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float((1 - left / np.where(total == 0, np.nan, total)).mean())


def _counted(truth: Array, answers: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Weight of the right answers, of the rows and of the answers of each class."""
    said, classes = answers.argmax(axis=1), answers.shape[1]
    right = np.bincount(truth, weights * (said == truth), classes)
    return right, np.bincount(truth, weights, classes), np.bincount(said, weights, classes)


def _area(positive: Array, values: Array, weights: Array) -> float:
    """Weighted Mann-Whitney statistic; ties count half."""
    order = np.argsort(values, kind="stable")
    values, positive, weights = values[order], positive[order], weights[order]
    gains, losses = weights * positive, weights * ~positive
    _, group = np.unique(values, return_inverse=True)
    of_gains, of_losses = np.bincount(group, gains), np.bincount(group, losses)
    below = np.cumsum(of_losses) - of_losses
    total = gains.sum() * losses.sum()
    return float((of_gains * (below + of_losses / 2)).sum() / total) if total > 0 else float("nan")


_SCORES: Mapping[str, Callable[[Array, Array, Array], float]] = MappingProxyType(
    {
        "accuracy": accuracy,
        "balanced_accuracy": balanced_accuracy,
        "f1_macro": f1_macro,
        "auc": auc,
        "log_loss": log_loss,
        "mae": mae,
        "rmse": rmse,
        "r2": r2,
    }
)
OF_CLASSES = ("accuracy", "balanced_accuracy", "f1_macro", "auc", "log_loss")
OF_NUMBERS = ("rmse", "mae", "r2")
DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    {name: "minimize" if name in ("log_loss", "mae", "rmse") else "maximize" for name in _SCORES}
)
"""Every score, and which way is better."""
