"""Tables as lines of JSON, one object a row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from automl.errors import DataError

ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class LinesTable:
    """A file with an object in every line; a key that a line lacks is a missing cell, empty lines count nothing.

    Attributes:
        path: The file.
        names: Keys of all objects, in the order in which they first come.
        encoding: Python's name of it.
    """

    path: Path
    names: tuple[str, ...]
    encoding: str
    named: bool = True

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Numbers and booleans are what they are; lists and objects in a cell become text."""
        rows: list[list[Any]] = []
        for row in read_lines(self.path, self.encoding):
            rows.append([_cell(row.get(name)) for name in self.names])
            if len(rows) == ROWS_AT_ONCE:
                yield pd.DataFrame(rows, columns=list(self.names))
                rows = []
        if rows:
            yield pd.DataFrame(rows, columns=list(self.names))

    def key(self) -> str:
        """Of path, size and time of change."""
        stat = self.path.stat()
        identity = (str(self.path.resolve()), stat.st_size, stat.st_mtime_ns, self.encoding)
        return hashlib.sha256(repr(identity).encode()).hexdigest()


def open_lines(path: Path, encoding: str) -> LinesTable:
    """Look through a file of JSON lines.

    Raises:
        DataError: A line is no JSON object; the message says which.
    """
    names: dict[str, None] = {}
    for row in read_lines(path, encoding):
        names.update(dict.fromkeys(row))
    if not names:
        raise DataError(f"{path} holds no JSON object with a key")
    return LinesTable(path, tuple(names), encoding)


def read_lines(path: Path, encoding: str) -> Iterator[dict[str, Any]]:
    """The objects, line by line.

    Raises:
        DataError: A line is no JSON object; the message says which.
    """
    with path.open(encoding=encoding) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as error:
                raise DataError(f"line {number} of {path} is no JSON: {error}") from None
            if not isinstance(found, dict):
                raise DataError(f"line {number} of {path} is {type(found).__name__}; an object, {{...}}, is needed")
            yield found


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
