"""Where a table comes from: a CSV, JSONL or Parquet file read piece by piece, a data frame, an array."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from automl.data.folder import Part
from automl.data.tables.lines import open_lines
from automl.errors import ConfigError, DataError

ROWS_AT_ONCE = 50_000
_BYTES_AT_ONCE = 1 << 22
_TEXT = {".csv": None, ".tsv": "\t", ".txt": None}
_LINES = (".jsonl", ".ndjson")
_PARQUET = (".parquet", ".pq")
_ENDINGS = (*_TEXT, *_LINES, *_PARQUET)
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


@dataclass(frozen=True)
class CsvTable:
    """A text file with a line of column names; UTF-8, with or without a byte-order mark, unless said otherwise.

    Attributes:
        path: The file.
        names: Of the columns.
        separator: Between cells.
        encoding: Python's name of it.
    """

    path: Path
    names: tuple[str, ...]
    separator: str
    encoding: str
    named: bool = True

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def frames(self) -> Iterator[pd.DataFrame]:
        """All cells as text."""
        options: dict[str, Any] = {"dtype": str, "na_filter": False, "skipinitialspace": True, "index_col": False}
        try:
            with pd.read_csv(
                self.path, sep=self.separator, encoding=self.encoding, chunksize=ROWS_AT_ONCE, **options
            ) as reader:
                for frame in reader:
                    frame.columns = list(self.names)
                    yield frame
        except (pd.errors.ParserError, UnicodeError, csv.Error) as error:
            raise DataError(f"cannot read {self.path}: {error}") from error

    def key(self) -> str:
        """Of path, size and time of change."""
        stat = self.path.stat()
        identity = (str(self.path.resolve()), stat.st_size, stat.st_mtime_ns, self.separator, self.encoding)
        return hashlib.sha256(repr(identity).encode()).hexdigest()


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file; needs pyarrow (the extra ``parquet``)."""

    path: Path
    names: tuple[str, ...]
    named: bool = True

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Row groups, or parts of them."""
        for batch in _parquet(self.path).iter_batches(batch_size=ROWS_AT_ONCE):
            yield batch.to_pandas()

    def key(self) -> str:
        """Of path, size and time of change."""
        stat = self.path.stat()
        return hashlib.sha256(repr((str(self.path.resolve()), stat.st_size, stat.st_mtime_ns)).encode()).hexdigest()


def is_table(source: Path) -> bool:
    """Whether a file is taken for a table, by its name."""
    return source.suffix.lower() in _ENDINGS and not source.is_dir()


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
        for ending in _ENDINGS:
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
        return _open_file(Path(source), encoding)
    if isinstance(source, pd.DataFrame):
        return FrameTable(_named(source))
    if isinstance(source, pd.Series):
        return FrameTable(_named(source.to_frame()))
    return FrameTable(_from_array(source), named=False, name="array")


def _open_file(path: Path, encoding: str | None) -> Table:
    if path.is_dir():
        found = table_part(path)
        if found is None:
            raise DataError(f"{path} is a folder without a table in it (train.csv, val.csv, test.csv); name the file")
        path = found
    if not path.exists():
        raise DataError(f"no such file: {path}")
    ending = path.suffix.lower()
    if ending in _PARQUET:
        return ParquetTable(path, _unique(_parquet(path).schema_arrow.names, path))
    if ending not in _ENDINGS:
        known = ", ".join(_ENDINGS)
        raise DataError(f"{path} is no table that can be read; its name should end with one of {known}")
    chosen = _checked_encoding(path, encoding)
    if ending in _LINES:
        return open_lines(path, chosen)
    header = _header(path, chosen)
    separator = _TEXT[ending] or _separator(header)
    names = [name.strip() for name in next(csv.reader([header], delimiter=separator, skipinitialspace=True), [])]
    if names and all(_is_number(name) for name in names):
        raise DataError(f"the first line of {path} holds numbers only; it must name the columns")
    return CsvTable(path, _unique(names, path), separator, chosen)


def _checked_encoding(path: Path, encoding: str | None) -> str:
    """The encoding to use, after a look at every byte."""
    chosen = encoding or "utf-8-sig"
    try:
        decoder = codecs.getincrementaldecoder(chosen)()
    except LookupError:
        raise ConfigError(f"unknown encoding {encoding!r}; known are such as utf-8, latin-1, cp1252, utf-16") from None
    read = 0
    with path.open("rb") as file:
        start = file.read(2)
        if encoding is None and start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise DataError(f"{path} is UTF-16 text; say so with --encoding utf-16")
        file.seek(0)
        while piece := file.read(_BYTES_AT_ONCE):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                offset = read - pending + error.start
                file.seek(offset)
                byte = file.read(1).hex()
                raise DataError(
                    f"{path} is no {'UTF-8' if encoding is None else encoding} text: byte 0x{byte} at offset {offset}; "
                    "if it is Latin-1, say so with --encoding latin-1"
                ) from None
            read += len(piece)
    if read == 0:
        raise DataError(f"{path} is empty")
    return chosen


def _header(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as file:
        line = file.readline()
        while line.count('"') % 2 and (more := file.readline()):  # a name with a line break in it
            line += more
    if not line.strip():
        raise DataError(f"the first line of {path} is empty; it must name the columns")
    return line.rstrip("\r\n")


def _separator(header: str) -> str:
    counts = {mark: header.count(mark) for mark in (",", ";", "\t", "|")}
    return max(counts, key=lambda mark: counts[mark])


def _unique(names: list[str], path: Path | str) -> tuple[str, ...]:
    for place, name in enumerate(names):
        if not name:
            names[place] = f"column {place + 1}"  # an index that was written along has no name
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{path} has two columns called {twice[0]!r}; rename one")
    return tuple(names)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    frame.columns = list(_unique([str(name) for name in frame.columns], "the data frame"))
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


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _parquet(path: Path) -> Any:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise ConfigError("reading Parquet needs pyarrow: pip install 'automl[parquet]'") from None
    try:
        return pq.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is no Parquet file that can be read: {error}") from error
