"""image-classify: from a configuration to prepared data, and what it tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from automl import tasks
from automl.arch import Input
from automl.config import Arrays, SearchConfig
from automl.data import PreparedData, Rows
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.jobs import Augment, TrainingSettings
from automl.run.setup import set_up
from automl.space import Space

TASK = tasks.get("image-classify")


class Heard(Events):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.progress: list[tuple[str, int, int]] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    def preparing(self, what: str, done: int, total: int) -> None:
        self.progress.append((what, done, total))


def arrays(n: int = 40, *, size: int = 8, classes: int = 2, seed: int = 0) -> Arrays:
    rng = np.random.default_rng(seed)
    return Arrays(rng.integers(0, 256, (n, size, size), dtype=np.uint8), np.arange(n) % classes)


def prepare(tmp_path: Path, data: Any, events: Events | None = None, **options: Any) -> PreparedData:
    config = SearchConfig("image-classify", data, max_trials=1, cache_dir=tmp_path / "cache", **options)
    return TASK.prepare(config, tmp_path / "run" / "prepared", events or Events())


def write_folder(folder: Path, classes: Mapping[str, int]) -> Path:
    rng = np.random.default_rng(0)
    for label, count in classes.items():
        (folder / label).mkdir(parents=True)
        for index in range(count):
            pixels = rng.integers(0, 256, (6, 7), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{index}.png")
    return folder


def test_arrays_are_split_and_written(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, arrays(), seed=3)
    loaded = PreparedData.load(tmp_path / "run" / "prepared")
    assert loaded.digest == prepared.digest
    assert (len(loaded.rows("train")), len(loaded.rows("validation")), len(loaded.rows("all"))) == (32, 8, 40)


def test_normalisation_is_fitted_on_the_training_rows(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, arrays())
    x = prepared.rows("train").x[:].astype(np.float64)
    args = prepared.preprocessing["image"][0]["args"]
    assert prepared.preprocessing["image"][0]["op"] == "normalize"
    assert args == {"mean": pytest.approx([x.mean()]), "variance": pytest.approx([x.var()])}


def test_the_seed_decides_the_split(tmp_path: Path) -> None:
    digests = [prepare(tmp_path, arrays(), seed=seed).digest for seed in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


def test_a_folder_is_read_with_progress(tmp_path: Path) -> None:
    heard = Heard()
    prepared = prepare(tmp_path, write_folder(tmp_path / "data", {"a": 5, "b": 5}), heard)
    assert heard.progress[-1] == ("pictures", 10, 10)
    assert prepared.classes == ("a", "b")


def test_a_val_folder_beside_train_validates(tmp_path: Path) -> None:
    write_folder(tmp_path / "data" / "train", {"a": 5, "b": 1})
    write_folder(tmp_path / "data" / "val", {"a": 2, "b": 2})
    prepared = prepare(tmp_path, tmp_path / "data")
    assert (len(prepared.rows("train")), len(prepared.rows("validation"))) == (6, 4)
    assert len(prepared.rows("all")) == 10


def test_a_test_folder_is_never_trained_on(tmp_path: Path) -> None:
    write_folder(tmp_path / "data" / "train", {"a": 5, "b": 5})
    write_folder(tmp_path / "data" / "test", {"a": 7, "b": 7})
    assert len(prepare(tmp_path, tmp_path / "data").rows("all")) == 10


def test_given_validation_data_is_used(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, arrays(), validation=arrays(6, seed=1))
    assert len(prepared.rows("train")) == 40
    np.testing.assert_array_equal(prepared.rows("validation").x[:][..., 0], arrays(6, seed=1).x)


def test_a_folder_of_validation_data_may_have_parts(tmp_path: Path) -> None:
    write_folder(tmp_path / "data", {"a": 5, "b": 5})
    write_folder(tmp_path / "more" / "train", {"a": 9, "b": 9})
    write_folder(tmp_path / "more" / "val", {"a": 1, "b": 2})
    assert len(prepare(tmp_path, tmp_path / "data", validation=tmp_path / "more").rows("validation")) == 3


def test_skipped_files_are_told(tmp_path: Path) -> None:
    folder, heard = write_folder(tmp_path / "data", {"a": 5, "b": 5}), Heard()
    (folder / "a" / "x.txt").write_text("?")
    prepared = prepare(tmp_path, folder, heard, on_bad_file="skip")
    assert len(heard.warnings) == 1
    assert "1 of 11 files" in heard.warnings[0]
    assert "a/x.txt" in heard.warnings[0]
    assert TASK.summary(prepared)["skipped_files"] == 1


@pytest.mark.parametrize(
    ("data", "validation", "message"),
    [
        (Arrays(np.zeros((2, 8, 8)), np.array([0, 1])), None, "every class has only one example"),
        (Arrays(np.zeros((4, 8, 8)), np.array([0, 0, 1])), None, "x has 4 rows and y has 3"),
        (Arrays(np.full((4, 8, 8), np.nan), np.array([0, 0, 1, 1])), None, "256 pixels are NaN"),
        (Arrays(np.zeros((4, 8, 8))), None, "labels are missing"),
        (arrays(), Arrays(np.zeros((2, 8, 8)), np.array([0, 5])), "labels that the training data does not have: '5'"),
        (arrays(), arrays(4, size=9), r"\(9, 9, 1\), the model takes \(8, 8, 1\)"),
    ],
)
def test_bad_data_leaves_no_prepared_folder(tmp_path: Path, data: Arrays, validation: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        prepare(tmp_path, data, validation=validation)
    assert not (tmp_path / "run").exists()


def test_the_summary_counts(tmp_path: Path) -> None:
    summary = TASK.summary(prepare(tmp_path, arrays(41)))
    assert summary["rows"] == 41
    assert summary["class_counts"] == {"0": 21, "1": 20}
    assert (summary["training_rows"], summary["validation_rows"]) == (33, 8)
    assert summary["shape"] == [8, 8, 1]


def test_two_classes_have_two_outputs(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, arrays())
    assert TASK.heads(prepared) == {"label": {"units": 2, "activation": "softmax"}}


def test_the_network_takes_one_picture_as_floats(tmp_path: Path) -> None:
    assert TASK.inputs(prepare(tmp_path, arrays())) == {"image": Input(shape=(8, 8, 1), dtype="float32")}


def with_trait(prepared: PreparedData, mirror: bool) -> PreparedData:
    return PreparedData(
        prepared.directory, prepared.datasets, prepared.split, prepared.preprocessing, {"mirror": mirror}
    )


@pytest.mark.parametrize("mirror", [True, False])
def test_flips_are_decided_by_the_pictures_unless_they_were_asked_for(tmp_path: Path, mirror: bool) -> None:
    prepared = with_trait(prepare(tmp_path, arrays()), mirror)
    for asked, settled in (("auto", mirror), (True, True), (False, False)):
        training = TASK.settle(TrainingSettings(augment=Augment(flip=asked)), prepared)
        assert training.augment.flip is settled


@pytest.mark.parametrize(("size", "shift"), [(4, 0), (8, 1), (28, 2)])
def test_small_pictures_are_shifted_less(tmp_path: Path, size: int, shift: int) -> None:
    prepared = prepare(tmp_path, arrays(size=size))
    training = TASK.settle(TrainingSettings(lr=0.02, augment=Augment(shift=2)), prepared)
    assert training == TrainingSettings(lr=0.02, augment=Augment(shift=shift))


@pytest.mark.real_data
def test_fashion_pictures_are_prepared_for_flips(tmp_path: Path, data_dir: Path) -> None:
    prepared = prepare(tmp_path, data_dir / "fashion_mnist" / "images" / "train", seed=1)
    rows: Rows = prepared.rows("validation")
    assert np.bincount(rows.y).tolist() == [120] * 10
    assert prepared.traits == {"mirror": True}


def test_numbers_are_prepared_and_the_spaces_of_classes_fit_them(tmp_path: Path) -> None:
    task = tasks.get("image-regress")
    x = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    config = SearchConfig(
        task.name, Arrays(x, x.mean(axis=(1, 2))), max_trials=1, cache_dir=tmp_path / "cache", workers=0
    )
    prepared = task.prepare(config, tmp_path / "prepared", Events())
    assert task.heads(prepared) == {"value": {"units": 1, "activation": "linear"}}
    assert set(task.baseline(prepared)) == {"val_rmse", "val_mae", "val_r2"}
    for name in ("cnn", "mlp", "vit", "mobile", "resnet", "nasnet"):
        assert set_up(config, task, Space.load(name), Events()).space.name == name
    with pytest.raises(ConfigError, match="'forecast' is for the task 'series-forecast'"):
        set_up(config, task, Space.load("forecast"), Events())


def test_pictures_that_are_trained_on_and_validate_are_counted(tmp_path: Path) -> None:
    heard, data = Heard(), arrays(30)
    known = np.concatenate([data.x[:3], arrays(5, seed=9).x])
    prepare(tmp_path, data, heard, validation=Arrays(known, np.arange(8) % 2))
    (said,) = [warning for warning in heard.warnings if "are equal to training pictures" in warning]
    assert said.startswith("3 of 8 validation pictures")
