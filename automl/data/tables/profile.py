"""What a column is, found out piece by piece: counts first, a decision with its reason at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from automl.data.tables import cells
from automl.data.tables.contract import Column, DatePart, LeftOut

MOST_DISTINCT = 100_000  # texts that are counted; a column with more is no category
MOST_VALUES = 1_000  # of a category that get a code of their own
RAREST = 3  # rows that a value needs for a code of its own: what it means could not be learned from fewer
_FEW_BAD = 0.01  # of a column's cells may be no numbers, when it has
_MANY_NUMBERS = 20  # different ones
_WORDS_OF_TEXT = 3.0
_MOSTLY_DIFFERENT = 0.5
_SHORT = 20  # rows of a table too short to say that all of a column's cells differ


@dataclass(slots=True)
class Profile:
    """What was seen of one column.

    Attributes:
        name: Of the column.
        plain: Whether every value is what it seems: true of arrays, whose columns are never left out.
    """

    name: str
    plain: bool = False
    rows: int = 0
    missing: int = 0
    typed: str = ""  # "number", "boolean", "date", "category" or "text", as the source has it
    counts: Counter[str] | None = field(default_factory=Counter)  # of texts; None where there are too many
    not_numbers: int = 0
    all_commas: bool = True  # every cell is a number if a comma stands before decimals
    a_word: str = ""  # the first cell that is no number
    all_booleans: bool = True
    formats: tuple[str, ...] = cells.DATE_FORMATS
    with_time: bool = False
    words: int = 0
    low: float = np.inf
    high: float = -np.inf
    counting: bool = True  # each number is one more than the one before
    last: float = np.nan

    def see(self, column: pd.Series) -> None:
        """Take some more rows into account."""
        self.rows += len(column)
        kind = _typed(column)
        self.typed = kind if self.typed in ("", kind) else "text"
        if kind in ("number", "boolean"):
            self._see_numbers(column.to_numpy(dtype=np.float64, na_value=np.nan))
        elif kind == "date":
            when = cells.plain_dates(column)
            self.missing += int(when.isna().sum())
            self.with_time = self.with_time or bool((when.normalize() != when)[~when.isna()].any())
            self._see_range(cells.date_part(when, "days"))
        else:
            self._see_texts(cells.texts(column))

    def decide(self) -> Column | LeftOut:
        """What the column is."""
        filled = self.rows - self.missing
        if filled == 0 and not self.plain:
            return LeftOut(name=self.name, reason="it is empty")
        if self._constant() and not self.plain:
            return LeftOut(name=self.name, reason=f"it is constant: {self._example()!r} in every row")
        if self.typed == "boolean":
            return Column(name=self.name, kind="boolean", reason="its cells are booleans")
        if self.typed == "date":
            return self._date("its cells are dates", "")
        if self.typed == "number":
            return self._number("its cells are numbers")
        return self._of_texts(filled)

    def _of_texts(self, filled: int) -> Column | LeftOut:
        if self.typed == "category" and self.counts:
            return self._category("its cells are categories")
        if self.not_numbers == 0:
            return self._number("every cell is a number")
        if self.all_commas:
            column = self._number("every cell is a number with a decimal comma")
            return column.model_copy(update={"comma": True}) if isinstance(column, Column) else column
        if self.all_booleans and self.counts:
            return Column(name=self.name, kind="boolean", reason=f"every cell is {_listed(self.counts)}")
        if self.formats:
            return self._date(f"every cell is a date as {self.formats[0]}", self.formats[0])
        return self._of_words(filled, MOST_DISTINCT if self.counts is None else len(self.counts))

    def _of_words(self, filled: int, distinct: int) -> Column | LeftOut:
        if self.not_numbers <= _FEW_BAD * filled and distinct >= _MANY_NUMBERS:
            most = f"all but {self.not_numbers} of {filled} cells are numbers"
            reason = f"{most}; those ({self.a_word!r}) count as missing"
            return Column(name=self.name, kind="number", reason=reason, lenient=True)
        various = filled >= _SHORT and distinct > _MOSTLY_DIFFERENT * filled and not self.plain
        if self.counts is not None and not various:
            return self._category(f"{distinct} different texts")
        share = f"{distinct} different texts in {filled} rows" if self.counts else f"over {MOST_DISTINCT} texts"
        if self.words / filled >= _WORDS_OF_TEXT:
            return LeftOut(name=self.name, reason=f"it is free text ({share}), which this task does not read")
        return LeftOut(name=self.name, reason=f"it looks like an identifier: {share}")

    def _number(self, reason: str) -> Column | LeftOut:
        if self.counting and self.rows >= _SHORT and not self.plain:
            return LeftOut(name=self.name, reason="it counts the rows: each cell is one more than the one before")
        return Column(name=self.name, kind="number", reason=reason)

    def _category(self, reason: str) -> Column:
        ranked = sorted((self.counts or Counter()).items(), key=lambda item: (-item[1], item[0]))
        often = [value for value, count in ranked if count >= RAREST][:MOST_VALUES]
        values = tuple(sorted(often or [value for value, _ in ranked][:MOST_VALUES]))
        rare = len(ranked) - len(values)
        if rare:
            reason += f"; {rare} rare ones count as unknown"
        return Column(name=self.name, kind="category", reason=reason, values=values)

    def _date(self, reason: str, format_: str) -> Column:
        timed = self.with_time or "%H" in format_
        parts: tuple[DatePart, ...] = ("days", "month", "day", "weekday")
        return Column(
            name=self.name, kind="date", reason=reason, format=format_, parts=(*parts, "hour") if timed else parts
        )

    def _constant(self) -> bool:
        if self.missing:
            return False  # whether it is there can say something
        if self.typed in ("number", "boolean", "date"):
            return self.low == self.high
        return self.counts is not None and len(self.counts) == 1

    def _example(self) -> object:
        if self.typed in ("number", "boolean", "date"):
            return self.low
        return next(iter(self.counts or ()), "")

    def _see_numbers(self, values: cells.Floats) -> None:
        self.missing += int(np.isnan(values).sum())
        self._see_counting(values)
        self._see_range(values)

    def _see_range(self, values: cells.Floats) -> None:
        there = values[~np.isnan(values)]
        if len(there):
            self.low, self.high = min(self.low, float(there.min())), max(self.high, float(there.max()))

    def _see_texts(self, found: cells.Texts) -> None:
        codes, distinct = pd.factorize(found)
        times = np.bincount(codes, minlength=len(distinct))
        empty = np.array([value == "" for value in distinct], dtype=bool)
        self.missing += int(times[empty].sum())
        values, times = distinct[~empty], times[~empty]
        if not len(values):
            return
        if self.counts is not None:
            self.counts.update(dict(zip(values.tolist(), times.tolist(), strict=True)))
            self.counts = None if len(self.counts) > MOST_DISTINCT else self.counts
        self.words += int(np.dot([value.count(" ") + 1 for value in values], times))
        parsed, bad = cells.numbers(values)
        self.not_numbers += int(times[bad].sum())
        self.all_commas = self.all_commas and all(map(cells.has_comma, values))
        if bad.any() and not self.a_word:
            self.a_word = str(values[bad][0])
        self._see_range(parsed)
        self.all_booleans = self.all_booleans and all(value.lower() in cells.BOOLEANS for value in values)
        self.formats = cells.fitting_formats(values, self.formats)
        if self.counting:
            self._see_counting(cells.numbers(found)[0])

    def _see_counting(self, values: cells.Floats) -> None:
        first = self.rows == len(values)
        with np.errstate(invalid="ignore"):  # infinite numbers are refused when they are kept
            steps = np.diff(values if first else np.concatenate([[self.last], values]))
        self.counting = self.counting and bool((steps == 1).all())
        self.last = float(values[-1])


def _typed(column: pd.Series) -> str:
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return "category"
    if pd.api.types.is_bool_dtype(kind):
        return "boolean"
    if pd.api.types.is_numeric_dtype(kind):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(kind) else "text"


def _listed(counts: Counter[str]) -> str:
    return " or ".join(sorted(counts))
