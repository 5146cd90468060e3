"""series-classify and series-regress: from a configuration to prepared data, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl import tasks
from automl.arch import Input
from automl.config import Arrays, Columns, SearchConfig
from automl.data import PreparedData
from automl.data.series.contract import SeriesContract
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.jobs import TrainingSettings

CLASSIFY, REGRESS = tasks.get("series-classify"), tasks.get("series-regress")
N = 50


class Heard(Events):
    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.progress: list[tuple[str, int, int]] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    def preparing(self, what: str, done: int, total: int) -> None:
        self.progress.append((what, done, total))


def series(seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """Rising and falling lines (50, 12, 2)."""
    rng = np.random.default_rng(seed)
    sign = np.where(np.arange(N) % 2, 1, -1)
    x = sign[:, None, None] * np.linspace(-1, 1, 12)[:, None] + 0.1 * rng.normal(size=(N, 12, 2))
    return x, ["up" if each > 0 else "down" for each in sign]


def prepare(
    tmp_path: Path, data: Any, task: Any = CLASSIFY, events: Events | None = None, **options: Any
) -> PreparedData:
    config = SearchConfig(task.name, data, max_trials=1, cache_dir=tmp_path / "cache", **{"seed": 1} | options)
    found: PreparedData = task.prepare(config, tmp_path / "run" / "prepared", events or Events())
    return found


def test_what_is_prepared_can_be_opened_again(tmp_path: Path) -> None:
    heard = Heard()
    prepared = prepare(tmp_path, Arrays(*series()), events=heard, class_weight="balanced")
    loaded = PreparedData.load(tmp_path / "run" / "prepared")
    assert loaded.contract == SeriesContract(length=12, channels=2, shortest=12)
    assert loaded.preprocessing == prepared.preprocessing
    assert (len(loaded.rows("train")), len(loaded.rows("validation"))) == (40, 10)
    assert CLASSIFY.inputs(loaded) == {"series": Input((12, 2))}
    assert CLASSIFY.heads(loaded) == {"label": {"units": 2, "activation": "softmax"}}
    assert heard.progress == [("series", N, N)]
    assert heard.warnings == []


def test_missing_numbers_give_the_network_a_channel_more(tmp_path: Path) -> None:
    x, y = series()
    short = [each[: 6 + place % 7] for place, each in enumerate(x)]
    prepared = prepare(tmp_path, Arrays(short, y))
    assert CLASSIFY.inputs(prepared) == {"series": Input((12, 3))}
    found = CLASSIFY.summary(prepared)
    assert (found["shape"], found["shortest"], found["classes"]) == ([12, 2], 6, 2)
    assert found["notes"] == [
        "series: 6 to 12 steps, 2 channels",
        "scale: all series by the mean and deviation of the training rows",
        "missing: filled with 0 after scaling, also after the end of a series; a channel says where",
    ]


def test_numbers_to_predict(tmp_path: Path) -> None:
    x, _ = series()
    y = x[:, -1, 0] * 100
    prepared = prepare(tmp_path, Arrays(x, y), REGRESS)
    assert REGRESS.heads(prepared) == {"value": {"units": 1, "activation": "linear"}}
    training = prepared.rows("train").y
    assert prepared.scales["value"]["mean"] == [pytest.approx(training.mean())]
    validation = prepared.rows("validation").y
    rmse = np.sqrt(((validation - training.mean()) ** 2).mean())
    assert REGRESS.baseline(prepared)["val_rmse"] == pytest.approx(rmse)
    with pytest.raises(ConfigError, match="class weights are for classes"):
        prepare(tmp_path, Arrays(x, y), REGRESS, class_weight="balanced")


def test_a_folder_may_have_validation_series_of_its_own(tmp_path: Path) -> None:
    for name, rows in (("train", 6), ("val", 4), ("test", 3)):
        lines = [f"{row % 2}\t{row}\t{row + 1}\n" for row in range(rows)]
        (tmp_path / f"{name}.tsv").write_text("".join(lines))
    prepared = prepare(tmp_path, tmp_path)
    assert (len(prepared.rows("train")), len(prepared.rows("validation"))) == (6, 4)
    given = prepare(tmp_path, tmp_path, validation=tmp_path / "test.tsv")
    assert (len(given.rows("train")), len(given.rows("validation"))) == (6, 3)
    one = prepare(tmp_path, tmp_path / "train.tsv")
    assert (len(one.rows("train")), len(one.rows("validation"))) == (4, 2)


def test_what_people_should_know_is_said(tmp_path: Path) -> None:
    x, y = series()
    heard = Heard()
    x[7] = np.nan
    prepare(tmp_path, Arrays(x[:, :1], y), events=heard)
    assert heard.warnings == [
        "1 of 50 series have no number at all (NaN), the first is series 7",
        "every series has one step: nothing changes in time; a table would do",
    ]


def test_series_of_a_group_stay_together(tmp_path: Path) -> None:
    x, y = series()
    groups = np.arange(N) // 5
    prepared = prepare(tmp_path, Arrays(x, y, None, groups))
    assert not set(groups[prepared.split.train]) & set(groups[prepared.split.validation])


@pytest.mark.parametrize(("name", "value"), [("target", ("y",)), ("weight", "w"), ("ignore", ("a",)), ("group", "g")])
def test_columns_are_of_tables(tmp_path: Path, name: str, value: Any) -> None:
    columns = Columns(**{name: value})
    with pytest.raises(ConfigError, match=f"--{name}"):
        prepare(tmp_path, Arrays(*series()), columns=columns)


def test_a_class_with_one_series_trains(tmp_path: Path) -> None:
    x, y = series()
    y[0] = "once"
    prepared = prepare(tmp_path, Arrays(x, y))
    assert prepared.classes == ("down", "once", "up")
    assert 0 in prepared.split.train
    with pytest.raises(DataError, match="every class has only one"):
        prepare(tmp_path, Arrays(x[:2], y[:2]))


@pytest.mark.parametrize(("rows", "epochs", "patience"), [(50, 400, 120), (2000, 100, 30)])
def test_few_series_are_seen_more_often(tmp_path: Path, rows: int, epochs: int, patience: int) -> None:
    x, y = series()
    times = rows // N
    noise = np.random.default_rng(0).normal(size=(rows, 1, 1))  # no two rows are equal
    prepared = prepare(tmp_path, Arrays(np.tile(x, (times, 1, 1)) + noise, y * times))
    wanted = TrainingSettings(epochs=100, patience=30, batch_size=16)
    settled = CLASSIFY.settle(wanted, prepared)
    assert (settled.epochs, settled.patience) == (epochs, patience)
    forever = CLASSIFY.settle(wanted.model_copy(update={"patience": None}), prepared)
    assert forever.patience is None
