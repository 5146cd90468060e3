"""Merges: several inputs, one output."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from automl.errors import ShapeError
from automl.ops.base import Built, Cost, Op, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size


class _Merge(Op):
    min_inputs: ClassVar[int] = 2
    max_inputs: ClassVar[int | None] = None
    keras_name: ClassVar[str]

    def infer(self, *inputs: Shape) -> Shape:
        """See ``Op.infer``."""
        self.check_inputs(inputs)
        return self.merged(inputs)

    @abstractmethod
    def merged(self, inputs: tuple[Shape, ...]) -> Shape:
        """The output's shape."""

    def options(self) -> dict[str, Any]:
        """Arguments of the Keras layer."""
        return {}

    def build(self, *inputs: Shape, name: str) -> Built:
        """See ``Op.build``."""
        self.check_inputs(inputs)
        layer = keras_layer(self.keras_name, name=name, **self.options())

        def merge(*tensors: Any) -> Any:
            return layer(list(tensors))

        return merge


class _Elementwise(_Merge):
    commutative: ClassVar[bool] = True

    def merged(self, inputs: tuple[Shape, ...]) -> Shape:
        """The shape that all inputs have."""
        if len(set(inputs)) > 1:
            raise ShapeError(f"{self.name!r} needs inputs of one shape")
        return inputs[0]

    def cost(self, *inputs: Shape) -> Cost:
        """One operation a number and input after the first."""
        y = self.infer(*inputs)
        return Cost(flops=size(y) * (len(inputs) - 1), activations=size(y))


@op("add")
class Add(_Elementwise):
    """Sum of inputs of one shape."""

    keras_name: ClassVar[str] = "Add"


@op("average")
class Average(_Elementwise):
    """Mean of inputs of one shape."""

    keras_name: ClassVar[str] = "Average"

    def cost(self, *inputs: Shape) -> Cost:
        """The sum and a division."""
        y = self.infer(*inputs)
        return Cost(flops=size(y) * len(inputs), activations=size(y))


@op("subtract")
class Subtract(_Elementwise):
    """The first input minus the second, of one shape."""

    max_inputs: ClassVar[int | None] = 2
    commutative: ClassVar[bool] = False
    keras_name: ClassVar[str] = "Subtract"


@op("maximum")
class Maximum(_Elementwise):
    """Largest of inputs of one shape."""

    keras_name: ClassVar[str] = "Maximum"


@op("multiply")
class Multiply(_Elementwise):
    """Product of the inputs. An axis of 1 is repeated as often as another input needs, so that gates fit maps."""

    keras_name: ClassVar[str] = "Multiply"

    def merged(self, inputs: tuple[Shape, ...]) -> Shape:
        """Equal axes, or the one that is not 1."""
        if len({len(shape) for shape in inputs}) == 1:
            axes = [set(axis) - {1} or {1} for axis in zip(*inputs, strict=True)]
            if all(len(axis) == 1 for axis in axes):
                return tuple(axis.pop() for axis in axes)
        raise ShapeError(f"{self.name!r} needs inputs of one shape, or 1 on an axis")


@op("concat")
class Concat(_Merge):
    """The channels of all inputs, one after the other; the other axes must be equal."""

    keras_name: ClassVar[str] = "Concatenate"

    def merged(self, inputs: tuple[Shape, ...]) -> Shape:
        """The sum of the channels."""
        depth = sum(channels(self.name, shape) for shape in inputs)
        if len({shape[:-1] for shape in inputs}) > 1:
            raise ShapeError(f"{self.name!r} needs inputs that differ in their channels only")
        return (*inputs[0][:-1], depth)

    def cost(self, *inputs: Shape) -> Cost:
        """Nothing is computed."""
        return Cost(activations=size(self.infer(*inputs)))


@op("dot")
class Dot(_Merge):
    """Dot products along the last axis of two vectors or sequences.

    Two vectors give one number; sequences give a number for each pair of a step of the first and a step of the second.
    """

    max_inputs: ClassVar[int | None] = 2
    keras_name: ClassVar[str] = "Dot"
    normalized: ClassVar[bool] = False

    def merged(self, inputs: tuple[Shape, ...]) -> Shape:
        """The steps of both; 1 where neither has any."""
        depths = {channels(self.name, shape) for shape in inputs}
        if len(depths) > 1 or any(len(shape) > 2 for shape in inputs):
            raise ShapeError(f"{self.name!r} needs two vectors or sequences with the same last axis")
        return inputs[0][:-1] + inputs[1][:-1] or (1,)

    def cost(self, *inputs: Shape) -> Cost:
        """A multiply-add a number and pair; before that square, sum and division a number where normalised."""
        y = self.infer(*inputs)
        scaling = 3 * sum(size(shape) for shape in inputs) if self.normalized else 0
        return Cost(flops=2 * size(y) * channels(self.name, inputs[0]) + scaling, activations=size(y))

    def options(self) -> dict[str, Any]:
        """The last axis of both; the 1e-12 that Keras adds to a length is 0 in float16."""
        return {"axes": -1} | ({"normalize": True, "dtype": "float32"} if self.normalized else {})


@op("cosine")
class Cosine(Dot):
    """Cosine similarity: ``dot`` of vectors brought to length 1, in float32 also under mixed precision."""

    normalized: ClassVar[bool] = True
