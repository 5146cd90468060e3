"""Seasons and cycles: after how many steps rows are alike, and what of a date helps to forecast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from automl.data.forecast.contract import PARTS, Cycle, TimeAxis
from automl.data.forecast.steps import DAY, Floats, is_tick, seconds_of, tick, zoned

YEAR = 365.25 * DAY
_LONGEST_SEASON = 1_500  # steps; of steps of a second it is the minute, of a minute the day
_SEASONS = {"B": 5, "W": 52, "M": 12, "Q": 4, "Y": 1, "BM": 12, "BQ": 4, "BY": 1}
_CLEAR = 0.3  # correlation with the season before, for a season that no date names


def season_of(axis: TimeAxis, values: Sequence[Floats]) -> tuple[int, str]:
    """Steps of a season, and why; 1 where there is none.

    Args:
        axis: How time goes on.
        values: Rows of each series, (n, k).
    """
    if axis.kind == "date":
        steps = _dated_season(axis.step)
        return steps, f"steps of {axis.step}" if steps > 1 else f"steps of {axis.step} have none"
    found = _found_season(max(values, key=len))
    return found, "rows so far apart are alike" if found > 1 else "no distance at which rows are alike"


def cycles_of(axis: TimeAxis, span: float) -> tuple[Cycle, ...]:
    """What of a date helps to forecast: cycles longer than a step that the ``span`` seconds hold at least twice."""
    if axis.kind != "date":
        return ()
    step = seconds_of(axis.step)
    found: list[Cycle] = []
    if step < DAY and span >= 2 * DAY:
        found.append("hour")
    if step <= DAY and span >= 14 * DAY:
        found.append("weekday")
    if step < YEAR / 2 and span >= 2 * YEAR:
        found.append("year")
    return tuple(found)


def cycle_values(values: Floats, cycles: Sequence[Cycle], axis: TimeAxis) -> Floats:
    """Sine and cosine of each cycle, (n, 2 * cycles), in the zone's own time."""
    index = zoned(values, axis) if axis.kind == "date" else pd.DatetimeIndex([])
    out = np.empty((len(values), len(cycles) * len(PARTS)))
    for place, cycle in enumerate(cycles):
        angle = 2 * np.pi * np.asarray(_phase(index, cycle), dtype=np.float64)
        out[:, 2 * place], out[:, 2 * place + 1] = np.sin(angle), np.cos(angle)
    return out


def _phase(index: pd.DatetimeIndex, cycle: Cycle) -> pd.Index:
    of_day = (index.hour * 3600 + index.minute * 60 + index.second) / DAY
    if cycle == "hour":
        return of_day
    return index.day_of_week / 7 if cycle == "weekday" else (index.day_of_year - 1 + of_day) / 365.25


def _dated_season(step: str) -> int:
    if not is_tick(step):
        offset = pd.tseries.frequencies.to_offset(step)
        word = str(offset.freqstr).lstrip("0123456789").split("-")[0]
        per = next((steps for name, steps in _SEASONS.items() if word in (name, f"{name}S", f"{name}E")), 1)
        return per // offset.n if per % offset.n == 0 else 1
    length = tick(step)
    if length >= DAY:
        return {1.0: 7, 7.0: 52}.get(length / DAY, 1)
    for cycle in (DAY, 3_600.0, 60.0):
        steps = cycle / length
        if steps.is_integer() and 1 < steps <= _LONGEST_SEASON:
            return int(steps)
    return 1


def _found_season(values: Floats) -> int:
    """The distance at which rows are most alike, trend left out: the highest peak of the autocorrelation."""
    count = len(values)
    if count < 8:
        return 1
    line = np.linspace(-1.0, 1.0, count)[:, np.newaxis]
    left = values - values.mean(axis=0)
    left = left - line * (line * left).sum(axis=0) / (line * line).sum()
    power = np.abs(np.fft.rfft(left, 2 * count, axis=0)) ** 2
    found = np.fft.irfft(power, axis=0)[:count]
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = np.nanmean(found / found[0], axis=1) if (found[0] > 0).any() else np.zeros(count)
    lags = np.arange(2, count // 3)
    peaks = lags[(alike[lags] > alike[lags - 1]) & (alike[lags] >= alike[lags + 1])]
    if not len(peaks):
        return 1
    best = float(alike[peaks].max())
    return int(peaks[alike[peaks] >= 0.9 * best][0]) if best > _CLEAR else 1
