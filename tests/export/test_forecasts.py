"""What is said of the steps to come: time stamps, series, values, and how they compare with naive forecasts."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.data import ForecastContract, NumberTarget
from automl.data.forecast.asked import RawWindows
from automl.data.forecast.read import Asked, read_forecast
from automl.data.forecast.roles import Roles
from automl.data.forecast.source import open_series
from automl.errors import DataError
from automl.export import write_predictions
from automl.export.adapters import Reading, make_adapter
from automl.export.forecasts import forecast, score_forecasts
from automl.export.manifest import Output


def trained(frame: pd.DataFrame, folder: Path, **roles: object) -> ForecastContract:
    found = read_forecast(open_series(frame), None, Asked(2, 8, Roles(**roles)), cache_dir=folder).contract
    assert isinstance(found, ForecastContract)
    return found


def last_value(windows: RawWindows) -> np.ndarray:
    return np.repeat(windows.series[:, -1, 0], 2).reshape(-1, 2)


def hourly(rows: int, tz: str | None = None) -> pd.DataFrame:
    index = pd.date_range("2024-01-01", periods=rows, freq="h", name="when", tz=tz)
    return pd.DataFrame({"y": np.arange(float(rows))}, index=index)


def test_many_series_are_told_apart_in_the_csv(tmp_path: Path) -> None:
    frame = pd.concat([hourly(60), 100 + hourly(50)]).assign(shop=["b"] * 60 + ["a"] * 50)
    contract = trained(frame, tmp_path, targets=("y",), series="shop")
    found = forecast(last_value, frame, contract)
    text = io.StringIO()
    write_predictions(text, found.predictions())
    assert text.getvalue().splitlines() == [
        "when,shop,y",
        "2024-01-03 12:00:00,b,59.0",
        "2024-01-03 13:00:00,b,59.0",
        "2024-01-03 02:00:00,a,149.0",
        "2024-01-03 03:00:00,a,149.0",
    ]


def test_numbers_have_the_digits_of_float32(tmp_path: Path) -> None:
    contract = trained(hourly(60), tmp_path, targets=("y",))
    text = io.StringIO()
    write_predictions(text, forecast(lambda windows: np.array([[0.1, 2]], np.float32), None, contract).predictions())
    assert [line.partition(",")[2] for line in text.getvalue().splitlines()] == ["y", "0.1", "2.0"]


def test_forecasts_are_in_the_zone_of_the_data(tmp_path: Path) -> None:
    frame = hourly(60, tz="Europe/Berlin")
    contract = trained(frame, tmp_path, targets=("y",))
    found = forecast(last_value, frame, contract)
    assert found.index().equals(pd.date_range("2024-01-03 12:00", periods=2, freq="h", tz="Europe/Berlin", name="when"))
    assert found.predictions().names[0] == "2024-01-03 12:00:00+01:00"


def test_without_time_the_rows_are_counted_on(tmp_path: Path) -> None:
    contract = trained(pd.Series(np.arange(60.0)), tmp_path)
    found = forecast(last_value, None, contract)
    assert found.index().tolist() == [60, 61]
    assert found.predictions().column == "row"


def test_scores_stand_beside_those_of_the_better_naive_forecast(tmp_path: Path) -> None:
    contract = trained(hourly(60), tmp_path, targets=("y",)).model_copy(update={"season": 4})
    windows = np.tile(np.array([0.0, 1.0, 0.0, 0.0]), 2)[None, :, None] + np.zeros((3, 8, 1))
    truth = np.tile(np.array([0.0, 1.0]), (3, 1))
    found = score_forecasts(windows, truth, truth + 0.5, contract)
    assert found.guess == "season of 4"
    assert found.baseline["mae"] == 0
    assert found.metrics["mae"] == pytest.approx(0.5)
    assert [one.column for one in found.per_column] == ["y"]


def test_windows_in_memory_are_checked(tmp_path: Path) -> None:
    contract = trained(hourly(60), tmp_path, targets=("y",))
    adapter = make_adapter(contract)
    assert adapter.signature()["future"][0] == (None, 2, 2)
    rows = adapter.probe()
    source = adapter.source({"series": rows.series, "future": rows.future}, Reading())
    (batch,) = source.batches(100)
    np.testing.assert_array_equal(adapter.given(batch)["series"], rows.series)
    with pytest.raises(DataError, match=r"future is missing: give a mapping of series, future to arrays"):
        adapter.source(rows.series, Reading())
    with pytest.raises(DataError, match=r"series has the shape \(12, 7, 3\); \(n, 8, 3\) is needed, and all numbers"):
        adapter.source({"series": rows.series[:, 1:], "future": rows.future}, Reading())
    output = Output.to_predict(NumberTarget(columns=contract.answers))
    with pytest.raises(DataError, match=r"evaluation needs answers: give y"):
        adapter.labelled({"series": rows.series, "future": rows.future}, None, output, Reading())
