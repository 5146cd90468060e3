"""Labels of every type, and what is no label."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data.labels import as_labels, encode, encode_as
from automl.errors import DataError


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (["b", "a", "b"], ("a", "b")),
        (np.array(["b", "a", "b"], dtype=object), ("a", "b")),
        (np.array([b"b", b"a", b"b"]), ("a", "b")),
        (np.array(["b", "a", "b"], dtype=np.dtypes.StringDType()), ("a", "b")),
        ([7, -2, 7], (-2, 7)),
        (np.array([7, 2, 7], dtype=np.uint8), (2, 7)),
        ([1.0, 0.0, 1.0], (0, 1)),
        ([True, False, True], (False, True)),
        (np.array([[7], [2], [7]]), (2, 7)),
        (pd.Series(["b", "a", "b"], index=[9, 8, 7]), ("a", "b")),
        (pd.Series(["b", "a", "b"], dtype="category"), ("a", "b")),
        (pd.Series([7, 2, 7], dtype="Int64"), (2, 7)),
        (pd.DataFrame({"label": [7, 2, 7]}), (2, 7)),
    ],
)
def test_classes_are_sorted_and_keep_their_type(y: Any, classes: tuple[Any, ...]) -> None:
    found, codes = encode(as_labels(y, rows=3))
    assert found == classes
    assert [type(name) for name in found] == [type(name) for name in classes]
    assert codes.tolist() == [1, 0, 1]
    assert codes.dtype == np.int64


@given(st.lists(st.text(max_size=4), min_size=1, max_size=30) | st.lists(st.integers(-(2**60), 2**60), min_size=1))
def test_codes_point_back_to_their_labels(y: list[Any]) -> None:
    labels = as_labels(y, rows=len(y))
    classes, codes = encode(labels)
    assert [classes[code] for code in codes] == labels.tolist()
    assert encode_as(labels, classes).tolist() == codes.tolist()


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "labels are missing"),
        ([0, 1], "x has 3 rows and y has 2"),
        (np.eye(3), r"y has shape \(3, 3\)"),
        ([0.5, 1.0, 2.0], "the number 0.5 in row 0; classes are"),
        ([0.0, 1e18, 1.0], "1e[+]18 in row 1; classes go up to"),
        (np.array([0, 2**63, 1], "uint64"), "9223372036854775808 in row 1; classes go up to"),
        ([0.0, np.nan, 1.0], "1 labels are NaN or infinite, the first in row 1"),
        (["a", None, None], "2 labels are missing, the first in row 1"),
        (np.array(["a", np.nan, "b"], dtype=object), "1 labels are missing, the first in row 1"),
        (pd.Series(["a", "b", pd.NA], dtype="string"), "1 labels are missing, the first in row 2"),
        (np.array(["a", 1, True], dtype=object), "found bool, int, str"),
        (np.array([(1,), (2,), (3,)], dtype=object)[:, 0:1].repeat(2, axis=1), "one label a row"),
        (np.array(["2020-01-01"] * 3, dtype="datetime64[D]"), "dtype datetime64"),
        ([[1], [1, 2], [3]], "y is no array of labels"),
    ],
)
def test_what_is_no_label_is_refused(y: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_labels(y, rows=3)


def test_labels_that_differ_only_in_type_agree() -> None:
    assert encode_as(np.array(["7", "10"]), (7, 8, 10)).tolist() == [0, 2]
    assert encode_as(np.array([7, 10]), ("10", "7")).tolist() == [1, 0]


def test_unknown_labels_are_counted_and_named() -> None:
    with pytest.raises(DataError, match=r"3 rows have labels that the training data does not have: 'owl', 'yak'"):
        encode_as(np.array(["cat", "yak", "owl", "yak"]), ("cat", "dog"))
