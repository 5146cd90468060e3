"""What people should know of a table before they believe a score: columns that give the answer away, equal rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from automl.data.dataset import Array
from automl.data.prepared import Rows
from automl.data.tables.contract import TableContract

_MOST_ROWS = 20_000
_FEWEST_ROWS = 50  # of fewer, one column may predict the answer by chance
_BINS = 128
_LEAK_OF_ERRORS = 0.02  # of the errors of guessing are left when one column alone gives the answer away


def leaking(rows: Rows, contract: TableContract, *, seed: int = 0) -> Iterator[str]:
    """One sentence for every column that alone predicts the answer.

    The rows are halved: what each value (or each of 128 ranges of a number) answers in one half is asked about the
    other. A column is told of when at most 2 % of the error of guessing is left; of numbers the error is the variance.

    Args:
        rows: Training rows.
        contract: What their columns are.
        seed: Which rows are in which half.
    """
    if len(rows) < _FEWEST_ROWS:
        return
    chosen = np.random.default_rng(seed).permutation(len(rows))[:_MOST_ROWS]
    x, y = rows.x[chosen], rows.y[chosen]
    names = [*contract.numbers, *(column.name for column in contract.categories)]
    for place, name in enumerate(names):
        left = _error_left(_grouped(x[:, place], number=place < len(contract.numbers)), y)
        if left <= _LEAK_OF_ERRORS:
            yield (
                f"column {name!r} alone predicts the answer ({1 - left:.1%} of the error of guessing is gone): if it "
                "is not known when the model is used, leave it out (--ignore)"
            )


def equal_rows(training: Rows, validation: Rows) -> int:
    """How many validation rows are training rows once more, answer and all."""
    known = set(_digests(training))
    return sum(digest in known for digest in _digests(validation))


def _digests(rows: Rows) -> Iterator[bytes]:
    if not len(rows):
        return
    answers = rows.y.reshape(len(rows), -1).astype(np.float64)
    step = 50_000
    for start in range(0, len(rows), step):
        piece = np.concatenate([rows.x[start : start + step].astype(np.float64), answers[start : start + step]], axis=1)
        yield from (row.tobytes() for row in piece)


def _grouped(values: Array, *, number: bool) -> NDArray[np.int64]:
    """A group for each value; missing ones are a group."""
    there = values[~np.isnan(values)]
    filled = np.where(np.isnan(values), there.min() - 1.0 if len(there) else 0.0, values.astype(np.float64))
    distinct, groups = np.unique(filled, return_inverse=True)
    if number and len(distinct) > _BINS:
        edges = np.quantile(filled, np.linspace(0, 1, _BINS + 1)[1:-1])
        groups = np.searchsorted(edges, filled, side="right")
    return groups.astype(np.int64)


def _error_left(groups: NDArray[np.int64], y: Array) -> float:
    """Share of the error of guessing that is left when the group is known; 1 when nothing is gained."""
    half = len(y) // 2
    known, asked = slice(0, half), slice(half, None)
    count = int(groups.max()) + 1
    if y.ndim == 1:
        classes = int(y.max()) + 1
        table = np.zeros((count, classes))
        np.add.at(table, (groups[known], y[known]), 1)
        guess = int(np.bincount(y[known], minlength=classes).argmax())
        answers = np.where(table.sum(axis=1) > 0, table.argmax(axis=1), guess)[groups[asked]]
        error, guessing = float(np.mean(answers != y[asked])), float(np.mean(y[asked] != guess))
    else:
        sums, rows = np.zeros((count, y.shape[1])), np.bincount(groups[known], minlength=count)
        np.add.at(sums, groups[known], y[known])
        mean = y[known].mean(axis=0)
        means = np.where(rows[:, None] > 0, sums / np.maximum(rows, 1)[:, None], mean)
        spread = y[asked].var(axis=0)
        spread[spread == 0] = 1.0
        error = float((np.square(means[groups[asked]] - y[asked]) / spread).mean())
        guessing = float((np.square(mean - y[asked]) / spread).mean())
    return error / guessing if guessing > 0 else 1.0
