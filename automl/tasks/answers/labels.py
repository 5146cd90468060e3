"""Any number of labels a row."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from automl.config import SearchConfig
from automl.data import (
    Dataset,
    PreparedData,
    Rows,
    Split,
    TargetContract,
    classes_of,
    folds_of_groups,
    folds_of_strata,
    split_groups,
)
from automl.data.split import FRACTION, MOST_VALIDATION_ROWS
from automl.errors import ConfigError, DataError
from automl.metrics import OF_LABELS
from automl.tasks.answers.base import Answers, Kind


class Labels(Answers):
    """A probability for every label, each for itself; one of at least a half gives the label."""

    kind: ClassVar[Kind] = "labels"
    output: ClassVar[str] = "labels"
    loss: ClassVar[str] = "binary_crossentropy"
    metrics: ClassVar[tuple[str, ...]] = OF_LABELS
    default_objective: ClassVar[str] = "val_f1_micro"
    losses: ClassVar[tuple[str, ...]] = ("binary_crossentropy", "binary_focal_crossentropy", "mean_squared_error")
    unguessable: ClassVar[tuple[str, ...]] = ("auc", "ranking_precision")

    def head(self, target: TargetContract) -> dict[str, Any]:
        """A unit a label."""
        return {"units": len(classes_of(target)), "activation": "sigmoid"}

    def split(self, dataset: Dataset, seed: int) -> Split:
        """Every label gives its share, the rarest first."""
        if dataset.rows < 2:
            raise DataError(f"{dataset.rows} row(s) (n_samples=1): two are needed, one to train and one to validate on")
        if dataset.groups is not None:
            return split_groups(rarest_label(dataset.y), dataset.groups, seed=seed)
        return split_label_sets(dataset.y, seed=seed)

    folded_by: ClassVar[str] = "the rarest labels give their share to each"

    def folds(self, dataset: Dataset, count: int, seed: int) -> list[Split]:
        """The rarest label of each row says what gives its share to every fold."""
        rarest = rarest_label(dataset.y)
        if dataset.groups is not None:
            return folds_of_groups(rarest, dataset.groups, count, seed=seed)
        return folds_of_strata(rarest, count, seed=seed)

    def guess(self, rows: Rows, target: TargetContract) -> NDArray[Any]:  # noqa: ARG002
        """The set of labels that, given to every training row, scores the best micro-averaged F1."""
        weights = np.ones(len(rows)) if rows.weights is None else rows.weights.astype(np.float64)
        has = weights @ rows.y
        order = np.argsort(-has, kind="stable")
        right = np.cumsum(has[order])
        scores = 2 * right / (has.sum() + weights.sum() * np.arange(1, len(has) + 1))
        guess = np.zeros(len(has))
        guess[order[: int(scores.argmax()) + 1]] = 1.0
        return guess

    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """How many labels, how many rows have each, and how many a row has on average."""
        y = np.concatenate([dataset.y for dataset in prepared.datasets])
        (target,) = prepared.targets.values()
        counts = y.sum(axis=0, dtype=np.int64).tolist()
        return {
            "labels": len(counts),
            "labels_a_row": round(float(y.sum(axis=1).mean()), 2),
            "class_counts": {str(name): count for name, count in zip(classes_of(target), counts, strict=True)},
        }

    def check(self, config: SearchConfig) -> None:
        """There is no one class whose rows could be weighed."""
        if config.class_weight is not None:
            raise ConfigError("class weights are for one class a row, and here a row has several labels; weigh rows")


def rarest_label(y: NDArray[Any]) -> NDArray[np.int64]:
    """For each row the place of that of its labels that the fewest rows have; k where it has none.

    >>> rarest_label(np.array([[1, 0], [1, 1], [0, 0]])).tolist()
    [0, 1, 2]
    """
    has = np.asarray(y) > 0
    rows = np.where(has, has.sum(axis=0), len(has) + 1)
    return np.asarray(np.where(has.any(axis=1), rows.argmin(axis=1), has.shape[1]), dtype=np.int64)


def split_label_sets(y: NDArray[Any], *, fraction: float = FRACTION, seed: int) -> Split:
    """Split off validation rows so that every label gives its share.

    Labels are dealt out one after the other, the one with the fewest rows left first, as in iterative stratification
    (Sechidis, Tsoumakas & Vlahavas, 2011); rows without any label come last. A label with two rows or more has one to
    train on.

    Args:
        y: Zeros and ones, (n, k).
        fraction: Share of rows to validate on.
        seed: Equal seeds give equal splits.

    >>> split = split_label_sets(np.array([[1, 0], [0, 1]] * 10), seed=1)
    >>> len(split.train), len(split.validation)
    (16, 4)
    """
    rng = np.random.default_rng(seed)
    has = np.asarray(y) > 0
    wanted = max(1, min(round(len(has) * fraction), MOST_VALIDATION_ROWS, len(has) - 1))
    share = wanted / len(has)
    place = np.full(len(has), -1)  # 0 trains, 1 validates
    open_labels = set(range(has.shape[1]))
    while open_labels:
        left = has[place < 0].sum(axis=0)
        label = min(open_labels, key=lambda each: (left[each], each))
        open_labels.remove(label)
        validating = int((has[:, label] & (place == 1)).sum())
        _deal(place, has[:, label], round(has[:, label].sum() * share) - validating, rng)
    _deal(place, np.ones(len(has), bool), wanted - int((place == 1).sum()), rng)
    if not (place == 1).any() or not (place == 0).any():  # a handful of rows whose shares all round to nothing
        place[:] = 0
        place[rng.permutation(len(place))[:wanted]] = 1
    return Split(train=np.flatnonzero(place == 0), validation=np.flatnonzero(place == 1))


def _deal(place: NDArray[np.int64], among: NDArray[np.bool_], count: int, rng: np.random.Generator) -> None:
    """Let ``count`` of the rows that have no place yet validate, and the others train."""
    rows = rng.permutation(np.flatnonzero(among & (place < 0)))
    trains = bool((among & (place == 0)).any())
    count = max(0, min(count, len(rows) if trains else len(rows) - 1))
    place[rows[:count]] = 1
    place[rows[count:]] = 0
