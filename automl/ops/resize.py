"""Larger and smaller maps without weights: repeated, interpolated, padded or cropped."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from automl.errors import ShapeError
from automl.ops.base import Built, UnaryOp, Window, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, size, spatial, spread

_Pad = Annotated[int, Field(ge=0)]
_Border = _Pad | Annotated[tuple[_Pad, ...], Field(strict=False, min_length=1, max_length=3)]


@op("upsample")
class Upsample(UnaryOp):
    """Make a map larger by a whole factor.

    Args:
        size: Factor along every spatial axis, or one number each.
        interpolation: ``nearest`` repeats; ``bilinear`` is for two spatial axes.
    """

    shorthand: ClassVar[str | None] = "size"
    windows: ClassVar[tuple[str, ...]] = ("size",)

    size: Window = 2
    interpolation: Literal["nearest", "bilinear"] = "nearest"

    def output(self, x: Shape) -> Shape:
        """Spatial axes times the factor."""
        axes = spatial(self.name, x)
        if self.interpolation == "bilinear" and len(axes) != 2:
            raise ShapeError(f"bilinear {self.name!r} needs two spatial axes, the input has {len(axes)}")
        factors = spread(self.name, "size", self.size, len(axes))
        return (*(axis and axis * factor for axis, factor in zip(axes, factors, strict=True)), x[-1])

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """None for copies; four products and three sums a number for bilinear interpolation."""
        return 7 * size(y) if self.interpolation == "bilinear" else 0

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """A factor of one."""
        return bool(self.arguments()["size"] == 1)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``UpSampling1D``, ``2D`` or ``3D``."""
        rank = len(x) - 1
        factors = spread(self.name, "size", self.size, rank)
        options = {"interpolation": self.interpolation} if rank == 2 else {}
        return keras_layer(f"UpSampling{rank}D", factors[0] if rank == 1 else factors, name=name, **options)


@op("zeropad")
class ZeroPad(UnaryOp):
    """Zeros around a map.

    Args:
        pad: How many on both sides of every spatial axis, or one number each.
    """

    shorthand: ClassVar[str | None] = "pad"
    windows: ClassVar[tuple[str, ...]] = ("pad",)

    pad: _Border = 1

    def output(self, x: Shape) -> Shape:
        """Spatial axes plus twice the padding."""
        axes = spatial(self.name, x)
        pads = spread(self.name, "pad", self.pad, len(axes))
        return (*(axis and axis + 2 * pad for axis, pad in zip(axes, pads, strict=True)), x[-1])

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """No padding."""
        return bool(self.arguments()["pad"] == 0)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``ZeroPadding1D``, ``2D`` or ``3D``."""
        rank = len(x) - 1
        pads = spread(self.name, "pad", self.pad, rank)
        return keras_layer(f"ZeroPadding{rank}D", pads[0] if rank == 1 else pads, name=name)


@op("crop")
class Crop(UnaryOp):
    """Cut the border off a map.

    Args:
        border: How much on both sides of every spatial axis, or one number each.
    """

    shorthand: ClassVar[str | None] = "border"
    windows: ClassVar[tuple[str, ...]] = ("border",)

    border: _Border = 1

    def output(self, x: Shape) -> Shape:
        """Spatial axes less twice the border."""
        axes = spatial(self.name, x)
        borders = spread(self.name, "border", self.border, len(axes))
        for axis, border in zip(axes, borders, strict=True):
            if axis is not None and axis <= 2 * border:
                raise ShapeError(f"{self.name!r} cuts {border} off both sides of an axis of {axis}; nothing is left")
        return (*(axis and axis - 2 * border for axis, border in zip(axes, borders, strict=True)), x[-1])

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """No border."""
        return bool(self.arguments()["border"] == 0)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``Cropping1D``, ``2D`` or ``3D``."""
        rank = len(x) - 1
        borders = spread(self.name, "border", self.border, rank)
        return keras_layer(f"Cropping{rank}D", borders[0] if rank == 1 else borders, name=name)


@op("resize")
class Resize(UnaryOp):
    """Bring a map with two spatial axes to a given size, whatever size it has.

    Args:
        size: Positions along both spatial axes, or one number each.
        interpolation: ``bilinear``, or ``nearest``, which copies.
    """

    shorthand: ClassVar[str | None] = "size"
    windows: ClassVar[tuple[str, ...]] = ("size",)

    size: Window
    interpolation: Literal["nearest", "bilinear"] = "bilinear"

    def output(self, x: Shape) -> Shape:
        """The size and the channels."""
        spatial(self.name, x, ranks=(2,))
        return (*spread(self.name, "size", self.size, 2), x[-1])

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """As ``upsample``."""
        return 7 * size(y) if self.interpolation == "bilinear" else 0

    def is_identity(self, *inputs: Shape) -> bool:
        """A map of that size already."""
        return self.output(inputs[0]) == inputs[0]

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Resizing``."""
        height, width = spread(self.name, "size", self.size, 2)
        return keras_layer("Resizing", height, width, interpolation=self.interpolation, name=name)
