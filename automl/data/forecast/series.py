"""From a table to series of numbers at equal steps: sorted, gaps filled, future rows told from past ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data.forecast import steps
from automl.data.forecast.contract import TimeAxis
from automl.data.forecast.roles import Roles, is_numeric, settle_roles
from automl.data.forecast.times import read_times
from automl.data.tables import cells
from automl.data.tables.encode import as_floats
from automl.errors import DataError

Floats = NDArray[np.float64]

_SHOWN = 5


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """One series at equal steps.

    Attributes:
        name: Of the series; empty where there is only one.
        times: (n,) time stamps.
        values: (n, columns), targets first; NaN where one is missing.
        future: Rows at the end whose targets are all empty: what is known of the steps to come.
        added: Rows that were missing in between.
    """

    name: str
    times: Floats
    values: Floats
    future: int = 0
    added: int = 0

    @property
    def rows(self) -> int:
        """Those that are not of the future."""
        return len(self.times) - self.future

    def part(self, start: int, stop: int) -> Series:
        """The rows from ``start`` to ``stop``; those before ``start`` that are needed are asked for by the caller."""
        future = max(0, stop - self.rows)
        return Series(self.name, self.times[start:stop], self.values[start:stop], future)


@dataclass(frozen=True, eq=False, slots=True)
class Loaded:
    """The series of a table.

    Attributes:
        series: In the order in which they appear.
        roles: What the columns are for, all said.
        axis: How time goes on.
        notes: What people should know, one sentence each.
    """

    series: tuple[Series, ...]
    roles: Roles
    axis: TimeAxis
    notes: tuple[str, ...]


def load(frame: pd.DataFrame, roles: Roles, where: str, *, like: TimeAxis | None = None) -> Loaded:
    """The series of a table.

    Rows that are not in time order are sorted; rows that are there twice, equal in every cell, count once; steps that
    are missing become rows of missing numbers.

    Args:
        frame: The rows.
        roles: What its columns are for.
        where: What to call the table.
        like: How time goes on in what a model was trained with; None finds it out.

    Raises:
        DataError: See ``read_times``, ``find_step``; two different rows of one series have the same time.
    """
    if not len(frame):
        raise DataError(f"{where} has no rows")
    if like is None:
        roles, notes = settle_roles(frame, roles, where)
    else:
        _refuse_lacking(frame, roles, where)
        notes = []
    values = np.stack([_numbers(frame[name], name) for name in roles.numbers], axis=1)
    names = _names(frame, roles, where)
    if roles.time is None:
        axis, times = TimeAxis(), np.zeros(len(frame))
    else:
        stamps = read_times(frame[roles.time], like)
        axis, times = stamps.axis, stamps.values
    several = _apart(times, values, names, axis, notes, roles)
    if like is None:
        axis = axis.model_copy(update={"step": steps.find_step([each.times for each in several], axis)})
    else:
        axis = like
    count = len(roles.targets)
    found = tuple(_with_future(_at_steps(each, axis, notes), count) for each in several)
    return Loaded(found, roles, axis, tuple(notes))


def interpolated(series: Series, columns: Sequence[str], targets: int) -> tuple[Series, int]:
    """Missing numbers between two that are there become a straight line, those at an end the nearest one.

    Returns:
        The series, and how many numbers of past rows were missing.

    Raises:
        DataError: A column has no number at all.
    """
    values = series.values.copy()
    missing = np.isnan(values)
    count = int(missing[: series.rows].sum())
    places = np.arange(len(values))
    for column, name in enumerate(columns):
        last = series.rows if column < targets else len(values)
        there = ~missing[:last, column]
        if there.all():
            continue
        if not there.any():
            of = f" of the series {series.name!r}" if series.name else ""
            raise DataError(f"column {name!r}{of} has no number at all in {last} rows; leave it out (--ignore)")
        values[:last, column] = np.interp(places[:last], places[:last][there], values[:last, column][there])
    return replace(series, values=values), count


def _numbers(column: pd.Series, name: str) -> Floats:
    if not is_numeric(column) and not pd.api.types.is_datetime64_any_dtype(column.dtype):
        found, bad = cells.booleans(cells.texts(column))
        if not bad.any() and (column.notna().any()):
            return found
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        raise DataError(f"column {name!r} has dates, and numbers are needed")
    return as_floats(column, name=name, start=0)


def _refuse_lacking(frame: pd.DataFrame, roles: Roles, where: str) -> None:
    wanted = [*roles.numbers, *([roles.time] if roles.time else []), *([roles.series] if roles.series else [])]
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        also = f" (and {len(missing) - 1} more: {', '.join(missing[1:6])})" if len(missing) > 1 else ""
        raise DataError(f"column {missing[0]!r}{also} is missing in {where}, and the model was trained with it")


def _names(frame: pd.DataFrame, roles: Roles, where: str) -> NDArray[np.object_]:
    if roles.series is None:
        return np.full(len(frame), "", dtype=object)
    names = cells.texts(frame[roles.series])
    rows = np.flatnonzero([name == "" for name in names])
    if len(rows):
        shown = ", ".join(map(str, rows[:_SHOWN]))
        raise DataError(f"{roles.series!r} is empty in rows {shown} of {where}: which series are they of?")
    return names


def _apart(
    times: Floats, values: Floats, names: NDArray[np.object_], axis: TimeAxis, notes: list[str], roles: Roles
) -> list[Series]:
    """Each series by itself, in time order."""
    codes, distinct = pd.factorize(names)
    found, unsorted, doubled = [], 0, 0
    for code, name in enumerate(distinct):
        rows = np.flatnonzero(codes == code)
        own = np.arange(len(rows), dtype=np.float64) if axis.kind == "rows" else times[rows]
        order = np.argsort(own, kind="stable")
        unsorted += int((np.diff(own) < 0).any())
        own, taken = own[order], values[rows][order]
        kept = _once(own, taken, str(name), axis, roles)
        doubled += int((~kept).sum())
        found.append(Series(str(name), own[kept], taken[kept]))
    if unsorted:
        of = f" of {unsorted} series" if len(found) > 1 else ""
        notes.append(f"the rows{of} are not in time order; they are sorted by {axis.column!r}")
    if doubled:
        notes.append(f"{doubled:,} rows are there twice, equal in every cell; they count once")
    return found


def _once(times: Floats, values: Floats, name: str, axis: TimeAxis, roles: Roles) -> NDArray[np.bool_]:
    """Which rows to keep of those with the same time.

    Raises:
        DataError: Two of them differ.
    """
    kept = np.ones(len(times), dtype=bool)
    again = np.flatnonzero(np.diff(times) == 0) + 1
    if not len(again):
        return kept
    differ = ~np.all(
        (values[again] == values[again - 1]) | (np.isnan(values[again]) & np.isnan(values[again - 1])), axis=1
    )
    if differ.any():
        when = steps.label(times[again[differ][0]], axis)
        of = f" of the series {name!r}" if name else ""
        hint = (
            "sum them up or leave one out"
            if roles.series
            else "where the table holds several series, say which column tells them apart (--series NAME)"
        )
        clock = " (a clock that is set back does that, too: write the time zone along)" if axis.kind == "date" else ""
        raise DataError(
            f"{int(differ.sum()):,} time stamps in {axis.column!r}{of} are there more than once with different "
            f"numbers, the first is {when}; {hint}{clock}"
        )
    kept[again] = False
    return kept


def _at_steps(series: Series, axis: TimeAxis, notes: list[str]) -> Series:
    rows = steps.filled(series.times, axis)
    gaps = int((rows < 0).sum())
    if not gaps:
        return series
    values = series.values[rows]
    values[rows < 0] = np.nan
    times = np.concatenate([series.times[:1], steps.coming(series.times[0], len(rows) - 1, axis)])
    of = f" of the series {series.name!r}" if series.name else ""
    notes.append(f"{gaps:,} of {len(rows):,} steps{of} are missing in {axis.column!r}; their numbers are interpolated")
    return Series(series.name, times, values, added=gaps)


def _with_future(series: Series, targets: int) -> Series:
    """Rows at the end without any target are of the future."""
    there = np.asarray(~np.isnan(series.values[:, :targets]).all(axis=1))
    rows = int(np.flatnonzero(there)[-1]) + 1 if there.any() else 0
    return replace(series, future=len(there) - rows)
