"""Which column of a table is the text: the one that reads as prose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data.tables import cells
from automl.data.tables.source import Table
from automl.data.texts.contract import TextContract
from automl.errors import DataError, did_you_mean

_MOST_ROWS = 10_000
_MOSTLY = 0.5
_FEW_WORDS = 2.0
_LETTERS_OF_A_WORD = 4  # of scripts that do not part words


@dataclass(frozen=True, slots=True)
class Chosen:
    """The column of the text.

    Attributes:
        name: Of the column.
        reason: Why it is taken for the text, for people.
        others: Columns that are not read, with the reason.
    """

    name: str
    reason: str
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen of one column."""

    name: str
    words: float
    different: int
    filled: int
    number: bool

    @property
    def prose(self) -> float:
        """How much it reads as prose: long cells, each of its own."""
        return 0.0 if self.number or not self.filled else self.words * self.different / self.filled

    @property
    def said(self) -> str:
        if self.number:
            return "its cells are numbers or dates"
        if not self.filled:
            return "it is empty"
        return f"{self.words:.1f} words a cell, {self.different} different in {self.filled} rows"


def find_text(
    table: Table, *, like: TextContract | None = None, spoken_for: Sequence[str] = (), said: str | None = None
) -> Chosen:
    """The column to read: the one that was learned from, the only one, the one that was named, or the best.

    Args:
        table: Where it is.
        like: What was learned from.
        spoken_for: Columns that are something else.
        said: The column that the person named.

    Raises:
        DataError: There is no such column, or none that reads as text.
    """
    if like is not None and like.column in table.names:
        return Chosen(like.column, "it was learned from")
    if not table.named and len(table.names) == 1:
        return Chosen(table.names[0], "")
    if like is not None and like.column:
        raise DataError(f"column {like.column!r} is missing in {table.name}, and it is the text that was learned from")
    return choose_text(table, spoken_for=spoken_for, said=said)


def choose_text(table: Table, *, spoken_for: Sequence[str], said: str | None = None) -> Chosen:
    """The column to read.

    Args:
        table: Its first 10,000 rows are looked at.
        spoken_for: Columns that are something else.
        said: The column that the person named.

    Raises:
        DataError: The column that was named is not there, or none is a text.
    """
    if said is not None and said not in table.names:
        raise DataError(f"there is no column {said!r} in {table.name}; {did_you_mean(said, table.names)}")
    free = [name for name in table.names if name not in spoken_for]
    if said is not None:
        return Chosen(said, "--text names it", {name: "another column is the text" for name in free if name != said})
    if not free:
        raise DataError(f"{table.name} has no column left to read (0 feature(s)); say --text NAME")
    looks = _look_at(table, free)
    if not looks:
        return Chosen(free[0], "it is the first column")
    best = max(looks, key=lambda look: look.prose)
    if not best.prose:
        listed = "; ".join(f"{look.name!r}: {look.said}" for look in looks[:5])
        raise DataError(f"no column of {table.name} reads as text ({listed}); say --text NAME")
    others = {look.name: _unread(look) for look in looks if look is not best}
    if len(free) == 1:
        return Chosen(best.name, "it is the only column")
    return Chosen(best.name, f"it reads as prose ({best.said})", others)


def as_texts(column: pd.Series, *, start: int = 0) -> NDArray[np.object_]:
    """Cells as text (n,), a missing one as ``""``; numbers as they are written.

    Args:
        column: The cells.
        start: Number of the first row, for messages.

    Raises:
        DataError: A cell is neither text nor a number; the message says which.
    """
    out = np.empty(len(column), object)
    for row, cell in enumerate(column.to_numpy(dtype=object, na_value=None)):
        out[row] = _as_text(cell, start + row)
    return out


def _as_text(cell: object, row: int) -> str:
    if isinstance(cell, str):
        return cell if cell.isascii() else cell.encode("utf-8", "replace").decode()  # no halves of characters
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    if isinstance(cell, int | float | np.number | np.bool_):
        return "" if np.isnan(cell) else str(cell)
    raise DataError(f"row {row} of the texts is of the type {type(cell).__name__}; a text (str) is needed")


def _look_at(table: Table, names: Sequence[str]) -> list[_Look]:
    for frame in table.frames():
        head = frame.iloc[:_MOST_ROWS]
        return [_look(name, head[name]) for name in names]
    return []


def _look(name: str, column: pd.Series) -> _Look:
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _Look(name, 1.0, column.nunique(), int(column.notna().sum()), number=True)
    found = cells.texts(column)
    filled = found[np.array([text != "" for text in found], dtype=bool)]
    if not len(filled):
        return _Look(name, 0.0, 0, 0, number=False)
    bad = cells.numbers(filled)[1]
    dated = bool(cells.fitting_formats(set(filled[:100]), cells.DATE_FORMATS))
    words = float(np.mean([_words(text) for text in filled]))
    return _Look(name, words, len(set(filled)), len(filled), number=bool(bad.mean() < _MOSTLY) or dated)


def _words(text: str) -> float:
    far = 0 if text.isascii() else sum(letter > "\u2e80" for letter in text)
    return text.count(" ") + 1 + far / _LETTERS_OF_A_WORD


def _unread(look: _Look) -> str:
    if not look.number and look.words >= _FEW_WORDS:
        return f"it reads as text too ({look.said}), and one column is read; --text NAME takes another"
    return "only the text is read"
