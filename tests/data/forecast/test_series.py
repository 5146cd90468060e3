"""From tables to series at equal steps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.data.forecast.roles import Roles
from automl.data.forecast.series import interpolated, load
from automl.errors import AutoMLError, ConfigError, DataError


def daily(rows: int = 6, **columns: object) -> pd.DataFrame:
    days = pd.date_range("2024-01-01", periods=rows, freq="D").strftime("%Y-%m-%d")
    return pd.DataFrame({"day": days, "y": np.arange(float(rows)), **columns})


def test_all_columns_of_numbers_are_forecast_unless_others_are_said() -> None:
    frame = daily(a=["1", "2", "", "4", "5", "6"], word=list("uvwxyz"), flag=[True, False] * 3)
    found = load(frame, Roles(), "t")
    assert found.roles.targets == ("y", "a", "flag")
    assert found.roles.time == "day"
    assert found.notes == ("not used: word; say --past, --known or --target to use columns of numbers",)
    found = load(frame, Roles(targets=("y",), past=("flag",)), "t")
    assert found.roles.numbers == ("y", "flag")
    assert found.series[0].values[:, 1].tolist() == [1, 0, 1, 0, 1, 0]


def test_rows_are_sorted_with_a_word_about_it() -> None:
    found = load(daily()[::-1], Roles(), "t")
    assert found.series[0].values[:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert found.notes == ("the rows are not in time order; they are sorted by 'day'",)


def test_missing_steps_become_missing_numbers_and_those_a_straight_line() -> None:
    found = load(daily().drop([2, 3]), Roles(), "t")
    (series,) = found.series
    assert np.isnan(series.values[2:4]).all()
    assert found.notes == ("2 of 6 steps are missing in 'day'; their numbers are interpolated",)
    whole, count = interpolated(series, ("y",), 1)
    assert whole.values[:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert count == 2


def test_missing_numbers_at_the_ends_are_as_the_nearest() -> None:
    frame = daily(a=[np.nan, 1, 2, np.nan, 4, np.nan])
    whole, count = interpolated(load(frame, Roles(), "t").series[0], ("y", "a"), 2)
    assert whole.values[:, 1].tolist() == [1, 1, 2, 3, 4, 4]
    assert count == 3


def test_rows_at_the_end_without_targets_are_of_the_future() -> None:
    frame = daily(known=np.arange(6.0))
    frame.loc[4:, "y"] = np.nan
    (series,) = load(frame, Roles(targets=("y",), known=("known",)), "t").series
    assert (series.rows, series.future) == (4, 2)
    whole, _ = interpolated(series, ("y", "known"), 1)
    assert np.isnan(whole.values[4:, 0]).all()


def test_equal_rows_count_once() -> None:
    frame = pd.concat([daily(), daily()[:2]])
    found = load(frame, Roles(), "t")
    assert len(found.series[0].values) == 6
    assert "2 rows are there twice, equal in every cell; they count once" in found.notes


def test_long_form_has_many_series_with_different_ends() -> None:
    frame = pd.concat([daily(6, shop="b"), daily(4, shop="a")])
    found = load(frame, Roles(series="shop"), "t")
    assert [(each.name, each.rows) for each in found.series] == [("b", 6), ("a", 4)]


@pytest.mark.parametrize(
    ("frame", "roles", "error", "said"),
    [
        (
            daily(),
            Roles(targets=("z",)),
            DataError,
            r"there is no column 'z' in t; did you mean 'y'\?|no column 'z' in t",
        ),
        (daily(), Roles(targets=("y",), known=("y",)), ConfigError, r"column 'y' is given two uses"),
        (daily()[["day"]], Roles(), DataError, r"t has no column of numbers to forecast; its columns are day"),
        (daily()[:0], Roles(), DataError, r"t has no rows"),
        (daily(a=list("uvwxyz")), Roles(targets=("a",)), DataError, r"column 'a' has 'u' in row 0, which is no number"),
        (daily(a=[np.inf] * 6), Roles(), DataError, r"column 'a' has 'inf' in row 0, which is infinite"),
        (
            pd.concat([daily(), daily(y=np.ones(6))]),
            Roles(),
            DataError,
            r"5 time stamps .* more than once .*--series NAME",
        ),
        (daily(s=["a", "", "a", "a", "a", "a"]), Roles(series="s"), DataError, r"'s' is empty in rows 1 of t"),
        (daily(1), Roles(), DataError, r"one row says nothing of the time between two"),
    ],
)
def test_what_cannot_be_used_is_said(frame: pd.DataFrame, roles: Roles, error: type[AutoMLError], said: str) -> None:
    with pytest.raises(error, match=said):
        load(frame, roles, "t")


def test_a_column_without_any_number_is_refused() -> None:
    (series,) = load(daily(a=[np.nan] * 6), Roles(targets=("y", "a")), "t").series
    with pytest.raises(DataError, match=r"column 'a' has no number at all in 6 rows; leave it out \(--ignore\)"):
        interpolated(series, ("y", "a"), 2)
