"""Any number of labels a row, however people write them: as one column of 0 and 1 for each label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data.labels import as_labels, encode, encode_as
from automl.data.targets import Label, LabelTarget
from automl.errors import DataError

Flags = NDArray[np.uint8]

SEPARATORS = ("|", ";", ",")
"""What stands between the labels of a text; the first that occurs in any text is taken."""

_SHOWN = 5


def is_label_sets(y: Any) -> bool:
    """Whether these can only be answers of several labels: sets or lists, or rows of 0 and 1 with not one 1 each.

    >>> is_label_sets([{"cat"}, {"cat", "dog"}]), is_label_sets([[0, 1, 1], [0, 0, 0]]), is_label_sets(["cat", "dog"])
    (True, True, False)
    >>> is_label_sets([[0, 1, 0], [1, 0, 0]])  # one-hot: one class a row
    False
    """
    flags = as_flags(y)
    if flags is not None:
        return flags.shape[1] > 1 and not is_one_hot(flags)
    if isinstance(y, np.ndarray) and y.dtype.kind != "O":
        return False
    if not isinstance(y, list | tuple | np.ndarray | pd.Series):
        return False
    rows = _rows(y)
    return bool(rows) and all(_is_collection(row) for row in rows) and any(len(row) != 1 for row in rows)


def is_one_hot(flags: NDArray[Any]) -> bool:
    """Whether every row of zeros and ones (n, k) has a single 1."""
    return flags.shape[1] > 1 and bool((np.asarray(flags, np.int64).sum(axis=1) == 1).all())


def as_flags(y: Any) -> NDArray[Any] | None:
    """What is given as rows of 0 and 1, (n, k); None for anything else."""
    try:
        found = np.asarray(y)
    except ValueError:
        return None
    if found.ndim != 2 or found.dtype.kind not in "biuf" or not found.size or not np.isin(found, (0, 1)).all():
        return None
    return found


def label_sets(
    y: Any, *, rows: int, like: LabelTarget | None = None, names: Sequence[str] = ()
) -> tuple[LabelTarget, Flags]:
    """The labels of rows.

    Args:
        y: Rows of 0 and 1 (n, k), collections of labels, or texts such as ``"cat|dog"``; an empty one has no label.
        rows: How many there must be.
        like: Labels that are known already.
        names: Of the k columns of 0 and 1.

    Returns:
        The contract, and (n, k) uint8.

    >>> target, flags = label_sets([["cat"], ["dog", "cat"], []], rows=3)
    >>> target.classes, flags.tolist()
    (('cat', 'dog'), [[1, 0], [1, 1], [0, 0]])

    Raises:
        DataError: They are of another length, missing, no labels, or labels that ``like`` does not have.
    """
    if y is None:
        raise DataError("labels are missing: y is needed beside x")
    if isinstance(y, pd.DataFrame):
        names = names or [str(name) for name in y.columns]
        y = y.to_numpy()
    flags = as_flags(y)
    found = list(flags) if flags is not None else _rows(y)
    if len(found) != rows:
        raise DataError(f"x has {rows} rows and y has {len(found)}; give the labels of each row")
    if flags is not None:
        return _of_flags(flags.astype(np.uint8), like, names)
    if isinstance(y, np.ndarray) and y.ndim == 2 and y.dtype.kind in "biuf":
        raise DataError(f"y has shape {y.shape} and values other than 0 and 1; one column of 0 and 1 a label is needed")
    separator, split = _split(found, like)
    return _of_sets(split, like, separator)


def label_series(y: Any) -> list[pd.Series]:
    """Labels that were handed over as columns: one for each label where they are 0 and 1, else one of collections."""
    if isinstance(y, pd.DataFrame):
        return [y.iloc[:, place].reset_index(drop=True) for place in range(y.shape[1])]
    if isinstance(y, pd.Series):
        return [y.reset_index(drop=True)]
    flags = as_flags(y)
    if flags is not None:
        return [pd.Series(flags[:, place], name=place) for place in range(flags.shape[1])]
    return [pd.Series([tuple(_plain(row)) if _is_collection(row) else row for row in _rows(y)], dtype=object)]


def texts_of(flags: NDArray[Any], target: LabelTarget) -> list[str]:
    """The labels of rows (n, k) as they are written into a table.

    >>> texts_of(np.array([[1, 1], [0, 0]]), LabelTarget(classes=("cat", "dog")))
    ['cat|dog', '']
    """
    names = np.array([str(name) for name in target.classes], dtype=object)
    separator = target.separator or SEPARATORS[0]
    return [separator.join(names[row != 0]) for row in flags]


def _of_flags(flags: Flags, like: LabelTarget | None, names: Sequence[str]) -> tuple[LabelTarget, Flags]:
    if like is not None:
        if flags.shape[1] != len(like.classes):
            raise DataError(f"y has {flags.shape[1]} columns, and the training data has {len(like.classes)} labels")
        return like, flags
    if flags.shape[1] < 2:
        raise DataError("y has one column of 0 and 1: that is one class or another, not several labels")
    if not flags.any():
        raise DataError("no row has any label")
    classes: Sequence[Label] = tuple(names) or tuple(range(flags.shape[1]))
    return LabelTarget(classes=tuple(classes), columns=tuple(names)), flags


def _of_sets(found: Sequence[Sequence[object]], like: LabelTarget | None, separator: str) -> tuple[LabelTarget, Flags]:
    place = np.repeat(np.arange(len(found)), [len(row) for row in found])
    flat = [label for row in found for label in row]
    if not flat and like is None:
        raise DataError("no row has any label")
    labels = np.array([], dtype=str)
    if flat:
        mixed = np.empty(len(flat), dtype=object)  # an array of text and numbers would make text of the numbers
        mixed[:] = flat
        labels = as_labels(mixed, rows=len(flat))
    if like is None:
        classes, codes = encode(labels)
        if len(classes) < 2:
            raise DataError(f"the only label is {classes[0]!r}; at least two are needed")
        like = LabelTarget(classes=classes, separator=separator)
    else:
        codes = encode_as(labels, like.classes)
    flags = np.zeros((len(found), len(like.classes)), np.uint8)
    flags[place, codes] = 1
    return like, flags


def _split(rows: list[Any], like: LabelTarget | None) -> tuple[str, list[Sequence[object]]]:
    """The separator and every row's labels."""
    missing = [place for place, row in enumerate(rows) if row is None or (isinstance(row, float) and np.isnan(row))]
    if missing:
        shown = ", ".join(map(str, missing[:_SHOWN])) + (", ..." if len(missing) > _SHOWN else "")
        raise DataError(f"the labels of {len(missing)} rows are missing: rows {shown} (counted from 0)")
    if all(isinstance(row, str) for row in rows):
        separator = like.separator if like is not None and like.separator else _separator(rows)
        return separator, [[part.strip() for part in row.split(separator) if part.strip()] for row in rows]
    stranger = next((row for row in rows if not _is_collection(row)), None)
    if stranger is not None:
        raise DataError(
            f"y has {stranger!r} where the labels of a row belong; give sets or lists of labels, texts such as "
            "'cat|dog', or one column of 0 and 1 a label"
        )
    return SEPARATORS[0], [_plain(row) for row in rows]


def _separator(texts: Sequence[str]) -> str:
    return next((mark for mark in SEPARATORS if any(mark in text for text in texts)), SEPARATORS[0])


def _rows(y: Any) -> list[Any]:
    if isinstance(y, str | bytes) or not isinstance(y, Iterable):
        raise DataError(f"y is {type(y).__name__}; the labels of each row are needed")
    return list(y)


def _is_collection(row: object) -> bool:
    return isinstance(row, list | tuple | set | frozenset) or (isinstance(row, np.ndarray) and row.ndim == 1)


def _plain(row: Any) -> list[object]:
    """Python's own values, in an order that does not depend on how sets are laid out."""
    values = row.tolist() if isinstance(row, np.ndarray) else list(row)
    return sorted((value.item() if isinstance(value, np.generic) else value for value in values), key=str)
