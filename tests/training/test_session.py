from __future__ import annotations

import random

import keras
import numpy as np
import pytest

from automl.training.session import precision, session


def first_weights():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)]).get_weights()[0]


def test_equal_seeds_give_equal_weights_whatever_was_before():
    with session(1, "float32"):
        one = first_weights()
    with session(2, "float32"):
        other = first_weights()
    random.random()
    with session(1, "float32"):
        again = first_weights()
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_precision_and_random_state_come_back_even_after_an_error():
    before = random.getstate(), keras.config.dtype_policy().name
    with pytest.raises(ValueError, match="units"), session(1, "mixed_float16"):
        keras.layers.Dense("many")
    assert (random.getstate(), keras.config.dtype_policy().name) == before


def test_a_gpu_decides_the_precision(monkeypatch):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind: ["gpu:0"])
    assert precision() == "mixed_float16"
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind: [])
    assert precision() == "float32"
