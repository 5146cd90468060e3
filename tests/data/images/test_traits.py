"""The mirror test tells digits from clothes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from automl.data import Rows, RowView, may_mirror, read_images


def rows_of(x: np.ndarray, y: np.ndarray) -> Rows:
    pictures = RowView([x if x.ndim == 4 else x[..., np.newaxis]], np.arange(len(x)))
    return Rows({"image": pictures}, {"label": y.astype(np.int64)})


@pytest.mark.parametrize("seed", range(3))
def test_digits_must_not_be_mirrored(seed: int) -> None:
    digits = load_digits()
    assert not may_mirror(rows_of(digits.images, digits.target), seed=seed)


def arrows(rng: np.random.Generator, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Ramps that brighten to the left (0) or to the right (1), with noise."""
    y = rng.integers(0, 2, n)
    ramp = np.linspace(0, 1, 12)
    x = np.where(y[:, None, None] == 0, ramp[::-1], ramp) + rng.normal(0, 0.2, (n, 12, 12))
    return x.astype(np.float32), y


def test_what_points_left_and_right_must_not_be_mirrored() -> None:
    assert not may_mirror(rows_of(*arrows(np.random.default_rng(0))))


def test_symmetric_things_may_be_mirrored() -> None:
    x, y = arrows(np.random.default_rng(0))
    assert may_mirror(rows_of(x.transpose(0, 2, 1), y))  # up and down stay what they are


def test_pictures_that_tell_nothing_may_be_mirrored() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (300, 8, 8, 3), dtype=np.uint8)
    assert may_mirror(rows_of(x, rng.integers(0, 5, 300)))


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (33, 17)])
def test_odd_shapes_and_few_rows_are_no_trouble(shape: tuple[int, int]) -> None:
    x = np.zeros((4, *shape, 1), np.float32)
    assert may_mirror(rows_of(x, np.array([0, 1, 0, 1])))


def test_huge_values_do_not_overflow() -> None:
    x, y = arrows(np.random.default_rng(0))
    assert not may_mirror(rows_of(x * np.float32(1e38), y))


@pytest.mark.real_data
@pytest.mark.parametrize("source", ["fashion_mnist/images/train", "cifar10/cifar10_10k.npz", "flower_photos"])
def test_clothes_and_photos_may_be_mirrored(source: str, data_dir: Path, cache: Path) -> None:
    dataset = read_images(data_dir / source, cache_dir=cache)
    rows = Rows({"image": RowView([dataset.x], np.arange(dataset.rows))}, {"label": dataset.y})
    assert may_mirror(rows, seed=0)
