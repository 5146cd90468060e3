"""The operations of forecasts do what NumPy does, keep their laws, and are saved with the model.

Shapes, parameters and costs are compared with Keras' in test_against_keras.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from automl import ops
from automl.errors import ShapeError

STEPS, CHANNELS, COLUMNS, HORIZON = 6, 3, 2, 4
RNG = np.random.default_rng(0)
X = RNG.normal(3, 2, (5, STEPS, CHANNELS)).astype(np.float32)
BY = ("last", "mean", "standard", "none")


def model_of(name: str, args: dict[str, Any], *shapes: ops.Shape) -> Any:
    import keras

    given = [keras.Input(shape) for shape in shapes]
    return keras.Model(given, ops.create(name, args).build(*shapes, name="op")(*given))


@pytest.fixture(scope="module")
def forecasts() -> dict[str, Any]:
    """By level a forecast of two columns whose weights are anything, beside a vector that a network has found."""
    found = {}
    for by in BY:
        args = {"by": by, "repeat": True, "steps": HORIZON, "columns": COLUMNS, "season": 3}
        found[by] = model_of("forecast", args, (7,), (STEPS, CHANNELS))
        found[by].set_weights([RNG.normal(size=each.shape) for each in found[by].get_weights()])
    return found


def level_of(x: NDArray[Any], by: str) -> NDArray[Any]:
    if by == "none":
        return np.zeros((len(x), 1, x.shape[2]))
    return x[:, -1:] if by == "last" else x.mean(axis=1, keepdims=True)


def spread_of(x: NDArray[Any], by: str) -> Any:
    return np.sqrt(x.var(axis=1, keepdims=True) + 1e-5) if by == "standard" else 1.0


def test_what_is_known_stands_so_many_steps_earlier(tmp_path: Path) -> None:
    import keras

    model = model_of("ahead", {}, (STEPS, CHANNELS), (HORIZON, 2))
    future = RNG.normal(size=(5, HORIZON, 2)).astype(np.float32)
    whole = np.concatenate([X[:, :, 1:], future], axis=1)
    expected = np.concatenate([X, whole[:, HORIZON:]], axis=2)
    model.save(tmp_path / "model.keras")
    for each in (model, keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)):
        np.testing.assert_array_equal(each.predict_on_batch([X, future]), expected)


@pytest.mark.parametrize("columns", [0, COLUMNS])
@pytest.mark.parametrize("by", BY)
def test_a_window_loses_its_level(by: str, columns: int) -> None:
    count = columns or CHANNELS
    inner = X[:, :, :count].astype(np.float64)
    units = (inner - level_of(inner, by)) / spread_of(inner, by)
    answer = model_of("window", {"by": by, "columns": columns}, (STEPS, CHANNELS)).predict_on_batch(X)
    np.testing.assert_allclose(answer, np.concatenate([units, X[:, :, count:]], axis=2), atol=1e-5)


@pytest.mark.parametrize("repeat", [False, True])
@pytest.mark.parametrize("by", BY)
def test_before_training_it_repeats_the_level_or_the_season(by: str, repeat: bool) -> None:
    args = {"by": by, "repeat": repeat, "steps": HORIZON, "columns": COLUMNS, "season": 3}
    answer = model_of("forecast", args, (STEPS, CHANNELS)).predict_on_batch(X).reshape(5, HORIZON, COLUMNS)
    inner = X[:, :, :COLUMNS]
    level = np.broadcast_to(level_of(inner, by), answer.shape)
    season = inner[:, [3, 4, 5, 3]]  # the last three steps, one after the other
    np.testing.assert_allclose(answer, season if repeat else level, atol=1e-4)


@pytest.mark.parametrize("by", ["last", "mean", "standard"])
@settings(max_examples=25, deadline=None)
@given(shift=st.floats(-50, 50, width=32))
def test_what_is_added_to_a_window_is_added_to_its_forecast(forecasts: Any, by: str, shift: float) -> None:
    features = np.ones((5, 7), np.float32)
    plain, moved = (forecasts[by].predict_on_batch([features, x]) for x in (X, X + np.float32(shift)))
    np.testing.assert_allclose(moved, plain + shift, atol=1e-2)


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(0.5, 50, width=32))
def test_in_units_of_its_spread_a_larger_window_has_a_larger_forecast(forecasts: Any, scale: float) -> None:
    features = np.ones((5, 7), np.float32)
    plain, larger = (forecasts["standard"].predict_on_batch([features, x]) for x in (X, X * np.float32(scale)))
    np.testing.assert_allclose(larger, plain * scale, rtol=1e-2, atol=1e-2 * scale)


def test_channels_beside_the_columns_say_nothing_by_themselves(forecasts: Any) -> None:
    features = np.zeros((5, 7), np.float32)
    other = X.copy()
    other[:, :, COLUMNS:] = 1e3
    for model in forecasts.values():
        np.testing.assert_array_equal(model.predict_on_batch([features, X]), model.predict_on_batch([features, other]))


def test_what_is_left_to_the_data_is_completed_by_its_codes() -> None:
    codes = (HORIZON, COLUMNS, 3)
    assert ops.create("forecast", {}).completed({}, codes) == {"steps": HORIZON, "columns": COLUMNS, "season": 3}
    assert ops.create("forecast", {}).completed({"season": 1}, codes)["season"] == 1
    assert ops.create("window", {}).completed({}, codes) == {"columns": COLUMNS}
    assert ops.create("window", {"by": "none"}).is_identity((STEPS, CHANNELS))


@pytest.mark.parametrize(
    ("name", "args", "shapes", "message"),
    [
        ("ahead", {}, [(None, 3), (4, 2)], "of known lengths"),
        ("ahead", {}, [(6, 1), (4, 2)], "the 2 last of its channels"),
        ("window", {}, [(None, 3)], "a window of known length"),
        ("window", {"columns": 4}, [(6, 3)], "about the first 4 channels, and there are 3"),
        ("forecast", {"columns": 4}, [(6, 3)], "about the first 4 channels, and there are 3"),
        ("forecast", {}, [(2, 2, 2), (6, 3)], "a vector or a sequence of known length"),
        ("forecast", {}, [(None, 2), (6, 3)], "a vector or a sequence of known length"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, args: dict[str, Any], shapes: list[Any], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        ops.create(name, args).infer(*shapes)
