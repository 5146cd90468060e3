from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.jobs import Augment
from automl.training.augment import augment
from automl.training.batches import Batches

SEEDS = st.integers(0, 2**32 - 1)


def pictures(n=6, height=5, width=4, channels=2, seed=0):
    return np.random.default_rng(seed).integers(0, 255, (n, height, width, channels)).astype("uint8")


@given(n=st.integers(1, 300), batch_size=st.integers(1, 400), seed=SEEDS)
def test_every_epoch_has_every_row_in_equal_batches(n, batch_size, seed):
    batches = Batches(np.arange(n), np.arange(n), batch_size=batch_size, seed=seed)
    epoch = list(batches.epoch(1))
    assert len(epoch) == batches.steps == -(-n // batch_size)
    assert {len(batch.y) for batch in epoch} == {batches.size}
    assert batches.size <= batch_size
    seen = np.concatenate([batch.x for batch in epoch])
    assert set(seen) == set(range(n))
    assert len(seen) - n < batches.steps


@given(seed=SEEDS, epoch=st.integers(1, 1000))
def test_an_epoch_is_the_same_whenever_it_is_asked_for(seed, epoch):
    x = pictures(20)
    how = Augment(flip=True, shift=2)
    one = Batches(x, np.arange(20), batch_size=8, seed=seed, how=how)
    other = Batches(x, np.arange(20), batch_size=8, seed=seed, how=how)
    list(other.epoch(epoch + 1))
    for a, b in zip(one.epoch(epoch), other.epoch(epoch), strict=True):
        assert np.array_equal(a.x, b.x)
        assert np.array_equal(a.y, b.y)


def test_epochs_differ():
    batches = Batches(np.arange(100), np.arange(100), batch_size=100, seed=0)
    assert not np.array_equal(next(batches.epoch(1)).x, next(batches.epoch(2)).x)


def test_inputs_and_targets_stay_together():
    x = np.arange(50) * 10
    for batch in Batches(x, np.arange(50), batch_size=7, seed=3).epoch(1):
        assert np.array_equal(batch.x, batch.y * 10)


def test_targets_become_one_hot_when_asked():
    (batch,) = Batches(np.zeros((3, 2)), np.array([2, 0, 1]), batch_size=3, seed=0, classes=3).epoch(1)
    assert batch.y.dtype == np.float32
    assert batch.y.tolist() == np.eye(3)[np.array([2, 0, 1])[np.random.default_rng([0, 1]).permutation(3)]].tolist()


def test_rows_that_are_no_pictures_are_not_augmented():
    x = np.arange(12).reshape(6, 2)
    batches = Batches(x, np.arange(6), batch_size=6, seed=0, how=Augment(flip=True, shift=3))
    (batch,) = batches.epoch(1)
    assert np.array_equal(batch.x, x[batch.y])


@given(seed=SEEDS)
def test_nothing_to_do_is_the_identity(seed):
    x = pictures()
    assert augment(x, Augment(), np.random.default_rng(seed)) is x


@given(seed=SEEDS)
def test_a_flip_mirrors_a_picture_or_leaves_it(seed):
    x = pictures(12)
    changed = augment(x, Augment(flip=True), np.random.default_rng(seed))
    for before, after in zip(x, changed, strict=True):
        assert np.array_equal(after, before) or np.array_equal(after, before[:, ::-1])


@given(seed=SEEDS)
def test_a_flip_keeps_the_pixels_of_every_line(seed):
    x = pictures(8, channels=1)
    changed = augment(x, Augment(flip=True), np.random.default_rng(seed))
    assert np.array_equal(np.sort(changed, axis=2), np.sort(x, axis=2))


@given(seed=SEEDS, shift=st.integers(1, 3))
def test_a_shift_is_a_window_of_the_picture_with_its_edges_repeated(seed, shift):
    x = pictures(8)
    changed = augment(x, Augment(shift=shift), np.random.default_rng(seed))
    padded = np.pad(x, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, x.shape[1:3], axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    for after, possible in zip(changed, windows, strict=True):
        assert (possible == after).all(axis=(2, 3, 4)).any()


def test_about_half_of_the_pictures_are_flipped_and_all_shifts_occur():
    x = np.tile(np.arange(9, dtype="uint8").reshape(1, 1, 9, 1), (4000, 1, 1, 1))
    flipped = augment(x, Augment(flip=True), np.random.default_rng(0))[:, 0, 0, 0] == 8
    assert 0.47 < flipped.mean() < 0.53
    middles = augment(x, Augment(shift=2), np.random.default_rng(0))[:, 0, 4, 0]
    counts = np.unique(middles, return_counts=True)
    assert counts[0].tolist() == [2, 3, 4, 5, 6]
    assert counts[1].min() > 700


def test_the_pictures_themselves_are_not_changed():
    x = pictures()
    before = x.copy()
    augment(x, Augment(flip=True, shift=2), np.random.default_rng(1))
    assert np.array_equal(x, before)


def test_an_undecided_flip_is_a_mistake():
    with pytest.raises(ValueError, match="auto"):
        augment(pictures(), Augment(flip="auto"), np.random.default_rng(0))
