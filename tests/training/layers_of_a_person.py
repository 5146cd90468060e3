"""Layers as a person writes them; imported by tests and by the processes that tests kill."""

from __future__ import annotations

import keras

from automl.ops import register_layer


@register_layer("nan_in_validation")
class NanInValidation(keras.Layer):
    """Does nothing in training and all wrong afterwards."""

    def call(self, x, training=False):  # type: ignore[no-untyped-def]
        return x if training else x * float("nan")


@register_layer("own_noise")
class OwnNoise(keras.Layer):
    """Noise from a generator of its own."""

    def __init__(self, **kwargs):  # type: ignore[no-untyped-def]
        super().__init__(**kwargs)
        self.generator = keras.random.SeedGenerator(5)

    def call(self, x, training=False):  # type: ignore[no-untyped-def]
        if not training:
            return x
        return x + keras.random.normal(keras.ops.shape(x), stddev=0.1, dtype=x.dtype, seed=self.generator)
