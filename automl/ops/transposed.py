"""Transposed convolution: the way back from a small map to a larger one."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from automl.ops.activation import activation_flops
from automl.ops.base import ActivationName, Built, Count, UnaryOp, Window, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, spatial, spread


@op("convtranspose")
class ConvTranspose(UnaryOp):
    """Transposed convolution, which makes a map larger; of rank 1, 2 or 3 as its input.

    Args:
        filters: Output channels.
        kernel: Window along every spatial axis, or one number each.
        stride: Factor along every spatial axis, or one number each.
        padding: ``same`` makes n * stride of a map of n; ``valid`` keeps what the window writes beyond that.
        activation: Applied to the output.
        use_bias: Add a number to each output channel.
    """

    shorthand: ClassVar[str | None] = "filters"
    weighted: ClassVar[bool] = True
    windows: ClassVar[tuple[str, ...]] = ("kernel", "stride")

    filters: Count
    kernel: Window = 3
    stride: Window = 2
    padding: Literal["same", "valid"] = "same"
    activation: ActivationName = "linear"
    use_bias: bool = True

    def output(self, x: Shape) -> Shape:
        """Spatial axes times the stride, channels are the filters."""
        axes = spatial(self.name, x)
        channels(self.name, x)
        kernel, stride = (spread(self.name, w, getattr(self, w), len(axes)) for w in self.windows)
        beyond = [0 if self.padding == "same" else max(k - s, 0) for k, s in zip(kernel, stride, strict=True)]
        written = (axis and axis * s + more for axis, s, more in zip(axes, stride, beyond, strict=True))
        return (*written, self.filters)

    def parameters(self, x: Shape) -> int:
        """Kernel and bias."""
        return (self._taps(x) + self.use_bias) * self.filters

    def flops(self, x: Shape, y: Shape) -> int:
        """A multiply-add a tap, filter and input position, an addition for the bias, the activation."""
        multiplied = 2 * size(x[:-1]) * self._taps(x) * self.filters
        return multiplied + self.use_bias * size(y) + activation_flops(self.activation, y)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``Conv1DTranspose``, ``Conv2DTranspose`` or ``Conv3DTranspose``."""
        return keras_layer(
            f"Conv{len(x) - 1}DTranspose",
            self.filters,
            self.kernel,
            strides=self.stride,
            padding=self.padding,
            activation=self.activation,
            use_bias=self.use_bias,
            name=name,
        )

    def _taps(self, x: Shape) -> int:
        return math.prod(spread(self.name, "kernel", self.kernel, len(x) - 1)) * channels(self.name, x)
