"""Layers as a person writes them in a module; imported by test_custom."""

from __future__ import annotations

import keras

from automl.ops import register_layer


@register_layer("own_scale")
class Scale(keras.Layer):
    """One learned factor for each channel."""

    def __init__(self, start: float = 1.0, per_channel: bool = True, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.start = start
        self.per_channel = per_channel

    def build(self, shape: tuple[int | None, ...]) -> None:
        size = (shape[-1],) if self.per_channel else ()
        self.factor = self.add_weight(shape=size, initializer=keras.initializers.Constant(self.start), name="factor")

    def call(self, x):  # type: ignore[no-untyped-def]
        return x * self.factor
