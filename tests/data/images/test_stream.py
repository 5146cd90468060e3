"""Data sets that are iterated over; TensorFlow's and Keras' own, and their like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl.data import read_arrays
from automl.data.images.asked import Asked
from automl.data.images.stream import elements, is_stream
from automl.errors import DataError

X = np.random.default_rng(0).integers(0, 256, (10, 6, 5, 3), dtype=np.uint8)
Y = np.arange(10) % 3


class Batches:
    """What ``keras.utils.PyDataset`` looks like."""

    def __init__(self, items: list[Any], *, endless: bool = False) -> None:
        self.items = items
        self.num_batches = None if endless else len(items)

    def __getitem__(self, place: int) -> Any:
        found = self.items[place]
        if isinstance(found, Exception):
            raise found
        return found

    def on_epoch_end(self) -> None: ...


def test_batches_and_rows_of_tensorflow_are_one_dataset(cache: Path) -> None:
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices((X, Y))
    of_arrays = read_arrays(X, Y, cache_dir=cache)
    for stream in (rows, rows.batch(4), rows.batch(4).prefetch(1)):
        assert is_stream(stream)
        dataset = read_arrays(stream, None, cache_dir=cache)
        assert dataset.digest == of_arrays.digest
        assert dataset.reused
    with pytest.raises(DataError, match=r"never ends; leave out repeat\(\)"):
        read_arrays(rows.repeat(), None, cache_dir=cache)
    assert [path.name for path in (cache / "prepared").iterdir() if "unpacked" in path.name] == []


def test_a_dataset_of_keras_is_read(cache: Path) -> None:
    import keras

    class Pairs(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 5

        def __getitem__(self, place: int) -> tuple[np.ndarray, np.ndarray]:
            return X[2 * place : 2 * place + 2], Y[2 * place : 2 * place + 2]

    assert read_arrays(Pairs(), None, cache_dir=cache).digest == read_arrays(X, Y, cache_dir=cache).digest


def test_weights_and_several_numbers_come_along(cache: Path) -> None:
    numbers, weights = np.stack([Y, 2.0 * Y], axis=1), np.arange(1, 11) / 10
    stream = Batches([(X[:4], numbers[:4], weights[:4]), (X[4:], numbers[4:], weights[4:])])
    seen: list[tuple[int, int]] = []
    dataset = read_arrays(
        stream, None, cache_dir=cache, asked=Asked("numbers", "value"), on_progress=lambda *done: seen.append(done)
    )
    np.testing.assert_array_equal(dataset.y, numbers)
    assert dataset.weights is not None
    np.testing.assert_allclose(dataset.weights, weights)
    assert seen == [(1, 2), (2, 2)]


def test_single_rows_of_grey_pictures_get_a_channel() -> None:
    found = list(elements(Batches([(X[row, :, :, 0], Y[row]) for row in range(3)])))
    assert [x.shape for x, _, _ in found] == [(1, 6, 5, 1)] * 3
    batch = next(elements(Batches([(X[..., 0], Y)])))
    assert batch[0].shape == (10, 6, 5, 1)


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (Batches([], endless=True), "never ends"),
        (Batches([]), "is empty"),
        (Batches([X]), "labels are missing: the data set gives no"),
        (Batches([{"image": X}]), "gives a dictionary"),
        (Batches([(X, Y, Y, Y)]), "gives 4 parts"),
        (Batches([(X, Y), (X[:, :5], Y)]), r"row 10 has shape \(5, 5, 3\), and those before have \(6, 5, 3\)"),
        (Batches([(X, Y[:3])]), "an element has 10 pictures and 3 answers"),
        (Batches([(X, Y), RuntimeError("disk on fire")]), "failed at element 1: RuntimeError: disk on fire"),
        (Batches([(np.array([["a"]]), 0)]), "pixels are numbers"),
        (Batches([(np.zeros(5), 0)]), r"an element has shape \(5,\)"),
        (Batches([(X, np.zeros(10))]), "all rows are of one class"),
    ],
)
def test_bad_data_sets_are_one_sentence(stream: Batches, message: str, cache: Path) -> None:
    assert is_stream(stream)
    with pytest.raises(DataError, match=message):
        read_arrays(stream, None, cache_dir=cache)


def test_answers_beside_a_data_set_are_refused(cache: Path) -> None:
    with pytest.raises(DataError, match="leave out y"):
        read_arrays(Batches([(X, Y)]), Y, cache_dir=cache)


def test_arrays_lists_and_tables_are_no_streams() -> None:
    import pandas as pd

    assert not any(is_stream(each) for each in (X, X.tolist(), pd.DataFrame({"a": [1]}), ["a.png"], {"x": X}))
