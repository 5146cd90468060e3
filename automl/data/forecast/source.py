"""Where series come from: a file, a folder with parts or with a ``split.json``, a data frame with its index."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.data.folder import Part
from automl.data.tables.source import Table, open_table, table_part
from automl.errors import DataError

SPLIT_FILE = "split.json"
_WORDS: Mapping[Part, tuple[str, ...]] = {"train": ("train",), "validation": ("val", "validation"), "test": ("test",)}
_ENDINGS = (".csv", ".tsv", ".parquet", ".pq")  # a .txt beside them says something about them


@dataclass(frozen=True, eq=False, slots=True)
class Opened:
    """A table, or some rows of it.

    Attributes:
        table: The table.
        rows: First row and the one behind the last; None for all.
        time: The column that was a data frame's index of dates.
    """

    table: Table
    rows: tuple[int, int] | None = None
    time: str | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return self.table.name if self.rows is None else f"{self.table.name} (rows {self.rows[0]} to {self.rows[1]})"

    def frame(self, *, before: int = 0) -> pd.DataFrame:
        """The rows, with up to ``before`` rows that stand in front of them."""
        frames = list(self.table.frames())
        whole = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(self.table.names))
        if self.rows is None:
            return whole
        return whole.iloc[max(0, self.rows[0] - before) : self.rows[1]].reset_index(drop=True)

    def key(self) -> str:
        """Equal for equal rows."""
        return f"{self.table.key()}|{self.rows}"


def open_series(source: Any, part: Part = "train", *, encoding: str | None = None) -> Opened:
    """The table of a part; a file or a data frame is every part.

    Raises:
        DataError: There is no such file, part or table.
        ConfigError: See ``open_table``.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        if path.is_dir():
            return _open_folder(path, part, encoding)
        return Opened(open_table(path, encoding=encoding))
    frame, time = _with_index(source)
    return Opened(open_table(frame), time=time)


def has_part(source: Path, part: Part) -> bool:
    """Whether a folder says which rows or which file are a part."""
    if not source.is_dir():
        return False
    ranges = read_split(source)
    return any(word in ranges for word in _WORDS[part]) if ranges else table_part(source, part) is not None


def read_split(folder: Path) -> dict[str, tuple[int, int]]:
    """Row ranges of ``split.json``, ``{"train": [0, 8640], "val": [8640, 11520]}``; empty where there is none.

    Raises:
        DataError: It is no such thing.
    """
    file = folder / SPLIT_FILE
    if not file.is_file():
        return {}
    try:
        document = json.loads(file.read_text("utf-8"))
        ranges = {str(name): value for name, value in document.items() if isinstance(value, list)}
        found = {name: (int(start), int(stop)) for name, (start, stop) in ranges.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(
            f'{file} cannot be read: {error}; it should say {{"train": [0, 800], "val": [800, 1000]}}'
        ) from None
    wrong = {name: each for name, each in found.items() if not 0 <= each[0] < each[1]}
    if wrong or "train" not in found:
        what = f"{next(iter(wrong.items()))}" if wrong else "no range called 'train'"
        raise DataError(f"{file} has {what}; a range is [first row, row behind the last]")
    return found


def _open_folder(folder: Path, part: Part, encoding: str | None) -> Opened:
    ranges = read_split(folder)
    if not ranges:
        file = table_part(folder, part)
        if file is None:
            tables = _tables(folder)
            if part == "train" and len(tables) == 1:
                return Opened(open_table(tables[0], encoding=encoding))
            raise DataError(f"{folder} has no table for the {part} part ({_WORDS[part][0]}.csv), and no {SPLIT_FILE}")
        return Opened(open_table(file, encoding=encoding))
    tables = _tables(folder)
    if len(tables) != 1:
        raise DataError(f"{folder} has a {SPLIT_FILE} and {len(tables)} tables; one table is needed beside it")
    word = next((word for word in _WORDS[part] if word in ranges), None)
    if word is None:
        raise DataError(f"{folder / SPLIT_FILE} has no range for the {part} part; it has {', '.join(ranges)}")
    return Opened(open_table(tables[0], encoding=encoding), rows=ranges[word])


def _tables(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and path.is_file())


def _with_index(source: Any) -> tuple[Any, str | None]:
    """A data frame whose index of dates (and names of series) has become columns."""
    if isinstance(source, pd.Series):
        source = source.to_frame(name="value" if source.name is None else source.name)
    if isinstance(source, np.ndarray) and source.ndim == 1:
        source = pd.DataFrame({"value": source})
    if not isinstance(source, pd.DataFrame):
        return source, None
    index = source.index
    if isinstance(index, pd.PeriodIndex):
        source, index = source.set_axis(index.to_timestamp(), axis=0), index.to_timestamp()
    if isinstance(index, pd.DatetimeIndex):
        name = str(index.name or "time")
        name = name if name not in source.columns else f"{name} (index)"
        return source.rename_axis(index=name).reset_index(), name
    if isinstance(index, pd.MultiIndex):
        times = [level for level in range(index.nlevels) if isinstance(index.levels[level], pd.DatetimeIndex)]
        names = [str(name or f"level {level}") for level, name in enumerate(index.names)]
        whole = source.set_axis(index.set_names(names), axis=0).reset_index()
        return whole, names[times[0]] if times else None
    return source.reset_index(drop=True), None
