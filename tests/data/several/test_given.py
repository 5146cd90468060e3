"""Rows of several inputs, from tables and from memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.config import INPUT_KINDS, OUTPUT_KINDS, Arrays, Columns, Port, parse_port
from automl.data.several.given import Given, open_given
from automl.errors import DataError

N = 6


def ports(*texts: str, kinds: tuple[str, ...] = INPUT_KINDS) -> tuple[Port, ...]:
    return tuple(parse_port(text, kinds) for text in texts)


INPUTS = ports("photo=image:file", "title=text", "facts=tabular", "wave=series:t0,t1,t2")
OUTPUTS = ports("kind=classification", "size=regression:width,height", kinds=OUTPUT_KINDS)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    frame = pd.DataFrame(
        {
            "file": [f"{row}.png" for row in range(N)],
            "title": [f"house {row}" for row in range(N)],
            "rooms": range(N),
            "street": list("ababab"),
            **{f"t{step}": np.arange(N) + step for step in range(3)},
            "kind": list("xyxyxy"),
            "width": np.arange(N) * 1.5,
            "height": np.arange(N) * 2.5,
            "counts": 1.0,
        }
    )
    frame.to_csv(tmp_path / "houses.csv", index=False)
    return tmp_path / "houses.csv"


def test_a_table_is_taken_apart(table: Path) -> None:
    given = open_given(table, Columns(weight="counts"), INPUTS, OUTPUTS)
    assert given.rows == N
    assert given.inputs["photo"] == [str(table.parent / f"{row}.png") for row in range(N)]
    assert given.inputs["title"][3] == "house 3"
    assert list(given.inputs["facts"].columns) == ["rooms", "street"]  # nothing else is said of these
    np.testing.assert_array_equal(given.inputs["wave"], np.arange(N)[:, None] + np.arange(3))
    assert [column.name for column in given.answers["size"]] == ["width", "height"]
    assert given.weights is not None
    assert given.weights.tolist() == [1.0] * N


def test_rows_are_left_out_everywhere(table: Path) -> None:
    kept = np.array([True, False] * 3)
    given = open_given(table, Columns(), INPUTS, OUTPUTS).only(kept)
    assert given.rows == 3
    assert given.inputs["title"] == ["house 0", "house 2", "house 4"]
    assert given.inputs["facts"]["rooms"].tolist() == ["0", "2", "4"]
    assert given.inputs["wave"][:, 0].tolist() == [0, 2, 4]
    assert given.answers["kind"][0].tolist() == ["x", "x", "x"]


def test_a_folder_of_tables_is_taken_by_parts(table: Path) -> None:
    table.rename(table.with_name("train.csv"))
    assert open_given(table.parent, Columns(), INPUTS, OUTPUTS).rows == N


def test_answers_may_stand_beside_a_table(table: Path) -> None:
    y = {"kind": np.arange(N) % 2, "size": np.zeros((N, 2))}
    given = open_given(Arrays(table, y), Columns(ignore=("kind", "width", "height")), INPUTS, OUTPUTS)
    assert not given.read
    assert given.answers["kind"][0].tolist() == [0, 1] * 3
    assert len(given.answers["size"]) == 2


def memory(**changes: object) -> Given:
    x: dict[str, object] = {"photo": np.zeros((N, 4, 4)), "title": ["a"] * N} | changes
    return open_given(Arrays(x, ["p", "q"] * 3), Columns(), ports("photo=image", "title=text"), OUTPUTS[:1])


def test_inputs_in_memory_stay_what_they_are() -> None:
    given = memory(title=pd.Series(["b"] * N, index=range(9, 9 + N)))
    assert (given.rows, given.inputs["title"].tolist()) == (N, ["b"] * N)
    assert given.answers["kind"][0].tolist() == ["p", "q"] * 3
    assert given.only(np.arange(N) < 2).inputs["photo"].shape == (2, 4, 4)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ["a"] * 4}, "different numbers of rows: photo 6, title 4"),
        ({"sound": [1]}, "X has 'sound', which is no input"),
        ({"photo": 3}, "the input 'photo' is int"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        memory(**changes)


@pytest.mark.parametrize(
    ("inputs", "outputs", "sentence"),
    [
        (ports("photo=image"), OUTPUTS, "which column holds 'photo'\\? say photo=image:COLUMN"),
        (ports("photo=image:fiel"), OUTPUTS, "no column 'fiel' .*'file'"),
        (ports("photo=image:file,title"), OUTPUTS, "2 columns, and one of kind image has one"),
        (ports("wave=series:street"), OUTPUTS, "street"),
    ],
)
def test_columns_that_do_not_fit_are_refused(
    table: Path, inputs: tuple[Port, ...], outputs: tuple[Port, ...], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        open_given(table, Columns(), inputs, outputs)


def test_an_empty_cell_of_a_picture_is_refused(table: Path) -> None:
    frame = pd.read_csv(table)
    frame.loc[2, "file"] = None
    frame.to_csv(table, index=False)
    with pytest.raises(DataError, match="picture of 'photo' is missing in 1 rows: the first is row 2"):
        open_given(table, Columns(), INPUTS, OUTPUTS)


def test_answers_of_several_outputs_come_by_name() -> None:
    x = {"title": ["a"] * N}
    with pytest.raises(DataError, match="y is one array, and there are 2 outputs"):
        open_given(Arrays(x, ["p"] * N), Columns(), ports("title=text"), OUTPUTS)
    with pytest.raises(DataError, match="no answers for the output 'size'"):
        open_given(Arrays(x, {"kind": ["p"] * N}), Columns(), ports("title=text"), OUTPUTS)
