"""The same numbers in another arrangement: nothing is computed and nothing is learned."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from automl.errors import ShapeError
from automl.ops.base import Built, Count, UnaryOp, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, spatial

_Axis = Annotated[int, Field(ge=-1)]


@op("reshape")
class Reshape(UnaryOp):
    """Another shape for the same numbers.

    Args:
        shape: Sizes of the axes, without the batch; one of them may be -1 and takes what is left.
    """

    shorthand: ClassVar[str | None] = "shape"
    takes_integers: ClassVar[bool] = True

    shape: Annotated[tuple[_Axis, ...], Field(strict=False, min_length=1)]

    def output(self, x: Shape) -> Shape:
        """The shape asked for, -1 filled in where the input's size is known."""
        if 0 in self.shape or self.shape.count(-1) > 1:
            raise ShapeError(f"the shape {list(self.shape)} of {self.name!r} may have one -1 and no 0")
        known = size(tuple(axis for axis in self.shape if axis != -1))
        if None in x:
            return tuple(None if axis == -1 else axis for axis in self.shape)
        rest, over = divmod(size(x), known)
        if over or (rest != 1 and -1 not in self.shape):
            raise ShapeError(f"{self.name!r} to {list(self.shape)} does not fit {size(x)} numbers")
        return tuple(rest if axis == -1 else axis for axis in self.shape)

    def is_identity(self, *inputs: Shape) -> bool:
        """The shape that the input has."""
        return None not in inputs[0] and self.output(inputs[0]) == inputs[0]

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Reshape``."""
        return keras_layer("Reshape", self.shape, name=name)


@op("permute")
class Permute(UnaryOp):
    """The axes in another order.

    Args:
        axes: The input's axes in the order of the output; the first after the batch is 1, as in Keras.
    """

    shorthand: ClassVar[str | None] = "axes"
    takes_integers: ClassVar[bool] = True

    axes: Annotated[tuple[Count, ...], Field(strict=False, min_length=1)]

    def output(self, x: Shape) -> Shape:
        """The input's axes in that order."""
        if sorted(self.axes) != list(range(1, len(x) + 1)):
            raise ShapeError(f"axes {list(self.axes)} of {self.name!r} must be 1 to {len(x)}, each once")
        return tuple(x[axis - 1] for axis in self.axes)

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """The order they have."""
        return self.axes == tuple(sorted(self.axes))

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Permute``."""
        return keras_layer("Permute", self.axes, name=name)


@op("repeatvector")
class RepeatVector(UnaryOp):
    """A sequence that says one vector again and again: what a decoder starts from.

    Args:
        times: Steps of the sequence.
    """

    shorthand: ClassVar[str | None] = "times"
    takes_integers: ClassVar[bool] = True

    times: Count

    def output(self, x: Shape) -> Shape:
        """The steps and the vector."""
        if len(x) != 1:
            raise ShapeError(f"{self.name!r} needs a vector; 'gap' or 'last' makes one of a sequence")
        return (self.times, *x)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``RepeatVector``."""
        return keras_layer("RepeatVector", self.times, name=name)


@op("to_sequence")
class ToSequence(UnaryOp):
    """The positions of a map one after the other, as steps of a sequence."""

    takes_integers: ClassVar[bool] = True

    def output(self, x: Shape) -> Shape:
        """Positions and channels."""
        positions = spatial(self.name, x)
        depth = channels(self.name, x)
        return (None if None in positions else size(positions), depth)

    def is_identity(self, *inputs: Shape) -> bool:
        """A sequence is one."""
        return len(inputs[0]) == 2

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``Reshape``."""
        return keras_layer("Reshape", (-1, channels(self.name, x)), name=name)
