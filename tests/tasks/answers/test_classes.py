"""Classes to predict."""

from __future__ import annotations

import numpy as np
import pytest

from automl.tasks.answers.classes import balanced


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    codes = np.array([0] * 7 + [1] * 2 + [2])
    assert balanced(codes, 3) == pytest.approx(compute_class_weight("balanced", classes=np.arange(3), y=codes).tolist())
    assert balanced(codes, 4)[3] == 1.0
