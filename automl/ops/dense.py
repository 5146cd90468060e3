"""Fully connected layers, and how a map becomes a vector for them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from automl.ops.activation import activation_flops
from automl.ops.base import ActivationName, Built, Count, UnaryOp, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, spatial


@op("dense")
class Dense(UnaryOp):
    """Fully connected along the last axis; the same for every position where there are other axes.

    Args:
        units: Output channels.
        activation: Applied to the output.
        use_bias: Add a number to each output channel.
    """

    shorthand: ClassVar[str | None] = "units"
    weighted: ClassVar[bool] = True

    units: Count
    activation: ActivationName = "linear"
    use_bias: bool = True

    def output(self, x: Shape) -> Shape:
        """The last axis becomes the units."""
        channels(self.name, x)
        return (*x[:-1], self.units)

    def parameters(self, x: Shape) -> int:
        """Kernel and bias."""
        return (channels(self.name, x) + self.use_bias) * self.units

    def flops(self, x: Shape, y: Shape) -> int:
        """A multiply-add a weight and position, an addition for the bias, the activation."""
        return size(y) * (2 * channels(self.name, x) + self.use_bias) + activation_flops(self.activation, y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Dense``."""
        return keras_layer("Dense", self.units, activation=self.activation, use_bias=self.use_bias, name=name)


@op("flatten")
class Flatten(UnaryOp):
    """All axes in one."""

    def output(self, x: Shape) -> Shape:
        """One axis; its size is unknown when one of the input's is."""
        return (None,) if None in x else (size(x),)

    def is_identity(self, *inputs: Shape) -> bool:
        """A vector is flat."""
        return len(inputs[0]) == 1

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Flatten``."""
        return keras_layer("Flatten", name=name)


@op("head")
class Head(UnaryOp):
    """What a prediction comes out of: a dense layer in float32, also under mixed precision.

    On a map it averages over the positions first, as ``gap``.

    Args:
        units: Outputs; the task fills them in from the data.
        activation: ``softmax`` for one of several classes, ``sigmoid`` for yes or no each, ``linear`` for numbers.
    """

    shorthand: ClassVar[str | None] = "units"
    weighted: ClassVar[bool] = True

    units: Count
    activation: Literal["softmax", "sigmoid", "linear"] = "linear"

    def output(self, x: Shape) -> Shape:
        """The units."""
        channels(self.name, x)
        if len(x) > 1:
            spatial(self.name, x)
        return (self.units,)

    def parameters(self, x: Shape) -> int:
        """Kernel and bias."""
        return (channels(self.name, x) + 1) * self.units

    def flops(self, x: Shape, y: Shape) -> int:
        """The mean over the positions of a map, then as ``dense``."""
        pooled = size(x) if len(x) > 1 else 0
        return pooled + size(y) * (2 * channels(self.name, x) + 1) + activation_flops(self.activation, y)

    def activations(self, x: Shape, y: Shape) -> int:
        """The output, and the mean on a map."""
        return size(y) + (channels(self.name, x) if len(x) > 1 else 0)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``Dense``, after a global average on a map."""
        dense = keras_layer("Dense", self.units, activation=self.activation, dtype="float32", name=name)
        if len(x) == 1:
            return dense
        pool = keras_layer(f"GlobalAveragePooling{len(x) - 1}D", name=f"{name}__gap")

        def head(tensor: Any) -> Any:
            return dense(pool(tensor))

        return head
