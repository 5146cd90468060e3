"""tabular-classify and tabular-regress: from a configuration to prepared data, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl import tasks
from automl.arch import Architecture, Input
from automl.config import Arrays, Columns, SearchConfig
from automl.data import PreparedData
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.jobs import TrainingSettings

CLASSIFY, REGRESS = tasks.get("tabular-classify"), tasks.get("tabular-regress")
N = 100


class Heard(Events):
    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.progress: list[tuple[str, int, int]] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    def preparing(self, what: str, done: int, total: int) -> None:
        self.progress.append((what, done, total))


def frame(rows: int = N, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    age = rng.normal(40, 10, rows)
    age[::9] = np.nan
    colour = rng.choice(["red", "green", "blue"], rows)
    kind = np.where(rng.random(rows) < 0.8, "often", "rarely")
    return pd.DataFrame({"age": age, "colour": colour, "size": rng.gamma(2, 3, rows), "kind": kind})


def prepare(
    tmp_path: Path, data: Any, task: Any = CLASSIFY, events: Events | None = None, **options: Any
) -> PreparedData:
    options = {"columns": Columns(target=("kind",) if task is CLASSIFY else ("size",))} | options
    config = SearchConfig(task.name, data, max_trials=1, cache_dir=tmp_path / "cache", **options)
    return task.prepare(config, tmp_path / "run" / "prepared", events or Events())


def test_what_is_prepared_can_be_opened_again(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, Arrays(frame()), class_weight="balanced", seed=3)
    loaded = PreparedData.load(tmp_path / "run" / "prepared")
    assert loaded.digest == prepared.digest
    assert loaded.fronts == prepared.fronts
    assert loaded.class_weights == prepared.class_weights
    assert loaded.preprocessing == prepared.preprocessing
    assert (len(loaded.rows("train")), len(loaded.rows("validation"))) == (80, 20)
    regression = prepare(
        tmp_path, Arrays(frame()), REGRESS, columns=Columns(target=("age", "size"), drop_missing_labels=True)
    )
    assert PreparedData.load(tmp_path / "run" / "prepared").scales == regression.scales


def test_a_network_reads_numbers_gaps_and_codes(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, Arrays(frame()))
    assert CLASSIFY.inputs(prepared) == {"table": Input((4,), codes=(5,))}
    assert CLASSIFY.heads(prepared) == {"label": {"units": 2, "activation": "softmax"}}
    front = Architecture.from_json(prepared.fronts["table"])
    assert front.inputs == {"categories": Input((1,), "string"), "numbers": Input((2,))}
    both = prepare(
        tmp_path, Arrays(frame()), REGRESS, columns=Columns(target=("size", "age"), drop_missing_labels=True)
    )
    assert REGRESS.heads(both) == {"value": {"units": 2, "activation": "linear"}}
    assert REGRESS.inputs(both) == {"table": Input((2,), codes=(5, 4))}


def test_preprocessing_is_fitted_on_the_training_rows(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, Arrays(frame()))
    (tidy,) = prepared.preprocessing["table"]
    x = prepared.rows("train").x[:][:, :2].astype(np.float64)
    assert tidy["args"]["center"] == pytest.approx(np.nanmedian(x, axis=0).tolist())
    assert tidy["args"]["gaps"] == [0]
    regression = prepare(tmp_path, Arrays(frame()), REGRESS)
    y = regression.rows("train").y
    assert regression.scales == {"value": {"mean": [pytest.approx(y.mean())], "scale": [pytest.approx(y.std())]}}


def test_class_weights_count_in_training_and_not_in_validation(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, Arrays(frame()), class_weight="balanced")
    rows = prepared.rows("train")
    assert rows.weights is not None
    sums = np.bincount(rows.y, rows.weights)
    assert sums[0] == pytest.approx(sums[1])
    assert prepared.rows("validation").weights is None
    assert prepared.digest != prepare(tmp_path, Arrays(frame())).digest
    named = prepare(tmp_path, Arrays(frame()), class_weight={"rarely": 5})
    assert set(named.rows("all").weights.tolist()) == {1.0, 5.0}


def test_sample_weights_count_everywhere(tmp_path: Path) -> None:
    table, weights = frame(), np.linspace(1, 2, N)
    prepared = prepare(tmp_path, Arrays(table.drop(columns="kind"), table["kind"], weights), class_weight={"often": 2})
    assert prepared.rows("validation").weights == pytest.approx(weights[prepared.split.validation])
    training, own = prepared.rows("train"), weights[prepared.split.train]
    assert training.weights == pytest.approx(own / own.mean() * np.where(training.y == 0, 2, 1))


def test_both_sides_of_a_split_have_every_class_and_range(tmp_path: Path) -> None:
    classes = prepare(tmp_path, Arrays(frame()))
    assert set(classes.rows("validation").y) == {0, 1}
    numbers = prepare(tmp_path, Arrays(frame(1000)), REGRESS)
    sides = [numbers.rows(which).y[:, 0] for which in ("train", "validation")]
    assert np.quantile(sides[0], [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(sides[1], [0.1, 0.5, 0.9]), rel=0.1)


def test_the_line_to_beat(tmp_path: Path) -> None:
    classes = prepare(tmp_path, Arrays(frame()))
    share = float((classes.rows("validation").y == 0).mean())
    assert CLASSIFY.baseline(classes) == {
        "val_accuracy": share,
        "val_balanced_accuracy": 0.5,
        "val_f1_macro": pytest.approx(share / (1 + share)),
    }
    numbers = prepare(tmp_path, Arrays(frame()), REGRESS)
    rows, mean = numbers.rows("validation").y, numbers.rows("train").y.mean()
    assert REGRESS.baseline(numbers)["val_rmse"] == pytest.approx(np.sqrt(np.square(rows - mean).mean()))


def test_a_file_is_read_with_progress_and_what_was_found_is_told(tmp_path: Path) -> None:
    table = frame().assign(number=range(N))
    table.to_csv(tmp_path / "table.csv", index=False)
    heard = Heard()
    prepared = prepare(tmp_path, tmp_path / "table.csv", events=heard)
    assert heard.progress == [("rows", N, N)]
    assert heard.warnings == [
        "column 'number' is left out: it counts the rows: each cell is one more than the one before"
    ]
    summary = CLASSIFY.summary(prepared)
    assert (summary["rows"], summary["numbers"], summary["categories"]) == (N, 2, 1)
    assert summary["columns"]["colour"] == {"kind": "category", "reason": "3 different texts"}
    assert list(summary["left_out"]) == ["number"]


def test_a_folder_may_have_a_table_for_validation(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    frame().to_csv(tmp_path / "data" / "train.csv", index=False)
    frame(30, seed=1).to_csv(tmp_path / "data" / "val.csv", index=False)
    prepared = prepare(tmp_path, tmp_path / "data")
    assert (len(prepared.rows("train")), len(prepared.rows("validation"))) == (N, 30)


def test_equal_rows_and_leaks_are_told(tmp_path: Path) -> None:
    heard, table = Heard(), frame(400)
    prepare(
        tmp_path,
        Arrays(table.assign(code=table["kind"])),
        validation=Arrays(table[:7].assign(code="often")),
        events=heard,
    )
    assert any("column 'code' alone predicts the answer" in warning for warning in heard.warnings)
    assert any("of 7 validation rows are equal to training rows" in warning for warning in heard.warnings)


def test_settings_fit_the_task_and_the_size_of_the_table(tmp_path: Path) -> None:
    wanted = TrainingSettings(label_smoothing=0.1, batch_size=128)
    small, large = prepare(tmp_path, Arrays(frame())), prepare(tmp_path, Arrays(frame(6000)))
    assert (CLASSIFY.settle(wanted, small).batch_size, CLASSIFY.settle(wanted, large).batch_size) == (16, 128)
    assert CLASSIFY.settle(wanted, small).label_smoothing == 0.1
    assert REGRESS.settle(wanted, small).label_smoothing == 0.0


@pytest.mark.parametrize(
    ("task", "data", "options", "error", "message"),
    [
        (REGRESS, frame(), {"class_weight": "balanced"}, ConfigError, "class weights are for classes"),
        (CLASSIFY, frame(), {"class_weight": "even"}, ConfigError, "class weight is 'even'"),
        (
            CLASSIFY,
            frame(),
            {"class_weight": {"seldom": 2}},
            ConfigError,
            "names 'seldom', and the classes are often, rarely",
        ),
        (CLASSIFY, frame()[:2].assign(kind=["a", "b"]), {}, DataError, "every class has only one example"),
        (REGRESS, frame()[:1], {}, DataError, "nothing to learn from"),
        (REGRESS, frame().assign(size="much"), {}, DataError, "column 'size' has 'much' in row 0, which is no number"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, task: Any, data: pd.DataFrame, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        prepare(tmp_path, Arrays(data), task, **options)
    assert not (tmp_path / "run").exists()
