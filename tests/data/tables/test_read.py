"""From tables to datasets: what is kept, and what is said about what cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.data import ClassTarget, NumberTarget, TableContract
from automl.data.tables.beside import Given
from automl.errors import AutoMLError, ConfigError, DataError

ROWS = [(i, ("red", "green", "blue")[i % 3], i * i % 17, ("no", "yes")[i % 2]) for i in range(30)]
CSV = "a,colour,b,y\n" + "\n".join(f"{a * a},{c},{b},{y}" for a, c, b, y in ROWS) + "\n"
FRAME = pd.DataFrame(
    {
        "a": [a * a for a, *_ in ROWS],
        "colour": [row[1] for row in ROWS],
        "b": [row[2] for row in ROWS],
        "y": [row[3] for row in ROWS],
    }
)


def test_a_table_is_numbers_and_codes(read) -> None:
    dataset = read(CSV)
    contract = dataset.contract
    assert isinstance(contract, TableContract)
    assert (contract.numbers, contract.codes, dataset.rows) == (("a", "b"), (5,), 30)
    assert dataset.targets == {"answer": ClassTarget(classes=("no", "yes"), column="y")}
    values = ("blue", "green", "red")
    expected = [(a * a, b, 2 + values.index(colour)) for a, colour, b, _ in ROWS]
    np.testing.assert_array_equal(dataset.x, np.array(expected, np.float32))
    assert dataset.y.tolist() == [a % 2 for a, *_ in ROWS]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_it_does_not_matter_how_a_file_is_written(read, encoding: str, separator: str) -> None:
    dataset = read(CSV.replace(",", separator), written=encoding, name="other.csv")
    assert dataset.digest == read(CSV).digest


def test_a_frame_holds_the_same(read) -> None:
    np.testing.assert_array_equal(read(FRAME).x, read(CSV).x)
    apart = read(FRAME.drop(columns="y"), given=FRAME["y"])
    np.testing.assert_array_equal(apart.x, read(CSV).x)


def test_arrays_are_numbers_as_they_are(read) -> None:
    x = np.array([[1.0, 5.0, np.nan], [2.0, 5.0, np.nan], [3.0, 5.0, np.nan]])
    dataset = read(x, given=["b", "a", "b"])
    np.testing.assert_array_equal(dataset.x, x.astype(np.float32))
    assert (dataset.classes, dataset.contract.named) == (("a", "b"), False)


def test_a_second_read_is_the_first(read) -> None:
    assert [read(CSV).reused for _ in range(2)] == [False, True]
    assert [read(FRAME).reused for _ in range(2)] == [False, True]
    changed = FRAME.copy()
    changed.loc[3, "colour"] = "blue"
    assert not read(changed).reused


def test_validation_rows_are_read_as_the_training_rows_were(read) -> None:
    training = read(CSV)
    other = "y,b,colour,a,more\nyes,,violet,1,x\nno,3,,4,x\n"
    dataset = read(other, like=training, name="other.csv")
    np.testing.assert_array_equal(dataset.x, np.array([[1, np.nan, 1], [4, 3, 0]], np.float32))
    assert dataset.y.tolist() == [1, 0]
    assert dataset.notes == ()


def test_numbers_to_predict_may_be_several(read) -> None:
    dataset = read(CSV, answer="numbers", target="a,b")
    assert dataset.targets == {"answer": NumberTarget(columns=("a", "b"))}
    np.testing.assert_array_equal(dataset.y, FRAME[["a", "b"]].to_numpy(np.float64))


def test_weights_are_a_column_or_an_array(read) -> None:
    weights = FRAME["b"] + 1
    column = read(FRAME.assign(w=weights), weight="w")
    np.testing.assert_array_equal(column.weights, weights)
    np.testing.assert_array_equal(read(FRAME[["a", "b"]], given=(FRAME["y"], weights)).weights, weights)
    assert read(CSV).weights is None


def test_rows_that_count_nothing_are_left_out(read) -> None:
    dataset = read(CSV, weight="b")
    assert dataset.weights is not None
    assert dataset.weights.tolist() == [b for b in FRAME["b"] if b]
    assert dataset.notes == ("2 of 30 rows are left out: their weight is 0",)


def test_groups_are_a_column_or_an_array(read) -> None:
    column = read(CSV, group="colour")
    assert column.groups.tolist() == [a % 3 for a, *_ in ROWS]
    assert column.contract.categories == ()
    apart = read(FRAME[["a", "b"]], given=Given(FRAME["y"], groups=FRAME["colour"].tolist()))
    assert apart.groups.tolist() == column.groups.tolist()
    assert read(CSV).groups is None


def test_columns_may_be_left_out(read) -> None:
    assert read(CSV, ignore=("a",)).contract.numbers == ("b",)


def test_what_is_left_out_is_told(read) -> None:
    table = CSV.replace("a,", "n,a,", 1).split("\n")
    numbered = "\n".join([table[0], *(f"{i},{line}" for i, line in enumerate(table[1:-1]))])
    assert read(numbered).notes == (
        "column 'n' is left out: it counts the rows: each cell is one more than the one before",
    )


def test_rows_without_an_answer_are_refused_by_number(read) -> None:
    lines = CSV.split("\n")
    lines[4] = lines[4].rpartition(",")[0] + ",?"
    with pytest.raises(DataError, match=r"y is missing .* in 1 of 30 rows: rows 3 \(counted from 0\).*--drop-missing"):
        read("\n".join(lines))
    dataset = read("\n".join(lines), drop_missing_labels=True)
    assert dataset.rows == 29
    assert dataset.notes == ("1 of 30 rows are left out: their answer is missing",)
    np.testing.assert_array_equal(dataset.x[3], read(CSV).x[4])


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["1", "0"], (0, 1)),
        (["007", "008"], ("007", "008")),
        ([" b", "a "], ("a", "b")),
        (["1.5", "x"], ("1.5", "x")),
        ([True, False], (False, True)),
        ([3.0, 2.0], (2, 3)),
    ],
)
def test_classes_keep_their_kind(read, labels: list[object], classes: tuple[object, ...]) -> None:
    frame = pd.DataFrame({"x": np.arange(10.0) ** 2, "y": labels * 5})
    assert read(frame).classes == classes


def test_labels_that_are_handed_over_are_what_they_are(read) -> None:
    assert read(np.zeros((2, 1)), given=np.array(["1", " 2"])).classes == (" 2", "1")


BAD = {
    "no such file": (lambda _: Path("nowhere.csv"), {}, "no such file"),
    "another ending": (lambda p: _file(p / "table.doc", b"a,y\n1,2\n"), {}, "should end with one of .csv, .tsv"),
    "an empty file": (lambda p: _file(p / "t.csv", b""), {}, "is empty"),
    "an empty first line": (lambda p: _file(p / "t.csv", b"\na,b\n"), {}, "the first line .* is empty"),
    "no rows": (lambda p: _file(p / "t.csv", b"a,y\n"), {}, "has 0 rows"),
    "no header": (lambda p: _file(p / "t.csv", b"1,2\n3,4\n"), {}, "holds numbers only; it must name the columns"),
    "Latin-1": (lambda p: _file(p / "t.csv", "a,y\né,1\n".encode("latin-1")), {}, "byte 0xe9 at offset 4.*latin-1"),
    "UTF-16": (lambda p: _file(p / "t.csv", "a,y\n1,1\n".encode("utf-16")), {}, "UTF-16 text; say so with --encoding"),
    "unknown encoding": (lambda p: _file(p / "t.csv", b"a,y\n"), {"encoding": "klingon"}, "unknown encoding 'klingon'"),
    "two columns of one name": (lambda p: _file(p / "t.csv", b"a,a,y\n1,2,3\n"), {}, "two columns called 'a'"),
    "too many cells": (lambda p: _file(p / "t.csv", b"a,y\n1,x\n1,2,3,4\n"), {}, "cannot read .*line 3"),
    "no target named": (lambda _: FRAME, {"target": ""}, "say --target NAME; .* has a, colour, b, y"),
    "no such target": (lambda _: FRAME, {"target": "colr"}, "no column 'colr' .*did you mean 'colour'"),
    "no such weight": (lambda _: FRAME, {"weight": "w"}, "no column 'w'"),
    "weights that are text": (lambda _: FRAME, {"weight": "colour"}, "column 'colour' has 'red' in row 0.*no number"),
    "negative weights": (lambda _: FRAME.assign(w=-1.0), {"weight": "w"}, "at least 0; row 0 has -1"),
    "no weight at all": (lambda _: FRAME.assign(w=0.0), {"weight": "w"}, "all sample weights are zero"),
    "one class": (lambda _: FRAME.assign(y="no"), {}, "y has one class only, 'no'"),
    "fractions as classes": (lambda _: FRAME.assign(y=0.5), {}, "holds the number 0.5"),
    "two columns of classes": (lambda _: FRAME, {"target": "y,colour"}, "one column of classes is needed, got 2"),
    "all answers missing": (
        lambda _: FRAME.assign(y=None),
        {"drop_missing_labels": True},
        "no row has an answer to learn from",
    ),
    "nothing to learn from": (lambda _: FRAME[["y"]].assign(k=1), {}, "nothing to learn from .*'k': it is constant"),
    "infinite numbers": (
        lambda _: FRAME.assign(a=[np.inf, *range(29)]),
        {},
        "column 'a' has 'inf' in row 0, which is infinite",
    ),
    "three axes": (lambda _: np.zeros((2, 2, 2)), {"given": [0, 1]}, "Expected 2D array, got 3D"),
    "complex numbers": (lambda _: np.zeros((2, 2), complex), {"given": [0, 1]}, "Complex data not supported"),
    "too few labels": (lambda _: np.zeros((3, 2)), {"given": [0, 1]}, "X has 3 rows and y has 2"),
    "one-hot labels": (lambda _: np.zeros((2, 2)), {"given": np.eye(2)}, "not one-hot columns"),
    "a folder without tables": (lambda p: p, {}, "is a folder without a table in it"),
}


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_said_in_one_sentence(read, tmp_path: Path, what: str) -> None:
    make, options, message = BAD[what]
    with pytest.raises(AutoMLError, match=f"(?s){message}") as caught:
        read(make(tmp_path), **options)
    assert isinstance(caught.value, (DataError, ConfigError))
    assert not list((tmp_path / "cache").glob("prepared/*/dataset.json"))


def test_latin_1_is_read_when_it_is_named(read) -> None:
    table = "name,x,y\n" + "\n".join(f"{'é' if i % 2 else 'ü'},{i * i},{i % 2}" for i in range(30))
    dataset = read(table, written="latin-1", encoding="latin-1")
    assert dataset.contract.categories[0].values == ("é", "ü")


def test_a_missing_column_is_named(read) -> None:
    training = read(CSV)
    with pytest.raises(DataError, match=r"column 'colour' is missing in .* trained with it"):
        read("a,b,y\n1,2,yes\n", like=training, name="other.csv")


def test_a_word_where_numbers_were_is_named(read) -> None:
    training = read(CSV)
    with pytest.raises(DataError, match=r"column 'b' has 'many' in row 1, which is no number"):
        read("a,b,colour,y\n1,2,red,yes\n1,many,red,no\n", like=training, name="other.csv")


@pytest.mark.real_data
def test_real_tables_are_taken_for_what_they_are(read, data_dir: Path) -> None:
    adult = read(data_dir / "adult" / "train.csv", target="income")
    assert (adult.rows, adult.classes, adult.notes) == (32561, ("<=50K", ">50K"), ())
    assert (len(adult.contract.numbers), len(adult.contract.categories)) == (6, 8)
    missing = adult.x[:, 6 + 0] == 0
    assert int(missing.sum()) == 1836  # workclass "?"
    houses = read(data_dir / "california_housing" / "train.csv", answer="numbers", target="median_house_value")
    assert int(np.isnan(houses.x[:, houses.contract.numbers.index("total_bedrooms")]).sum()) > 100
