"""Windows of a finished model's own: those to forecast from, and those to be scored on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.folder import Part
from automl.data.forecast import steps
from automl.data.forecast.contract import ForecastContract
from automl.data.forecast.read import steps_of
from automl.data.forecast.roles import Roles
from automl.data.forecast.segments import joined
from automl.data.forecast.series import Series, interpolated, load
from automl.data.forecast.source import has_part, open_series
from automl.errors import DataError

_MOST_NUMBERS = 128_000_000  # of all windows that are scored at once, half a gigabyte


@dataclass(frozen=True, eq=False, slots=True)
class RawWindows:
    """What a model that was handed over takes.

    Attributes:
        series: (n, lookback, channels) float32, in the columns' own units.
        future: (n, horizon, channels known of the future) float32; such channels may be none.
    """

    series: NDArray[np.float32]
    future: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.series)

    def __getitem__(self, rows: slice) -> RawWindows:
        return RawWindows(self.series[rows], self.future[rows])


@dataclass(frozen=True, eq=False, slots=True)
class ToForecast:
    """The last window of each series.

    Attributes:
        windows: One row a series.
        names: Of the series.
        times: Time stamps of the steps to forecast, (n, horizon).
        notes: What people should know of the data.
    """

    windows: RawWindows
    names: tuple[str, ...]
    times: NDArray[np.float64]
    notes: tuple[str, ...] = ()


def to_forecast(source: Any, contract: ForecastContract, *, encoding: str | None = None) -> ToForecast:
    """The windows to forecast from.

    Rows at the end without targets are of the future. Series that go on where training ended need not repeat its rows.

    Args:
        source: A file, a folder with a test part, a data frame; None for the ends of the series learned from.
        contract: What the model takes.
        encoding: Of a text file.

    Raises:
        DataError: There are too few rows, or what is known of the future is not given.
    """
    notes: tuple[str, ...] = ()
    if source is None:
        series: Sequence[Series] = tuple(_tails(contract).values())
        if not series:
            raise DataError("the model does not carry the ends of its series along; give the rows to forecast from")
    else:
        series, notes = _loaded(source, contract, encoding)
        series = [_continued(each, contract) for each in series]
    windows, times = [], []
    for each in series:
        window, ahead = _last_window(each, contract)
        windows.append(window)
        times.append(ahead)
    rows = RawWindows(np.stack([window.series for window in windows]), np.stack([window.future for window in windows]))
    return ToForecast(rows, tuple(each.name for each in series), np.stack(times), notes)


def to_score(
    source: Any, contract: ForecastContract, *, encoding: str | None = None
) -> tuple[RawWindows, NDArray[np.float64]]:
    """Every window of the data with what follows it; of very many every second or third, and so on.

    Where the data goes on where training ended, the first windows look back on training rows.

    Returns:
        The windows, and the right answers (n, horizon * targets).

    Raises:
        DataError: No series is long enough.
    """
    series, _ = _loaded(source, contract, encoding)
    lookback, horizon, count = contract.lookback, contract.horizon, len(contract.targets)
    known = len(contract.coming)
    windows, truth = [], []
    numbers = sum(each.rows for each in series) * (lookback * len(contract.channels) + horizon * (known + count))
    every = -(-numbers // _MOST_NUMBERS)
    for each in series:
        own = each.rows
        whole = _joined_with_tail(each, contract)
        first = max(lookback, whole.rows - own)
        exact = steps_of(whole, contract.time, contract.cycles)
        values = exact.astype(np.float32)
        starts = np.arange(first - lookback, whole.rows - lookback - horizon + 1, every)
        if not len(starts):
            continue
        past = values[starts[:, np.newaxis] + np.arange(lookback)]
        asked = starts[:, np.newaxis] + lookback + np.arange(horizon)
        windows.append(RawWindows(past, values[asked, values.shape[1] - known :]))
        truth.append(exact[asked, :count].reshape(len(starts), -1))
    if not windows:
        longest = max(each.rows for each in series)
        raise DataError(
            f"there is no window to score: {lookback:,} steps to look back on and {horizon:,} to forecast are needed, "
            f"and the longest series has {longest:,} rows that do not go on where training ended{_ended(contract)}; "
            "put the rows before them in front"
        )
    rows = RawWindows(np.concatenate([w.series for w in windows]), np.concatenate([w.future for w in windows]))
    return rows, np.concatenate(truth)


def _loaded(source: Any, contract: ForecastContract, encoding: str | None) -> tuple[list[Series], tuple[str, ...]]:
    part: Part = "test" if _is_folder_with_test(source) else "train"
    opened = open_series(source, part, encoding=encoding)
    roles = Roles.of(contract)
    frame = opened.frame()
    if opened.time is not None and roles.time is not None and roles.time not in frame.columns:
        frame = frame.rename(columns={opened.time: roles.time})
    loaded = load(frame, roles, opened.name, like=contract.time)
    found = []
    for each in loaded.series:
        whole = each if each.rows == 0 else interpolated(each, contract.columns, len(contract.targets))[0]
        found.append(whole)
    return found, loaded.notes


def _is_folder_with_test(source: Any) -> bool:
    return isinstance(source, str | Path) and has_part(Path(source), "test")


def _tails(contract: ForecastContract) -> dict[str, Series]:
    found = {}
    for tail in contract.tails:
        values = np.array(tail.values, np.float64)
        times = _times_before(tail.end, len(values), contract)
        found[tail.series] = Series(tail.series, times, values)
    return found


def _times_before(end: float, count: int, contract: ForecastContract) -> NDArray[np.float64]:
    """Time stamps of the last ``count`` rows up to ``end``."""
    axis = contract.time
    if axis.kind != "date":
        return np.asarray(end + float(axis.step) * np.arange(1 - count, 1), np.float64)
    return steps.until(end, count, axis)


def _joined_with_tail(series: Series, contract: ForecastContract) -> Series:
    """With the end of the series that was learned from in front, where it goes on there."""
    tail = _tails(contract).get(series.name)
    if tail is None or contract.time.kind == "rows" or series.times[0] <= tail.times[-1]:
        return series
    return joined(tail, series, contract.time) or series


def _continued(series: Series, contract: ForecastContract) -> Series:
    whole = series if series.rows >= contract.lookback else _joined_with_tail(series, contract)
    if whole.rows < contract.lookback:
        of = f" of the series {series.name!r}" if series.name else ""
        raise DataError(
            f"{series.rows:,} rows{of} are too few to forecast from: it looks back on {contract.lookback:,} steps, and "
            f"they do not go on where training ended{_ended(contract)}"
        )
    return whole


def _last_window(series: Series, contract: ForecastContract) -> tuple[RawWindows, NDArray[np.float64]]:
    lookback, horizon, known = contract.lookback, contract.horizon, len(contract.known)
    rows = series.rows
    times = steps.coming(series.times[rows - 1], horizon, contract.time)
    if contract.known and series.future < horizon:
        raise DataError(
            f"{', '.join(contract.known)}: known of the future, so {horizon:,} more rows are needed at the end, "
            f"with these columns filled in and {', '.join(contract.targets)} left empty; there are {series.future:,}"
        )
    values = np.zeros((horizon, len(contract.columns)))
    if known:
        values[:, -known:] = series.values[rows : rows + horizon, -known:]
        if np.isnan(values).any():
            raise DataError(f"{', '.join(contract.known)}: known of the future, and a cell of the coming rows is empty")
    ahead = steps_of(Series(series.name, times, values), contract.time, contract.cycles)
    past = steps_of(series.part(rows - lookback, rows), contract.time, contract.cycles)
    coming = ahead[:, ahead.shape[1] - len(contract.coming) :]
    return RawWindows(past.astype(np.float32), coming.astype(np.float32)), times


def _ended(contract: ForecastContract) -> str:
    if not contract.tails or contract.time.kind == "rows":
        return ""
    last = max(contract.tails, key=lambda tail: tail.end)
    return f" ({steps.label(last.end, contract.time)})"
