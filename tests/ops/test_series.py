"""The operation of series does what NumPy does, and is saved with the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl import ops
from automl.data.series.fit import Scale
from automl.errors import ShapeError

NAN = np.nan
X = np.array([[[1, 5], [NAN, 5], [3, NAN]], [[NAN, NAN]] * 3, [[7, 1e6], [7, 2e6], [7, 3e6]]], np.float32)


def model_of(args: dict[str, Any]) -> Any:
    import keras

    given = keras.Input((3, 2))
    return keras.Model(given, ops.create("series", args).build((3, 2), name="op")(given))


@pytest.mark.parametrize("form", ["plain", "own", "asinh"])
def test_numbers_are_scaled_as_when_they_were_fitted(form: Any, tmp_path: Path) -> None:
    import keras

    scale = Scale(form, (1.0, 2.0), (0.5, 3.0))
    args = {"form": form, "center": [1, 2], "scale": [0.5, 3], "gaps": True}
    model = model_of(args)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    for each in (model, loaded):
        answer = each.predict_on_batch(X)
        assert np.isfinite(answer).all()
        np.testing.assert_allclose(answer[..., :2], scale.apply(X), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(answer[..., 2], np.isnan(X).mean(axis=-1))
    without = model_of(args | {"gaps": False}).predict_on_batch(X)
    np.testing.assert_array_equal(without, answer[..., :2])


def test_own_scales_leave_neither_level_nor_size() -> None:
    model = model_of({"form": "own", "center": [0, 0], "scale": [1, 1]})
    x = np.random.default_rng(0).normal(size=(4, 3, 2)).astype(np.float32)
    np.testing.assert_allclose(model.predict_on_batch(x), model.predict_on_batch(x * 50 + 9), atol=1e-4)
    constant = model.predict_on_batch(np.full((1, 3, 2), 0.1, np.float32))
    np.testing.assert_allclose(constant, 0, atol=1e-3)


@pytest.mark.parametrize(
    ("args", "shape", "message"),
    [
        ({"center": [1], "scale": [1]}, (5, 2), "has 1 centers and 1 scales for 2 channels"),
        ({"center": [1, 2], "scale": [1]}, (5, 2), "has 2 centers and 1 scales"),
        ({"center": [1], "scale": [1]}, (5,), "needs"),
    ],
)
def test_what_does_not_fit_is_refused(args: dict[str, Any], shape: ops.Shape, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        ops.create("series", args).infer(shape)
