"""On which scale a network sees series, decided by the training rows' nearest neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data.prepared import RowView
from automl.data.series.fit import fit_series, neighbour_losses, scales

N = 60
RNG = np.random.default_rng(0)
CODES = np.arange(N) % 2


def fitted(x: np.ndarray, y: np.ndarray, *, classes: bool = True) -> dict[str, Any]:
    found = fit_series(RowView([np.asarray(x, np.float32)], np.arange(len(x))), y, classes=classes)
    assert found["op"] == "series"
    return dict(found["args"])


def shapes() -> np.ndarray:
    """Two shapes (n, 20, 1) with a little noise."""
    t = np.linspace(0, 1, 20)
    wave = np.where(CODES[:, None] == 0, np.sin(6 * t), np.sign(np.sin(6 * t)))
    return (wave + 0.05 * RNG.normal(size=(N, 20)))[..., None]


def test_what_tells_classes_apart_stays() -> None:
    level = shapes()[::-1] * 0.1 + CODES[:, None, None]
    args = fitted(level, CODES)
    assert (args["form"], args["gaps"]) == ("plain", False)
    assert args["center"] == pytest.approx([level.mean()], rel=1e-5)
    assert args["scale"] == pytest.approx([level.std()], rel=1e-5)


def test_series_of_their_own_levels_and_sizes_are_brought_to_them() -> None:
    rough = shapes() * 10 ** RNG.uniform(-1, 1, (N, 1, 1)) + RNG.normal(size=(N, 1, 1)) * 50
    assert fitted(rough, CODES)["form"] == "own"


def test_numbers_of_many_sizes_are_bent() -> None:
    x = 10.0 ** (CODES[:, None, None] + RNG.uniform(0, 0.5, (N, 20, 1)))
    x[:, -1] = 10.0 ** RNG.uniform(0, 6, (N, 1))  # what drowns the others
    assert fitted(x, CODES)["form"] == "asinh"
    assert fitted(x, CODES[:, None].astype(float), classes=False)["form"] == "asinh"


def test_a_number_that_drowns_the_others_bends_all() -> None:
    x = shapes()
    x[0, 0] = 1e4
    assert fitted(x, CODES)["form"] == "asinh"
    x[0, 0] = 5
    assert fitted(x, CODES)["form"] == "plain"


def test_missing_numbers_get_a_channel_and_count_for_nothing() -> None:
    x = shapes()
    args = fitted(x, CODES)
    x[3, 4] = np.nan
    with_gap = fitted(x, CODES)
    assert with_gap["gaps"]
    assert with_gap["scale"] == pytest.approx(args["scale"], rel=1e-2)


def test_constant_and_empty_channels_are_not_scaled() -> None:
    x = np.concatenate([np.full((4, 5, 1), 1e6), np.full((4, 5, 1), np.nan), np.zeros((4, 5, 1))], axis=2)
    for scale in scales(x):
        assert scale.scale[0] == scale.scale[1] == scale.scale[2] == 1.0
        assert np.isfinite(scale.apply(x)).all()
    assert scales(x)[0].center == (1e6, 0.0, 0.0)


def test_neighbours_answer_for_each_other() -> None:
    x = np.array([0.0, 0.1, 5.0, 5.1])[:, None, None] * np.ones((4, 3000, 1))
    assert neighbour_losses(x, np.array([0, 0, 1, 0]), classes=True).tolist() == [0, 0, 1, 1]
    assert neighbour_losses(x, np.array([[1.0], [2.0], [9.0], [5.0]]), classes=False).tolist() == [1, 1, 4, 4]
    assert neighbour_losses(x[:1], np.array([0]), classes=True).tolist() == [0]


@given(st.integers(1, 12), st.integers(1, 3), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(0, 5))
def test_every_form_gives_finite_numbers_without_level(
    length: int, channels: int, level: float, size: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x = (level + size * rng.normal(size=(5, length, channels))).astype(np.float32)
    x[rng.random(x.shape) < 0.2] = np.nan
    for scale in scales(x.astype(np.float64)):
        assert np.isfinite(scale.apply(x)).all()
        assert all(each > 0 for each in scale.scale)
