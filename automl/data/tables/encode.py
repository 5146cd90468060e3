"""From the cells of a table to what a network takes: first the raw form, then the working form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data.tables import cells
from automl.data.tables.contract import FIRST, MISSING, UNKNOWN, Column, TableContract
from automl.errors import DataError

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False, slots=True)
class RawTable:
    """What a model that was handed over takes.

    Attributes:
        numbers: (n, F) float32, NaN where one is missing.
        categories: (n, C) text, ``""`` where it is missing.
    """

    numbers: NDArray[np.float32]
    categories: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, rows: slice) -> RawTable:
        return RawTable(self.numbers[rows], self.categories[rows])


def raw(frame: pd.DataFrame, contract: TableContract, *, start: int = 0, source: str = "the table") -> RawTable:
    """Read a table's cells as its contract says; columns may come in any order, and more than are needed.

    Args:
        frame: The rows.
        contract: What each column is.
        start: Number of the first row, for messages.
        source: What to call the table in messages.

    Raises:
        DataError: A column is missing, or a cell is not what the contract says; the message names them.
    """
    missing = contract.missing_from([str(name) for name in frame.columns])
    if missing:
        also = f" (and {len(missing) - 1} more: {', '.join(missing[1:6])})" if len(missing) > 1 else ""
        raise DataError(f"column {missing[0]!r}{also} is missing in {source}, and the model was trained with it")
    numbers = np.empty((len(frame), len(contract.numbers)), np.float32)
    categories = np.empty((len(frame), len(contract.categories)), object)
    number = category = 0
    for column in contract.columns:
        values = frame[column.name]
        if column.kind == "category":
            categories[:, category] = cells.texts(values)
            category += 1
        else:
            found = _numbers(values, column, start)
            numbers[:, number : number + found.shape[1]] = found
            number += found.shape[1]
    return RawTable(numbers, categories)


def working(table: RawTable, contract: TableContract) -> NDArray[np.float32]:
    """The working form (n, F + C) of rows: the numbers as they are, categories as codes.

    What the layers in front of a model that is handed over do, done by NumPy.
    """
    out = np.empty((len(table), *contract.shape), np.float32)
    first = table.numbers.shape[1]
    out[:, :first] = table.numbers
    for place, column in enumerate(contract.categories):
        known = {"": MISSING} | {value: FIRST + code for code, value in enumerate(column.values)}
        codes, distinct = pd.factorize(table.categories[:, place])
        out[:, first + place] = np.array([known.get(value, UNKNOWN) for value in distinct], np.float32)[codes]
    return out


def as_floats(
    values: pd.Series, *, name: str, start: int, lenient: bool = False, comma: bool | None = False
) -> NDArray[np.float64]:
    """A column of numbers, NaN where one is missing.

    Args:
        values: The cells.
        name: Of the column.
        start: Number of the first row, for messages.
        lenient: Whether a cell that is no number counts as missing.
        comma: Whether decimals come behind a comma; None where the cells are to say so.

    Raises:
        DataError: A cell is no number (unless ``lenient``), or one that float32 cannot hold.
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        found: NDArray[np.float64] = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        texts = cells.texts(values)
        found, bad = cells.numbers(texts, comma=bool(comma))
        if comma is None and bad.any():
            with_comma = cells.numbers(texts, comma=True)
            found, bad = (found, bad) if with_comma[1].any() else with_comma
        if bad.any() and not lenient:
            _refuse(values, bad, name, start, "is no number")
    with np.errstate(invalid="ignore"):
        large = ~np.isnan(found) & (np.abs(found) > _LARGEST)
    if large.any():
        _refuse(values, large, name, start, "is infinite or too large for float32 (inf)")
    return found


def _numbers(values: pd.Series, column: Column, start: int) -> NDArray[Any]:
    if column.kind == "date":
        when = _dates(values, column, start)
        return np.stack([cells.date_part(when, part) for part in column.parts], axis=1)
    if column.kind == "boolean" and not pd.api.types.is_numeric_dtype(values.dtype):
        found, bad = cells.booleans(cells.texts(values))
        if bad.any():
            _refuse(values, bad, column.name, start, "is neither true nor false")
        return found[:, np.newaxis]
    found = as_floats(values, name=column.name, start=start, lenient=column.lenient, comma=column.comma)
    return found[:, np.newaxis]


def _dates(values: pd.Series, column: Column, start: int) -> pd.DatetimeIndex:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return cells.plain_dates(values)
    if not column.format:
        values = pd.Series(pd.to_datetime(values, errors="coerce", format="ISO8601"))
        return cells.plain_dates(values)
    found, bad = cells.dates(cells.texts(values), column.format)
    if bad.any():
        _refuse(values, bad, column.name, start, f"is no date as in training ({column.format})")
    return found


def _refuse(values: pd.Series, bad: NDArray[np.bool_], name: str, start: int, what: str) -> None:
    place = int(np.argmax(bad))
    count = int(bad.sum())
    more = f" (and {count - 1} more such cells)" if count > 1 else ""
    raise DataError(f"column {name!r} has {str(values.iloc[place])!r} in row {start + place}, which {what}{more}")
