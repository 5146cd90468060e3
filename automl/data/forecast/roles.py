"""What the columns of a table of series are for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from automl.data.forecast.contract import ForecastContract
from automl.data.forecast.times import find_time
from automl.data.tables import cells
from automl.errors import ConfigError, DataError, did_you_mean


@dataclass(frozen=True, slots=True)
class Roles:
    """What the columns of a table are for.

    Attributes:
        targets: To forecast; none for all columns of numbers that have no other use.
        past: Known up to now.
        known: Known also of the future.
        time: Has the time stamps; None for the first column of dates, if there is one.
        series: Says which series a row is of; None where there is one series.
        ignore: Columns to leave out.
    """

    targets: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    time: str | None = None
    series: str | None = None
    ignore: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns of numbers."""
        return (*self.targets, *self.past, *self.known)

    @classmethod
    def of(cls, contract: ForecastContract) -> Roles:
        """As a model was trained with them."""
        time = contract.time.column or None
        return cls(contract.targets, contract.past, contract.known, time, contract.series or None)


def settle_roles(frame: pd.DataFrame, roles: Roles, where: str) -> tuple[Roles, list[str]]:
    """Roles with the time column and the targets found, and what is left out.

    Raises:
        DataError: A column does not exist, has two uses, or there is nothing to forecast.
    """
    named = [
        *roles.numbers,
        *roles.ignore,
        *([roles.time] if roles.time else []),
        *([roles.series] if roles.series else []),
    ]
    for name in named:
        if name not in frame.columns:
            raise DataError(f"there is no column {name!r} in {where}; {did_you_mean(name, [str(c) for c in frame])}")
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise ConfigError(
            f"column {twice[0]!r} is given two uses; a column is a target, known, past, the time or ignored"
        )
    time = roles.time or find_time(frame, named) or None
    taken = {*named, *([time] if time else [])}
    rest = [str(name) for name in frame.columns if name not in taken]
    numeric = [name for name in rest if is_numeric(frame[name])]
    targets = roles.targets or tuple(numeric)
    if not targets:
        raise DataError(f"{where} has no column of numbers to forecast; its columns are {', '.join(map(str, frame))}")
    unused = [name for name in rest if name not in targets]
    notes = (
        [f"not used: {', '.join(unused)}; say --past, --known or --target to use columns of numbers"] if unused else []
    )
    return replace(roles, targets=targets, time=time), notes


def is_numeric(column: pd.Series) -> bool:
    """Whether all cells of a column are numbers or missing."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return False
    if pd.api.types.is_numeric_dtype(column.dtype):
        return True
    texts = cells.texts(column)
    return any(text != "" for text in texts) and not cells.numbers(texts)[1].any()
