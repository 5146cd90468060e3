"""Series in memory: what is taken for what, and how they become rows of one length."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data.series.contract import SeriesContract
from automl.data.series.steps import as_series, check_fits, known_steps, padded
from automl.errors import DataError

NAN = np.nan


@pytest.mark.parametrize(
    ("x", "shapes"),
    [
        (np.zeros((2, 5)), [(5, 1)] * 2),
        (np.zeros((2, 5, 3), np.int16), [(5, 3)] * 2),
        ([[1, 2, 3], [4, 5, 6]], [(3, 1)] * 2),
        ([[1, 2, 3], [4]], [(3, 1), (1, 1)]),
        ([np.zeros((4, 2)), np.zeros((7, 2))], [(4, 2), (7, 2)]),
        ([np.zeros((4, 2)), np.zeros((4, 2))], [(4, 2), (4, 2)]),
        (pd.DataFrame({"0": [1.0, 2.0], "1": [3.0, None]}), [(2, 1)] * 2),
        (np.array([np.zeros(3), np.zeros(2)], dtype=object), [(3, 1), (2, 1)]),
        (np.array([[1, None], [2.5, 3]], dtype=object), [(2, 1)] * 2),
        (np.zeros((2, 3), bool), [(3, 1)] * 2),
    ],
)
def test_shapes(x: Any, shapes: list[tuple[int, int]]) -> None:
    found = as_series(x)
    assert [each.shape for each in found] == shapes
    assert {each.dtype for each in found} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros(5), r"x has shape \(5,\).*one series alone is x\[np.newaxis\]"),
        (np.zeros((2, 3, 4, 5)), r"x has shape \(2, 3, 4, 5\); series have shape"),
        (np.zeros((0, 5)), r"there are no series \(Found array with 0 sample"),
        (np.zeros((3, 0)), r"the series have no steps"),
        ([], "x has shape"),
        ([[], []], "the series have no steps"),
        ([np.zeros((4, 2)), np.zeros((5, 3))], "series 0 has 2 channels and series 1 has 3"),
        ([[0.0, 1.0], [0.0, np.inf]], r"series 1 \(counted from 0\) has inf at step 1, channel 0"),
        ([[0.0, -1e300], [0.0, 1.0]], "series 0 .* has -inf at step 1"),
        ([[0.0, 1e30], [0.0, 1.0]], r"series 0 .* has 1e\+30 .*at most 1\.8e\+19"),
        ([["a", "b"]], "x has dtype <U1; the steps of a series are numbers"),
        (np.array([["a", 1.0]], dtype=object), "x holds something that is no number"),
        ([[1.0, 2.0], ["a"]], "series 1 has dtype <U1"),
        (np.zeros((2, 3), complex), "x has dtype complex128"),
    ],
)
def test_what_is_refused(x: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_series(x)


def test_shorter_ones_are_padded_and_longer_ones_cut_where_lengths_differed() -> None:
    contract = SeriesContract(length=3, channels=1, shortest=1)
    series = as_series([[1], [1, 2, 3, 4]])
    assert check_fits(series, contract) == 1
    np.testing.assert_array_equal(padded(series, contract)[..., 0], [[1, NAN, NAN], [1, 2, 3]])


def test_longer_ones_are_refused_where_all_had_one_length() -> None:
    contract = SeriesContract(length=3, channels=1, shortest=3)
    with pytest.raises(DataError, match=r"series 1 .* has 4 steps, and the model learned from series of exactly 3"):
        check_fits(as_series([[1, 2, 3], [1, 2, 3, 4]]), contract)
    nothing_lost = as_series([[1, 2, 3, NAN, NAN], [1, 2, 3, NAN, NAN]])
    assert check_fits(nothing_lost, contract) == 0
    assert padded(nothing_lost, contract).shape == (2, 3, 1)


def test_another_number_of_channels_is_refused() -> None:
    with pytest.raises(DataError, match="series 0 has 2 channels, the model learned from 1"):
        check_fits(as_series(np.zeros((1, 3, 2))), SeriesContract(length=3, channels=1, shortest=3))


def test_the_contract_survives_json_and_refuses_nonsense() -> None:
    contract = SeriesContract(length=5, channels=2, shortest=3)
    assert SeriesContract.from_json(contract.to_json()) == contract
    with pytest.raises(ValueError, match="the shortest series has 6 steps"):
        SeriesContract(length=5, channels=2, shortest=6)


@given(st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=6), min_size=1, max_size=5))
def test_padding_keeps_every_number(series: list[list[float]]) -> None:
    contract = SeriesContract(length=6, channels=1, shortest=1)
    given = [np.array(each, np.float32)[:, None] for each in series]
    assert check_fits(given, contract) == 0
    rows = padded(given, contract)
    assert [row[: known_steps(row), 0].tolist() for row in rows] == series
