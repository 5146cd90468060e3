"""What is fitted on training rows, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data import Rows, RowView
from automl.data.tables.contract import Column, TableContract
from automl.data.tables.fit import fit_tidy
from automl.data.tables.warn import equal_rows, leaking

RNG = np.random.default_rng(0)


def contract(numbers: int, categories: int = 0) -> TableContract:
    columns = [Column(name=f"n{i}", kind="number") for i in range(numbers)]
    columns += [Column(name=f"c{i}", kind="category", values=("a", "b")) for i in range(categories)]
    return TableContract(columns=tuple(columns))


def rows(x: np.ndarray, y: np.ndarray) -> Rows:
    return Rows({"table": RowView([x.astype(np.float32)], np.arange(len(x)))}, {"label": y})


def test_a_scale_is_that_of_the_quartiles() -> None:
    x = np.stack([np.arange(101.0), np.full(101, 7.0), np.r_[np.zeros(100), 8.0], np.full(101, np.nan)], axis=1)
    x[3, 0] = np.nan
    args = fit_tidy(RowView([x.astype(np.float32)], np.arange(101)), contract(4))["args"]
    assert args["center"] == [50.5, 7.0, 0.0, 0.0]
    assert args["scale"] == [50.0, 1.0, 4.0, 1.0]
    assert args["gaps"] == [0, 3]
    assert args["codes"] == 0


@given(st.lists(st.integers(1, 4), min_size=1, max_size=30), st.integers(0, 1000))
def test_a_weight_is_as_good_as_so_many_rows(times: list[int], seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(len(times), 2)).astype(np.float32)
    weights = (np.array(times) / np.mean(times)).astype(np.float32)
    weighted = fit_tidy(RowView([x], np.arange(len(x))), contract(2), weights=weights)
    assert weighted == fit_tidy(RowView([np.repeat(x, times, axis=0)], np.arange(sum(times))), contract(2))


@pytest.mark.parametrize("kind", ["number", "category", "numbers to predict"])
def test_a_column_that_gives_the_answer_away_is_named(kind: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 3))
    x[:, 2] = rng.integers(0, 4, 4000)
    if kind == "numbers to predict":
        y, name = x[:, [1]] * 3 - 1, "n1"
    elif kind == "number":
        y, name = (x[:, 1] > 0.3).astype(np.int64), "n1"
    else:
        y, name = (x[:, 2] > 1).astype(np.int64), "c0"
    (warning,) = leaking(rows(x, y), contract(2, 1))
    assert f"column '{name}' alone predicts the answer" in warning


def test_good_columns_are_no_leaks() -> None:
    x = RNG.normal(size=(400, 3))
    x[:, 2] = RNG.integers(0, 4, 400)
    y = (x[:, 1] + 0.3 * RNG.normal(size=400) > 0).astype(np.int64)
    assert list(leaking(rows(x, y), contract(2, 1))) == []
    assert list(leaking(rows(x, RNG.integers(0, 3, 400)), contract(2, 1))) == []


def test_an_identifier_learned_by_heart_is_no_leak() -> None:
    x = RNG.permutation(400).astype(float)[:, None]
    assert list(leaking(rows(x, RNG.integers(0, 2, 400)), contract(1))) == []


def test_equal_rows_are_counted_answer_and_all() -> None:
    x = np.array([[1.0, np.nan], [2.0, 3.0], [1.0, np.nan]])
    training, validation = rows(x[:2], np.array([0, 1])), rows(x[[0, 2, 1]], np.array([0, 1, 1]))
    assert equal_rows(training, validation) == 2
