"""What a finished model is asked: windows to forecast from, and windows to be scored on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.data.forecast import steps
from automl.data.forecast.asked import to_forecast, to_score
from automl.data.forecast.contract import ForecastContract
from automl.data.forecast.read import Asked, read_forecast
from automl.data.forecast.roles import Roles
from automl.data.forecast.source import open_series
from automl.errors import DataError

ROWS = 100


def hourly(rows: int, start: int = 0) -> pd.DataFrame:
    index = pd.date_range("2024-01-01", periods=rows + start, freq="h", name="when")[start:]
    values = np.arange(float(start), float(start + rows))
    return pd.DataFrame({"when": index.strftime("%Y-%m-%d %H:%M"), "y": values, "z": -values})


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> ForecastContract:
    return trained(tmp_path_factory.mktemp("cache"), Roles(targets=("y",), past=("z",)))


def trained(folder: Path, roles: Roles) -> ForecastContract:
    found = read_forecast(open_series(hourly(ROWS)), None, Asked(4, 8, roles), cache_dir=folder).contract
    assert isinstance(found, ForecastContract)
    return found


def test_the_last_rows_are_gone_on_from(contract: ForecastContract) -> None:
    asked = to_forecast(hourly(30, 200), contract)
    assert asked.windows.series[0, :, 0].tolist() == list(range(222, 230))
    assert asked.windows.series[0, :, 1].tolist() == [-each for each in range(222, 230)]
    said = [steps.label(time, contract.time) for time in asked.times[0]]
    assert said == hourly(4, 230)["when"].tolist()
    angle = 2 * np.pi * (np.arange(230, 234) % 24) / 24
    np.testing.assert_allclose(asked.windows.future[0, :, 0], np.sin(angle), atol=1e-6)


def test_a_few_rows_that_go_on_where_training_ended_are_enough(contract: ForecastContract) -> None:
    asked = to_forecast(hourly(3, ROWS), contract)
    assert asked.windows.series[0, :, 0].tolist() == list(range(95, 103))
    with pytest.raises(DataError, match=r"3 rows are too few .* back on 8 steps.* ended \(2024-01-05 03:00\)"):
        to_forecast(hourly(3, 150), contract)


def test_without_rows_the_model_goes_on_where_training_ended(contract: ForecastContract) -> None:
    asked = to_forecast(None, contract)
    assert asked.windows.series[0, :, 0].tolist() == list(range(92, 100))
    assert steps.label(asked.times[0, 0], contract.time) == "2024-01-05 04:00"
    with pytest.raises(DataError, match=r"does not carry the ends of its series along; give the rows"):
        to_forecast(None, contract.model_copy(update={"tails": ()}))


def test_every_window_of_the_data_is_scored_and_none_before_it(contract: ForecastContract) -> None:
    windows, truth = to_score(hourly(10, ROWS), contract)
    assert truth.tolist() == [[float(first + step) for step in range(4)] for first in range(100, 107)]
    assert windows.series[0, :, 0].tolist() == list(range(92, 100))
    _, apart = to_score(hourly(20, 200), contract)
    assert apart.min() == 208
    with pytest.raises(DataError, match=r"no window to score: 8 steps to look back on and 4 to forecast are needed"):
        to_score(hourly(10, 200), contract)


def test_what_is_known_of_the_future_is_asked_for(tmp_path: Path) -> None:
    contract = trained(tmp_path, Roles(targets=("y",), known=("z",)))
    frame = hourly(24, 200)
    with pytest.raises(DataError, match=r"z: known of the future, so 4 more rows are needed at the end, .*there are 0"):
        to_forecast(frame, contract)
    frame.loc[20:, "y"] = np.nan
    asked = to_forecast(frame, contract)
    assert asked.windows.series[0, :, 0].tolist() == list(range(212, 220))
    assert asked.windows.future[0, :, 0].tolist() == [-220, -221, -222, -223]
    only_future = hourly(4, ROWS).assign(y=np.nan)
    assert to_forecast(only_future, contract).windows.series[0, :, 0].tolist() == list(range(92, 100))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(columns="z"), r"column 'z' is missing in .*, and the model was trained with it"),
        (lambda frame: frame.drop(columns=["y", "when"]), r"column 'y' \(and 1 more: when\) is missing"),
        (lambda frame: frame.assign(when=frame["when"].mask(frame.index == 5, "2024-01-09 13:07")),
         r"the time stamp 2024-01-09 13:07 in 'when' does not fit the steps of the series \(h\)"),
        (lambda frame: frame.assign(when=range(len(frame))), r"'when' has '0', which is no date as in training"),
        (lambda frame: frame[:0], r"has no rows"),
    ],
)  # fmt: skip
def test_data_unlike_training_is_refused(contract: ForecastContract, change: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        to_forecast(change(hourly(20, 200)), contract)


def test_columns_may_come_in_another_order_and_with_others(contract: ForecastContract) -> None:
    frame = hourly(20, 200)
    other = frame[["z", "y", "when"]].assign(more="x")
    np.testing.assert_array_equal(
        to_forecast(other, contract).windows.series, to_forecast(frame, contract).windows.series
    )
