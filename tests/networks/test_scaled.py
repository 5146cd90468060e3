"""Deep networks for large pictures, those of ``keras.applications`` among them."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import pytest

from automl import ops
from automl.arch import summarize


def _conv_bn(x: Any, filters: int, kernel: int = 1, stride: int = 1, activation: str | None = None) -> Any:
    from keras.layers import Activation, BatchNormalization, Conv2D

    x = Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False)(x)
    x = BatchNormalization()(x)
    return Activation(activation)(x) if activation else x


def _basic(x: Any, filters: int, stride: int) -> Any:
    """The residual block of small ResNets."""
    from keras.layers import Activation, Add

    y = _conv_bn(x, filters, 3, stride, "relu")
    y = _conv_bn(y, filters, 3)
    if stride > 1:
        x = _conv_bn(x, filters, 1, stride)
    return Activation("relu")(Add()([x, y]))


def _classify(x: Any, dropout: float = 0.0) -> Any:
    from keras.layers import Dense, Dropout, GlobalAveragePooling2D

    x = GlobalAveragePooling2D()(x)
    if dropout:
        x = Dropout(dropout)(x)
    return Dense(10, activation="softmax")(x)


def resnet20(image: Any) -> Any:
    x = _conv_bn(image, 16, 3, 1, "relu")
    for filters in (16, 32, 64):
        for block in range(3):
            x = _basic(x, filters, 2 if filters > 16 and block == 0 else 1)
    return _classify(x)


def resnet18(image: Any) -> Any:
    from keras.layers import MaxPooling2D

    x = _conv_bn(image, 64, 7, 2, "relu")
    x = MaxPooling2D(3, strides=2, padding="same")(x)
    for filters in (64, 128, 256, 512):
        for block in range(2):
            x = _basic(x, filters, 2 if filters > 64 and block == 0 else 1)
    return _classify(x)


def resnet50(image: Any) -> Any:
    from keras.layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, ZeroPadding2D

    def unit(x: Any, filters: int, kernel: int = 1, stride: int = 1) -> Any:
        x = Conv2D(filters, kernel, strides=stride, padding="same")(x)
        return BatchNormalization(epsilon=1.001e-5)(x)

    def bottleneck(x: Any, filters: int, stride: int, project: bool) -> Any:
        y = Activation("relu")(unit(x, filters, 1, stride))
        y = Activation("relu")(unit(y, filters, 3))
        y = unit(y, 4 * filters)
        if project:
            x = unit(x, 4 * filters, 1, stride)
        return Activation("relu")(Add()([x, y]))

    x = ZeroPadding2D(3)(image)
    x = Conv2D(64, 7, strides=2)(x)
    x = Activation("relu")(BatchNormalization(epsilon=1.001e-5)(x))
    x = MaxPooling2D(3, strides=2)(ZeroPadding2D(1)(x))
    for filters, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            x = bottleneck(x, filters, 2 if filters > 64 and block == 0 else 1, block == 0)
    return _classify(x)


def inception(image: Any) -> Any:
    from keras.layers import Concatenate, Conv2D, MaxPooling2D

    def unit(x: Any, filters: int, kernel: int = 1, stride: int = 1) -> Any:
        return Conv2D(filters, kernel, strides=stride, padding="same", activation="relu")(x)

    def block(x: Any, one: int, narrow3: int, three: int, narrow5: int, five: int, pool: int) -> Any:
        pooled = MaxPooling2D(3, strides=1, padding="same")(x)
        branches = [unit(x, one), unit(unit(x, narrow3), three, 3), unit(unit(x, narrow5), five, 5), unit(pooled, pool)]
        return Concatenate()(branches)

    def shrink(x: Any) -> Any:
        return MaxPooling2D(3, strides=2, padding="same")(x)

    x = shrink(unit(image, 64, 7, 2))
    x = shrink(unit(unit(x, 64), 192, 3))
    x = block(x, 64, 96, 128, 16, 32, 32)
    x = shrink(block(x, 128, 128, 192, 32, 96, 64))
    x = block(x, 192, 96, 208, 16, 48, 64)
    x = block(x, 160, 112, 224, 24, 64, 64)
    x = block(x, 128, 128, 256, 24, 64, 64)
    x = block(x, 112, 144, 288, 32, 64, 64)
    x = shrink(block(x, 256, 160, 320, 32, 128, 128))
    x = block(x, 256, 160, 320, 32, 128, 128)
    x = block(x, 384, 192, 384, 48, 128, 128)
    return _classify(x, dropout=0.4)


def mobilenet_v2(image: Any) -> Any:
    from keras.layers import Activation, Add, BatchNormalization, DepthwiseConv2D

    def block(x: Any, filters: int, stride: int, expand: int) -> Any:
        y = _conv_bn(x, x.shape[-1] * expand, activation="relu6") if expand > 1 else x
        y = DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
        y = Activation("relu6")(BatchNormalization()(y))
        y = _conv_bn(y, filters)
        return Add()([x, y]) if stride == 1 and x.shape[-1] == filters else y

    x = _conv_bn(image, 32, 3, 2, "relu6")
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expand, filters, times, stride in stages:
        for number in range(times):
            x = block(x, filters, stride if number == 0 else 1, expand)
    return _classify(_conv_bn(x, 1280, activation="relu6"))


def efficientnet(image: Any, b: int) -> Any:
    from keras.layers import (
        Activation,
        Add,
        BatchNormalization,
        Dense,
        DepthwiseConv2D,
        GlobalAveragePooling2D,
        Multiply,
    )

    width, depth = [(1.0, 1.0), (1.0, 1.1), (1.1, 1.2), (1.2, 1.4)][b]

    def rounded(filters: int) -> int:
        near = max(8, int(filters * width + 4) // 8 * 8)
        return near + 8 if near < 0.9 * filters * width else near

    def block(x: Any, kernel: int, stride: int, expand: int, filters: int) -> Any:
        y = _conv_bn(x, x.shape[-1] * expand, activation="silu") if expand > 1 else x
        y = DepthwiseConv2D(kernel, strides=stride, padding="same", use_bias=False)(y)
        y = Activation("silu")(BatchNormalization()(y))
        gate = GlobalAveragePooling2D(keepdims=True)(y)
        gate = Dense(x.shape[-1] // 4, activation="silu")(gate)
        gate = Dense(y.shape[-1], activation="sigmoid")(gate)
        y = _conv_bn(Multiply()([y, gate]), filters)
        return Add()([x, y]) if stride == 1 and x.shape[-1] == filters else y

    x = _conv_bn(image, rounded(32), 3, 2, "silu")
    stages = [
        (3, 1, 1, 1, 16), (3, 2, 2, 6, 24), (5, 2, 2, 6, 40), (3, 3, 2, 6, 80),
        (5, 3, 1, 6, 112), (5, 4, 2, 6, 192), (3, 1, 1, 6, 320),
    ]  # fmt: skip
    for kernel, times, stride, expand, filters in stages:
        for number in range(ceil(times * depth)):
            x = block(x, kernel, stride if number == 0 else 1, expand, rounded(filters))
    return _classify(_conv_bn(x, rounded(1280), activation="silu"), dropout=0.2)


@pytest.mark.parametrize(
    ("by_hand", "size", "params"),
    [
        (resnet20, 16, {}),
        (resnet18, 32, {}),
        pytest.param(resnet50, 64, {}, marks=pytest.mark.slow),
        pytest.param(inception, 64, {}, marks=pytest.mark.slow),
        pytest.param(mobilenet_v2, 64, {}, marks=pytest.mark.slow),
        pytest.param(efficientnet, 64, {"b": 0}, marks=pytest.mark.slow),
    ],
)
def test_the_space_is_the_network_written_by_hand(
    by_hand: Callable[..., Any], size: int, params: Any, compare: Callable[..., None]
) -> None:
    compare(by_hand, {"image": (size, size, 3)}, params)


APPLICATIONS = [
    ("resnet50", {}, "ResNet50"),
    ("mobilenet_v2", {}, "MobileNetV2"),
    *[("efficientnet", {"b": b}, f"EfficientNetB{b}") for b in range(8)],
]


@pytest.mark.parametrize(("name", "params", "network"), APPLICATIONS)
def test_the_parameters_are_those_measured_of_keras_applications(
    name: str, params: Any, network: str, interpret: Callable[..., Any]
) -> None:
    measured = ops.create("backbone", {"network": network})
    shape = (224, 224, 3)
    (channels,) = measured.infer(shape)[-1:]
    head = (channels + 1) * 10
    _, architecture = interpret(name, {"image": shape}, params)
    # The network of Keras counts its fitted normalisation too: a mean and a variance a channel, and a number of rows.
    fitted = 7 if name == "efficientnet" else 0
    assert summarize(architecture).parameters == measured.cost(shape).parameters + head - fitted


@pytest.mark.slow
@pytest.mark.parametrize(("name", "params", "network"), APPLICATIONS[:3])
def test_the_parameters_are_those_of_keras_applications(
    name: str, params: Any, network: str, interpret: Callable[..., Any]
) -> None:
    import keras

    theirs = getattr(keras.applications, network)(weights=None, classes=10)
    fitted = sum(layer.count_params() for layer in theirs.layers if isinstance(layer, keras.layers.Normalization))
    _, architecture = interpret(name, {"image": (224, 224, 3)}, params)
    assert summarize(architecture).parameters == theirs.count_params() - fitted


@pytest.mark.slow
def test_resnet50_is_layer_by_layer_that_of_keras_applications(compare: Callable[..., None]) -> None:
    import keras

    def resnet50(image: Any) -> Any:
        return keras.applications.ResNet50(weights=None, classes=10, input_tensor=image).output

    compare(resnet50, {"image": (64, 64, 3)})
