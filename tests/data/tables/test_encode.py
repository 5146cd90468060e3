"""Cells become numbers and codes, and back to nothing else."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data.tables import cells
from automl.data.tables.contract import Column, TableContract
from automl.data.tables.encode import raw, working
from automl.errors import DataError

CONTRACT = TableContract(
    columns=(
        Column(name="age", kind="number"),
        Column(name="job", kind="category", values=("clerk", "cook")),
        Column(name="born", kind="date", parts=("days", "month", "day", "weekday"), format="%Y-%m-%d"),
        Column(name="member", kind="boolean"),
    )
)


def test_a_row_is_numbers_then_codes() -> None:
    frame = pd.DataFrame(
        {"member": ["yes", "?"], "job": ["cook", " thief "], "age": ["1,000", ""], "born": ["1970-01-03", "NA"]}
    )
    found = raw(frame, CONTRACT)
    assert found.categories.tolist() == [["cook"], ["thief"]]
    expected = [[1000, 2, 1, 3, 5, 1, 3], [np.nan] * 6 + [1]]
    np.testing.assert_array_equal(working(found, CONTRACT), np.array(expected, np.float32))
    assert working(found, CONTRACT).shape[1:] == CONTRACT.shape


def test_typed_cells_say_the_same_as_text() -> None:
    born = [datetime.datetime(1970, 1, 3), pd.NaT]
    typed = pd.DataFrame({"age": [1000.0, np.nan], "job": ["cook", None], "born": born, "member": [True, None]})
    text = pd.DataFrame({"age": ["1000", ""], "job": ["cook", ""], "born": ["1970-01-03", ""], "member": ["true", ""]})
    found, expected = (working(raw(frame, CONTRACT), CONTRACT) for frame in (typed, text))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("age", "old", "column 'age' has 'old' in row 7, which is no number"),
        ("age", "1e39", "column 'age' has '1e39' in row 7, which is infinite or too large"),
        ("born", "yesterday", "column 'born' has 'yesterday' in row 7, which is no date as in training"),
        ("member", "maybe", "column 'member' has 'maybe' in row 7, which is neither true nor false"),
    ],
)
def test_a_cell_that_is_something_else_is_named(column: str, cell: str, message: str) -> None:
    frame = pd.DataFrame({"age": ["1"], "job": ["cook"], "born": ["1970-01-03"], "member": ["no"]})
    with pytest.raises(DataError, match=message):
        raw(frame.assign(**{column: [cell]}), CONTRACT, start=7)


def test_several_missing_columns_are_listed() -> None:
    with pytest.raises(DataError, match=r"column 'job' \(and 2 more: born, member\) is missing in the table"):
        raw(pd.DataFrame({"age": [1]}), CONTRACT)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_survive_being_text(values: list[float]) -> None:
    found, bad = cells.numbers(np.array([repr(value) for value in values], dtype=object))
    assert found.tolist() == values
    assert not bad.any()


@given(st.lists(st.text() | st.none() | st.integers() | st.floats()))
def test_every_cell_is_text_without_white_space_around_it(values: list[object]) -> None:
    found = cells.texts(pd.Series(values, dtype=object))
    assert len(found) == len(values)
    assert all(text == text.strip() and text not in cells.MISSING_WORDS - {""} for text in found)


@pytest.mark.parametrize("word", sorted(cells.MISSING_WORDS))
def test_words_for_nothing_are_missing_everywhere(word: str) -> None:
    frame = pd.DataFrame({"age": [word], "job": [word], "born": [word], "member": [word]})
    np.testing.assert_array_equal(working(raw(frame, CONTRACT), CONTRACT), [[np.nan] * 6 + [0]])
