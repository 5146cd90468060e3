"""Time stamps: found, read, continued; what is wrong with them is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data.forecast import seasons, steps
from automl.data.forecast.contract import TimeAxis
from automl.data.forecast.times import as_index, find_time, read_times, seconds
from automl.errors import DataError


def axis_of(column: pd.Series) -> tuple[TimeAxis, np.ndarray]:
    stamps = read_times(column)
    return stamps.axis.model_copy(update={"step": steps.find_step([stamps.values], stamps.axis)}), stamps.values


def texts(freq: str, format_: str, periods: int = 30, start: str = "2024-01-01") -> pd.Series:
    return pd.Series(pd.date_range(start, periods=periods, freq=freq).strftime(format_), name="when")


@pytest.mark.parametrize(
    ("freq", "format_", "step", "season"),
    [
        ("h", "%Y-%m-%d %H:%M:%S", "h", 24),
        ("15min", "%Y-%m-%dT%H:%M", "15min", 96),
        ("min", "%Y-%m-%d %H:%M", "min", 1440),
        ("s", "%Y-%m-%d %H:%M:%S", "s", 60),
        ("D", "%Y-%m-%d", "D", 7),
        ("D", "%d.%m.%Y", "D", 7),
        ("B", "%Y-%m-%d", "B", 5),
        ("W-MON", "%Y-%m-%d", "W-MON", 52),
        ("MS", "%Y-%m", "MS", 12),
        ("ME", "%Y-%m-%d", "ME", 12),
        ("QS-JAN", "%Y-%m-%d", "QS-JAN", 4),
        ("YS", "%Y-%m-%d", "YS-JAN", 1),
        ("6h", "%Y-%m-%d %H:%M", "6h", 4),
    ],
)
def test_the_step_and_the_season_are_found(freq: str, format_: str, step: str, season: int) -> None:
    column = texts(freq, format_)
    axis, values = axis_of(column)
    assert (axis.kind, axis.step) == ("date", step)
    assert seasons.season_of(axis, [np.zeros((30, 1))])[0] == season
    longer = texts(freq, format_, periods=33)
    assert [steps.label(value, axis) for value in steps.coming(values[-1], 3, axis)] == longer[30:].tolist()


def test_the_first_column_of_dates_is_the_time_and_columns_of_numbers_are_none() -> None:
    frame = pd.DataFrame({"n": ["1949", "1950"], "word": ["a", "b"], "day": ["2024-01-01", "2024-01-02"]})
    assert find_time(frame, ()) == "day"
    assert find_time(frame, ("day",)) == ""


def test_numbers_are_a_time_when_they_are_named() -> None:
    axis, values = axis_of(pd.Series(["1949", "1950", "1951"], name="year"))
    assert (axis.kind, axis.step) == ("number", "1")
    assert steps.coming(values[-1], 2, axis).tolist() == [1952, 1953]
    assert steps.label(1952.0, axis) == "1952"


def test_hours_with_a_time_zone_are_counted_in_utc_over_the_change_of_clocks() -> None:
    index = pd.date_range("2024-10-26 12:00", periods=48, freq="h", tz="Europe/Berlin")
    axis, values = axis_of(pd.Series(index, name="when"))
    assert (axis.step, axis.zone, axis.wall) == ("h", "Europe/Berlin", False)
    assert np.ptp(np.diff(values)) == 0
    assert steps.zoned(values, axis).equals(pd.DatetimeIndex(index, freq=None).rename(None))


def test_days_with_a_time_zone_are_counted_in_its_own_time() -> None:
    index = pd.date_range("2024-10-20", periods=20, freq="D", tz="Europe/Berlin")
    axis, values = axis_of(pd.Series(index, name="when"))
    assert (axis.step, axis.wall) == ("D", True)
    assert steps.zoned(steps.coming(values[-1], 1, axis), axis)[0] == pd.Timestamp("2024-11-09", tz="Europe/Berlin")


def test_text_with_an_offset_has_a_time_zone() -> None:
    axis, values = axis_of(pd.Series([f"2024-01-01T{hour:02}:00:00+02:00" for hour in range(5)], name="when"))
    assert (axis.zone, axis.step) == ("UTC", "h")
    assert as_index(values)[0] == pd.Timestamp("2023-12-31 22:00")


def test_a_model_of_times_without_a_zone_refuses_those_with_one() -> None:
    plain, _ = axis_of(texts("h", "%Y-%m-%d %H:%M"))
    zoned = pd.Series(pd.date_range("2024-01-01", periods=3, freq="h", tz="UTC"), name="when")
    with pytest.raises(DataError, match=r"'when' had no time zone in training, and these have one; write them alike"):
        read_times(zoned, plain)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["2024-01-01", "", "2024-01-03"], r"'when' is empty in 1 of 3 rows: rows 1 "),
        (["Monday", "Tuesday"], r"'when' has 'Monday', which is no date in a known form and no number; write dates as"),
    ],
)
def test_cells_that_are_no_time_are_refused(cells: list[str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_times(pd.Series(cells, name="when"))


def test_a_few_missing_steps_are_gaps_and_many_are_refused() -> None:
    axis, values = axis_of(texts("D", "%Y-%m-%d"))
    rows = steps.filled(np.delete(values, [3, 4, 20]), axis)
    assert (rows < 0).sum() == 3
    assert np.flatnonzero(rows < 0).tolist() == [3, 4, 20]
    with pytest.raises(DataError, match=r"20 of 30 steps between 2024-01-01 and 2024-01-30 are missing in 'when'"):
        steps.filled(values[[0, 1, 2, 3, 4, 5, 6, 7, 8, 29]], axis)


def test_days_of_the_week_with_holidays_have_gaps_and_no_weekends() -> None:
    whole = texts("B", "%Y-%m-%d", periods=60)
    axis, values = axis_of(whole.drop([7, 31]).reset_index(drop=True))
    assert axis.step == "B"
    assert (steps.filled(values, axis) < 0).sum() == 2


def test_months_with_a_gap_are_months() -> None:
    axis, values = axis_of(texts("MS", "%Y-%m").drop([11]).reset_index(drop=True))
    assert axis.step == "MS"
    assert np.flatnonzero(steps.filled(values, axis) < 0).tolist() == [11]


def test_stamps_without_one_step_are_refused_with_what_to_do() -> None:
    stamps = read_times(pd.Series(["2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 01:07"], name="when"))
    with pytest.raises(DataError, match=r"do not follow one step: distances of 0:07:00, 1:00:00; .*resample.*--ignore"):
        steps.find_step([stamps.values], stamps.axis)


def test_without_dates_the_season_is_the_distance_at_which_rows_are_alike() -> None:
    rng = np.random.default_rng(0)
    time = np.arange(200)
    wave = np.sin(2 * np.pi * time / 17) + 0.01 * time + 0.1 * rng.normal(size=200)
    assert seasons.season_of(TimeAxis(), [wave[:, None]])[0] == 17
    assert seasons.season_of(TimeAxis(), [rng.normal(size=(200, 1))])[0] == 1
    assert seasons.season_of(TimeAxis(), [np.ones((50, 1))])[0] == 1


def test_cycles_are_those_that_were_seen_twice() -> None:
    hourly = TimeAxis(kind="date", step="h")
    assert seasons.cycles_of(hourly, steps.DAY) == ()
    assert seasons.cycles_of(hourly, 20 * steps.DAY) == ("hour", "weekday")
    assert seasons.cycles_of(TimeAxis(kind="date", step="MS"), 3 * seasons.YEAR) == ("year",)
    assert seasons.cycles_of(TimeAxis(), 1e9) == ()
    days = seconds(pd.date_range("2024-01-01", periods=8, freq="D"))
    found = seasons.cycle_values(days, ("weekday",), TimeAxis(kind="date", step="D"))
    np.testing.assert_allclose(found[0], [0, 1], atol=1e-12)
    np.testing.assert_allclose(found[7], found[0], atol=1e-12)


@given(
    step=st.sampled_from(["s", "7min", "h", "D", "3D", "B", "W-TUE", "MS", "ME", "QE-DEC"]),
    start=st.integers(0, 20_000),
    count=st.integers(3, 30),
)
def test_what_comes_next_is_what_the_longer_series_has(step: str, start: int, count: int) -> None:
    first = pd.Timestamp("1990-01-01") + pd.Timedelta(days=start)
    index = pd.date_range(first, periods=count + 4, freq=step)
    axis = TimeAxis(kind="date", step=step)
    values = seconds(index)
    np.testing.assert_allclose(steps.coming(values[count - 1], 4, axis), values[count:])
    np.testing.assert_allclose(steps.until(values[count - 1], count, axis), values[:count])
    assert (steps.filled(values, axis) == np.arange(count + 4)).all()
