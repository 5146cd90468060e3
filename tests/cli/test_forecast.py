"""The commands of docs/tasks/forecast.md run as they stand there, on a shop whose sales have a week."""

from __future__ import annotations

import csv
import json
import pickle
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from automl import ConfigError, Space, TimeSeriesForecaster
from automl.arch import Input
from automl.data import PreparedData
from automl.data.forecast.asked import RawWindows
from automl.export import load_model
from automl.export.keras_model import feed

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "forecast.md").read_text("utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^\$ automl (.+)$", PAGE, re.M)]
SPACE = """
version: 1
name: small
task: series-forecast
outputs: {value: tensor}
model:
  graph:
    found: {from: input, do: [{window: standard}, flatten, {dense: {units: 8, activation: relu}}]}
    steps: {from: [found, input], merge: {forecast: {by: standard, repeat: true}}}
train: {lr: 0.02, batch_size: 32}
"""
ROWS, HORIZON = 200, 7


def shop(rows: int) -> pd.DataFrame:
    """Sales with a week and a trend, lower where the price is higher."""
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=rows, freq="D")
    price = rng.choice([1.0, 2.0], rows)
    week = 10 * np.sin(2 * np.pi * np.arange(rows) / 7)
    sales = 100 + 0.1 * np.arange(rows) + week - 20 * price + rng.normal(0, 1, rows)
    return pd.DataFrame({"day": days.strftime("%Y-%m-%d"), "sales": sales.round(2), "price": price})


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with shop.csv, coming.csv (a week more without sales), later.csv and small.yaml."""
    place = tmp_path_factory.mktemp("shop")
    whole = shop(ROWS + 40)
    whole[:ROWS].to_csv(place / "shop.csv", index=False)
    coming = whole[: ROWS + HORIZON].copy()
    coming.loc[ROWS:, "sales"] = np.nan
    coming.to_csv(place / "coming.csv", index=False)
    whole[ROWS:].to_csv(place / "later.csv", index=False)
    (place / "small.yaml").write_text(SPACE)
    return place


@pytest.fixture(scope="module")
def searched(folder, automl):
    """The page's search as it ended, of one trial."""
    (search,) = [command[:] for command in COMMANDS if command[0] == "search"]
    search[search.index("--time-budget") : search.index("--time-budget") + 2] = ["--trials", "1"]
    search[search.index("shop.csv")] = str(folder / "shop.csv")
    search[search.index("my-run")] = str(folder / "my-run")
    more = ("--seed", "1", "--workers", "0", "--max-epochs", "20", "--space", folder / "small.yaml")
    return automl(*search, *more, "--cache-dir", folder / "cache")


@pytest.fixture
def at_folder(folder, searched, monkeypatch) -> Path:
    assert searched.exit_code == 0, searched.stderr
    monkeypatch.chdir(folder)
    return folder


def test_a_search_beats_the_naive_forecast_and_the_manifest_says_how(at_folder) -> None:
    manifest = json.loads(Path("my-run/model/manifest.json").read_text("utf-8"))
    assert manifest["validation"]["val_mse"] < 0.7 * manifest["baseline"]["val_mse"]
    contract = manifest["inputs"]["series"]
    assert (contract["lookback"], contract["horizon"], contract["season"]) == (35, 7, 7)
    assert (contract["targets"], contract["known"], contract["time"]["step"]) == (["sales"], ["price"], "D")
    assert manifest["outputs"]["value"]["columns"] == [f"sales+{step}" for step in range(1, 8)]


@pytest.mark.parametrize("command", [line for line in COMMANDS if line[0] != "search"], ids=lambda line: line[0])
def test_a_command_of_the_page_runs(automl, at_folder, command) -> None:
    done = automl(*command, *(["--cache-dir", "cache"] if command[0] == "check" else []))
    assert done.exit_code == 0, done.stderr


def test_the_forecast_goes_on_with_the_days(automl, at_folder) -> None:
    assert automl("predict", "my-run", "coming.csv", "-o", "next.csv").exit_code == 0
    rows = list(csv.DictReader(Path("next.csv").read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["day", "sales"]
    assert [row["day"] for row in rows] == shop(ROWS + HORIZON)["day"][ROWS:].tolist()
    truth = pd.read_csv("later.csv")["sales"][:HORIZON]
    assert np.abs(np.array([float(row["sales"]) for row in rows]) - truth).mean() < 10


def test_evaluate_puts_the_naive_forecast_beside(automl, at_folder) -> None:
    found = json.loads(automl("evaluate", "my-run", "later.csv", "--json").stdout)
    assert found["rows"] == 40 - HORIZON + 1  # the end of the training rows stands in front
    assert found["metrics"].keys() == found["baseline"].keys() == {"mse", "mae", "rmse", "mase", "mape", "r2"}
    assert found["metrics"]["mse"] < 0.7 * found["baseline"]["mse"]
    shown = automl("evaluate", "my-run", "later.csv").stdout
    assert re.search(r"^metric +34 windows +(season of 7|last value)$", shown, re.M)


def test_check_says_what_is_found_without_training(automl, at_folder) -> None:
    (command,) = [line for line in COMMANDS if line[0] == "check"]
    found = json.loads(automl(*command, "--cache-dir", "cache", "--json").stdout)
    assert found["time"] == "day, steps of D"
    assert found["known"] == ["price", "weekday"]
    assert found["naive"] in ("season of 7", "last value")
    assert found["baseline"].keys() == {"val_mse", "val_mae", "val_rmse", "val_mase"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["shop.csv"], "how many steps are to be forecast? say --horizon N"),
        (["shop.csv", "--horizon", "150"], "the longest series has 200 rows"),
        (["shop.csv", "--horizon", "7", "--weight", "price"], "leave out --weight"),
        (["shop.csv", "--horizon", "7", "--group", "price"], "leave out --group"),
        (["shop.csv", "--horizon", "7", "--target", "sale"], "there is no column 'sale'"),
        (["shop.csv", "--horizon", "7", "--time", "sales"], "are there more than once with different numbers"),
        (["none.csv", "--horizon", "7"], "no such file"),
    ],
)
def test_what_cannot_be_is_one_line(automl, at_folder, options, said) -> None:
    done = automl("check", "--task", "series-forecast", *options, "--cache-dir", "cache")
    assert done.exit_code in (2, 3)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_cache_and_the_exported_graph_agree(at_folder) -> None:
    """The network on the working form, and the model on raw windows: the same answers."""
    prepared, model = PreparedData.load(Path("my-run/prepared")), load_model("my-run")
    rows = prepared.rows("validation")
    contract = model.contract
    working = rows.x[:]
    steps = len(contract.channels)
    future = np.zeros((len(rows), contract.horizon, len(contract.coming)), np.float32)
    future[:] = working[:, -contract.horizon :, steps:]
    raw = RawWindows(working[:, :, :steps], future)
    network = model.keras_model.get_layer("model")
    scale = prepared.scales["value"]
    answer = np.asarray(network(working)) * np.array(scale["scale"]) + np.array(scale["mean"])
    np.testing.assert_allclose(model.answer(raw), answer, rtol=1e-5)
    one = model.adapter.given(raw[:1])
    np.testing.assert_allclose(np.asarray(model.keras_model(feed(model.keras_model, one))), answer[:1], rtol=1e-5)


def test_the_estimator_of_a_run_forecasts_scores_and_travels(at_folder) -> None:
    forecaster = TimeSeriesForecaster.load("my-run")
    assert (forecaster.targets_, forecaster.lookback_, forecaster.season_) == (["sales"], 35, 7)
    coming = pd.read_csv("coming.csv")
    found = forecaster.predict(coming)
    assert found.index.name == "day"
    assert found.index.equals(pd.DatetimeIndex(coming["day"][ROWS:], name="day"))
    assert list(found.columns) == ["sales"]
    assert 0 < forecaster.score(pd.read_csv("later.csv")) < 1
    again = pickle.loads(pickle.dumps(forecaster)).predict(coming)
    pd.testing.assert_frame_equal(again, found)


def test_the_space_of_the_page_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    inputs = {"series": Input((35, 5), codes=(7, 1, 7))}
    point = Space.parse(text).sample(np.random.default_rng(0), inputs=inputs, heads={"value": {"units": 7}})
    assert point.architecture.nodes[-1].args["steps"] == 7


def test_a_space_with_a_head_forecasts_too(folder) -> None:
    """An estimator fitted on a data frame with an index of dates, known columns and validation rows of its own."""
    frame = shop(150).set_index(pd.DatetimeIndex(shop(150)["day"], name="day"))[["sales"]]
    space = Space.parse("version: 1\nname: plain\ntask: series-forecast\nmodel: [flatten, head]\n")
    forecaster = TimeSeriesForecaster(
        horizon=3, lookback=14, max_trials=1, max_epochs=2, time_budget=None, space=space, random_state=1, verbose=0,
        workers=0, directory=folder / "runs",
    )  # fmt: skip
    with pytest.raises(NotFittedError):
        forecaster.predict()
    assert clone(forecaster).get_params()["horizon"] == 3
    forecaster.fit(frame[:120], validation_data=frame[120:])
    found = forecaster.predict()
    assert found.index.equals(pd.date_range("2024-05-30", periods=3, freq="D", name="day"))
    assert np.isfinite(found["sales"]).all()
    with pytest.raises(ConfigError, match=r"give no y"):
        forecaster.fit(frame, frame)
    with pytest.raises(ConfigError, match=r"say --horizon N \(horizon=N\)"):
        clone(forecaster).set_params(horizon=None).fit(frame)
