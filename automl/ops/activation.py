"""Activations as layers of their own. All keep the shape; only ``prelu`` has weights."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from automl.ops.base import Built, UnaryOp, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size


def activation_flops(activation: str, y: Shape) -> int:
    """One operation a number, three for softmax (exponential, sum, division) and its logarithm, none for ``linear``."""
    return {"linear": 0, "softmax": 3, "log_softmax": 3}.get(activation, 1) * size(y)


class _Activation(UnaryOp):
    """Keeps the shape, has no weights, and is Keras' activation of its own name."""

    def output(self, x: Shape) -> Shape:
        """As the input."""
        return x

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """See ``activation_flops``."""
        return activation_flops(self.name, y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Activation``."""
        return keras_layer("Activation", self.name, name=name)


@op("relu")
class Relu(_Activation):
    """max(x, 0)."""


@op("relu6")
class Relu6(_Activation):
    """min(max(x, 0), 6)."""


@op("leaky_relu")
class LeakyRelu(_Activation):
    """x above zero, ``slope`` * x below.

    Args:
        slope: Below zero. 0.2, as in Keras' function of this name.
    """

    shorthand: ClassVar[str | None] = "slope"

    slope: Annotated[float, Field(ge=0)] = 0.2

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``LeakyReLU``."""
        return keras_layer("LeakyReLU", self.slope, name=name)


@op("prelu")
class PRelu(_Activation):
    """x above zero, a learned share of it below, one for each channel (He et al., 2015)."""

    def output(self, x: Shape) -> Shape:
        """As the input."""
        channels(self.name, x)
        return x

    def parameters(self, x: Shape) -> int:
        """A slope a channel."""
        return channels(self.name, x)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``PReLU``, shared along all axes but the last."""
        return keras_layer("PReLU", shared_axes=list(range(1, len(x))) or None, name=name)


@op("elu")
class Elu(_Activation):
    """x above zero, ``alpha`` * (exp(x) - 1) below (Clevert et al., 2016).

    Args:
        alpha: Minus the limit far below zero.
    """

    shorthand: ClassVar[str | None] = "alpha"

    alpha: Annotated[float, Field(ge=0)] = 1.0

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``ELU``."""
        return keras_layer("ELU", self.alpha, name=name)


@op("celu")
class Celu(_Activation):
    """max(x, 0) + min(0, exp(x) - 1): ELU whose slope has no jump (Barron, 2017)."""


@op("selu")
class Selu(_Activation):
    """ELU scaled so that activations keep mean 0 and variance 1 (Klambauer et al., 2017)."""


@op("gelu")
class Gelu(_Activation):
    """x times the normal distribution function of x (Hendrycks & Gimpel, 2016), not approximated."""


@op("silu")
class Silu(_Activation):
    """x * sigmoid(x), also called swish."""


@op("hard_silu")
class HardSilu(_Activation):
    """x * min(max(x + 3, 0), 6) / 6, the cheap swish of MobileNetV3."""


@op("mish")
class Mish(_Activation):
    """x * tanh(softplus(x)) (Misra, 2019)."""


@op("tanh")
class Tanh(_Activation):
    """Hyperbolic tangent."""


@op("hard_tanh")
class HardTanh(_Activation):
    """min(max(x, -1), 1)."""


@op("sigmoid")
class Sigmoid(_Activation):
    """1 / (1 + exp(-x))."""


@op("hard_sigmoid")
class HardSigmoid(_Activation):
    """min(max(x / 6 + 1/2, 0), 1), the cheap sigmoid of MobileNetV3."""


@op("softsign")
class Softsign(_Activation):
    """x / (1 + abs(x))."""


@op("exponential")
class Exponential(_Activation):
    """exp(x)."""


@op("softplus")
class Softplus(_Activation):
    """log(1 + exp(x))."""


@op("softmax")
class Softmax(_Activation):
    """exp(x) over its sum along the last axis."""

    def output(self, x: Shape) -> Shape:
        """As the input, which must have a last axis."""
        channels(self.name, x)
        return x


@op("log_softmax")
class LogSoftmax(Softmax):
    """The logarithm of ``softmax``."""
