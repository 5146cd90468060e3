"""Files of series: which part of which folder, labels, lengths, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from automl.config import Arrays
from automl.data.series.source import key_of, open_series, parts_of, series_file
from automl.errors import DataError

TSV = "1\t0.5\t1.5\t2.5\n-1\t0.25\tNaN\t\n"


def test_a_tsv_has_the_answer_first(tmp_path: Path) -> None:
    path = tmp_path / "A_TRAIN.tsv"
    path.write_text(TSV)
    found = open_series(path)
    assert found.answers == ["1", "-1"]
    np.testing.assert_array_equal(found.values[0][:, 0], [0.5, 1.5, 2.5])
    np.testing.assert_array_equal(found.values[1][:, 0], [0.25, np.nan])


def test_a_tsv_may_have_no_answers_where_only_they_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "new.tsv"
    path.write_text("0.5\t1.5\n2.5\t3.5\n")
    without = open_series(path, length=2)
    assert without.answers is None
    assert len(without.values[0]) == 2
    assert open_series(path, length=1).answers == ["0.5", "2.5"]
    path.write_text("0.5\t1.5\n1\t2.5\t3.5\n")
    with pytest.raises(DataError, match="1 of 2 lines have an answer before the 2 steps"):
        open_series(path, length=2)


def test_an_npz_may_say_how_long_each_series_is(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x_train=np.zeros((2, 4, 3)), y_train=["a", "b"], len_train=[4, 2], x_test=np.ones((1, 4, 3)))
    assert [each.shape for each in open_series(path).values] == [(4, 3), (2, 3)]
    assert open_series(path, part="test").answers is None
    assert parts_of(path) == {"train", "test"}
    np.savez(path, x=np.zeros((2, 4)), y=[0, 1], len=[4, -1])
    with pytest.raises(DataError, match=r"'len' of .*x\.npz must say for each of the 2 series"):
        open_series(path)


def test_a_folder_has_a_file_for_each_part(tmp_path: Path) -> None:
    for name in ("Gun_TRAIN.tsv", "Gun_TEST.tsv", "README.txt", ".Gun_VAL.tsv"):
        (tmp_path / name).write_text(TSV)
    assert parts_of(tmp_path) == {"train", "test"}
    assert series_file(tmp_path, "test").name == "Gun_TEST.tsv"
    with pytest.raises(DataError, match="exactly one file of its validation part"):
        series_file(tmp_path, "validation")
    (tmp_path / "train.ts").write_text("")
    with pytest.raises(DataError, match=r"found Gun_TRAIN\.tsv, train\.ts: name the file"):
        series_file(tmp_path, "train")


def test_an_npz_in_a_folder_has_all_its_parts(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", x_train=np.zeros((2, 4)), x_val=np.zeros((2, 4)))
    assert parts_of(tmp_path) == {"train", "validation"}
    assert series_file(tmp_path, "validation").name == "set.npz"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.csv", "", r"is no file of series that is read here: \.ts"),
        ("x.tsv", "", "there are no series"),
        ("x.tsv", "a\t1\tb\n", r"x\.tsv:1: 'b' \(number 2 of the line\) is no number"),
        ("x.tsv", "a\nb\n", "the series have no steps"),
        ("x.tsv", "a\t1\tinf\n", r"x\.tsv: series 0 .* has inf at step 1"),
        ("x.npz", "none", "is no .npz file"),
    ],
)
def test_what_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=message):
        open_series(tmp_path / name)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        open_series(tmp_path / "none.ts")


def test_keys_are_of_the_content(tmp_path: Path) -> None:
    one, other = tmp_path / "a.tsv", tmp_path / "b.tsv"
    one.write_text(TSV)
    other.write_text(TSV)
    assert key_of(one, "train") == key_of(other, "train")
    other.write_text(TSV + TSV)
    assert key_of(one, "train") != key_of(other, "train")
    assert key_of(Arrays(np.zeros((2, 3))), "train") == key_of(Arrays([[0, 0, 0], [0, 0, 0]]), "train")
    assert key_of(Arrays(np.zeros((2, 3))), "train") != key_of(Arrays(np.zeros((3, 2))), "train")
