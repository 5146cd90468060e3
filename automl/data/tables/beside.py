"""What stands beside a table: answers, weights and groups of its rows, as columns or as arrays of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data.label_sets import label_series
from automl.data.tables import cells
from automl.data.tables.source import Table
from automl.errors import DataError


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """Answers and weights that stand apart from the table, as arrays.

    Attributes:
        y: Answers, (n,) or (n, k); None when they are columns of the table.
        weights: (n,); None when all rows count alike, or when weights are a column of the table.
        groups: (n,); None when rows are of no groups, or when groups are a column of the table.
    """

    y: Any = None
    weights: Any = None
    groups: Any = None


def joined(parts: Sequence[pd.Series]) -> pd.Series:
    """The pieces of a column as one."""
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)


def given_columns(y: Any, rows: int, *, several: bool, labels: bool = False) -> list[pd.Series]:
    """Answers that were handed over, one Series a column.

    Args:
        y: (n,) or (n, k).
        rows: How many there must be.
        several: Whether there may be more columns than one.
        labels: Whether a row has any number of labels; see ``label_series``.

    Raises:
        DataError: They are of another length or shape.
    """
    if labels:
        columns = label_series(y)
    elif isinstance(y, pd.DataFrame):
        columns = [y.iloc[:, place].reset_index(drop=True).rename(str(y.columns[place])) for place in range(y.shape[1])]
    elif isinstance(y, pd.Series):
        columns = [y.reset_index(drop=True).rename(str(y.name) if y.name is not None else "y")]
    else:
        columns = _from_array(y)
    if not columns or (len(columns) > 1 and not several and not labels):
        raise DataError(f"y has {len(columns)} columns; one label a row is needed, shape (n,), not one-hot columns")
    if len(columns[0]) != rows:
        raise DataError(
            f"X has {rows} rows and y has {len(columns[0])}; give one answer for each row "
            "(inconsistent numbers of samples)"
        )
    return columns


def _from_array(y: Any) -> list[pd.Series]:
    try:
        array = np.asarray(y)
    except ValueError as error:
        raise DataError(f"y is no array: {error}") from error
    if array.ndim == 1:
        return [pd.Series(array, name="y")]
    if array.ndim != 2:
        raise DataError(f"y has shape {array.shape}; (n,) or (n, k) is needed")
    names = ["y"] if array.shape[1] == 1 else [f"y{place}" for place in range(array.shape[1])]
    return [pd.Series(array[:, place], name=name) for place, name in enumerate(names)]


def checked_weights(weights: Any, rows: int) -> NDArray[np.float64]:
    """Weights of rows, (rows,).

    Raises:
        DataError: They are of another shape, negative, no numbers, or all 0.
    """
    try:
        found = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"sample weights must be numbers: {error}") from error
    if found.ndim == 0:
        found = np.full(rows, float(found))
    if found.shape != (rows,):
        raise DataError(f"sample weights have shape {found.shape}; one number for each of the {rows} rows is needed")
    bad = np.flatnonzero(~np.isfinite(found) | (found < 0))
    if len(bad):
        raise DataError(f"sample weights must be numbers of at least 0; row {bad[0]} has {found[bad[0]]}")
    if not found.any():
        raise DataError("all sample weights are zero: there is nothing to learn from")
    return found


def group_numbers(groups: Any, rows: int) -> NDArray[np.int64]:
    """A number for the group of each row, (rows,).

    Raises:
        DataError: They are of another shape, or one is missing.
    """
    column = groups if isinstance(groups, pd.Series) else pd.Series(np.asarray(groups).tolist(), dtype=object)
    if len(column) != rows:
        raise DataError(f"there are {len(column)} groups for {rows} rows; give one for each row")
    texts = cells.texts(column.reset_index(drop=True))
    lacking = np.flatnonzero(texts == "")
    if len(lacking):
        raise DataError(f"the group is missing in {len(lacking)} of {rows} rows: the first is row {lacking[0]}")
    return np.asarray(pd.factorize(texts)[0], dtype=np.int64)


def bytes_of(values: Any) -> bytes:
    """What makes values differ from others: of a frame, a Series, or anything like an array."""
    if isinstance(values, pd.DataFrame | pd.Series):
        return repr((getattr(values, "columns", None), values.dtypes if hasattr(values, "dtypes") else "")).encode() + (
            np.asarray(pd.util.hash_pandas_object(values.astype(object), index=False)).tobytes()
        )
    try:
        array = np.asarray(values)
    except ValueError:  # collections of different lengths
        return repr([sorted(map(str, each)) for each in values]).encode()
    head = repr((array.dtype.str, array.shape)).encode()
    return head + (repr(array.tolist()).encode() if array.dtype.hasobject else np.ascontiguousarray(array).tobytes())


def listed_names(table: Table) -> str:
    """The columns of a table, for messages."""
    shown = ", ".join(table.names[:12]) + (", ..." if len(table.names) > 12 else "")
    return f"{table.name} has {shown}"
