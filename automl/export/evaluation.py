"""How good a model's answers are on labelled rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from automl import label_metrics, metrics
from automl.errors import DataError
from automl.export.manifest import Label


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How one class fared.

    Attributes:
        label: The class.
        precision: Share of the answers with this class that were right; 0 without such an answer.
        recall: Share of this class' rows that were answered right; 0 without such a row.
        f1: Harmonic mean of both.
        rows: Rows of this class.
    """

    label: Label
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True, slots=True)
class NumberScore:
    """How one column of numbers fared.

    Attributes:
        column: Its name.
        rmse: Root of the mean squared difference.
        mae: Mean absolute difference.
        r2: Share of the variance that is explained; NaN where all rows are equal.
    """

    column: str
    rmse: float
    mae: float
    r2: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The score of a model on labelled rows.

    Attributes:
        metrics: Of classes ``accuracy``; ``balanced_accuracy`` (mean recall of the classes that have rows);
            ``f1_macro``, ``precision`` and ``recall`` (means over the classes that have rows); ``f1_micro``;
            ``log_loss`` (natural logarithm); ``auc`` where it is defined; ``top_5`` of more than five classes. Of
            labels ``f1_micro``, ``f1_macro``, ``subset_accuracy`` (all labels of a row right), ``hamming_loss`` (share
            of single labels that are wrong), ``ranking_precision`` and ``auc`` where it is defined. Of numbers
            ``rmse``, ``mae``, ``r2`` and ``mape``, of several columns their means. And a person's own.
        rows: Rows scored.
        classes: The model's classes; the order of what is said of them.
        per_class: One entry a class.
        confusion: Rows, whatever they weigh; a row is the truth, a column the answer; none of labels.
        per_column: One entry a column of numbers.
        baseline: Of forecasts the metrics of one that needs no network.
        guess: What that one repeats.
    """

    metrics: dict[str, float]
    rows: int
    classes: tuple[Label, ...] = ()
    per_class: tuple[ClassScore, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    per_column: tuple[NumberScore, ...] = ()
    baseline: dict[str, float] = field(default_factory=dict)
    guess: str = ""

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)


def score_numbers(
    truth: np.ndarray,
    answers: np.ndarray,
    columns: Sequence[str],
    *,
    weights: np.ndarray | None = None,
    own: Sequence[str] = (),
) -> Evaluation:
    """Score numbers.

    Args:
        truth: (n, k).
        answers: (n, k).
        columns: The names of the k numbers.
        weights: How much each row counts, (n,); None when all count alike.
        own: Further scores, ``module:function``.

    Raises:
        DataError: There is no row.
    """
    if not len(truth):
        raise DataError("there is no row to evaluate on")
    per_column = tuple(
        NumberScore(name, **_scores(metrics.OF_NUMBERS, truth[:, [at]], answers[:, [at]], weights))
        for at, name in enumerate(columns)
    )
    means = _scores((*metrics.OF_NUMBERS, *metrics.MORE_OF_NUMBERS, *own), truth, answers, weights)
    return Evaluation(metrics=means, rows=len(truth), per_column=per_column)


def score_labels(
    truth: np.ndarray,
    probabilities: np.ndarray,
    labels: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    own: Sequence[str] = (),
) -> Evaluation:
    """Score any number of labels a row.

    Args:
        truth: Zeros and ones (n, k).
        probabilities: (n, k); of at least one half a label is given.
        labels: The k labels.
        weights: How much each row counts, (n,); None when all count alike.
        own: Further scores, ``module:function``.

    Raises:
        DataError: There is no row.
    """
    if not len(truth):
        raise DataError("there is no row to evaluate on")
    found = _scores((*metrics.OF_LABELS, *own), truth, probabilities, weights)
    names = tuple(labels.tolist())
    per_class = [
        ClassScore(name, _share(right, said), _share(right, total), _share(2 * right, said + total), int(total))
        for name, right, total, said in zip(names, *label_metrics.counts(truth, probabilities), strict=True)
    ]
    return Evaluation(
        metrics={name: value for name, value in found.items() if not np.isnan(value)},
        rows=len(truth),
        classes=names,
        per_class=tuple(per_class),
    )


def score(
    truth: np.ndarray,
    probabilities: np.ndarray,
    classes: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    own: Sequence[str] = (),
) -> Evaluation:
    """Score answers.

    Args:
        truth: Codes (n,) int64.
        probabilities: (n, k), float; rows sum to one.
        classes: The k classes.
        weights: How much each row counts, (n,); None when all count alike.
        own: Further scores, ``module:function``.

    Raises:
        DataError: There is no row.
    """
    from sklearn import metrics as sk  # slow to import, and only needed here for the classes' own scores

    if not len(truth):
        raise DataError("there is no row to evaluate on")
    codes = np.arange(len(classes))
    answers = probabilities.argmax(axis=1)
    confusion = sk.confusion_matrix(truth, answers, labels=codes)
    precision, recall, f1, _ = sk.precision_recall_fscore_support(
        truth, answers, labels=codes, zero_division=0.0, sample_weight=weights
    )
    names = tuple(classes.tolist())
    wanted = (*metrics.OF_CLASSES, *metrics.MORE_OF_CLASSES, *own)
    found = _scores(wanted, truth, probabilities.astype(np.float64), weights)
    if len(classes) <= metrics.FEW:
        del found["top_5"]
    return Evaluation(
        metrics={name: value for name, value in found.items() if not np.isnan(value)},
        rows=len(truth),
        classes=names,
        per_class=tuple(
            ClassScore(label, float(p), float(r), float(f), int(n))
            for label, p, r, f, n in zip(names, precision, recall, f1, confusion.sum(axis=1), strict=True)
        ),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _scores(
    names: Sequence[str], truth: np.ndarray, answers: np.ndarray, weights: np.ndarray | None
) -> dict[str, float]:
    return {metrics.told(name): metrics.score(name, truth, answers, weights) for name in names}
