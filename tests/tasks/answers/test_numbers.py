"""Numbers to predict."""

from __future__ import annotations

import numpy as np

from automl.tasks.answers.numbers import fit_scale

RNG = np.random.default_rng(0)


def test_numbers_to_predict_get_mean_0_and_deviation_1() -> None:
    y = np.stack([RNG.normal(5e5, 3, 100), np.full(100, 2.0)], axis=1)
    fitted = fit_scale(y)
    learned = (y - fitted["mean"]) / fitted["scale"]
    np.testing.assert_allclose(learned.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(learned.std(axis=0), [1, 0], atol=1e-9)
