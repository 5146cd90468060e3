"""Any number of labels a row, in every way that people write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data import LabelTarget
from automl.data.label_sets import is_label_sets, label_sets, texts_of
from automl.data.tables.answers import answers, missing_answers
from automl.errors import DataError

FLAGS = [[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1]]
SETS = [{"cat"}, {"dog", "cat"}, set(), {"fox"}]


@pytest.mark.parametrize(
    ("y", "separator"),
    [
        (SETS, "|"),
        ([tuple(each) for each in SETS], "|"),
        ([np.array(sorted(each)) for each in SETS], "|"),
        (pd.Series(["cat", "cat|dog", "", "fox"]), "|"),
        (["cat", " dog; cat ", "", "fox"], ";"),
        (["cat", "dog,cat,dog", "", "fox"], ","),
    ],
    ids=["sets", "tuples", "arrays", "texts", "semicolons and blanks", "commas, one twice"],
)
def test_collections_and_texts_are_sorted_labels(y: Any, separator: str) -> None:
    target, flags = label_sets(y, rows=4)
    assert target == LabelTarget(classes=("cat", "dog", "fox"), separator=separator)
    assert flags.tolist() == FLAGS
    assert flags.dtype == np.uint8


@pytest.mark.parametrize("kind", [int, bool, float])
def test_rows_of_zeros_and_ones_are_numbered_or_named(kind: type) -> None:
    target, flags = label_sets(np.array(FLAGS, dtype=kind), rows=4)
    assert (target.classes, target.separator, flags.tolist()) == ((0, 1, 2), "", FLAGS)
    named, _ = label_sets(pd.DataFrame(FLAGS, columns=["cat", "dog", "fox"]), rows=4)
    assert named == LabelTarget(classes=("cat", "dog", "fox"), columns=("cat", "dog", "fox"))


@pytest.mark.parametrize(
    ("y", "several"),
    [
        (SETS, True), ([["a"], ["a", "b"]], True), (np.array(FLAGS), True), (FLAGS, True),
        (["a", "b"], False), ([0, 1, 2], False), (np.eye(3), False), ([["a"], ["b"]], False), ([[1], [0]], False),
        (pd.Series([{"a"}, {"a", "b"}]), True), (np.array([[0.5, 1.0], [1.0, 2.0]]), False),
    ],
)  # fmt: skip
def test_sets_and_rows_that_are_not_one_hot_say_so_themselves(y: Any, several: bool) -> None:
    assert is_label_sets(y) is several


@given(st.lists(st.sets(st.sampled_from(["a", "b c", "d", "é"])), min_size=1, max_size=20))
def test_texts_are_read_as_they_are_written(rows: list[set[str]]) -> None:
    target = LabelTarget(classes=("a", "b c", "d", "é"), separator="|")
    _, flags = label_sets(rows, rows=len(rows), like=target)
    _, again = label_sets(texts_of(flags, target), rows=len(rows), like=target)
    np.testing.assert_array_equal(again, flags)


def test_known_labels_keep_their_places() -> None:
    known, _ = label_sets(SETS, rows=4)
    for y in ([["fox"], []], ["fox", ""], [[0, 0, 1], [0, 0, 0]]):
        target, flags = label_sets(y, rows=2, like=known)
        assert (target, flags.tolist()) == (known, [[0, 0, 1], [0, 0, 0]])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "labels are missing"),
        ([{"a"}, {"b"}, {"c"}], "x has 2 rows and y has 3"),
        ([{"a"}, None], "the labels of 1 rows are missing: rows 1"),
        ([{"a"}, float("nan")], "missing: rows 1"),
        ([{"a"}, 7], "y has 7 where the labels of a row belong"),
        ([{"a"}, {1}], "all strings, all integers"),
        ([{"a"}, {"a"}], "the only label is 'a'"),
        ([set(), set()], "no row has any label"),
        ([[0, 0], [0, 0]], "no row has any label"),
        ([[1], [0]], "one column of 0 and 1"),
        (np.array([[0, 2], [1, 0]]), "values other than 0 and 1"),
        (np.array([[0.0, np.nan], [1, 0]]), "values other than 0 and 1"),
        ("cat", "y is str"),
        ([{1.5}, {2}], "labels must be all strings"),
    ],
)
def test_what_are_no_labels_is_refused(y: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        label_sets(y, rows=2)


def test_unknown_labels_are_named() -> None:
    known, _ = label_sets(SETS, rows=4)
    with pytest.raises(DataError, match="labels that the training data does not have: 'cow'"):
        label_sets([{"cow"}], rows=1, like=known)
    with pytest.raises(DataError, match="y has 2 columns, and the training data has 3 labels"):
        label_sets([[0, 1]], rows=1, like=known)


def test_columns_of_a_table_are_labels_by_name() -> None:
    columns = [pd.Series(["1", "0", "no"], name="cat"), pd.Series(["0", "yes", "1"], name="dog")]
    target, flags = answers(columns, "labels", None)
    assert target == LabelTarget(classes=("cat", "dog"), columns=("cat", "dog"))
    assert flags.tolist() == [[1, 0], [0, 1], [0, 1]]
    with pytest.raises(DataError, match="column 'dog' has '2' in row 1"):
        answers([columns[0][:2], pd.Series(["0", "2"], name="dog")], "labels", None)


def test_an_empty_cell_is_no_label_and_a_missing_one_is_missing() -> None:
    column = pd.Series(["a|b", "", None], name="tags")
    assert missing_answers([column], "labels").tolist() == [False, False, True]
    target, flags = answers([column[:2]], "labels", None)
    assert target == LabelTarget(classes=("a", "b"), columns=("tags",), separator="|")
    assert flags.tolist() == [[1, 1], [0, 0]]
