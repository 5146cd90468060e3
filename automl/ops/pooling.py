"""Pooling: a window's or a whole map's maximum or mean."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from automl.ops.base import Built, UnaryOp, Window, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, slide, spatial, spread


class _Pool(UnaryOp):
    shorthand: ClassVar[str | None] = "size"
    windows: ClassVar[tuple[str, ...]] = ("size", "stride")
    keras_name: ClassVar[str]

    size: Window = 2
    stride: Window | None = None
    padding: Literal["same", "valid"] = "same"

    def output(self, x: Shape) -> Shape:
        """Spatial axes by the window."""
        axes = spatial(self.name, x)
        window = spread(self.name, "size", self.size, len(axes))
        stride = spread(self.name, "stride", self._stride(), len(axes))
        return (*slide(self.name, axes, window, stride, (1,) * len(axes), padded=self.padding == "same"), x[-1])

    def flops(self, x: Shape, y: Shape) -> int:
        """One operation a number seen."""
        return size(y) * math.prod(spread(self.name, "size", self.size, len(x) - 1))

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """A window of one, step by step."""
        arguments = self.arguments()
        return bool(arguments["size"] == arguments["stride"] == 1)

    def arguments(self) -> dict[str, Any]:
        """See ``Op.arguments``; the stride is always said."""
        arguments = super().arguments()
        return arguments if self.stride is not None else arguments | {"stride": arguments["size"]}

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' pooling layer."""
        return keras_layer(
            f"{self.keras_name}{len(x) - 1}D", self.size, strides=self._stride(), padding=self.padding, name=name
        )

    def _stride(self) -> int | tuple[int, ...]:
        return self.size if self.stride is None else self.stride


@op("maxpool")
class MaxPool(_Pool):
    """Maximum of a window over one, two or three spatial axes.

    ``padding`` is ``same`` unless said otherwise (Keras has ``valid``): a map never shrinks to nothing, so a candidate
    with one pooling more stays feasible, and odd sizes keep their border.

    Args:
        size: Window along every spatial axis, or one number each.
        stride: Step along every spatial axis, or one number each; None steps by the window's size.
        padding: ``same`` keeps a map of n at ceil(n / stride); ``valid`` does not pad.
    """

    keras_name: ClassVar[str] = "MaxPooling"


@op("avgpool")
class AvgPool(_Pool):
    """Mean of a window over one, two or three spatial axes; padding is left out of it.

    ``padding`` is ``same`` unless said otherwise (Keras has ``valid``): a map never shrinks to nothing, so a candidate
    with one pooling more stays feasible, and odd sizes keep their border.

    Args:
        size: Window along every spatial axis, or one number each.
        stride: Step along every spatial axis, or one number each; None steps by the window's size.
        padding: ``same`` keeps a map of n at ceil(n / stride); ``valid`` does not pad.
    """

    keras_name: ClassVar[str] = "AveragePooling"


class _GlobalPool(UnaryOp):
    keras_name: ClassVar[str]

    def output(self, x: Shape) -> Shape:
        """The channels."""
        spatial(self.name, x)
        return (channels(self.name, x),)

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """One operation a number seen."""
        return size(x)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' global pooling layer."""
        return keras_layer(f"{self.keras_name}{len(x) - 1}D", name=name)


@op("gap")
class GlobalAvgPool(_GlobalPool):
    """Mean over all positions: a map or a sequence becomes a vector of its channels."""

    keras_name: ClassVar[str] = "GlobalAveragePooling"


@op("gmp")
class GlobalMaxPool(_GlobalPool):
    """Maximum over all positions: a map or a sequence becomes a vector of its channels."""

    keras_name: ClassVar[str] = "GlobalMaxPooling"
