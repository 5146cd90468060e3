"""Any number of labels: what is guessed, and how rows are split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl import tasks
from automl.config import Arrays, Columns, SearchConfig
from automl.data import LabelTarget, PreparedData, Rows
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.tasks.answers import Labels
from automl.tasks.answers.labels import split_label_sets

TARGET = LabelTarget(classes=("a", "b", "c"))


def flags(rows: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).random((rows, 3)) < (0.7, 0.3, 0.05)).astype(np.uint8)


@given(st.integers(2, 80), st.integers(0, 1000))
def test_a_split_parts_all_rows_and_leaves_every_label_something_to_learn(rows: int, seed: int) -> None:
    y = flags(rows, seed)
    split = split_label_sets(y, seed=seed)
    assert sorted([*split.train, *split.validation]) == list(range(rows))
    assert len(split.train) > 0
    assert len(split.validation) > 0
    assert y[split.train].any(axis=0)[y.sum(axis=0) > 1].all() or rows < 10


def test_every_label_gives_its_share() -> None:
    y = flags(1000)
    split = split_label_sets(y, seed=3)
    assert len(split.validation) == pytest.approx(200, abs=5)
    np.testing.assert_allclose(y[split.validation].sum(axis=0) / y.sum(axis=0), 0.2, atol=0.03)
    assert split_label_sets(y, seed=3).validation.tolist() == split.validation.tolist()
    assert split_label_sets(y, seed=4).validation.tolist() != split.validation.tolist()


def test_the_guess_is_the_set_of_labels_with_the_best_f1() -> None:
    rows = Rows({}, {"labels": flags(200)})
    assert Labels().guess(rows, TARGET).tolist() == [1.0, 0.0, 0.0]
    found = Labels().baseline(rows, rows, TARGET)
    assert set(found) == {"val_f1_micro", "val_f1_macro", "val_subset_accuracy", "val_hamming_loss"}
    assert found["val_f1_micro"] > 0.6


def test_class_weights_are_refused() -> None:
    config = SearchConfig("image-classify", Path("x"), max_trials=1, class_weight="balanced")
    with pytest.raises(ConfigError, match="class weights are for one class a row"):
        Labels().check(config)


def test_a_task_of_numbers_has_no_labels() -> None:
    with pytest.raises(ConfigError, match="image-regress has no labels to give"):
        tasks.get("image-regress", multi_label=True)


@pytest.mark.parametrize("name", ["image-classify", "tabular-classify"])
def test_a_task_prepares_labels_and_has_a_sigmoid_for_each(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = [{"a"} if row % 3 else {"a", "b"} for row in range(40)]
    x = rng.integers(0, 256, (40, 4, 4), dtype=np.uint8) if name.startswith("image") else rng.random((40, 3))
    config = SearchConfig(
        name, Arrays(x, y), max_trials=1, cache_dir=tmp_path / "cache", columns=Columns(multi_label=True)
    )
    task = tasks.get(name, multi_label=True)
    prepared = task.prepare(config, tmp_path / "prepared", Events())
    assert PreparedData.load(tmp_path / "prepared").targets["labels"] == prepared.targets["labels"]
    assert task.heads(prepared) == {"labels": {"units": 2, "activation": "sigmoid"}}
    assert (task.loss, task.default_objective) == ("binary_crossentropy", "val_f1_micro")
    assert task.summary(prepared)["class_counts"] == {"a": 40, "b": 14}


def test_groups_stay_together(tmp_path: Path) -> None:
    groups = np.arange(60) // 6
    data = Arrays(np.random.default_rng(0).random((60, 4, 4)), flags(60), groups=groups)
    config = SearchConfig(
        "image-classify", data, max_trials=1, cache_dir=tmp_path / "cache", columns=Columns(multi_label=True)
    )
    split = tasks.get("image-classify", multi_label=True).prepare(config, tmp_path / "p", Events()).split
    assert not set(groups[split.train]) & set(groups[split.validation])


def test_a_single_row_cannot_be_split(tmp_path: Path) -> None:
    data = Arrays(np.zeros((1, 4, 4)), [{"a", "b"}])
    config = SearchConfig(
        "image-classify", data, max_trials=1, cache_dir=tmp_path / "cache", columns=Columns(multi_label=True)
    )
    with pytest.raises(DataError, match="1 row"):
        tasks.get("image-classify", multi_label=True).prepare(config, tmp_path / "p", Events())
