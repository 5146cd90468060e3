"""Real folders of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from automl.data import list_pictures, read_images

pytestmark = pytest.mark.real_data


def test_fashion_pictures_equal_the_arrays_they_were_made_from(data_dir: Path, cache: Path) -> None:
    folder = data_dir / "fashion_mnist" / "images" / "test"
    dataset = read_images(folder, cache_dir=cache)
    assert (dataset.rows, len(dataset.classes), dataset.contract.shape) == (1000, 10, (28, 28, 1))
    with np.load(data_dir / "fashion_mnist" / "fashion_mnist.npz", allow_pickle=False) as arrays:
        originals = {picture.tobytes() for picture in arrays["x_test"]}
    assert sum(picture.tobytes() in originals for picture in dataset.x) == 1000


def test_flower_photos_of_mixed_sizes_meet_at_one(data_dir: Path, cache: Path) -> None:
    folder = data_dir / "flower_photos"
    training = read_images(folder, cache_dir=cache)
    assert training.classes == ("daisy", "dandelion", "roses", "sunflowers", "tulips")
    assert np.bincount(training.y).tolist() == [60] * 5
    assert max(training.contract.shape) == 128
    assert training.contract.mode == "rgb"
    assert 80 < training.x[:].mean() < 140
    test = read_images(folder, part="test", like=training, cache_dir=cache)
    assert test.rows == len(list_pictures(folder)) == 100
