"""What the task of forecasts prepares: scales, lines to beat, inputs and settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl import metrics, tasks
from automl.config import Arrays, Columns, SearchConfig
from automl.data import PreparedData
from automl.errors import ConfigError
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.tasks.forecast import SeriesForecast, contract_of

HORIZON = 3


class Listener(Events):
    """Keeps what is warned of."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)


def frame(values: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
    index = pd.date_range("2024-01-01", periods=len(values), freq="D", name="day")
    return pd.DataFrame({"y": values, **columns}, index=index)


def prepare(data: object, folder: Path, listener: Events | None = None, **columns: object) -> PreparedData:
    config = SearchConfig(
        task="series-forecast",
        data=Arrays(data),
        columns=Columns(horizon=HORIZON, **columns),
        cache_dir=folder / "cache",
        seed=1,
    )
    return tasks.get("series-forecast").prepare(config, folder / "prepared", listener or Listener())


def week(rows: int = 140) -> np.ndarray:
    return np.array([0.0, 1.0, 5.0, 2.0, 9.0, 4.0, 3.0])[np.arange(rows) % 7] + 0.01 * np.arange(rows)


def test_the_line_to_beat_is_the_season_before_where_there_is_one(tmp_path: Path) -> None:
    prepared = prepare(frame(week()), tmp_path)
    task = tasks.get("series-forecast")
    baseline = task.baseline(prepared)
    assert baseline["val_mae"] == pytest.approx(0.07)  # what a week adds
    assert baseline["val_rmse"] == pytest.approx(0.07)
    assert baseline["val_mase"] == pytest.approx(1.0)
    assert baseline["val_mse"] == pytest.approx((0.07 / contract_of(prepared).scale[0]) ** 2)
    assert task.summary(prepared)["naive"] == "season of 7"
    assert task.inputs(prepared)["series"].codes == (HORIZON, 1, 7)


def test_of_a_walk_it_is_the_last_value_and_no_network_begins_with_a_season(tmp_path: Path) -> None:
    walk = np.random.default_rng(0).normal(size=200).cumsum()
    prepared = prepare(frame(walk), tmp_path)
    assert tasks.get("series-forecast").summary(prepared)["naive"] == "last value"
    assert tasks.get("series-forecast").inputs(prepared)["series"].codes == (HORIZON, 1, 1)


def test_networks_learn_at_the_scale_of_the_training_rows(tmp_path: Path) -> None:
    prepared = prepare(frame(week(), z=-3 * week()), tmp_path)
    contract, scale = contract_of(prepared), prepared.scales["value"]
    assert contract.targets == ("y", "z")
    assert len(scale["mean"]) == HORIZON * 2
    rows = np.concatenate([week()[:112, None], -3 * week()[:112, None]], axis=1)
    np.testing.assert_allclose(scale["mean"][:2], rows.mean(axis=0))
    np.testing.assert_allclose(scale["scale"][2:4], rows.std(axis=0))
    assert scale["naive"] == list(contract.naive)
    (normalize,) = prepared.preprocessing["series"]
    assert len(normalize["args"]["mean"]) == contract.shape[1]


def test_the_final_network_sees_all_windows_and_again_when_loaded(tmp_path: Path) -> None:
    prepared = prepare(frame(week()), tmp_path)
    again = PreparedData.load(prepared.directory)
    assert again.digest == prepared.digest
    assert len(again.rows("all")) == sum(len(again.rows(part)) for part in ("train", "validation")) + HORIZON - 1
    np.testing.assert_array_equal(again.rows("all").x[:], prepared.rows("all").x[:])


def test_few_windows_are_seen_more_often_in_small_batches(tmp_path: Path) -> None:
    prepared = prepare(frame(week(60)), tmp_path)
    settled = tasks.get("series-forecast").settle(TrainingSettings(batch_size=64, epochs=20, patience=5), prepared)
    assert settled.batch_size == 8
    assert settled.epochs == 150
    assert settled.patience == round(5 * 150 / 20)


def test_gaps_and_order_are_told(tmp_path: Path) -> None:
    listener = Listener()
    prepare(frame(week()).drop(pd.Timestamp("2024-02-01"))[::-1], tmp_path, listener)
    assert listener.warnings == [
        "the rows are not in time order; they are sorted by 'day'",
        "1 of 140 steps are missing in 'day'; their numbers are interpolated",
    ]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"weight": "y"}, r"rows of series-forecast are steps in time; leave out --weight"),
        ({"group": "y"}, r"leave out --group"),
        ({"multi_label": True}, r"leave out --multi-label"),
        ({"drop_missing_labels": True}, r"leave out --drop-missing-labels"),
    ],
)
def test_what_means_nothing_for_steps_is_refused(tmp_path: Path, columns: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        prepare(frame(week()), tmp_path, **columns)


def test_answers_beside_the_series_are_refused(tmp_path: Path) -> None:
    data = Arrays(frame(week()), y=week())
    config = SearchConfig(task="series-forecast", data=data, columns=Columns(horizon=3), cache_dir=tmp_path, seed=1)
    with pytest.raises(ConfigError, match=r"give no y and no weights beside them"):
        SeriesForecast().prepare(config, tmp_path / "prepared", Listener())


def test_scores_of_forecasts_count_steps_as_rows_and_are_in_units() -> None:
    truth = np.array([[1.0, 10.0, 3.0, 30.0], [5.0, 50.0, 7.0, 70.0]])  # two steps of two columns
    answers = truth + np.array([[1.0, 0.0, 1.0, 20.0], [1.0, 0.0, 3.0, 0.0]])
    ruler = {"scale": (2.0, 10.0), "naive": (3.0, 5.0)}
    found = {name: metrics.score(name, truth, answers, ruler=ruler) for name in metrics.OF_FORECASTS}
    assert found["mae"] == pytest.approx((6 / 4 + 20 / 4) / 2)
    assert found["rmse"] == pytest.approx((np.sqrt(12 / 4) + np.sqrt(400 / 4)) / 2)
    assert found["mse"] == pytest.approx((12 / 4 / 4 + 400 / 4 / 100) / 2)
    assert found["mase"] == pytest.approx((6 / 4 / 3 + 20 / 4 / 5) / 2)
    assert {metrics.DIRECTIONS[name] for name in metrics.OF_FORECASTS} == {"minimize"}


@pytest.mark.parametrize("option", [{"horizon": 3}, {"known": ("z",)}, {"time": "day"}, {"series": "shop"}])
def test_other_tasks_refuse_what_only_forecasts_read(tmp_path: Path, option: dict[str, object]) -> None:
    config = SearchConfig(
        task="tabular-regress",
        data=Arrays(frame(week())),
        columns=Columns(target=("y",), **option),
        cache_dir=tmp_path,
        seed=1,
    )
    with pytest.raises(ConfigError, match=rf"--{next(iter(option))} is for series-forecast, and the task is tabular-"):
        tasks.get("tabular-regress").prepare(config, tmp_path / "prepared", Listener())
