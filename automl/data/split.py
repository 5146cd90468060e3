"""Which rows train and which validate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

FRACTION = 0.2
MOST_VALIDATION_ROWS = 10_000  # accuracy then has a standard error below 0.005; more rows only cost time


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """Disjoint row numbers, each sorted, together every row.

    Attributes:
        train: (n_train,) int64.
        validation: (n_validation,) int64.
    """

    train: Indices
    validation: Indices


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
