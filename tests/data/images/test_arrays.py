"""Pictures as arrays: what is kept as what, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl.data import ImageContract, conform, read_arrays
from automl.errors import DataError

Y = np.array([0, 1, 0, 1])


def pictures(dtype: Any, *, low: float = 0, high: float = 255, shape: tuple[int, ...] = (4, 3, 5)) -> np.ndarray:
    values = np.linspace(low, high, int(np.prod(shape)))
    return values.reshape(shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["bool", "i1", "i2", "i8", "u1", "u2", "u8", ">i4"])
def test_whole_numbers_that_fit_become_bytes(dtype: str, cache: Path) -> None:
    x = pictures(dtype, high=100)
    dataset = read_arrays(x, Y, cache_dir=cache)
    assert dataset.contract.dtype == "uint8"
    np.testing.assert_array_equal(dataset.x[..., 0], x)


@pytest.mark.parametrize(("dtype", "low", "high"), [("i2", -1, 255), ("i4", 0, 256), ("u2", 0, 65535)])
def test_whole_numbers_that_do_not_fit_become_floats(dtype: str, low: int, high: int, cache: Path) -> None:
    x = pictures(dtype, low=low, high=high)
    dataset = read_arrays(x, Y, cache_dir=cache)
    assert dataset.contract.dtype == "float32"
    assert dataset.contract.value_range == (low, high)
    np.testing.assert_array_equal(dataset.x[..., 0], x)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_floats_stay_floats(dtype: str, cache: Path) -> None:
    x = pictures(dtype, high=1)
    dataset = read_arrays(x, Y, cache_dir=cache)
    assert dataset.x.dtype == np.float32
    np.testing.assert_array_equal(dataset.x[..., 0], x.astype(np.float32))


@pytest.mark.parametrize(
    ("shape", "kept", "mode"),
    [((4, 3, 5), (3, 5, 1), "grey"), ((4, 3, 5, 1), (3, 5, 1), "grey"), ((4, 3, 5, 3), (3, 5, 3), "rgb"),
     ((4, 3, 5, 7), (3, 5, 7), "channels")],
)  # fmt: skip
def test_channels_give_the_mode(shape: tuple[int, ...], kept: tuple[int, ...], mode: str, cache: Path) -> None:
    contract = read_arrays(pictures("u1", shape=shape), Y, cache_dir=cache).contract
    assert (contract.shape, contract.mode) == (kept, mode)


def test_lists_are_welcome(cache: Path) -> None:
    dataset = read_arrays(pictures("u1").tolist(), ["a", "b", "a", "b"], cache_dir=cache)
    assert (dataset.rows, dataset.classes) == (4, ("a", "b"))


def test_arrays_in_another_memory_order_give_the_same_dataset(cache: Path) -> None:
    x = pictures("u1")
    assert read_arrays(np.asfortranarray(x), Y, cache_dir=cache) == read_arrays(x, Y, cache_dir=cache)


def with_value(value: float) -> np.ndarray:
    x = pictures("f4", high=1)
    x[2, 1, 1:3] = value
    return x


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((4, 64)), r"x has shape \(4, 64\); pictures have shape"),
        (np.zeros((4, 2, 2, 2, 2)), "pictures have shape"),
        (np.zeros((0, 8, 8)), "there are no rows"),
        (np.zeros((4, 0, 8)), "there are no pixels"),
        (np.full((4, 2, 2), "a"), "dtype <U1; pixels are numbers"),
        (np.zeros((4, 2, 2), complex), "dtype complex128"),
        ([[[1]], [[1, 2]]], "no array of pictures of one size"),
        (with_value(np.nan), "2 pixels are NaN or infinite, the first in row 2"),
        (with_value(-np.inf), "2 pixels are NaN or infinite, the first in row 2"),
        (np.full((4, 2, 2), 1e300), "more than float32 can hold"),
        (np.full((4, 2, 2), -1e20), "more than float32 can hold"),
    ],
    ids=["flat", "five axes", "no rows", "no pixels", "strings", "complex", "ragged", "nan", "inf", "huge", "large"],
)
def test_arrays_that_are_no_pictures_are_refused(x: Any, message: str, cache: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_arrays(x, Y, cache_dir=cache)
    assert not list(cache.rglob("*.npy"))


BYTES = ImageContract(shape=(3, 5, 1), mode="grey")
FLOATS = ImageContract(shape=(3, 5, 1), mode="grey", dtype="float32", value_range=(0.0, 1.0))


def test_conform_keeps_values_and_gives_the_contracts_dtype() -> None:
    x = np.round(pictures("f8"))
    out = conform(x, BYTES)
    assert (out.dtype, out.shape) == (np.uint8, (4, 3, 5, 1))
    np.testing.assert_array_equal(out[..., 0], x)
    assert conform(pictures("u1"), FLOATS).dtype == np.float32


def test_conform_names_both_shapes() -> None:
    with pytest.raises(DataError, match=r"\(3, 6, 1\), the model takes \(3, 5, 1\)"):
        conform(np.zeros((2, 3, 6)), BYTES)


@pytest.mark.parametrize("x", [pictures("f4", high=1), pictures("i2", low=-5), pictures("i4", high=300)])
def test_conform_refuses_values_of_another_scale(x: np.ndarray) -> None:
    with pytest.raises(DataError, match="the model takes whole numbers from 0 to 255"):
        conform(x, BYTES)


def test_conform_refuses_nan() -> None:
    with pytest.raises(DataError, match="the first in row 2"):
        conform(with_value(np.nan), FLOATS)
