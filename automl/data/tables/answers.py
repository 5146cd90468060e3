"""What a table's rows are to be answered with: classes, labels or numbers, and rows whose answer is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data import labels as classes_
from automl.data.label_sets import label_sets
from automl.data.tables import cells
from automl.data.tables.encode import as_floats
from automl.data.targets import ClassTarget, LabelTarget, NumberTarget, TargetContract
from automl.errors import DataError

_SHOWN = 5


def missing_answers(columns: Sequence[pd.Series], kind: str = "classes") -> NDArray[np.bool_]:
    """Which rows lack one of their answers; an empty text of ``labels`` is no label, and no gap."""
    lacking = np.zeros(len(columns[0]), dtype=bool)
    if kind == "labels" and len(columns) == 1:
        return np.asarray(columns[0].isna(), dtype=bool)
    for column in columns:
        if pd.api.types.is_numeric_dtype(column.dtype):
            lacking |= np.isnan(column.to_numpy(dtype=np.float64, na_value=np.nan))
        else:
            lacking |= np.array([text == "" for text in cells.texts(column)], dtype=bool)
    return lacking


def refuse_missing(lacking: NDArray[np.bool_], name: str) -> None:
    """Raise about rows without an answer.

    Raises:
        DataError: There are some; the message says which.
    """
    rows = np.flatnonzero(lacking)
    if len(rows):
        shown = ", ".join(map(str, rows[:_SHOWN])) + (", ..." if len(rows) > _SHOWN else "")
        raise DataError(
            f"{name} is missing (NaN or empty) in {len(rows)} of {len(lacking)} rows: rows {shown} (counted from 0); "
            "fill it in, or leave them out (--drop-missing-labels, drop_missing_labels=True)"
        )


def class_codes(
    column: pd.Series, like: ClassTarget | None, *, read: bool = True
) -> tuple[ClassTarget, NDArray[np.int64]]:
    """The classes of a column, and a code for each row; whole numbers stay numbers, booleans booleans.

    Args:
        column: The answers.
        like: Classes that are known already.
        read: Whether they were read from a table, where text may be a number and has white space around it; labels
            that were handed over are what they are.

    Raises:
        DataError: It has numbers with fractions, fewer than two classes, or one that ``like`` does not have.
    """
    found = classes_.as_labels(_plain_labels(column) if read else _given(column), rows=len(column))
    if like is not None:
        return like, classes_.encode_as(found, like.classes)
    classes, codes = classes_.encode(found)
    if len(classes) < 2:
        raise DataError(f"{column.name} has one class only, {classes[0]!r}; at least two are needed")
    return ClassTarget(classes=classes, column=str(column.name) if read else ""), codes


def number_columns(columns: Sequence[pd.Series]) -> tuple[NumberTarget, NDArray[np.float64]]:
    """Columns of numbers, (n, k) float64.

    Raises:
        DataError: A cell is no number, or infinite.
    """
    values = [as_floats(column, name=str(column.name), start=0, comma=None) for column in columns]
    return NumberTarget(columns=tuple(str(column.name) for column in columns)), np.stack(values, axis=1)


def label_columns(
    columns: Sequence[pd.Series], like: LabelTarget | None, *, read: bool = True
) -> tuple[LabelTarget, NDArray[np.uint8]]:
    """Labels: one column of texts or collections, or one column of 0 and 1 for each, (n, k) uint8.

    Args:
        columns: The answers.
        like: Labels that are known already.
        read: Whether they were read from a table, where the columns' names are the labels'.

    Raises:
        DataError: They are no labels.
    """
    if len(columns) > 1:
        flags = np.stack([_flags(column) for column in columns], axis=1)
        names = [str(column.name) for column in columns if isinstance(column.name, str)]
        return label_sets(flags, rows=len(flags), like=like, names=names)
    (column,) = columns
    target, found = label_sets(_given(column), rows=len(column), like=like)
    if like is None and read:
        target = target.model_copy(update={"columns": (str(column.name),)})
    return target, found


def answers(
    columns: Sequence[pd.Series], kind: str, like: TargetContract | None, *, read: bool = True
) -> tuple[TargetContract, NDArray[Any]]:
    """The contract of the answers and what is kept of them.

    Raises:
        DataError: They are not of this kind.
    """
    if kind == "numbers":
        return number_columns(columns)
    if kind == "labels":
        return label_columns(columns, like if isinstance(like, LabelTarget) else None, read=read)
    if len(columns) != 1:
        listed = ", ".join(str(column.name) for column in columns)
        raise DataError(f"one column of classes is needed, got {len(columns)} ({listed})")
    return class_codes(columns[0], like if isinstance(like, ClassTarget) else None, read=read)


def _flags(column: pd.Series) -> NDArray[np.float64]:
    """A column of 0 and 1, or of words for it."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        found: NDArray[np.float64] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        texts = cells.texts(column)
        numbers, _ = cells.numbers(texts)
        found = np.where(np.isnan(numbers), cells.booleans(texts)[0], numbers)
    bad = np.flatnonzero(~np.isin(found, (0.0, 1.0)))
    if len(bad):
        cell = str(column.iloc[bad[0]])
        raise DataError(f"column {column.name!r} has {cell!r} in row {bad[0]}, and a label's column holds 0 and 1")
    return found


def _given(column: pd.Series) -> Any:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    return np.asarray(column) if pd.api.types.is_numeric_dtype(column.dtype) else list(column)


def _plain_labels(column: pd.Series) -> Any:
    found = _given(column)
    if any(not isinstance(label, str) for label in found):
        return found
    texts = cells.texts(column)
    distinct = set(texts.tolist())
    if all(_is_whole(text) for text in distinct):
        return texts.astype(np.int64)
    return texts.astype(str)


def _is_whole(text: str) -> bool:
    """Whether it is a whole number as Python would write it: "007" is a name."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) < 18 and str(int(text)) == text
