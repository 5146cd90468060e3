"""Labels: from strings, integers or booleans to codes and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.dataset import Array
from automl.data.targets import Label
from automl.errors import DataError

Codes = NDArray[np.int64]

_EXACT = 2**53  # floats tell whole numbers apart up to here
_LARGEST = 2**63 - 1  # classes are kept as int64
_MISSING = ("NAType", "NaTType")  # pandas' own, told by name so that pandas is not imported


def as_labels(y: Any, *, rows: int) -> Array:
    """Labels as a one-dimensional array of strings, integers or booleans.

    Args:
        y: (n,) or (n, 1): a sequence, an array, or anything with ``__array__`` such as a pandas Series.
        rows: How many there must be.

    Raises:
        DataError: They are missing, of another length or shape, or no labels.
    """
    if y is None:
        raise DataError("labels are missing: y is needed beside x")
    try:
        labels = np.asarray(y)
    except ValueError as error:
        raise DataError(f"y is no array of labels: {error}") from error
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DataError(f"y has shape {labels.shape}; one label a row is needed, shape (n,), not one-hot columns")
    if len(labels) != rows:
        raise DataError(f"x has {rows} rows and y has {len(labels)}; give one label for each row")
    return _plain(labels)


def encode(labels: Array) -> tuple[tuple[Label, ...], Codes]:
    """The sorted classes and the code of each label.

    >>> encode(np.array(["b", "a", "b"]))
    (('a', 'b'), array([1, 0, 1]))
    """
    classes, codes = np.unique(labels, return_inverse=True)
    return tuple(classes.tolist()), codes.astype(np.int64)


def encode_as(labels: Array, classes: Sequence[Label]) -> Codes:
    """The code of each label among known classes; labels that only differ in type, such as 7 and "7", agree.

    Raises:
        DataError: A label is none of the classes; the message says which and how many rows.
    """
    known = {str(name): code for code, name in enumerate(classes)}
    names, inverse = np.unique(labels.astype(str), return_inverse=True)
    codes = np.array([known.get(str(name), -1) for name in names], dtype=np.int64)
    if (codes < 0).any():
        unknown = [str(name) for name in names[codes < 0]]
        rows = int((codes < 0)[inverse].sum())
        shown = ", ".join(map(repr, unknown[:5])) + (", ..." if len(unknown) > 5 else "")
        raise DataError(f"{rows} rows have labels that the training data does not have: {shown}")
    return np.asarray(codes[inverse], dtype=np.int64)


def _plain(labels: Array) -> Array:
    if labels.dtype.kind == "T":  # numpy's StringDType
        labels = labels.astype(object)
    if labels.dtype.kind == "O":
        labels = _from_objects(labels)
    if labels.dtype.kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    if labels.dtype.kind == "f":
        labels = _from_floats(labels)
    if labels.dtype.kind == "u":
        _check_size(labels, _LARGEST)
    if labels.dtype.kind not in "Uiub":
        raise DataError(f"y has dtype {labels.dtype}; labels are strings, integers or booleans")
    return labels


def _from_objects(labels: Array) -> Array:
    missing = [row for row, label in enumerate(labels) if _is_missing(label)]
    if missing:
        raise DataError(f"{len(missing)} labels are missing, the first in row {missing[0]}; drop these rows")
    kinds = {_kind(label) for label in labels}
    if len(kinds) != 1 or kinds & {None}:
        found = ", ".join(sorted({type(label).__name__ for label in labels}))
        raise DataError(f"labels must be all strings, all integers or all booleans; found {found}")
    return np.array(labels.tolist())


def _is_missing(label: object) -> bool:
    if isinstance(label, float):
        return math.isnan(label)
    return label is None or type(label).__name__ in _MISSING


def _kind(label: object) -> type | None:
    if isinstance(label, bool | np.bool_):
        return bool
    if isinstance(label, int | np.integer):
        return int
    if isinstance(label, float | np.floating):
        return float
    return str if isinstance(label, str) else None


def _from_floats(labels: Array) -> Array:
    bad = np.flatnonzero(~np.isfinite(labels))
    if len(bad):
        raise DataError(f"{len(bad)} labels are NaN or infinite, the first in row {bad[0]}; drop these rows")
    fractions = np.flatnonzero(labels != np.floor(labels))
    if len(fractions):
        first = fractions[0]
        raise DataError(f"y holds the number {labels[first]} in row {first}; classes are strings, integers or booleans")
    _check_size(np.abs(labels), _EXACT)
    return labels.astype(np.int64)


def _check_size(labels: Array, limit: int) -> None:
    large = np.flatnonzero(labels > limit)
    if len(large):
        raise DataError(f"y holds a number of the size {labels[large[0]]} in row {large[0]}; classes go up to {limit}")
