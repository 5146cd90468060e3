"""Which files of a folder are which class of which part."""

from __future__ import annotations

from pathlib import Path

import pytest

from automl.data import folder_parts, list_class_folder, list_pictures
from automl.errors import DataError


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_classes_and_files_are_sorted(tmp_path: Path) -> None:
    listing = list_class_folder(touch(tmp_path, "b/2.png", "b/1.jpg", "a/z", "a/sub/y.gif"))
    assert listing.names == ("a/sub/y.gif", "a/z", "b/1.jpg", "b/2.png")
    assert listing.labels == ("a", "a", "b", "b")


def test_hidden_files_and_files_beside_the_classes_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.png", "b/1.png", "a/.DS_Store", "a/Thumbs.db", ".git/x/y", "LICENSE.txt", "a/.cache/1.png")
    assert list_class_folder(tmp_path).names == ("a/1.png", "b/1.png")


def test_class_folders_without_files_are_told(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.png")
    (tmp_path / "b").mkdir()
    assert list_class_folder(tmp_path).empty == ("b",)


@pytest.mark.parametrize("name", ["val", "validation", "Val"])
def test_a_level_of_parts_is_understood(tmp_path: Path, name: str) -> None:
    touch(tmp_path, "train/a/1.png", "train/b/2.png", f"{name}/a/3.png", "test/b/4.png", "README.md")
    assert folder_parts(tmp_path) == {
        "train": tmp_path / "train",
        "validation": tmp_path / name,
        "test": tmp_path / "test",
    }
    assert list_class_folder(tmp_path).names == ("a/1.png", "b/2.png")
    assert list_class_folder(tmp_path, part="validation").names == ("a/3.png",)
    assert list_class_folder(tmp_path, part="test").names == ("b/4.png",)
    assert list_pictures(tmp_path) == (tmp_path / "test/b/4.png",)


def test_the_parts_of_a_folder_without_that_level_are_the_folder(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.png", "b/2.png")
    assert folder_parts(tmp_path) == {}
    assert list_class_folder(tmp_path, part="test") == list_class_folder(tmp_path, part="train")


def test_classes_that_are_called_train_and_plane_are_classes(tmp_path: Path) -> None:
    touch(tmp_path, "train/1.png", "plane/2.png")
    assert set(list_class_folder(tmp_path).labels) == {"train", "plane"}


def test_a_missing_part_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    touch(tmp_path, "train/a/1.png", "val/a/1.png")
    with pytest.raises(DataError, match=r"no test/, only train/, val/"):
        list_class_folder(tmp_path, part="test")


def test_val_and_validation_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="both val/ and validation/"):
        folder_parts(touch(tmp_path, "val/a/1.png", "validation/a/1.png"))


def test_pictures_to_predict_are_a_file_or_all_files_below(tmp_path: Path) -> None:
    touch(tmp_path, "b.png", "a.png", "sub/c.png", ".hidden")
    assert list_pictures(tmp_path) == (tmp_path / "a.png", tmp_path / "b.png", tmp_path / "sub/c.png")
    assert list_pictures(tmp_path / "b.png") == (tmp_path / "b.png",)


def test_a_flat_test_part_can_be_predicted(tmp_path: Path) -> None:
    touch(tmp_path, "train/a/1.png", "train/b/1.png", "test/x.png")
    assert list_pictures(tmp_path) == (tmp_path / "test/x.png",)


def test_circles_of_links_are_not_walked(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.png", "b/1.png")
    (tmp_path / "a" / "circle").symlink_to(tmp_path)
    assert list_class_folder(tmp_path).names == ("a/1.png", "b/1.png")


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    for read in (list_class_folder, list_pictures, folder_parts):
        with pytest.raises(DataError, match=r"no such folder: .*nowhere"):
            read(tmp_path / "nowhere")


def test_a_file_is_no_class_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a file, not a folder"):
        list_class_folder(touch(tmp_path, "a.png") / "a.png")


@pytest.mark.parametrize("names", [(), ("1.png", "2.png"), (".a/1.png",)], ids=["empty", "flat", "hidden"])
def test_a_folder_without_class_folders_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match=r"no pictures in class folders in .* one sub-folder a class"):
        list_class_folder(touch(tmp_path, *names))


def test_a_folder_without_files_has_nothing_to_predict(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures in"):
        list_pictures(tmp_path)
