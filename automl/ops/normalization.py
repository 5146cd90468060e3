"""Normalisation that is learned, and preprocessing with constants."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from automl.errors import ShapeError
from automl.ops.base import Built, Count, UnaryOp, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size

Constants = Annotated[tuple[float, ...], Field(strict=False, min_length=1)]
Variances = Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(strict=False, min_length=1)]
Epsilon = Annotated[float, Field(gt=0)]


@op("bn")
class BatchNorm(UnaryOp):
    """Batch normalisation of the channels (Ioffe & Szegedy, 2015).

    Args:
        momentum: Share of the moving statistics kept at a step. Keras has 0.99; 0.9 follows the network within a few
            dozen steps, which short trainings on small data need.
        epsilon: Added to the variance.
    """

    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    epsilon: Epsilon = 1e-3

    def output(self, x: Shape) -> Shape:
        """As the input."""
        channels(self.name, x)
        return x

    def parameters(self, x: Shape) -> int:
        """Scale, shift, moving mean and moving variance."""
        return 4 * channels(self.name, x)

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """At inference a multiplication and an addition a number."""
        return 2 * size(y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``BatchNormalization``."""
        return keras_layer("BatchNormalization", momentum=self.momentum, epsilon=self.epsilon, name=name)


@op("ln")
class LayerNorm(UnaryOp):
    """Layer normalisation of the last axis (Ba et al., 2016).

    Args:
        epsilon: Added to the variance.
    """

    epsilon: Epsilon = 1e-3

    def output(self, x: Shape) -> Shape:
        """As the input."""
        channels(self.name, x)
        return x

    def parameters(self, x: Shape) -> int:
        """Scale and shift."""
        return 2 * channels(self.name, x)

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """Mean 1, variance 3, normalising 2, scale and shift 2 for each number."""
        return 8 * size(y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``LayerNormalization``."""
        return keras_layer("LayerNormalization", epsilon=self.epsilon, name=name)


@op("gn")
class GroupNorm(UnaryOp):
    """Normalisation of groups of channels over all positions, the same for any batch size (Wu & He, 2018).

    Args:
        groups: How many groups; divides the channels. 1 is one group of all channels.
        epsilon: Added to the variance.
    """

    shorthand: ClassVar[str | None] = "groups"

    groups: Count = 8
    epsilon: Epsilon = 1e-3

    def output(self, x: Shape) -> Shape:
        """As the input."""
        depth = channels(self.name, x)
        if depth % self.groups:
            raise ShapeError(f"groups {self.groups} of {self.name!r} must divide the {depth} channels")
        return x

    def parameters(self, x: Shape) -> int:
        """Scale and shift."""
        return 2 * channels(self.name, x)

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """As ``ln``."""
        return 8 * size(y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``GroupNormalization``."""
        return keras_layer("GroupNormalization", self.groups, epsilon=self.epsilon, name=name)


@op("normalize")
class Normalize(UnaryOp):
    """(x - mean) / sqrt(variance) for each channel, with constants, in float32 also under mixed precision.

    Args:
        mean: One number a channel.
        variance: One number a channel.
    """

    takes_integers: ClassVar[bool] = True

    mean: Constants
    variance: Variances

    def output(self, x: Shape) -> Shape:
        """As the input."""
        depth = channels(self.name, x)
        if not depth == len(self.mean) == len(self.variance):
            raise ShapeError(
                f"{self.name!r} has {len(self.mean)} means and {len(self.variance)} variances for {depth} channels"
            )
        return x

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """A subtraction and a division a number."""
        return 2 * size(y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Normalization``; float16 could not hold a grey value's fraction."""
        return keras_layer(
            "Normalization", axis=-1, mean=list(self.mean), variance=list(self.variance), dtype="float32", name=name
        )


@op("rescale")
class Rescale(UnaryOp):
    """x * scale + offset, with constants, in float32 also under mixed precision.

    Args:
        scale: Multiplied first; 1/255 brings grey values to 0..1.
        offset: Added then.
    """

    shorthand: ClassVar[str | None] = "scale"
    takes_integers: ClassVar[bool] = True

    scale: float = 1 / 255
    offset: float = 0.0

    def output(self, x: Shape) -> Shape:
        """As the input."""
        return x

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """A multiplication and an addition a number."""
        return 2 * size(y)

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """Scale 1 and offset 0."""
        return self.scale == 1 and self.offset == 0

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Rescaling``."""
        return keras_layer("Rescaling", self.scale, offset=self.offset, dtype="float32", name=name)
