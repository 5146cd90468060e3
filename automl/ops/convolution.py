"""Convolutions over one, two or three spatial axes, chosen by the rank of the input."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from automl.errors import ShapeError
from automl.ops.activation import activation_flops
from automl.ops.base import ActivationName, Built, Count, UnaryOp, Window, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, slide, spatial, spread


@op("conv")
class Conv(UnaryOp):
    """Convolution; of rank 1, 2 or 3 as its input.

    Args:
        filters: Output channels.
        kernel: Window along every spatial axis, or one number each.
        stride: Step along every spatial axis, or one number each.
        padding: ``same`` keeps a map of n at ceil(n / stride); ``valid`` does not pad; ``causal`` (one spatial axis
            only) pads at the start, so that no output sees the future.
        dilation: Distance of the window's points; above 1 only with stride 1.
        groups: Parts of the channels that do not see each other; divides input and output channels.
        activation: Applied to the output.
        use_bias: Add a number to each output channel.
    """

    shorthand: ClassVar[str | None] = "filters"
    weighted: ClassVar[bool] = True
    windows: ClassVar[tuple[str, ...]] = ("kernel", "stride", "dilation")

    filters: Count
    kernel: Window = 3
    stride: Window = 1
    padding: Literal["same", "valid", "causal"] = "same"
    dilation: Window = 1
    groups: Count = 1
    activation: ActivationName = "linear"
    use_bias: bool = True

    def output(self, x: Shape) -> Shape:
        """Spatial axes by the window, channels are the filters."""
        axes = spatial(self.name, x)
        depth = channels(self.name, x)
        if self.padding == "causal" and len(axes) != 1:
            raise ShapeError(f"padding 'causal' of {self.name!r} needs one spatial axis, the input has {len(axes)}")
        if depth % self.groups or self.filters % self.groups:
            raise ShapeError(
                f"groups {self.groups} of {self.name!r} must divide input channels {depth} and filters {self.filters}"
            )
        kernel, stride, dilation = (spread(self.name, w, getattr(self, w), len(axes)) for w in self.windows)
        _check_dilation(self.name, stride, dilation)
        return (*slide(self.name, axes, kernel, stride, dilation, padded=self.padding != "valid"), self.filters)

    def parameters(self, x: Shape) -> int:
        """Kernel and bias."""
        return self._taps(x) * self.filters + self.use_bias * self.filters

    def flops(self, x: Shape, y: Shape) -> int:
        """A multiply-add a tap and output, an addition for the bias, the activation."""
        return size(y) * (2 * self._taps(x) + self.use_bias) + activation_flops(self.activation, y)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``Conv1D``, ``Conv2D`` or ``Conv3D``."""
        return keras_layer(
            f"Conv{len(x) - 1}D",
            self.filters,
            self.kernel,
            strides=self.stride,
            padding=self.padding,
            dilation_rate=self.dilation,
            groups=self.groups,
            activation=self.activation,
            use_bias=self.use_bias,
            name=name,
        )

    def _taps(self, x: Shape) -> int:
        return math.prod(spread(self.name, "kernel", self.kernel, len(x) - 1)) * channels(self.name, x) // self.groups


@op("dwconv")
class DepthwiseConv(UnaryOp):
    """Convolution of each channel on its own, over one or two spatial axes.

    Args:
        kernel: Window along every spatial axis, or one number each.
        stride: Step along every spatial axis (TensorFlow has only equal ones).
        padding: ``same`` or ``valid``, as in ``conv``.
        dilation: Distance of the window's points; above 1 only with stride 1.
        multiplier: Output channels for each input channel.
        activation: Applied to the output.
        use_bias: Add a number to each output channel.
    """

    shorthand: ClassVar[str | None] = "kernel"
    weighted: ClassVar[bool] = True
    windows: ClassVar[tuple[str, ...]] = ("kernel",)

    kernel: Window = 3
    stride: Count = 1
    padding: Literal["same", "valid"] = "same"
    dilation: Count = 1
    multiplier: Count = 1
    activation: ActivationName = "linear"
    use_bias: bool = True

    def output(self, x: Shape) -> Shape:
        """Spatial axes by the window, channels times the multiplier."""
        depth = channels(self.name, x) * self.multiplier
        return (*_depthwise(self, x), depth)

    def parameters(self, x: Shape) -> int:
        """Kernel and bias."""
        return channels(self.name, x) * self.multiplier * (_area(self, x) + self.use_bias)

    def flops(self, x: Shape, y: Shape) -> int:
        """A multiply-add a tap and output, an addition for the bias, the activation."""
        return size(y) * (2 * _area(self, x) + self.use_bias) + activation_flops(self.activation, y)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``DepthwiseConv1D`` or ``DepthwiseConv2D``."""
        return keras_layer(
            f"DepthwiseConv{len(x) - 1}D",
            self.kernel,
            strides=self.stride,
            padding=self.padding,
            dilation_rate=self.dilation,
            depth_multiplier=self.multiplier,
            activation=self.activation,
            use_bias=self.use_bias,
            name=name,
        )


@op("sepconv")
class SeparableConv(UnaryOp):
    """Depthwise convolution, then a 1x1 convolution (Chollet, 2017), over one or two spatial axes.

    Args:
        filters: Output channels.
        kernel: Window along every spatial axis, or one number each.
        stride: Step along every spatial axis (TensorFlow has only equal ones).
        padding: ``same`` or ``valid``, as in ``conv``.
        dilation: Distance of the window's points; above 1 only with stride 1.
        multiplier: Depthwise channels for each input channel.
        activation: Applied to the output.
        use_bias: Add a number to each output channel.
    """

    shorthand: ClassVar[str | None] = "filters"
    weighted: ClassVar[bool] = True
    windows: ClassVar[tuple[str, ...]] = ("kernel",)

    filters: Count
    kernel: Window = 3
    stride: Count = 1
    padding: Literal["same", "valid"] = "same"
    dilation: Count = 1
    multiplier: Count = 1
    activation: ActivationName = "linear"
    use_bias: bool = True

    def output(self, x: Shape) -> Shape:
        """Spatial axes by the window, channels are the filters."""
        channels(self.name, x)
        return (*_depthwise(self, x), self.filters)

    def parameters(self, x: Shape) -> int:
        """Both kernels and one bias."""
        depth = channels(self.name, x) * self.multiplier
        return depth * (_area(self, x) + self.filters) + self.use_bias * self.filters

    def flops(self, x: Shape, y: Shape) -> int:
        """Multiply-adds of both kernels, an addition for the bias, the activation."""
        depth = channels(self.name, x) * self.multiplier
        positions = size(y[:-1])
        multiplied = 2 * positions * depth * (_area(self, x) + self.filters)
        return multiplied + self.use_bias * size(y) + activation_flops(self.activation, y)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``SeparableConv1D`` or ``SeparableConv2D``."""
        return keras_layer(
            f"SeparableConv{len(x) - 1}D",
            self.filters,
            self.kernel,
            strides=self.stride,
            padding=self.padding,
            dilation_rate=self.dilation,
            depth_multiplier=self.multiplier,
            activation=self.activation,
            use_bias=self.use_bias,
            name=name,
        )


def _area(conv: DepthwiseConv | SeparableConv, x: Shape) -> int:
    return math.prod(spread(conv.name, "kernel", conv.kernel, len(x) - 1))


def _depthwise(conv: DepthwiseConv | SeparableConv, x: Shape) -> Shape:
    axes = spatial(conv.name, x, ranks=(1, 2))
    kernel = spread(conv.name, "kernel", conv.kernel, len(axes))
    stride, dilation = (conv.stride,) * len(axes), (conv.dilation,) * len(axes)
    _check_dilation(conv.name, stride, dilation)
    return slide(conv.name, axes, kernel, stride, dilation, padded=conv.padding == "same")


def _check_dilation(name: str, stride: tuple[int, ...], dilation: tuple[int, ...]) -> None:
    if max(stride) > 1 and max(dilation) > 1:
        raise ShapeError(f"{name!r} has stride {max(stride)} and dilation {max(dilation)}; one of them must be 1")
