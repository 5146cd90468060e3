"""Validation in folds: what every task prepares for it, and what is refused."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from several_rows import houses

from automl import tasks
from automl.config import INPUT_KINDS, OUTPUT_KINDS, Arrays, Columns, SearchConfig, parse_port
from automl.data import PreparedData
from automl.data.tables.read import INPUT as TABLE
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.metrics import score
from automl.tasks.forecast import contract_of

N = 60


class Heard(Events):
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)


def table(rows: int = N) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    age = rng.normal(40, 10, rows)
    age[3] = np.nan  # in the training rows of all folds but one
    kind = np.where(np.arange(rows) % 3 == 0, "rarely", "often")
    return pd.DataFrame(
        {"age": age, "size": rng.gamma(2, 3, rows), "owner": rng.choice(12, rows), "kind": kind, "tags": "a|b"}
    )


def prepare(
    tmp_path: Path, name: str, data: Any, *, folds: int | None = 4, events: Events | None = None, **options: Any
) -> PreparedData:
    columns = options.pop("columns", Columns())
    given = {"max_trials": 1, "cache_dir": tmp_path / "c", "folds": folds, "columns": columns, "seed": 1, **options}
    config = SearchConfig(name, data, **given)
    task = tasks.get(name, multi_label=columns.multi_label)
    made = task.prepare(config, tmp_path / "prepared", events or Events())
    loaded = PreparedData.load(tmp_path / "prepared")
    assert loaded.digest == made.digest
    assert len(loaded.folds) == folds
    return loaded


def whole_and_parts(prepared: PreparedData) -> None:
    """All rows train in the whole, and each of them validates in one fold."""
    rows = prepared.datasets[0].rows
    assert (len(prepared.rows("train")), len(prepared.rows("validation")), len(prepared.rows("all"))) == (rows, 0, rows)
    validating = itertools.chain(*(fold.split.validation for fold in prepared.folds))
    assert sorted(validating) == list(range(rows))
    for fold in prepared.folds:
        assert len(fold.rows("train")) + len(fold.rows("validation")) == rows


def test_preprocessing_of_a_fold_is_fitted_on_its_own_training_rows(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, "tabular-classify", Arrays(table()), columns=Columns(target=("kind",)))
    whole_and_parts(prepared)
    size = [each["args"]["center"][1] for (each,) in (fold.preprocessing[TABLE] for fold in prepared.folds)]
    for fold, center in zip(prepared.folds, size, strict=True):
        assert center == pytest.approx(np.median(fold.rows("train").x[:][:, 1]))
    assert len(set(size)) > 1
    # The only missing cell is in one fold's validation rows alone, and networks of all folds are alike all the same.
    gaps = [fold.preprocessing[TABLE][0]["args"]["gaps"] for fold in (prepared, *prepared.folds)]
    assert gaps == [[0]] * 5
    missing = [np.isnan(fold.rows("train").x[:][:, 0]).any() for fold in prepared.folds]
    assert sorted(missing) == [False, True, True, True]


def test_the_line_to_beat_is_the_mean_over_the_folds(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, "tabular-regress", Arrays(table()), columns=Columns(target=("size",)))
    errors = [
        score("rmse", rows.y, np.full((len(rows), 1), fold.rows("train").y.mean()))
        for fold in prepared.folds
        for rows in [fold.rows("validation")]
    ]
    task = tasks.get("tabular-regress")
    assert task.baseline(prepared)["val_rmse"] == pytest.approx(np.mean(errors))
    scales = [fold.scales["value"]["mean"] for fold in (prepared, *prepared.folds)]
    assert scales == [[pytest.approx(fold.rows("train").y.mean())] for fold in (prepared, *prepared.folds)]


@pytest.mark.parametrize(
    ("name", "target", "by"),
    [("tabular-classify", "kind", "every class"), ("tabular-regress", "size", "every range")],
)
def test_the_summary_says_what_the_folds_are(tmp_path: Path, name: str, target: str, by: str) -> None:
    prepared = prepare(tmp_path, name, Arrays(table()), columns=Columns(target=(target,)))
    summary: Any = tasks.get(name).summary(prepared)
    assert (summary["rows"], summary["training_rows"], summary["validation_rows"]) == (N, 45, 15)
    assert summary["folds"]["count"] == 4
    assert summary["folds"]["by"].startswith(by)
    assert summary["folds"]["validation_rows"] == [15] * 4


def test_groups_stay_together_in_every_fold(tmp_path: Path) -> None:
    given, columns = table(), Columns(target=("kind",), group="owner")
    prepared = prepare(tmp_path, "tabular-classify", Arrays(given), columns=columns)
    whole_and_parts(prepared)
    for fold in prepared.folds:
        assert not set(given["owner"][fold.split.train]) & set(given["owner"][fold.split.validation])
    summary: Any = tasks.get("tabular-classify").summary(prepared)
    assert "group" in summary["folds"]["by"]
    with pytest.raises(DataError, match=r"20 folds were asked for, and all rows are of 12 group\(s\)"):
        prepare(tmp_path, "tabular-classify", Arrays(given), columns=columns, folds=20)


def test_rows_with_several_labels_are_dealt_out_by_the_rarest(tmp_path: Path) -> None:
    x = np.random.default_rng(0).random((N, 4, 4))
    labels = [{"often"} | ({"rare"} if row % 6 == 0 else set()) for row in range(N)]
    prepared = prepare(tmp_path, "image-classify", Arrays(x, labels), columns=Columns(multi_label=True), folds=5)
    whole_and_parts(prepared)
    rare = [int(fold.rows("validation").y[:, 1].sum()) for fold in prepared.folds]
    assert rare == [2] * 5


def test_pictures_and_texts_are_fitted_in_every_fold(tmp_path: Path) -> None:
    heard, x, y = Heard(), np.random.default_rng(0).integers(0, 255, (N, 4, 4), dtype=np.uint8), np.arange(N) % 2
    x[10] = x[11] = x[12] = x[13]
    pictures = prepare(tmp_path, "image-classify", Arrays(x, y), events=heard)
    for fold in pictures.folds:
        (mean,) = fold.preprocessing["image"][0]["args"]["mean"]
        assert mean == pytest.approx(fold.rows("train").x[:].mean())
    assert any("validation pictures are equal to training pictures" in each for each in heard.warnings)
    assert all(each.startswith("fold 1 of 4: ") for each in heard.warnings)
    texts = prepare(tmp_path, "text-classify", Arrays([f"word{i % 7} here" for i in range(N)], y))
    whole_and_parts(texts)
    series = prepare(tmp_path, "series-classify", Arrays(np.random.default_rng(0).normal(size=(N, 5)), y))
    whole_and_parts(series)


def test_several_inputs_and_outputs_are_split_by_the_leading_output(tmp_path: Path) -> None:
    houses(tmp_path, 45).to_csv(tmp_path / "houses.csv", index=False)
    columns = Columns(
        inputs=(parse_port("facts=tabular:rooms,street", INPUT_KINDS), parse_port("title=text", INPUT_KINDS)),
        outputs=tuple(parse_port(each, OUTPUT_KINDS) for each in ("kind=classification", "price=regression")),
    )
    prepared = prepare(tmp_path, "multi", tmp_path / "houses.csv", columns=columns, folds=3)
    whole_and_parts(prepared)
    for fold in prepared.folds:
        assert np.bincount(fold.rows("validation").targets["kind"]).tolist() == [5, 5, 5]
        assert fold.scales["price"]["mean"] == [pytest.approx(fold.rows("train").targets["price"].mean())]
    task = tasks.get("multi")
    assert "val_price_rmse" in task.baseline(prepared)
    assert task.summary(prepared)["folds"]["count"] == 3  # type: ignore[index]


def test_forecasts_are_validated_on_later_steps_than_they_are_trained_on(tmp_path: Path) -> None:
    steps, horizon, lookback = 130, 4, 6
    values = np.arange(steps, dtype=np.float64)
    data = pd.DataFrame({"y": values}, index=pd.date_range("2024-01-01", periods=steps, freq="D", name="day"))
    columns = Columns(horizon=horizon, lookback=lookback)
    prepared = prepare(tmp_path, "series-forecast", Arrays(data), columns=columns, folds=4)
    assert len(prepared.rows("train")) == steps - horizon - lookback + 1
    begin = []
    for fold in prepared.folds:
        training, validation = fold.rows("train"), fold.rows("validation")
        assert training.y.max() < validation.y.min()
        begin.append(int(validation.y.min()))
        known = values[: begin[-1]]
        assert fold.scales["value"]["mean"] == [pytest.approx(known.mean())] * horizon
        assert fold.preprocessing["series"][0]["args"]["mean"][0] == pytest.approx(known.mean())
        assert int(validation.y.max()) == begin[-1] + 25
    assert begin == [26, 52, 78, 104]
    assert prepared.scales["value"]["mean"] == [pytest.approx(values.mean())] * horizon
    task = tasks.get("series-forecast")
    assert task.baseline(prepared)["val_mae"] == pytest.approx(2.5)  # the last value repeated
    expected = np.mean([7.5 / fold.scales["value"]["scale"][0] ** 2 for fold in prepared.folds])
    assert task.baseline(prepared)["val_mse"] == pytest.approx(expected)
    assert contract_of(prepared).lookback == lookback
    assert task.summary(prepared)["naive"] == "last value"
    with pytest.raises(DataError, match="40 folds were asked for, the longest series has 130 rows, and 170 are needed"):
        prepare(tmp_path, "series-forecast", Arrays(data), columns=columns, folds=40)


@pytest.mark.parametrize("folds", [1, 0, -3, 2.5, "5"])
def test_a_number_of_folds_that_makes_no_sense_is_refused(folds: Any) -> None:
    with pytest.raises(ConfigError, match=f"folds is {folds!r}; it must be a whole number, at least 2"):
        SearchConfig("tabular-classify", Path("data.csv"), folds=folds)


def test_validation_rows_and_folds_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"folds \(5\) split the data, and validation rows are given"):
        SearchConfig("tabular-classify", Path("data.csv"), validation=Path("more.csv"), folds=5)
    table().to_csv(tmp_path / "train.csv", index=False)
    table().to_csv(tmp_path / "val.csv", index=False)
    with pytest.raises(ConfigError, match=r"4 folds were asked for, and .* has a validation part of its own"):
        prepare(tmp_path, "tabular-classify", tmp_path, columns=Columns(target=("kind",)))


def test_folds_are_a_part_of_what_makes_trials_equal(tmp_path: Path) -> None:
    data, columns = Arrays(table()), Columns(target=("kind",))
    digests = {prepare(tmp_path, "tabular-classify", data, columns=columns, folds=k, seed=1).digest for k in (3, 4)}
    digests.add(prepare(tmp_path, "tabular-classify", data, columns=columns, folds=4, seed=2).digest)
    assert len(digests) == 3
