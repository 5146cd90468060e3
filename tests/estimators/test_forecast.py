"""TimeSeriesForecaster on real series; what it does on small ones is in tests/cli/test_forecast.py."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from automl import TimeSeriesForecaster


@pytest.mark.slow
@pytest.mark.real_data
def test_passengers_are_forecast_better_than_by_the_year_before(data_dir: Path, tmp_path: Path) -> None:
    limits = {"max_trials": 2, "max_epochs": 60, "time_budget": None}
    forecaster = TimeSeriesForecaster(horizon=12, random_state=1, workers=0, verbose=0, directory=tmp_path, **limits)
    folder = data_dir / "airline_passengers"
    forecaster.fit(pd.read_csv(folder / "train.csv"))
    assert forecaster.score(pd.read_csv(folder / "test.csv")) > 0.3
    found = forecaster.predict()
    assert found.index[0] == pd.Timestamp("1959-01-01")
    assert found.columns.tolist() == ["Passengers"]
