"""How time goes on from row to row: the step, what lies between, and what comes next."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data.forecast.contract import TimeAxis
from automl.data.forecast.times import as_index, seconds
from automl.errors import DataError

Floats = NDArray[np.float64]

DAY = 86_400.0
_CALENDAR = {"B": (1,), "MS": (28, 29, 30, 31), "ME": (28, 29, 30, 31), "QS-JAN": (90, 91, 92), "QE-DEC": (90, 91, 92)}
"""Offsets that rows with gaps may follow, and the most common distances of theirs in days."""
_MOSTLY_THERE = 0.5
_TINY = 1e-6


def find_step(several: Sequence[Floats], axis: TimeAxis) -> str:
    """From one row to the next: an offset of pandas, or a number.

    Args:
        several: Sorted time stamps of each series, all different.
        axis: What they are.

    Raises:
        DataError: They do not follow one step, not even with gaps.
    """
    if axis.kind == "rows":
        return "1"
    longest = max(several, key=len)
    if len(longest) < 2:
        raise DataError("one row says nothing of the time between two; a series needs more")
    if axis.kind == "date" and (named := _named_step(longest, several)):
        return named
    common = _most_common(longest)
    if not all(_on_grid(values, common) for values in several):
        raise DataError(
            f"the time stamps in {axis.column!r} do not follow one step: {_gaps(longest, axis)}; bring the series to "
            f"equal steps first (in pandas: frame.resample('1h', on={axis.column!r}).mean()), or leave the column out "
            "(--ignore) where each row is simply one step after the other"
        )
    if axis.kind == "number":
        return f"{common:.12g}"
    if common % DAY == 0:
        return "D" if common == DAY else f"{common / DAY:.0f}D"
    return str(pd.tseries.frequencies.to_offset(pd.Timedelta(seconds=common)).freqstr)


def filled(values: Floats, axis: TimeAxis) -> NDArray[np.int64]:
    """For every step from the first to the last the row that has it, -1 where none does.

    Raises:
        DataError: A row stands between two steps, or more than half of the steps are missing.
    """
    if axis.kind == "rows" or len(values) < 2:
        return np.arange(len(values))
    if axis.kind == "date" and not is_tick(axis.step):
        index = as_index(values)
        grid = seconds(pd.date_range(index[0], index[-1], freq=axis.step))
        places = np.searchsorted(grid, values)
        fits = (places < len(grid)) & (grid[np.minimum(places, len(grid) - 1)] == values) if len(grid) else places < 0
        count = len(grid)
    else:
        step = tick(axis.step) if axis.kind == "date" else float(axis.step)
        exact = (values - values[0]) / step
        places = np.round(exact).astype(np.int64)
        fits = np.abs(exact - places) < _TINY * np.maximum(1.0, np.abs(exact))
        count = int(places[-1]) + 1
    if not fits.all():
        row = int(np.argmin(fits))
        raise DataError(
            f"the time stamp {label(values[row], axis)} in {axis.column!r} does not fit the steps of the series "
            f"({axis.step}); bring the rows to equal steps first"
        )
    if len(values) < _MOSTLY_THERE * count:
        raise DataError(
            f"{count - len(values):,} of {count:,} steps between {label(values[0], axis)} and "
            f"{label(values[-1], axis)} are missing in {axis.column!r} (the step is {axis.step}); fill the gaps or "
            "bring the rows to longer steps"
        )
    rows = np.full(count, -1, np.int64)
    rows[places] = np.arange(len(values))
    return rows


def coming(end: float, count: int, axis: TimeAxis) -> Floats:
    """The time stamps of the ``count`` steps after ``end``.

    >>> as_index(coming(0.0, 2, TimeAxis(kind="date", step="MS"))).strftime("%Y-%m-%d").tolist()
    ['1970-02-01', '1970-03-01']
    """
    if axis.kind != "date":
        return np.asarray(end + float(axis.step) * np.arange(1, count + 1), np.float64)
    if is_tick(axis.step):
        return np.asarray(end + tick(axis.step) * np.arange(1, count + 1), np.float64)
    start = as_index(np.array([end]))[0]
    found = pd.date_range(start, periods=count + 1, freq=axis.step)
    return seconds(found[found > start][:count])


def until(end: float, count: int, axis: TimeAxis) -> Floats:
    """The time stamps of the last ``count`` dates up to ``end``, which is one of them."""
    if is_tick(axis.step):
        return np.asarray(end + tick(axis.step) * np.arange(1 - count, 1), np.float64)
    return seconds(pd.date_range(end=as_index(np.array([end]))[0], periods=count, freq=axis.step))


def label(value: float, axis: TimeAxis) -> str:
    """A time stamp as the data writes it.

    >>> label(0.0, TimeAxis(kind="date", format="%Y-%m"))
    '1970-01'
    """
    if axis.kind != "date":
        return f"{value:.12g}"
    moment = zoned(np.array([value]), axis)[0]
    if axis.format and axis.format != "ISO8601":
        return str(moment.strftime(axis.format))
    whole = moment.strftime("%H:%M:%S.%f") == "00:00:00.000000" and not axis.zone
    return str(moment.strftime("%Y-%m-%d") if whole else moment.isoformat(sep=" "))


def zoned(values: Floats, axis: TimeAxis) -> pd.DatetimeIndex:
    """Seconds as dates in the zone of the data."""
    index = as_index(values)
    if not axis.zone:
        return index
    if axis.wall:
        return index.tz_localize(axis.zone, ambiguous=np.ones(len(index), bool), nonexistent="shift_forward")
    return index.tz_localize("UTC").tz_convert(axis.zone)


def _named_step(longest: Floats, several: Sequence[Floats]) -> str:
    """An offset of pandas on which all stamps are: one that pandas infers, or one of the calendar, with gaps."""
    index = as_index(longest)
    inferred = _inferred(index) if len(index) >= 3 else None
    often = _most_common(longest) / DAY
    candidates = [inferred] if inferred else [name for name, days in _CALENDAR.items() if often in days]
    for name in candidates:
        offset = pd.tseries.frequencies.to_offset(name)
        if is_tick(offset.freqstr):
            if all(_on_grid(values, tick(offset.freqstr)) for values in several):
                return str(offset.freqstr)
        elif all(all(map(offset.is_on_offset, as_index(values))) for values in several):
            return str(offset.freqstr)
    return ""


def _inferred(index: pd.DatetimeIndex) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas 3 says that it will give an offset one day
        found = pd.infer_freq(index)
    return None if found is None else str(getattr(found, "freqstr", found))


def _most_common(values: Floats) -> float:
    distances, counts = np.unique(np.round(np.diff(values), 6), return_counts=True)
    return float(distances[counts.argmax()])


def _on_grid(values: Floats, step: float) -> bool:
    exact = (values - values[0]) / step
    return bool((np.abs(exact - np.round(exact)) < _TINY * np.maximum(1.0, np.abs(exact))).all())


def _gaps(values: Floats, axis: TimeAxis) -> str:
    distances, counts = np.unique(np.round(np.diff(values), 6), return_counts=True)
    often = np.argsort(-counts)[:3]
    shown = [str(timedelta(seconds=float(d))) if axis.kind == "date" else f"{d:.12g}" for d in distances[often]]
    return f"distances of {', '.join(shown)}" + (", ..." if len(distances) > 3 else "")


def is_tick(step: str) -> bool:
    """Whether all steps are of one length, which those of months and business days are not."""
    return isinstance(pd.tseries.frequencies.to_offset(step), pd.tseries.offsets.Tick | pd.tseries.offsets.Day)


def tick(step: str) -> float:
    """Seconds of a step of one length."""
    offset = pd.tseries.frequencies.to_offset(step)
    if isinstance(offset, pd.tseries.offsets.Day):
        return float(offset.n * DAY)
    return float(pd.Timedelta(offset).total_seconds())


def seconds_of(step: str) -> float:
    """Seconds of a step; of months and the like about so many."""
    if is_tick(step):
        return tick(step)
    offset = pd.tseries.frequencies.to_offset(step)
    start = pd.Timestamp("2001-01-01")
    return float((start + 4 * offset - (start + 3 * offset)).total_seconds())
