"""From series to the cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl.config import Arrays, Columns
from automl.data import ClassTarget, Dataset, NumberTarget
from automl.data.series.contract import SeriesContract
from automl.data.series.read import read_series
from automl.errors import DataError

X = np.arange(24, dtype=np.float64).reshape(4, 6)
Y = ["a", "b", "a", "b"]


def read(tmp_path: Path, source: Any, answer: Any = "classes", **options: Any) -> Dataset:
    options = {"columns": Columns(), "output": "label"} | options
    return read_series(source, answer=answer, cache_dir=tmp_path / "cache", **options)


def test_arrays_are_kept_as_they_are(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    dataset = read(tmp_path, Arrays(X, Y), on_progress=lambda done, total: seen.append((done, total)))
    assert dataset.contract == SeriesContract(length=6, channels=1, shortest=6)
    np.testing.assert_array_equal(dataset.x[..., 0], X)
    assert dataset.classes == ("a", "b")
    assert dataset.y.tolist() == [0, 1, 0, 1]
    assert seen == [(4, 4)]
    assert read(tmp_path, Arrays(X, Y)).reused
    assert not read(tmp_path, Arrays(X, Y[::-1])).reused


def test_series_of_unequal_lengths(tmp_path: Path) -> None:
    dataset = read(tmp_path, Arrays([[1, 2, 3], [4], [np.nan] * 5, [5, np.nan]], Y))
    assert dataset.contract == SeriesContract(length=3, channels=1, shortest=1)
    nan = np.nan
    expected = [[1, 2, 3], [4, nan, nan], [nan] * 3, [5, nan, nan]]
    np.testing.assert_array_equal(dataset.x[..., 0], expected)
    assert dataset.notes == ("1 of 4 series have no number at all (NaN), the first is series 2",)


def test_validation_series_that_are_longer_are_cut(tmp_path: Path) -> None:
    training = read(tmp_path, Arrays([[1, 2, 3], [4]], Y[:2]))
    dataset = read(tmp_path, Arrays([[1, 2, 3, 4], [1, 2]], Y[:2]), like=training)
    assert dataset.contract == training.contract
    assert dataset.notes == ("1 of 2 series are longer than 3 steps; the rest of them is left out",)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["1", "-1"], (-1, 1)),
        (["1.0000000e+00", "2.0"], (1, 2)),
        (["1.5", "2"], ("1.5", "2")),
        (["007", "7"], ("007", "7")),
        (["on", "1"], ("1", "on")),
        (["0", "10"], (0, 10)),
    ],
)
def test_classes_of_a_file(tmp_path: Path, labels: list[str], classes: tuple[object, ...]) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("".join(f"{label}\t1\t2\n" for label in labels * 2))
    dataset = read(tmp_path, path)
    assert dataset.targets["label"] == ClassTarget(classes=classes)  # type: ignore[arg-type]
    assert dataset.classes == classes


def test_numbers_to_predict_and_weights(tmp_path: Path) -> None:
    y = np.arange(8.0).reshape(4, 2)
    dataset = read(tmp_path, Arrays(X, y, np.arange(1, 5)), "numbers", output="value")
    assert dataset.targets["value"] == NumberTarget(columns=("y0", "y1"))
    np.testing.assert_array_equal(dataset.y, y)
    assert dataset.weights is not None
    assert dataset.weights.tolist() == [1, 2, 3, 4]
    path = tmp_path / "x.tsv"
    path.write_text("0.5\t1\t2\n1e3\t3\t4\n")
    np.testing.assert_array_equal(read(tmp_path, path, "numbers").y, [[0.5], [1000]])


def test_series_without_an_answer_are_refused_or_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.ts"
    path.write_text("@classLabel true a b\n@data\n1,2:a\n3,4:?\n5,6:b\n")
    with pytest.raises(DataError, match=r"y is missing .* in 1 of 3 rows: rows 1"):
        read(tmp_path, path)
    dataset = read(tmp_path, path, columns=Columns(drop_missing_labels=True))
    np.testing.assert_array_equal(dataset.x[..., 0], [[1, 2], [5, 6]])
    assert dataset.notes == ("1 of 3 series are left out: their answer is missing",)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (Arrays(X), "x has no answers"),
        (Arrays(X, Y[:3]), "X has 4 rows and y has 3"),
        (Arrays(X, ["a"] * 4), "one class only, 'a'"),
        (Arrays(X * np.nan, Y), "nothing is known of any series"),
        (Arrays(X, Y, [1, 1, 1, -1]), "sample weights must be numbers of at least 0"),
        (Arrays(X, np.eye(4)), "y has 4 columns; one label a row is needed"),
        (Arrays(np.where(X == 7, np.inf, X), Y), r"series 1 .* has inf at step 1"),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path: Path, arrays: Arrays, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, arrays)
    assert not list((tmp_path / "cache").glob("prepared/*/dataset.json"))


def test_a_class_that_training_does_not_have_is_refused(tmp_path: Path) -> None:
    training = read(tmp_path, Arrays(X, Y))
    with pytest.raises(DataError, match="1 rows have labels that the training data does not have: 'c'"):
        read(tmp_path, Arrays(X, ["a", "b", "a", "c"]), like=training)


def test_real_files(tmp_path: Path, data_dir: Path) -> None:
    vowels = read(tmp_path, data_dir / "japanese_vowels" / "original")
    assert vowels.contract == SeriesContract(length=26, channels=12, shortest=7)
    arrays = read(tmp_path, data_dir / "japanese_vowels" / "japanese_vowels.npz")
    np.testing.assert_allclose(arrays.x, vowels.x, rtol=1e-6)
    assert (vowels.rows, vowels.classes) == (270, tuple(range(1, 10)))
    ecg = read(tmp_path, data_dir / "ucr" / "ECG200")
    assert (ecg.rows, ecg.classes, ecg.contract.shape) == (100, (-1, 1), (96, 1))
    covid = read(tmp_path, data_dir / "covid3month_reg" / "original", "numbers", output="value")
    assert (covid.rows, covid.contract.shape) == (140, (84, 1))
