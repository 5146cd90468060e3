"""The laws of the split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data import split_groups, split_rows
from automl.errors import DataError

labels = st.lists(st.integers(0, 5), min_size=1, max_size=200).map(lambda y: np.array(y, dtype=np.int64))
fractions = st.floats(0.05, 0.6)
seeds = st.integers(0, 2**32 - 1)


@given(labels, fractions, seeds)
def test_the_parts_are_disjoint_sorted_and_together_complete(y: np.ndarray, fraction: float, seed: int) -> None:
    split = split_rows(y, fraction=fraction, seed=seed)
    assert sorted([*split.train, *split.validation]) == list(range(len(y)))
    assert (np.diff(split.train) > 0).all()
    assert (np.diff(split.validation) > 0).all()
    assert split.train.dtype == split.validation.dtype == np.int64


@given(labels, fractions, seeds)
def test_every_class_has_its_share_on_each_side(y: np.ndarray, fraction: float, seed: int) -> None:
    split = split_rows(y, fraction=fraction, seed=seed)
    for code, count in zip(*np.unique(y, return_counts=True), strict=True):
        taken = int((y[split.validation] == code).sum())
        ideal = count * round(len(y) * fraction) / len(y)
        assert min(1, count - 1) <= taken <= count - 1
        assert abs(taken - np.clip(ideal, min(1, count - 1), count - 1)) < 1 + 1e-9


@given(labels, fractions, seeds)
def test_equal_seeds_give_equal_splits(y: np.ndarray, fraction: float, seed: int) -> None:
    first, second = (split_rows(y, fraction=fraction, seed=seed) for _ in range(2))
    np.testing.assert_array_equal(first.validation, second.validation)


def test_other_seeds_give_other_splits() -> None:
    y = np.arange(100) % 2
    assert split_rows(y, seed=1).validation.tolist() != split_rows(y, seed=2).validation.tolist()


def test_the_total_is_exact_where_no_class_is_too_small() -> None:
    y = np.repeat(np.arange(7), [11, 13, 17, 19, 23, 29, 31])
    assert len(split_rows(y, fraction=0.2, seed=0).validation) == round(0.2 * len(y))


def test_big_data_validates_on_a_bounded_number_of_rows() -> None:
    y = np.repeat(np.arange(10), 10_000)
    split = split_rows(y, seed=0)
    assert np.bincount(y[split.validation]).tolist() == [1000] * 10


def test_a_single_row_trains() -> None:
    split = split_rows(np.array([0, 0, 0, 1]), seed=0)
    assert 3 in split.train


@given(groups=st.lists(st.integers(0, 9), min_size=10, max_size=80), seed=st.integers(0, 50))
def test_a_group_is_on_one_side(groups: list[int], seed: int) -> None:
    numbers, strata = np.array(groups), np.arange(len(groups)) % 2
    if len(set(groups)) < 2:
        with pytest.raises(DataError, match="at least two are needed"):
            split_groups(strata, numbers, seed=seed)
        return
    split = split_groups(strata, numbers, seed=seed)
    assert not set(numbers[split.train]) & set(numbers[split.validation])
    assert sorted([*split.train, *split.validation]) == list(range(len(groups)))
    assert min(len(split.train), len(split.validation)) > 0
    again = split_groups(strata, numbers, seed=seed)
    np.testing.assert_array_equal(split.validation, again.validation)


def test_many_groups_give_a_fifth_of_the_rows_with_every_class() -> None:
    rng = np.random.default_rng(0)
    groups, classes = rng.integers(0, 100, 2000), (rng.random(2000) < 0.2).astype(int)
    split = split_groups(classes, groups, seed=1)
    assert len(split.validation) == pytest.approx(400, rel=0.15)
    assert classes[split.validation].mean() == pytest.approx(classes.mean(), abs=0.03)
