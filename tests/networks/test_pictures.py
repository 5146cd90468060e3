"""Convolutional networks, and a transformer, for pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def lenet(image: Any) -> Any:
    from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

    x = Conv2D(32, 5, padding="same", activation="relu")(image)
    x = MaxPooling2D(padding="same")(x)
    x = Conv2D(64, 5, padding="same", activation="relu")(x)
    x = MaxPooling2D(padding="same")(x)
    x = Flatten()(x)
    x = Dense(1000, activation="relu")(x)
    return Dense(10, activation="softmax")(x)


def vgg(image: Any) -> Any:
    from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

    x = Conv2D(32, 3, activation="relu")(image)
    x = Conv2D(32, 3, activation="relu")(x)
    x = MaxPooling2D()(x)
    x = Dropout(0.25)(x)
    x = Conv2D(64, 3, activation="relu")(x)
    x = Conv2D(64, 3, activation="relu")(x)
    x = MaxPooling2D()(x)
    x = Dropout(0.25)(x)
    x = Flatten()(x)
    x = Dense(256, activation="relu")(x)
    x = Dropout(0.5)(x)
    return Dense(10, activation="softmax")(x)


def residual_block(image: Any) -> Any:
    from keras.layers import Activation, Add, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D

    x = Conv2D(16, 3, padding="same")(image)
    y = Conv2D(16, 3, padding="same", use_bias=False)(x)
    y = BatchNormalization()(y)
    y = Activation("relu")(y)
    y = Conv2D(16, 3, padding="same", use_bias=False)(y)
    y = BatchNormalization()(y)
    x = Activation("relu")(Add()([x, y]))
    x = GlobalAveragePooling2D()(x)
    return Dense(10, activation="softmax")(x)


def inception_block(image: Any) -> Any:
    from keras.layers import Concatenate, Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D

    x = Conv2D(16, 3, padding="same", activation="relu")(image)
    one = Conv2D(16, 1, activation="relu", padding="same")(x)
    three = Conv2D(8, 1, activation="relu", padding="same")(x)
    three = Conv2D(16, 3, activation="relu", padding="same")(three)
    five = Conv2D(8, 1, activation="relu", padding="same")(x)
    five = Conv2D(16, 5, activation="relu", padding="same")(five)
    pool = MaxPooling2D(3, strides=1, padding="same")(x)
    pool = Conv2D(16, 1, activation="relu", padding="same")(pool)
    x = Concatenate()([one, three, five, pool])
    x = GlobalAveragePooling2D()(x)
    return Dense(10, activation="softmax")(x)


def densenet(image: Any, layers: int) -> Any:
    from keras.layers import (
        Activation,
        AveragePooling2D,
        BatchNormalization,
        Concatenate,
        Conv2D,
        Dense,
        GlobalAveragePooling2D,
    )

    x = Conv2D(16, 3, padding="same", use_bias=False)(image)
    for stage in range(3):
        if stage:
            x = Activation("relu")(BatchNormalization()(x))
            x = Conv2D(x.shape[-1], 1, padding="same", use_bias=False)(x)
            x = AveragePooling2D(2, padding="same")(x)
        for _ in range(layers):
            y = Activation("relu")(BatchNormalization()(x))
            y = Conv2D(12, 3, padding="same", use_bias=False)(y)
            x = Concatenate()([x, y])
    x = Activation("relu")(BatchNormalization()(x))
    x = GlobalAveragePooling2D()(x)
    return Dense(10, activation="softmax")(x)


def unet(image: Any, width: int) -> Any:
    from keras.layers import Concatenate, Conv2D, Conv2DTranspose, MaxPooling2D

    def twice(x: Any, filters: int) -> Any:
        x = Conv2D(filters, 3, padding="same", activation="relu")(x)
        return Conv2D(filters, 3, padding="same", activation="relu")(x)

    x, seen = image, []
    for level in range(4):
        x = twice(x, width * 2**level)
        seen.append(x)
        x = MaxPooling2D(padding="same")(x)
    x = twice(x, width * 16)
    for level in reversed(range(4)):
        x = Conv2DTranspose(width * 2**level, 2, strides=2, padding="same")(x)
        x = Concatenate()([seen[level], x])
        x = twice(x, width * 2**level)
    return Conv2D(1, 1, padding="same", activation="sigmoid")(x)


def vit_small(image: Any, layers: int, positions: Callable[[Any], Any]) -> Any:
    from keras.layers import (
        Add,
        Conv2D,
        Dense,
        GlobalAveragePooling1D,
        LayerNormalization,
        MultiHeadAttention,
        Reshape,
    )

    x = Conv2D(384, 16, strides=16, padding="same")(image)
    x = Reshape((-1, 384))(x)
    x = positions(x)
    for _ in range(layers):
        y = LayerNormalization(epsilon=1e-6)(x)
        y = MultiHeadAttention(6, 64)(y, y)
        x = Add()([x, y])
        y = LayerNormalization(epsilon=1e-6)(x)
        y = Dense(1536, activation="gelu")(y)
        y = Dense(384)(y)
        x = Add()([x, y])
    x = LayerNormalization(epsilon=1e-6)(x)
    x = GlobalAveragePooling1D()(x)
    return Dense(10, activation="softmax")(x)


@pytest.mark.parametrize(
    ("by_hand", "shape", "params"),
    [
        (lenet, (28, 28, 1), {}),
        (vgg, (28, 28, 1), {}),
        (residual_block, (12, 12, 3), {}),
        (inception_block, (12, 12, 3), {}),
        (densenet, (16, 16, 3), {"layers": 3}),
        pytest.param(densenet, (16, 16, 3), {"layers": 12}, marks=pytest.mark.slow),
        (unet, (32, 32, 3), {"width": 16}),
    ],
)
def test_the_space_is_the_network_written_by_hand(
    by_hand: Callable[..., Any], shape: Any, params: Any, compare: Callable[..., None]
) -> None:
    compare(by_hand, {"image": shape}, params)


@pytest.mark.parametrize("layers", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_the_space_is_the_transformer_written_by_hand(
    layers: int, compare: Callable[..., None], add_positions: Callable[[Any], Any]
) -> None:
    compare(vit_small, {"image": (48, 48, 3)}, {"layers": layers}, positions=add_positions)
