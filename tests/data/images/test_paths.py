"""Tables with a column of picture paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from automl.config import Columns
from automl.data import Dataset, LabelTarget, read_arrays, read_images
from automl.data.images.asked import Asked
from automl.data.images.paths import are_paths
from automl.errors import ConfigError, DataError

KINDS = {"classes": "label", "labels": "labels", "numbers": "value"}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Six pictures, each all of its number, and pictures.csv with what there is to know of them."""
    (tmp_path / "photos").mkdir()
    for number in range(6):
        Image.fromarray(np.full((5, 4), number * 40, np.uint8)).save(tmp_path / "photos" / f"{number}.png")
    rows = [f"photos/{n}.png,{'ab'[n % 2]},{n / 2},{n % 2},{n % 3 // 2},x|y,{n},g{n // 2}" for n in range(6)]
    (tmp_path / "pictures.csv").write_text("\n".join(["file,kind,level,odd,third,tags,weight,group", *rows]))
    return tmp_path / "pictures.csv"


def read(source: Any, kind: str = "classes", target: tuple[str, ...] = ("kind",), **how: Any) -> Dataset:
    cache, like = how.pop("cache_dir"), how.pop("like", None)
    on_bad_file = how.pop("on_bad_file", "error")
    asked = Asked(kind, KINDS[kind], Columns(target=target, **how))  # type: ignore[arg-type]
    return read_images(source, asked=asked, cache_dir=cache, like=like, on_bad_file=on_bad_file)


def test_the_column_of_paths_is_found(table: Path, cache: Path) -> None:
    dataset = read(table, cache_dir=cache)
    assert dataset.x[:, 0, 0, 0].tolist() == [0, 40, 80, 120, 160, 200]
    assert (dataset.classes, dataset.y.tolist()) == (("a", "b"), [0, 1] * 3)
    assert dataset.names == tuple(f"photos/{number}.png" for number in range(6))
    assert dataset.contract.column == "file"
    assert read(table, cache_dir=cache).reused


def test_numbers_and_labels_are_columns_too(table: Path, cache: Path) -> None:
    numbers = read(table, "numbers", ("level", "weight"), cache_dir=cache)
    assert numbers.y.tolist() == [[number / 2, number] for number in range(6)]
    flags = read(table, "labels", ("odd", "third"), cache_dir=cache)
    assert flags.targets["labels"] == LabelTarget(classes=("odd", "third"), columns=("odd", "third"))
    assert flags.y.tolist() == [[number % 2, number % 3 // 2] for number in range(6)]
    texts = read(table, "labels", ("tags",), cache_dir=cache)
    assert texts.targets["labels"] == LabelTarget(classes=("x", "y"), columns=("tags",), separator="|")


def test_weights_and_groups_are_columns_and_a_weight_of_0_is_no_row(table: Path, cache: Path) -> None:
    dataset = read(table, cache_dir=cache, weight="weight", group="group")
    assert dataset.weights is not None
    assert dataset.groups is not None
    assert dataset.weights.tolist() == [1, 2, 3, 4, 5]
    assert dataset.groups.tolist() == [0, 1, 1, 2, 2]
    assert "1 of 6 rows are left out: their weight is 0" in dataset.notes


def test_training_data_says_where_validation_data_has_its_paths(table: Path, cache: Path) -> None:
    training = read(table, cache_dir=cache)
    other = table.with_name("other.csv")
    other.write_text("again,file,kind\nphotos/1.png,photos/5.png,b\n")
    assert read(other, cache_dir=cache, like=training).x[0, 0, 0, 0] == 200


def test_a_folder_may_hold_a_table_for_each_part(table: Path, cache: Path) -> None:
    table.rename(table.with_name("train.csv"))
    dataset = read(table.parent, cache_dir=cache)
    assert dataset.rows == 6


def test_a_data_frame_and_a_list_name_files_from_the_current_folder(
    table: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    frame = pd.read_csv(table)
    of_frame = read_arrays(frame[["file"]], frame["kind"], cache_dir=cache)
    of_list = read_arrays(frame["file"].tolist(), frame["kind"].tolist(), cache_dir=cache)
    of_paths = read_arrays([Path(name) for name in frame["file"]], frame["kind"], cache_dir=cache)
    for dataset in (of_frame, of_list, of_paths):
        assert dataset.x[:, 0, 0, 0].tolist() == [0, 40, 80, 120, 160, 200]
        assert dataset.y.tolist() == [0, 1] * 3
    assert are_paths(frame["file"])
    assert not are_paths(frame["level"])


def test_missing_files_are_named_with_their_row(table: Path, cache: Path) -> None:
    (table.parent / "photos" / "4.png").unlink()
    with pytest.raises(DataError, match=r"it is .*photos/4\.png \(row 4 of .*pictures\.csv\) \(No such file"):
        read(table, cache_dir=cache)
    dataset = read(table, cache_dir=cache, on_bad_file="skip")
    assert dataset.rows == 5
    assert "row 4 of" in dataset.skipped[0][0]


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        (None, {"target": ()}, ConfigError, "which column is to be predicted"),
        (None, {"target": ("knd",)}, DataError, "no column 'knd' .*did you mean 'kind'"),
        (None, {"path": "fil"}, DataError, "no column 'fil'"),
        (None, {"path": "kind", "target": ("odd",)}, DataError, r"6 files are no usable pictures.*row 0"),
        (("photos/0.png,a", ",a"), {}, DataError, "column 'file' of .* names no picture in 1 rows: rows 0"),
        (("photos/0.png,a", "photos/0.png,"), {}, DataError, "kind is missing .* in 1 of 6 rows: rows 0"),
        (("photos/", "pictures/"), {}, DataError, "6 files are no usable pictures: the first is .*row 0"),
        ((".png", ""), {}, DataError, "no column of .* has paths of pictures.*--path NAME"),
    ],
)
def test_bad_tables_are_one_sentence(
    table: Path, cache: Path, change: Any, options: Any, error: type[Exception], message: str
) -> None:
    if change is not None:
        table.write_text(table.read_text().replace(*change))
    with pytest.raises(error, match=message):
        read(table, cache_dir=cache, **options)


def test_of_several_columns_of_paths_one_must_be_named(table: Path, cache: Path) -> None:
    table.write_text("file,more,odd\nphotos/0.png,photos/1.png,1\nphotos/2.png,photos/3.png,0\n")
    with pytest.raises(DataError, match=r"several columns of .* have paths of files: file, more; say --path NAME"):
        read(table, cache_dir=cache, target=("odd",))
    assert read(table, cache_dir=cache, target=("odd",), path="more").x[:, 0, 0, 0].tolist() == [40, 120]


def test_rows_without_an_answer_may_be_left_out(table: Path, cache: Path) -> None:
    table.write_text(table.read_text().replace("photos/0.png,a", "photos/0.png,"))
    dataset = read(table, cache_dir=cache, drop_missing_labels=True)
    assert dataset.y.tolist() == [1, 0, 1, 0, 1]
    assert "1 of 6 rows are left out: their answer is missing" in dataset.notes


def test_class_folders_are_no_numbers_and_no_labels(make_folder: Any, cache: Path) -> None:
    folder = make_folder({"a": 2, "b": 2})
    for kind, word in (("numbers", "numbers are needed"), ("labels", "any number of labels")):
        with pytest.raises(DataError, match=f"one class a picture, and .*{word}"):
            read(folder, kind, cache_dir=cache)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("a folder", "Is a directory"),
        ("a link to itself", "symbolic link|Too many levels"),
        ("a link to nothing", "No such file"),
        ("empty", "no known picture format"),
        ("a text", "no known picture format"),
        ("cut short", "truncated|broken"),
        ("a path too long", "too long"),
    ],
)
def test_what_only_looks_like_a_picture_is_named_with_its_row(kind: str, reason: str, table: Path, cache: Path) -> None:
    odd = table.parent / "photos" / "2.png"
    whole = odd.read_bytes()
    odd.unlink()
    match kind:
        case "a folder":
            odd.mkdir()
        case "a link to itself":
            odd.symlink_to(odd)
        case "a link to nothing":
            odd.symlink_to(odd.with_name("nothing.png"))
        case "empty":
            odd.touch()
        case "a text":
            odd.write_text("I am no picture")
        case "cut short":
            odd.write_bytes(whole[: len(whole) - 25])
        case _:
            table.write_text(table.read_text().replace("photos/2.png", f"photos/{'x' * 300}.png"))
    with pytest.raises(DataError, match=rf"(?s)1 file is no usable picture: .*\(row 2 of .*({reason})"):
        read(table, cache_dir=cache)
    assert read(table, cache_dir=cache, on_bad_file="skip").y.tolist() == [0, 1, 1, 0, 1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(table: Path, cache: Path) -> None:
    (table.parent / "photos" / "2.png").chmod(0)
    with pytest.raises(DataError, match=r"2\.png \(row 2 of .*Permission denied"):
        read(table, cache_dir=cache)
