"""K parts of the rows, each of which validates once while the others train."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.split import Split
from automl.errors import DataError

TRAIN, VALIDATION, NEITHER = 0, 1, 2

Codes = NDArray[np.uint8]
"""For each row whether it trains, validates, or neither, (n,)."""


def split_of(codes: Codes) -> Split:
    """The split that codes say.

    >>> split_of(np.array([0, 1, 2, 0], np.uint8)).train.tolist()
    [0, 3]
    """
    train, validation, neither = (np.flatnonzero(codes == code) for code in (TRAIN, VALIDATION, NEITHER))
    return Split(train=train, validation=validation, between=neither)


def codes_of(split: Split) -> Codes:
    """The opposite of ``split_of``."""
    codes = np.zeros(len(split.train) + len(split.validation) + len(split.between), np.uint8)
    codes[split.validation], codes[split.between] = VALIDATION, NEITHER
    return codes


def folds_of_classes(y: NDArray[np.int64], folds: int, *, seed: int, names: Sequence[Any] = ()) -> list[Split]:
    """Every class gives its share to every part (scikit-learn's ``StratifiedKFold``, shuffled).

    Args:
        y: Class codes, (n,).
        folds: How many parts, at least 2.
        seed: Equal seeds give equal parts.
        names: What the codes stand for, for messages.

    Raises:
        DataError: A class has fewer rows than there are parts.

    >>> [len(split.validation) for split in folds_of_classes(np.arange(10) % 2, 5, seed=0)]
    [2, 2, 2, 2, 2]
    """
    codes, counts = np.unique(y, return_counts=True)
    if len(codes) and counts.min() < folds:
        code, fewest = int(codes[counts.argmin()]), int(counts.min())
        name = names[code] if len(names) else code
        raise DataError(
            f"{folds} folds were asked for, and class {name!r} has {fewest} row(s): every fold needs one of each; "
            + (f"ask for {fewest} or fewer, or add rows of it" if fewest > 1 else "add rows of it, or leave it out")
        )
    return _stratified(y, folds, seed)


def folds_of_strata(strata: NDArray[np.int64], folds: int, *, seed: int) -> list[Split]:
    """Every stratum gives its share to every part, as far as it has enough rows; rows of small ones go anywhere.

    Args:
        strata: Of each row, (n,): a range of numbers, or the rarest of its labels.
        folds: How many parts, at least 2.
        seed: Equal seeds give equal parts.

    Raises:
        DataError: There are fewer rows than parts.

    >>> [len(split.validation) for split in folds_of_strata(np.zeros(7, int), 3, seed=0)]
    [3, 2, 2]
    """
    if len(strata) < folds:
        raise DataError(
            f"{folds} folds were asked for, and there are {len(strata)} row(s) (n_samples={len(strata)}): every fold "
            "needs one"
        )
    counts = np.bincount(strata)[strata]
    merged = np.where(counts < folds, strata.max() + 1, strata)
    if 0 < (merged > strata.max()).sum() < folds:  # too few even together: they join the largest
        merged = np.where(counts < folds, np.bincount(strata).argmax(), strata)
    return _stratified(merged, folds, seed)


def folds_of_groups(strata: NDArray[np.int64], groups: NDArray[np.int64], folds: int, *, seed: int) -> list[Split]:
    """Every group is in one part, and every stratum gives its share as far as that allows.

    Parts are those of scikit-learn's ``StratifiedGroupKFold``, and of ``GroupKFold`` where that leaves one empty.

    Args:
        strata: Class codes, or ranges of numbers, (n,).
        groups: Number of the group of each row, (n,).
        folds: How many parts, at least 2.
        seed: Equal seeds give equal parts.

    Raises:
        DataError: There are fewer groups than parts.

    >>> [len(split.validation) for split in folds_of_groups(np.zeros(6, int), np.array([0, 0, 1, 1, 2, 2]), 3, seed=0)]
    [2, 2, 2]
    """
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    count = len(np.unique(groups))
    if count < folds:
        raise DataError(
            f"{folds} folds were asked for, and all rows are of {count} group(s): a group is in one fold, and every "
            "fold " + (f"needs one; ask for {count} or fewer" if count > 1 else "needs one")
        )
    often = np.bincount(strata)[strata] >= folds  # scikit-learn refuses strata that are all smaller
    dealer = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    found = list(_splits(dealer.split(strata, strata if often.any() else np.zeros_like(strata), groups)))
    if all(len(split.train) and len(split.validation) for split in found):
        return found
    whole = GroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    return list(_splits(whole.split(strata, groups=groups)))


def folds_of_time(rows: int, folds: int, *, first: int, least: int) -> list[tuple[int, int]]:
    """Where each part of a series begins and ends that validates, the rows before it training (rolling origin).

    These are the parts of scikit-learn's ``TimeSeriesSplit``: of equal lengths, the latest ones of the series; shorter
    where too few rows would be left before the first of them.

    Args:
        rows: Of the series.
        folds: How many parts, at least 2.
        first: The fewest rows before the first part.
        least: The fewest rows of a part.

    Returns:
        ``folds`` pairs, or none where the series is too short for them.

    >>> folds_of_time(12, 3, first=2, least=2)
    [(3, 6), (6, 9), (9, 12)]
    >>> folds_of_time(12, 3, first=6, least=2)
    [(6, 8), (8, 10), (10, 12)]
    >>> folds_of_time(12, 3, first=7, least=2)
    []
    """
    from sklearn.model_selection import TimeSeriesSplit

    length = max(least, min(rows // (folds + 1), (rows - first) // folds))
    if rows - folds * length < max(1, first):
        return []
    parts = TimeSeriesSplit(n_splits=folds, test_size=length).split(np.empty((rows, 0)))
    return [(int(part[0]), int(part[-1]) + 1) for _, part in parts]


def _stratified(strata: NDArray[np.int64], folds: int, seed: int) -> list[Split]:
    from sklearn.model_selection import StratifiedKFold

    dealer = StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)
    return list(_splits(dealer.split(np.empty((len(strata), 0)), strata)))


def _splits(parts: Iterable[tuple[NDArray[Any], NDArray[Any]]]) -> Iterator[Split]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about small strata: they cannot be everywhere
        for train, validation in parts:
            yield Split(train=np.sort(train), validation=np.sort(validation))
