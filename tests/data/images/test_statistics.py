"""Normalisation gives mean 0 and variance 1."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data import RowView, fit_normalization


def view(x: np.ndarray) -> RowView:
    return RowView([x], np.arange(len(x)))


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_it_equals_numpys_mean_and_variance_in_float64(dtype: str) -> None:
    rng = np.random.default_rng(0)
    x = (rng.integers(0, 256, (900, 20, 30, 3)) * [1, 0.5, 0.1]).astype(dtype)
    args = fit_normalization(view(x))["args"]
    np.testing.assert_allclose(args["mean"], x.mean(axis=(0, 1, 2), dtype=np.float64), rtol=1e-10)
    np.testing.assert_allclose(args["variance"], x.astype(np.float64).var(axis=(0, 1, 2)), rtol=1e-10)


def test_a_large_mean_does_not_cost_precision() -> None:
    x = (1e6 + np.random.default_rng(0).normal(size=(3000, 10, 20, 1))).astype(np.float32)
    np.testing.assert_allclose(fit_normalization(view(x))["args"]["variance"], x.astype(np.float64).var(), rtol=1e-9)


@pytest.mark.parametrize("x", [np.full((70, 9, 9, 2), 7, np.uint8), np.full((70, 99, 99, 2), 0.1, np.float32)])
def test_a_constant_channel_gets_variance_one(x: np.ndarray) -> None:
    args = fit_normalization(view(x))["args"]
    assert args["variance"] == [1.0, 1.0]
    assert args["mean"] == pytest.approx([float(x[0, 0, 0, 0])] * 2)


def test_only_the_rows_of_the_view_count() -> None:
    x = np.stack([np.full((4, 4, 1), value, np.uint8) for value in (0, 10, 200)])
    args = fit_normalization(RowView([x], np.array([0, 1])))["args"]
    assert args == {"mean": [5.0], "variance": [25.0]}
