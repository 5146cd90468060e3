"""From folders and files to datasets; every bad input is one clear sentence and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from automl.data import check_splittable, decode_picture, parts_of, read_arrays, read_images
from automl.errors import DataError

Folder = Callable[..., Path]


def test_rows_are_the_decoded_files_in_order(make_folder: Folder, cache: Path) -> None:
    folder = make_folder({"dog": 2, "cat": 3})
    dataset = read_images(folder, cache_dir=cache)
    assert dataset.names == ("cat/000.png", "cat/001.png", "cat/002.png", "dog/000.png", "dog/001.png")
    assert (dataset.classes, dataset.y.tolist()) == (("cat", "dog"), [0, 0, 0, 1, 1])
    assert (dataset.contract.shape, dataset.contract.mode) == ((6, 5, 1), "grey")
    for row, name in enumerate(dataset.names):
        np.testing.assert_array_equal(dataset.x[row], decode_picture(folder / name, dataset.contract))


def test_pixels_are_mapped_not_loaded(make_folder: Folder, cache: Path) -> None:
    x = read_images(make_folder({"a": 2, "b": 2}), cache_dir=cache).x
    assert isinstance(x, np.memmap)
    assert x.mode == "r"


def test_one_colour_picture_makes_three_channels(make_folder: Folder, cache: Path) -> None:
    folder = make_folder({"a": 2, "b": 2})
    Image.new("RGB", (5, 6), "red").save(folder / "a" / "red.png")
    dataset = read_images(folder, cache_dir=cache)
    assert dataset.contract.shape == (6, 5, 3)
    assert dataset.x[dataset.names.index("a/red.png"), 0, 0].tolist() == [255, 0, 0]


def test_mixed_sizes_are_brought_to_the_median(make_folder: Folder, cache: Path) -> None:
    folder = make_folder({"a": 1}, size=(10, 10))
    make_folder({"b": 2}, size=(20, 30))
    assert read_images(folder, cache_dir=cache).contract.shape == (20, 30, 1)


def test_a_level_of_parts_is_read_part_by_part(make_folder: Folder, cache: Path) -> None:
    folder = make_folder({"a": 4, "b": 3}, below="train")
    make_folder({"a": 2, "b": 1}, below="val", size=(9, 9))
    make_folder({"b": 1}, below="test")
    assert parts_of(folder) == {"train", "validation", "test"}
    training = read_images(folder, cache_dir=cache)
    validation = read_images(folder, part="validation", like=training, cache_dir=cache)
    test = read_images(folder, part="test", like=training, cache_dir=cache)
    assert (training.rows, validation.rows, test.rows) == (7, 3, 1)
    assert training.contract == validation.contract == test.contract
    assert test.y.tolist() == [1]


def test_validation_data_with_an_unknown_class_is_refused(make_folder: Folder, cache: Path) -> None:
    training = read_images(make_folder({"a": 2, "b": 2}), cache_dir=cache)
    with pytest.raises(DataError, match="2 rows have labels that the training data does not have: 'c'"):
        read_images(make_folder({"a": 1, "c": 2}, name="other"), like=training, cache_dir=cache)


def test_validation_arrays_of_another_shape_are_refused(cache: Path) -> None:
    training = read_arrays(np.zeros((4, 5, 6)), [0, 1, 0, 1], cache_dir=cache)
    with pytest.raises(DataError, match=r"\(5, 7, 1\), the model takes \(5, 6, 1\)"):
        read_arrays(np.zeros((4, 5, 7)), [0, 1, 0, 1], like=training, cache_dir=cache)


def test_an_npz_file_is_read_as_its_arrays(tmp_path: Path, cache: Path) -> None:
    x, y = np.random.default_rng(0).integers(0, 256, (6, 4, 4, 3), dtype=np.uint8), np.array(["u", "v"] * 3)
    np.savez(tmp_path / "d.npz", x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
    assert parts_of(tmp_path / "d.npz") == {"train", "test"}
    dataset = read_images(tmp_path / "d.npz", cache_dir=cache)
    np.testing.assert_array_equal(dataset.x, x)
    assert (dataset.classes, dataset.names) == (("u", "v"), ())
    assert read_images(tmp_path / "d.npz", part="test", like=dataset, cache_dir=cache).rows == 2


def nothing_cached(cache: Path) -> bool:
    return not [path for path in cache.rglob("*") if path.suffix != ".lock" and path.name != "prepared"]


def test_a_missing_source_is_named(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(DataError, match=r"no such file or folder: .*nowhere"):
        read_images(tmp_path / "nowhere", cache_dir=cache)
    assert not cache.exists()


def test_a_file_of_another_kind_is_refused(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "table.doc").touch()
    with pytest.raises(DataError, match=r"table\.doc is neither a folder of pictures, a table"):
        read_images(tmp_path / "table.doc", cache_dir=cache)


def test_one_class_is_refused(make_folder: Folder, cache: Path) -> None:
    with pytest.raises(DataError, match="all rows are of one class, 'cat'; at least two"):
        read_images(make_folder({"cat": 5}), cache_dir=cache)
    with pytest.raises(DataError, match="all rows are of one class, 3"):
        read_arrays(np.zeros((4, 5, 6)), [3, 3, 3, 3], cache_dir=cache)
    assert nothing_cached(cache)


def test_an_empty_class_folder_is_refused(make_folder: Folder, cache: Path) -> None:
    with pytest.raises(DataError, match=r"class folder .*dog is empty"):
        read_images(make_folder({"cat": 5, "cow": 5, "dog": 0}), cache_dir=cache)


def test_one_class_at_least_must_have_two_pictures() -> None:
    with pytest.raises(DataError, match=r"every class has only one example \(2 rows\); at least two are needed"):
        check_splittable(np.array([0, 1]), ("a", "b"))
    check_splittable(np.array([0, 0, 1]), ("a", "b"))


@pytest.fixture
def spoiled(make_folder: Folder) -> Path:
    """Eight pictures, a text and a picture cut short."""
    folder = make_folder({"a": 4, "b": 4}, size=(64, 64))
    (folder / "a" / "notes.txt").write_text("not a picture")
    content = (folder / "b" / "000.png").read_bytes()
    (folder / "b" / "cut.png").write_bytes(content[: len(content) // 2])
    return folder


def test_a_file_that_is_no_picture_is_named(spoiled: Path, cache: Path) -> None:
    with pytest.raises(DataError, match=r"1 file is no usable picture: it is .*a/notes\.txt \(its content is of no"):
        read_images(spoiled, cache_dir=cache)
    (spoiled / "a" / "notes.txt").unlink()
    with pytest.raises(DataError, match=r"it is .*b/cut\.png \("):
        read_images(spoiled, cache_dir=cache)
    assert nothing_cached(cache)


def test_skipped_files_are_counted_and_the_others_kept(spoiled: Path, cache: Path) -> None:
    dataset = read_images(spoiled, cache_dir=cache, on_bad_file="skip")
    assert [name for name, _ in dataset.skipped] == [str(spoiled / "a/notes.txt"), str(spoiled / "b/cut.png")]
    assert (dataset.rows, dataset.y.tolist(), len(dataset.names)) == (8, [0] * 4 + [1] * 4, 8)
    for row, name in enumerate(dataset.names):
        np.testing.assert_array_equal(dataset.x[row], decode_picture(spoiled / name, dataset.contract))


def test_files_skipped_once_are_still_an_error_when_asked_for(spoiled: Path, cache: Path) -> None:
    first = read_images(spoiled, cache_dir=cache, on_bad_file="skip")
    assert read_images(spoiled, cache_dir=cache, on_bad_file="skip") == first
    with pytest.raises(DataError, match=r"2 files are no usable pictures: the first is .*a/notes\.txt"):
        read_images(spoiled, cache_dir=cache, on_bad_file="error")


def test_a_class_that_is_skipped_as_a_whole_is_an_error(make_folder: Folder, cache: Path) -> None:
    folder = make_folder({"a": 2, "b": 2})
    (folder / "c").mkdir()
    (folder / "c" / "x.png").write_bytes(b"?")
    with pytest.raises(DataError, match="no file of class 'c' is a usable picture"):
        read_images(folder, cache_dir=cache, on_bad_file="skip")


def test_folders_without_any_picture_are_refused(tmp_path: Path, cache: Path) -> None:
    for label in ("a", "b"):
        (tmp_path / "data" / label).mkdir(parents=True)
        (tmp_path / "data" / label / "x.txt").write_text("?")
    with pytest.raises(DataError, match=r"no pictures in .*: none of its 2 files is one"):
        read_images(tmp_path / "data", cache_dir=cache, on_bad_file="skip")


def test_a_file_that_vanishes_is_named(make_folder: Folder, cache: Path) -> None:
    folder = make_folder({"a": 2, "b": 2})
    (folder / "a" / "gone.png").symlink_to(folder / "nowhere.png")
    with pytest.raises(DataError, match=r"1 file is no usable picture: it is .*gone\.png \(No such file"):
        read_images(folder, cache_dir=cache)


def test_labels_of_another_length_are_refused(cache: Path) -> None:
    with pytest.raises(DataError, match="x has 4 rows and y has 3"):
        read_arrays(np.zeros((4, 5, 6)), [0, 1, 0], cache_dir=cache)
    assert nothing_cached(cache)


def test_missing_labels_are_refused(tmp_path: Path, cache: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.zeros((4, 5, 6)))
    with pytest.raises(DataError, match=r"labels are missing: .*d\.npz has no y"):
        read_images(tmp_path / "d.npz", cache_dir=cache)
