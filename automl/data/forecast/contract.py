"""What a model that forecasts reads and answers, and how the time of its series goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Cycle = Literal["hour", "weekday", "year"]

PARTS = ("sin", "cos")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeAxis(_Part):
    """How the rows of a series follow each other in time.

    Attributes:
        column: With the time stamps; empty where there is none, and rows are counted from 0.
        kind: ``date``; ``number`` (years, seconds, ...); ``rows`` where there is no column.
        format: Of dates that are text, as ``strptime`` says it.
        step: From one row to the next: an offset of pandas (``h``, ``MS``, ``W-SUN``), or a number.
        zone: Time zone of dates that have one.
        wall: Whether steps are counted in that zone's own time (days, weeks, months) and not in UTC.
        reason: Why this column is taken for the time, for people.
    """

    column: str = ""
    kind: Literal["date", "number", "rows"] = "rows"
    format: str = ""
    step: str = "1"
    zone: str = ""
    wall: bool = False
    reason: str = ""


class Tail(_Part):
    """The end of a series that was learned from, which a forecast can go on from.

    Attributes:
        series: Its name; empty where there is only one.
        end: Time stamp of its last row, in seconds since 1970-01-01 UTC for dates, else the number.
        values: (lookback, channels), in the order of ``ForecastContract.channels``.
    """

    series: str
    end: float
    values: tuple[tuple[float, ...], ...]


class ForecastContract(_Part):
    """Windows of ``lookback`` steps in, the ``horizon`` steps behind them out.

    A row's working form has, at each step, the columns to forecast, what is known of the past, what is known also of
    the future, and that once more of ``horizon`` steps later.

    Attributes:
        lookback: Steps that are read.
        horizon: Steps that are forecast.
        targets: Columns to forecast.
        past: Columns known up to the last step only.
        known: Columns known also of the steps to come.
        cycles: Of the date: each gives a sine and a cosine, known of every step.
        time: How time goes on.
        series: Column that says which series a row is of; empty where there is one.
        season: Steps of a season; 1 where none was found.
        mean: Of each of ``channels``, in the training rows.
        scale: Standard deviation of each of ``channels``, likewise.
        naive: Mean absolute error of repeating the season before, for each of ``targets``, likewise.
        tails: Ends of the series, where they are not too long to be kept.
        reasons: Why the lookback and the season are what they are, for people.

    >>> contract = ForecastContract(lookback=4, horizon=2, targets=("a",), known=("b",), mean=(0, 0), scale=(1, 1),
    ...                             naive=(1,))
    >>> contract.shape, contract.answers
    ((4, 3), ('a+1', 'a+2'))
    """

    kind: Literal["forecast"] = "forecast"
    lookback: int = Field(ge=1)
    horizon: int = Field(ge=1)
    targets: tuple[str, ...] = Field(min_length=1)
    past: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    time: TimeAxis = TimeAxis()
    series: str = ""
    season: int = Field(default=1, ge=1)
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    naive: tuple[float, ...]
    tails: tuple[Tail, ...] = ()
    reasons: Mapping[str, str] = {}

    @property
    def coming(self) -> tuple[str, ...]:
        """Channels that are known of the steps to come: columns and what the date gives."""
        return (*self.known, *(f"{cycle}.{part}" for cycle in self.cycles for part in PARTS))

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the numbers of one step: to forecast, of the past, known."""
        return (*self.targets, *self.past, *self.coming)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of numbers that are read."""
        return (*self.targets, *self.past, *self.known)

    @property
    def answers(self) -> tuple[str, ...]:
        """What a row's answers are called: ``a+1`` is column ``a`` one step after the window; step by step."""
        return tuple(f"{name}+{step}" for step in range(1, self.horizon + 1) for name in self.targets)

    @property
    def shape(self) -> tuple[int, int]:
        """Of one row's working form."""
        return (self.lookback, len(self.channels) + len(self.coming))

    @property
    def dtype(self) -> str:
        """Of the working form."""
        return "float32"

    def to_json(self) -> dict[str, Any]:
        """The contract as plain JSON values."""
        return self.model_dump(mode="json")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ForecastContract:
        """The opposite of ``to_json``.

        Raises:
            ValueError: A field is unknown, missing or out of range.
        """
        return cls.model_validate(document)
