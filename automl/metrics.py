"""Scores of answers, in NumPy: one definition for trials, for the baseline and for ``evaluate``.

>>> import numpy as np
>>> score("accuracy", np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]]))
0.5
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from automl import label_metrics
from automl.errors import ConfigError
from automl.imports import find, is_reference

Array = NDArray[Any]
Direction = Literal["maximize", "minimize"]

_SMALLEST = 1e-15  # a probability of 0 is taken for this one, or a single error would cost infinitely much


def score(
    name: str,
    truth: Array,
    answers: Array,
    weights: Array | None = None,
    *,
    ruler: Mapping[str, Sequence[float]] | None = None,
) -> float:
    """The score called ``name``.

    Args:
        name: A key of ``DIRECTIONS``, or ``module:function`` of a person's own. That is called with truth and answers
            as arrays, numbers of one column as (n,), and with ``sample_weight`` where rows have weights.
        truth: Codes (n,) with ``answers`` probabilities (n, k); zeros and ones (n, k) of labels, with theirs; or
            numbers (n, k) with ``answers`` numbers (n, k), over whose columns scores are averaged.
        answers: See ``truth``.
        weights: How much each row counts, (n,); None when all count alike.
        ruler: Of forecasts, whose rows hold several steps of k columns: ``scale`` and ``naive`` of the k columns in the
            training rows. Steps then count as rows, ``mse`` is in units of the scale, ``mase`` in units of the error of
            repeating the season before (Hyndman & Koehler, 2006).

    Returns:
        NaN where it is not defined: R2 of rows that are all equal, AUC where a class has no rows.
    """
    if is_reference(name):
        return _own(find(name), truth, answers, weights)
    counts = np.ones(len(truth)) if weights is None else np.asarray(weights, np.float64)
    if ruler is not None:
        truth, answers, counts = _in_units(name, np.asarray(truth), np.asarray(answers, np.float64), counts, ruler)
    scores = _OF_LABEL_SETS if np.ndim(truth) == 2 and name in _OF_LABEL_SETS else _SCORES
    return float(scores[name](np.asarray(truth), np.asarray(answers, np.float64), counts))


def _in_units(
    name: str, truth: Array, answers: Array, weights: Array, ruler: Mapping[str, Sequence[float]]
) -> tuple[Array, Array, Array]:
    columns = len(ruler["naive"])
    steps = truth.shape[1] // columns
    unit = np.asarray({"mse": ruler["scale"], "mase": ruler["naive"]}.get(name, [1.0] * columns)[:columns])
    return truth.reshape(-1, columns) / unit, answers.reshape(-1, columns) / unit, np.repeat(weights, steps)


def _own(function: Callable[..., Any], truth: Array, answers: Array, weights: Array | None) -> float:
    if truth.ndim == 2 and truth.shape[1] == 1:
        truth, answers = truth[:, 0], answers[:, 0]
    return float(function(truth, answers) if weights is None else function(truth, answers, sample_weight=weights))


def told(name: str) -> str:
    """What a score is called where it is told: a person's own by its function.

    >>> told("accuracy"), told("costs:asymmetric")
    ('accuracy', 'asymmetric')
    """
    return name.rpartition(":")[2].rpartition(".")[2]


def check_own(name: str, *, weighted: bool = False) -> None:
    """Refuse a person's own score that cannot be told.

    Raises:
        ConfigError: There is no such function, it has the name of another score, or it takes no weights where rows have
            some.
    """
    if told(name) in DIRECTIONS or told(name) == "loss":
        raise ConfigError(f"metric {name}: {told(name)!r} is the name of another score; call the function otherwise")
    parameters = inspect.signature(find(name)).parameters.values()
    takes = any(each.name == "sample_weight" or each.kind is each.VAR_KEYWORD for each in parameters)
    if weighted and not takes:
        raise ConfigError(f"rows have weights, and the metric {name} takes none; give it an argument sample_weight")


def own_direction(name: str) -> Direction:
    """Which way a person's own score is better, as its function says.

    Raises:
        ConfigError: It does not say.
    """
    found = getattr(find(name), "direction", None)
    if found not in ("maximize", "minimize"):
        raise ConfigError(
            f"which way is {name} better? say {told(name)}.direction = 'minimize' (or 'maximize') below its definition"
        )
    return found  # type: ignore[no-any-return]


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


def f1_micro(truth: Array, answers: Array, weights: Array) -> float:
    """Harmonic mean of precision and recall over all classes together; of one class a row that is the accuracy."""
    return accuracy(truth, answers, weights)


def precision(truth: Array, answers: Array, weights: Array) -> float:
    """Mean over the classes that have rows of the share of the answers with it that are right; 0 without an answer."""
    right, total, said = _counted(truth, answers, weights)
    there = total > 0
    return float((right[there] / np.where(said[there] > 0, said[there], 1.0)).mean())


def recall(truth: Array, answers: Array, weights: Array) -> float:
    """Mean over the classes that have rows of the share that is right."""
    return balanced_accuracy(truth, answers, weights)


def top_5(truth: Array, answers: Array, weights: Array) -> float:
    """Share of the rows whose class is among the five most probable ones; of equal ones the later count first."""
    best = answers.argsort(axis=1, kind="stable")[:, -5:]
    return float(np.average((best == truth[:, np.newaxis]).any(axis=1), weights=weights))


def log_loss(truth: Array, answers: Array, weights: Array) -> float:
    """Mean negative natural logarithm of the probability of the right class."""
    chances = answers / answers.sum(axis=1, keepdims=True)
    right = np.clip(chances[np.arange(len(truth)), truth], _SMALLEST, 1.0)
    return float(np.average(-np.log(right), weights=weights))


def auc(truth: Array, answers: Array, weights: Array) -> float:
    """Area under the ROC curve: how often a row of a class gets a higher probability than one of another.

    Of two classes that of the second; of more the mean over the classes that have rows, each against all others.
    """
    classes = answers.shape[1]
    asked = [1] if classes == 2 else np.unique(truth)
    return float(np.mean([_area(truth == code, answers[:, code], weights) for code in asked]))


def _auc_of_labels(truth: Array, answers: Array, weights: Array) -> float:
    """Mean of the labels' areas under the ROC curve, of those that some rows have and some have not."""
    areas = [_area(has, chances, weights) for has, chances in zip(truth.T > 0, answers.T, strict=True)]
    there = [area for area in areas if not np.isnan(area)]
    return float(np.mean(there)) if there else float("nan")


def mae(truth: Array, answers: Array, weights: Array) -> float:
    """Mean absolute difference."""
    return float(np.average(np.abs(answers - truth).mean(axis=1), weights=weights))


def mse(truth: Array, answers: Array, weights: Array) -> float:
    """Mean squared difference."""
    return float(np.average(np.square(answers - truth).mean(axis=1), weights=weights))


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


def mape(truth: Array, answers: Array, weights: Array) -> float:
    """Mean absolute difference as a share of the truth (0.1 is 10 %); one of 0 counts as the smallest float64."""
    share = np.abs(answers - truth) / np.maximum(np.abs(truth), np.finfo(np.float64).eps)
    return float(np.average(share.mean(axis=1), weights=weights))


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
        "f1_micro": f1_micro,
        "precision": precision,
        "recall": recall,
        "top_5": top_5,
        "auc": auc,
        "log_loss": log_loss,
        "mae": mae,
        "mase": mae,  # of numbers in units of a naive forecast's error, see ``score``
        "mse": mse,
        "rmse": rmse,
        "r2": r2,
        "mape": mape,
    }
)
_OF_LABEL_SETS: Mapping[str, Callable[[Array, Array, Array], float]] = MappingProxyType(
    {
        "f1_micro": label_metrics.f1_micro,
        "f1_macro": label_metrics.f1_macro,
        "subset_accuracy": label_metrics.subset_accuracy,
        "hamming_loss": label_metrics.hamming_loss,
        "ranking_precision": label_metrics.ranking_precision,
        "auc": _auc_of_labels,
    }
)
OF_CLASSES = ("accuracy", "balanced_accuracy", "f1_macro", "auc", "log_loss")
OF_LABELS = tuple(_OF_LABEL_SETS)
OF_NUMBERS = ("rmse", "mae", "r2")
OF_FORECASTS = ("mse", "mae", "rmse", "mase")
FEW = 5  # classes of which five guesses, "top_5", say nothing
MORE_OF_CLASSES = ("f1_micro", "precision", "recall", "top_5")
MORE_OF_NUMBERS = ("mape",)
MORE_OF_FORECASTS = ("mape", "r2")
"""What is told after every epoch, and what else is told where somebody asks for it."""
_LOSSES = ("log_loss", "hamming_loss", "mae", "mase", "mse", "rmse", "mape")
DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    {name: "minimize" if name in _LOSSES else "maximize" for name in (*_SCORES, *_OF_LABEL_SETS)}
)
"""Every score, and which way is better."""
