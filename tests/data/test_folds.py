"""The laws of the folds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import TimeSeriesSplit

from automl.data.folds import codes_of, folds_of_classes, folds_of_groups, folds_of_strata, folds_of_time, split_of
from automl.errors import DataError

counts = st.integers(2, 6)
seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=30)
@given(rows=st.lists(st.integers(0, 4), min_size=6, max_size=120).map(np.array), folds=counts, seed=seeds)
def test_every_row_validates_once_and_trains_in_all_other_folds(rows: np.ndarray, folds: int, seed: int) -> None:
    splits = folds_of_strata(rows, folds, seed=seed)
    assert sorted(itertools.chain(*(split.validation for split in splits))) == list(range(len(rows)))
    for split in splits:
        assert sorted([*split.train, *split.validation]) == list(range(len(rows)))
        assert (np.diff(split.train) > 0).all()
        again = split_of(codes_of(split))
        np.testing.assert_array_equal(again.train, split.train)
        np.testing.assert_array_equal(again.validation, split.validation)


@settings(max_examples=30)
@given(members=st.lists(st.integers(5, 30), min_size=1, max_size=4), seed=seeds)
def test_every_class_gives_its_share_to_every_fold(members: list[int], seed: int) -> None:
    y = np.repeat(np.arange(len(members)), members)
    for split in folds_of_classes(y, 5, seed=seed):
        taken = np.bincount(y[split.validation], minlength=len(members))
        assert (np.abs(taken - np.array(members) / 5) < 1).all()


def test_equal_seeds_give_equal_folds_and_others_do_not() -> None:
    y = np.arange(100) % 2
    first, again, other = (folds_of_classes(y, 5, seed=seed)[0].validation.tolist() for seed in (1, 1, 2))
    assert first == again != other


@settings(max_examples=30)
@given(
    groups=st.lists(st.integers(0, 12), min_size=12, max_size=80).map(np.array), folds=counts, seed=st.integers(0, 9)
)
def test_a_group_is_in_one_fold(groups: np.ndarray, folds: int, seed: int) -> None:
    strata = np.arange(len(groups)) % 2
    if len(set(groups.tolist())) < folds:
        with pytest.raises(DataError, match=f"{folds} folds were asked for"):
            folds_of_groups(strata, groups, folds, seed=seed)
        return
    splits = folds_of_groups(strata, groups, folds, seed=seed)
    assert len(splits) == folds
    assert sorted(itertools.chain(*(split.validation for split in splits))) == list(range(len(groups)))
    for split in splits:
        assert len(split.validation)
        assert not set(groups[split.train]) & set(groups[split.validation])


def test_a_class_with_too_few_rows_is_named() -> None:
    y = np.repeat([0, 1], [20, 3])
    with pytest.raises(DataError, match=r"5 folds were asked for, and class 'rare' has 3 row\(s\).*ask for 3 or fewer"):
        folds_of_classes(y, 5, seed=0, names=("often", "rare"))
    with pytest.raises(DataError, match=r"4 folds were asked for, and there are 3 row\(s\)"):
        folds_of_strata(np.zeros(3, int), 4, seed=0)


@settings(max_examples=30)
@given(rows=st.integers(1, 400), folds=counts, first=st.integers(1, 40), least=st.integers(1, 20))
def test_parts_of_a_series_follow_each_other_and_end_with_it(rows: int, folds: int, first: int, least: int) -> None:
    parts = folds_of_time(rows, folds, first=first, least=least)
    if not parts:
        assert rows < first + folds * least
        return
    assert len(parts) == folds
    assert parts[0][0] >= first
    assert parts[-1][1] == rows
    assert all(end == begin for (_, end), (begin, _) in itertools.pairwise(parts))
    assert len({end - begin for begin, end in parts}) == 1
    assert parts[0][1] - parts[0][0] >= least


def test_parts_of_a_long_series_are_those_of_scikit_learn() -> None:
    expected = [(int(part[0]), int(part[-1]) + 1) for _, part in TimeSeriesSplit(4).split(np.empty((203, 0)))]
    assert folds_of_time(203, 4, first=30, least=5) == expected
