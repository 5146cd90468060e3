"""Time series: from raw steps to numbers on one scale, with what is missing filled in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from automl.errors import ShapeError
from automl.ops.base import Built, UnaryOp, keras_layer, keras_op
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, spatial

Numbers = Annotated[tuple[float, ...], Field(strict=False, min_length=1)]

SMALLEST_DEVIATION = 1e-4
"""A series that varies by less, on the scale of the training rows, is taken for constant."""


@op("series")
class Series(UnaryOp):
    """Steps brought to one scale, (x - center) / scale for each channel; a missing number (NaN) becomes 0.

    Args:
        center: Of each channel.
        scale: Of each channel.
        form: ``plain``; ``own``: then each channel of each series minus its own mean, by its own deviation, over the
            steps that are known; ``asinh``: then bent as logarithms are, for numbers of many sizes.
        gaps: One channel more that says which share of a step's numbers is missing.
    """

    center: Numbers
    scale: Numbers
    form: Literal["plain", "own", "asinh"] = "plain"
    gaps: bool = False

    def output(self, x: Shape) -> Shape:
        """The same steps; perhaps one channel more."""
        steps, depth = spatial(self.name, x, ranks=(1,)), channels(self.name, x)
        if not depth == len(self.center) == len(self.scale):
            raise ShapeError(
                f"{self.name!r} has {len(self.center)} centers and {len(self.scale)} scales for {depth} channels"
            )
        return (*steps, depth + self.gaps)

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """Difference, quotient and test for NaN of each number; mean, deviation and scaling by them 8 more, asinh 1."""
        return size(x) * (3 + {"plain": 0, "own": 8, "asinh": 1}[self.form])

    def activations(self, x: Shape, y: Shape) -> int:
        """The scaled numbers, and the output."""
        return size(x) + size(y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """``Normalization`` and functions of ``keras.ops``, in float32 also under mixed precision."""
        variance = [scale * scale for scale in self.scale]
        scaled = keras_layer(
            "Normalization", axis=-1, mean=list(self.center), variance=variance, dtype="float32", name=f"{name}__scale"
        )
        join = keras_layer("Concatenate" if self.gaps else "Identity", dtype="float32", name=name)

        def series(tensor: Any) -> Any:
            numbers = scaled(tensor)
            missing = keras_op("cast")(keras_op("isnan")(numbers), "float32")
            filled = self._formed(keras_op("nan_to_num")(numbers), 1.0 - missing)
            if not self.gaps:
                return join(filled)
            return join([filled, keras_op("mean")(missing, axis=-1, keepdims=True)])

        return series

    def _formed(self, numbers: Any, known: Any) -> Any:
        if self.form == "asinh":
            return keras_op("arcsinh")(numbers)
        if self.form == "plain":
            return numbers
        count = keras_op("maximum")(_total(known), 1.0)
        apart = (numbers - _total(numbers) / count) * known
        deviation = keras_op("sqrt")(_total(keras_op("square")(apart)) / count)
        return apart / keras_op("maximum")(deviation, SMALLEST_DEVIATION)


def _total(numbers: Any) -> Any:
    """Over the steps, of each channel."""
    return keras_op("sum")(numbers, axis=1, keepdims=True)
