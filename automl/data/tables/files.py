"""Tables in files, read piece by piece: CSV, JSONL and Parquet."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from automl.data.tables.lines import LinesTable, open_lines
from automl.errors import ConfigError, DataError

ROWS_AT_ONCE = 50_000
_BYTES_AT_ONCE = 1 << 22
_TEXT = {".csv": None, ".tsv": "\t", ".txt": None}
_LINES = (".jsonl", ".ndjson")
_PARQUET = (".parquet", ".pq")
ENDINGS = (*_TEXT, *_LINES, *_PARQUET)
"""How the names of tables end."""


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
            raise DataError(f"cannot read {self.path}: {str(error).strip()}") from error

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


def open_file(path: Path, encoding: str | None) -> CsvTable | ParquetTable | LinesTable:
    """The table in a file, by how its name ends.

    Args:
        path: The file.
        encoding: Of a text file; None for UTF-8.

    Raises:
        DataError: It is no table, or one that cannot be read.
        ConfigError: The encoding is unknown, or what reads Parquet is not installed.
    """
    ending = path.suffix.lower()
    if ending in _PARQUET:
        return ParquetTable(path, unique_names(_parquet(path).schema_arrow.names, path))
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise DataError(f"{path} is no table that can be read; its name should end with one of {known}")
    chosen = _checked_encoding(path, encoding)
    if ending in _LINES:
        return open_lines(path, chosen)
    header = _header(path, chosen)
    separator = _TEXT[ending] or _separator(header)
    names = [name.strip() for name in next(csv.reader([header], delimiter=separator, skipinitialspace=True), [])]
    if names and all(_is_number(name) for name in names):
        raise DataError(f"the first line of {path} holds numbers only; it must name the columns")
    return CsvTable(path, unique_names(names, path), separator, chosen)


def unique_names(names: list[str], path: Path | str) -> tuple[str, ...]:
    """Names of columns; one without a name is called by its place.

    >>> unique_names(["", "size"], "the table")
    ('column 1', 'size')

    Raises:
        DataError: Two columns have one name.
    """
    for place, name in enumerate(names):
        if not name:
            names[place] = f"column {place + 1}"  # an index that was written along has no name
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{path} has two columns called {twice[0]!r}; rename one")
    return tuple(names)


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
