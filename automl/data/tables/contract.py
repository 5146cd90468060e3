"""What a table's rows are by the time a network sees them, and why each column is taken for what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

ColumnKind = Literal["number", "boolean", "category", "date"]
DatePart = Literal["days", "month", "day", "weekday", "hour"]

MISSING, UNKNOWN = 0, 1
"""Codes of a category's cell that is empty, and of one with a value that training did not have (or hardly ever)."""
FIRST = 2
"""Code of a category's first value."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Part):
    """One column that is learned from.

    Attributes:
        name: As the data says it.
        kind: ``number``; ``boolean`` (0 and 1); ``category`` (one of ``values``); ``date`` (numbers made of it).
        reason: Why it is taken for that, for people.
        values: Of a category: what the codes from 2 on stand for; 0 is missing, 1 is any other value.
        parts: Of a date: the numbers made of it, ``days`` being those since 1970-01-01.
        format: Of a date that is text, as ``strptime`` says it.
        lenient: Of a number: cells that are none count as missing, as a few did in training.
        comma: Of a number that is text: a comma stands before its decimals.
    """

    name: str
    kind: ColumnKind
    reason: str = ""
    values: tuple[str, ...] = ()
    parts: tuple[DatePart, ...] = ()
    format: str = ""
    lenient: bool = False
    comma: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Column:
        if bool(self.values) != (self.kind == "category") or bool(self.parts) != (self.kind == "date"):
            raise ValueError(
                f"column {self.name!r} of kind {self.kind!r}: 'values' are of categories, 'parts' of dates"
            )
        if "" in self.values or len(set(self.values)) < len(self.values):
            raise ValueError(f"column {self.name!r}: values must be different and not empty")
        return self

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the numbers it gives."""
        if self.kind == "category":
            return ()
        return tuple(f"{self.name}.{part}" for part in self.parts) if self.kind == "date" else (self.name,)


class LeftOut(_Part):
    """One column that is not learned from, and why."""

    name: str
    reason: str


class TableContract(_Part):
    """A row of a table: numbers first, then the codes of categories, as float32.

    The raw form of a row is numbers, float32 with NaN where one is missing, and text for the categories, ``""`` where
    it is missing and without white space around it.

    Attributes:
        columns: What is learned from, in the data's order.
        left_out: What is not.
        named: Whether columns go by their names; else, in arrays, by their places.

    >>> contract = TableContract(
    ...     columns=(
    ...         Column(name="age", kind="number"),
    ...         Column(name="job", kind="category", values=("clerk", "cook")),
    ...         Column(name="born", kind="date", parts=("days", "month")),
    ...     )
    ... )
    >>> contract.numbers, contract.codes, contract.shape
    (('age', 'born.days', 'born.month'), (4,), (4,))
    """

    kind: Literal["table"] = "table"
    columns: tuple[Column, ...]
    left_out: tuple[LeftOut, ...] = ()
    named: bool = True

    @model_validator(mode="after")
    def _usable(self) -> TableContract:
        if not self.columns:
            raise ValueError("a table needs a column")
        names = [column.name for column in self.columns] + [column.name for column in self.left_out]
        if len(set(names)) < len(names):
            raise ValueError("two columns have one name")
        return self

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the numbers, in their order."""
        return tuple(name for column in self.columns for name in column.numbers)

    @property
    def categories(self) -> tuple[Column, ...]:
        """The columns of categories, in their order."""
        return tuple(column for column in self.columns if column.kind == "category")

    @property
    def codes(self) -> tuple[int, ...]:
        """How many codes each category has, those for missing and other values among them."""
        return tuple(FIRST + len(column.values) for column in self.categories)

    @property
    def width(self) -> int:
        """Columns of an array that stands for the table: those left out count."""
        return len(self.columns) + len(self.left_out)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row: the numbers and the codes."""
        return (len(self.numbers) + len(self.categories),)

    @property
    def dtype(self) -> str:
        """float32 holds every code exactly."""
        return "float32"

    def to_json(self) -> dict[str, Any]:
        """The contract as plain JSON values."""
        return self.model_dump(mode="json")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> TableContract:
        """The opposite of ``to_json``.

        Raises:
            pydantic.ValidationError: A field is unknown, missing or out of range.
        """
        return cls.model_validate(document)

    def missing_from(self, names: Sequence[str]) -> tuple[str, ...]:
        """Columns that are learned from and are not among ``names``."""
        there = set(names)
        return tuple(column.name for column in self.columns if column.name not in there)
