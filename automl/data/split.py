"""Which rows train and which validate."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from automl.errors import DataError

Indices = NDArray[np.int64]

FRACTION = 0.2
MOST_VALIDATION_ROWS = 10_000  # accuracy then has a standard error below 0.005; more rows only cost time


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """Disjoint row numbers, each sorted, together every row.

    Attributes:
        train: (n_train,) int64.
        validation: (n_validation,) int64.
        between: Rows that are of neither side, such as windows of a series whose answers reach from one to the other;
            the final model is trained on them, too.
    """

    train: Indices
    validation: Indices
    between: Indices = field(default_factory=lambda: np.zeros(0, np.int64))


def split_rows(
    y: NDArray[np.int64], *, fraction: float = FRACTION, seed: int, most: int = MOST_VALIDATION_ROWS
) -> Split:
    """Split off validation rows, stratified: every class gives its share.

    A class with two rows or more has at least one on each side; a class with a single row trains. Shares are rounded by
    largest remainder, so the total is right wherever those bounds allow it.

    Args:
        y: Class codes, (n,).
        fraction: Share of rows to validate on.
        seed: Equal seeds give equal splits.
        most: Upper bound of validation rows (classes still keep their one).

    >>> split = split_rows(np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]), fraction=0.2, seed=1)
    >>> len(split.train), len(split.validation)
    (8, 2)
    """
    codes, counts = np.unique(y, return_counts=True)
    wanted = min(round(len(y) * fraction), most)
    taken = _shares(counts, wanted)
    rng = np.random.default_rng(seed)
    picked = [rng.permutation(np.flatnonzero(y == code))[:take] for code, take in zip(codes, taken, strict=True)]
    validating = np.zeros(len(y), dtype=bool)
    validating[np.concatenate(picked) if picked else []] = True
    return Split(train=np.flatnonzero(~validating), validation=np.flatnonzero(validating))


def split_groups(strata: NDArray[np.int64], groups: NDArray[np.int64], *, seed: int) -> Split:
    """Split off about a fifth of the rows so that no group is on both sides, and every stratum gives its share.

    Groups are dealt out to parts, those first that lie the furthest from the whole (scikit-learn's
    ``StratifiedGroupKFold``); one part validates.

    Args:
        strata: Class codes, or ranges of numbers, (n,).
        groups: Number of the group of each row, (n,).
        seed: Equal seeds give equal splits.

    Raises:
        DataError: There are fewer than two groups.

    >>> split = split_groups(np.zeros(6, int), np.array([0, 0, 1, 1, 2, 2]), seed=0)
    >>> len(split.train), len(split.validation)
    (4, 2)
    """
    from sklearn.model_selection import StratifiedGroupKFold

    count = len(np.unique(groups))
    if count < 2:
        raise DataError(
            f"all rows are of {count} group(s); at least two are needed, one to train and one to validate on"
        )
    parts = min(count, max(round(1 / FRACTION), -(-len(strata) // MOST_VALIDATION_ROWS)))
    dealer = StratifiedGroupKFold(n_splits=parts, shuffle=True, random_state=seed)
    often = np.bincount(strata)[strata] >= parts  # scikit-learn refuses strata that are all smaller
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about small strata: they cannot be everywhere
        folds = list(dealer.split(strata, strata if often.any() else np.zeros_like(strata), groups))
    train, validation = min(folds, key=lambda fold: abs(len(fold[1]) - len(strata) / parts))
    return Split(train=np.sort(train), validation=np.sort(validation))


def ranges_of(y: NDArray[np.float64], *, least: int = 10) -> NDArray[np.int64]:
    """Ten ranges of numbers (n,) with as many rows each, fewer where those would have less than ``least`` rows.

    >>> ranges_of(np.arange(20.0)).tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    """
    count = max(1, min(10, len(y) // least))
    order = y.argsort(kind="stable").argsort(kind="stable")
    return np.asarray(order * count // max(1, len(y)), dtype=np.int64)


def _shares(counts: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
    """How many rows of each class validate."""
    ideal = counts * (wanted / max(1, counts.sum()))
    low = np.minimum(1, counts - 1)
    taken: NDArray[np.int64] = np.clip(np.floor(ideal).astype(np.int64), low, counts - 1)
    by_remainder = np.argsort(-(ideal - np.floor(ideal)), kind="stable")
    for index in by_remainder:
        if taken.sum() >= wanted:
            break
        if taken[index] < min(counts[index] - 1, np.ceil(ideal[index])):
            taken[index] += 1
    return taken
