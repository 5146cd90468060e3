"""Where a table comes from: a file, a folder of them by parts, a data frame, an array."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from automl.data.folder import Part
from automl.data.tables.files import ENDINGS, ROWS_AT_ONCE, open_file, unique_names
from automl.errors import DataError

_PARTS: dict[Part, tuple[str, ...]] = {"train": ("train",), "validation": ("val", "validation"), "test": ("test",)}


class Table(Protocol):
    """Rows with named columns, to be gone through more than once."""

    @property
    def name(self) -> str:
        """What to call it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns."""

    @property
    def named(self) -> bool:
        """Whether the names are the person's own."""

    def frames(self) -> Iterator[pd.DataFrame]:
        """The rows, some ten thousand at a time, in order."""

    def key(self) -> str:
        """Equal for equal tables."""


@dataclass(frozen=True, eq=False)
class FrameTable:
    """A table in memory.

    Attributes:
        frame: Columns by their names as text.
        named: Whether those names are the person's own.
        name: What to call it.
    """

    frame: pd.DataFrame
    named: bool = True
    name: str = "table"

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns."""
        return tuple(self.frame.columns)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Slices."""
        for start in range(0, len(self.frame), ROWS_AT_ONCE):
            yield self.frame.iloc[start : start + ROWS_AT_ONCE]

    def key(self) -> str:
        """Of the values, whatever the index is."""
        sha = hashlib.sha256(repr((self.names, [str(kind) for kind in self.frame.dtypes], self.named)).encode())
        for frame in self.frames():
            for name in self.names:
                sha.update(_hashed(frame[name]))
        return sha.hexdigest()


def is_table(source: Path) -> bool:
    """Whether a file is taken for a table, by its name."""
    return source.suffix.lower() in ENDINGS and not source.is_dir()


def table_part(source: Path, part: Part = "train") -> Path | None:
    """The file of a part: of a folder its ``train.csv`` and so on, the file itself otherwise; None when there is none.

    Raises:
        DataError: There is no such file or folder.
    """
    if not source.exists():
        raise DataError(f"no such file or folder: {source}")
    if source.is_file():
        return source if part == "train" else None
    for word in _PARTS[part]:
        for ending in ENDINGS:
            if (file := source / f"{word}{ending}").is_file():
                return file
    return None


def open_table(source: Any, *, encoding: str | None = None) -> Table:
    """A table from a file, a data frame, or an array (n, columns).

    Raises:
        DataError: It is no table, or one that cannot be read.
        ConfigError: The encoding is unknown, or what reads Parquet is not installed.
    """
    if isinstance(source, str | Path):
        return open_file(_existing(Path(source)), encoding)
    if isinstance(source, pd.DataFrame):
        return FrameTable(_named(source))
    if isinstance(source, pd.Series):
        return FrameTable(_named(source.to_frame()))
    return FrameTable(_from_array(source), named=False, name="array")


def _existing(path: Path) -> Path:
    """The file itself, or of a folder its training part."""
    if not path.is_dir():
        if not path.exists():
            raise DataError(f"no such file: {path}")
        return path
    found = table_part(path)
    if found is None:
        raise DataError(f"{path} is a folder without a table in it (train.csv, val.csv, test.csv); name the file")
    return found


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    frame.columns = list(unique_names([str(name) for name in frame.columns], "the data frame"))
    return frame


def _from_array(x: Any) -> pd.DataFrame:
    if hasattr(x, "toarray") and hasattr(x, "nnz"):
        raise DataError("X is a sparse matrix, which this estimator cannot use; make it dense with X.toarray()")
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise DataError(f"X is no table: {error}") from error
    if array.ndim != 2:
        hint = "Reshape your data either with X.reshape(-1, 1) or X.reshape(1, -1)"
        raise DataError(f"Expected 2D array, got {array.ndim}D array instead: X has shape {array.shape}. {hint}")
    if array.dtype.kind == "c":
        raise DataError("Complex data not supported: X holds complex numbers")
    if array.dtype.kind not in "biufOUST":
        raise DataError(f"X has dtype {array.dtype}; cells are numbers, booleans or text")
    return pd.DataFrame(array, columns=[f"x{place}" for place in range(array.shape[1])])


def _hashed(column: pd.Series) -> bytes:
    try:
        return np.asarray(pd.util.hash_pandas_object(column, index=False)).tobytes()
    except TypeError:  # cells of several types
        return np.asarray(pd.util.hash_pandas_object(column.astype(str), index=False)).tobytes()
