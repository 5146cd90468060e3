"""Arrays in ``.npz`` files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from automl.data import npz_parts, read_npz
from automl.errors import DataError

X = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
Y = np.array([0, 1])


def test_plain_x_and_y_are_every_part(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=X, y=Y)
    assert npz_parts(tmp_path / "d.npz") == frozenset()
    for part in ("train", "validation", "test"):
        found = read_npz(tmp_path / "d.npz", part=part)
        np.testing.assert_array_equal(found.x, X)
        np.testing.assert_array_equal(found.y, Y)


@pytest.mark.parametrize("val", ["val", "validation"])
def test_named_parts_are_kept_apart(tmp_path: Path, val: str) -> None:
    arrays = {"x_train": X, "y_train": Y, f"x_{val}": X + 1, f"y_{val}": Y, "x_test": X + 2, "y_test": Y}
    np.savez_compressed(tmp_path / "d.npz", **arrays)
    assert npz_parts(tmp_path / "d.npz") == {"train", "validation", "test"}
    for add, part in enumerate(("train", "validation", "test")):
        np.testing.assert_array_equal(read_npz(tmp_path / "d.npz", part=part).x, X + add)


def test_labels_may_be_absent_for_a_prediction(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=X)
    assert read_npz(tmp_path / "d.npz").y is None


def test_a_missing_part_is_named_with_what_is_there(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x_train=X, y_train=Y)
    with pytest.raises(DataError, match=r"no array 'x_test' or 'x'; it has x_train, y_train"):
        read_npz(tmp_path / "d.npz", part="test")


def test_nothing_pickled_is_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=X, y=np.array(["a", None], dtype=object))
    with pytest.raises(DataError, match=r"cannot read 'x' and 'y'.*allow_pickle"):
        read_npz(tmp_path / "d.npz")


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.npz").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(DataError, match=r"d\.npz is no \.npz file"):
        read_npz(tmp_path / "d.npz")
    (tmp_path / "e.npz").write_bytes(b"text")
    with pytest.raises(DataError, match=r"e\.npz is no \.npz file"):
        npz_parts(tmp_path / "e.npz")


def test_an_archive_cut_short_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.zeros((50, 9, 9)), y=np.zeros(50))
    content = (tmp_path / "d.npz").read_bytes()
    (tmp_path / "d.npz").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"d\.npz"):
        read_npz(tmp_path / "d.npz")


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", X)
    (tmp_path / "d.npy").rename(tmp_path / "d.npz")
    with pytest.raises(DataError, match="holds a single array"):
        read_npz(tmp_path / "d.npz")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_npz(tmp_path / "d.npz")
