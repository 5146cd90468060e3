"""Layers that act in training only, and the one that never acts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from automl.ops.base import Built, Rate, UnaryOp, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, spatial


@op("dropout")
class Dropout(UnaryOp):
    """Set numbers to zero at random in training (Srivastava et al., 2014).

    Args:
        rate: Share of numbers.
    """

    shorthand: ClassVar[str | None] = "rate"

    rate: Rate = 0.5

    def output(self, x: Shape) -> Shape:
        """As the input."""
        return x

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """A rate of zero."""
        return self.rate == 0

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Dropout``."""
        return keras_layer("Dropout", self.rate, name=name)


@op("spatial_dropout")
class SpatialDropout(UnaryOp):
    """Set whole channels of a map to zero at random in training (Tompson et al., 2015).

    Args:
        rate: Share of channels.
    """

    shorthand: ClassVar[str | None] = "rate"

    rate: Rate = 0.5

    def output(self, x: Shape) -> Shape:
        """As the input."""
        spatial(self.name, x)
        channels(self.name, x)
        return x

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """A rate of zero."""
        return self.rate == 0

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``SpatialDropout1D``, ``2D`` or ``3D``."""
        return keras_layer(f"SpatialDropout{len(x) - 1}D", self.rate, name=name)


@op("gaussian_noise")
class GaussianNoise(UnaryOp):
    """Add normally distributed noise in training.

    Args:
        stddev: Standard deviation of the noise.
    """

    shorthand: ClassVar[str | None] = "stddev"

    stddev: Annotated[float, Field(ge=0)] = 0.1

    def output(self, x: Shape) -> Shape:
        """As the input."""
        return x

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """No deviation."""
        return self.stddev == 0

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``GaussianNoise``."""
        return keras_layer("GaussianNoise", self.stddev, name=name)


@op("identity")
class Identity(UnaryOp):
    """Gives back its input."""

    def output(self, x: Shape) -> Shape:
        """As the input."""
        return x

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """Always."""
        return True

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Identity``."""
        return keras_layer("Identity", name=name)
