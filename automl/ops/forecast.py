"""Forecasts: windows of series brought to their own level, and what comes next said in units of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from automl.errors import ShapeError
from automl.ops.base import Built, Cost, Count, Op, UnaryOp, keras_layer, keras_op
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, spatial

By = Literal["last", "mean", "standard", "none"]

_EPSILON = 1e-5  # added to the variance of a window, as in RevIN


@op("ahead")
class Ahead(Op):
    """What is known of the steps to come beside each step: the last channels once more, of so many steps later.

    Its inputs are a series, whose last channels are known also of the future, and these channels of the steps behind
    it. The last step gets those of the last of them.
    """

    min_inputs: ClassVar[int] = 2
    max_inputs: ClassVar[int | None] = 2

    def infer(self, *inputs: Shape) -> Shape:
        """The steps of the series, the channels of both."""
        self.check_inputs(inputs)
        (steps,) = spatial(self.name, inputs[0], ranks=(1,))
        spatial(self.name, inputs[1], ranks=(1,))
        given, known = (channels(self.name, shape) for shape in inputs)
        if None in (steps, inputs[1][0]) or known > given:
            raise ShapeError(f"{self.name!r} needs a series and the {known} last of its channels, of known lengths")
        return (steps, given + known)

    def cost(self, *inputs: Shape) -> Cost:
        """Nothing is computed; the known channels are written end to end, then all."""
        return Cost(
            activations=size(self.infer(*inputs)) + (int(inputs[0][0] or 0) * int(inputs[1][1] or 0)) + size(inputs[1])
        )

    def build(self, *inputs: Shape, name: str) -> Built:
        """Keras' ``Concatenate``, along the steps and along the channels."""
        self.infer(*inputs)
        horizon, known = inputs[1]
        first = int(inputs[0][1] or 0) - int(known or 0)
        longer = keras_layer("Concatenate", axis=1, name=f"{name}__longer")
        beside = keras_layer("Concatenate", axis=-1, name=name)

        def ahead(series: Any, future: Any) -> Any:
            return beside([series, longer([series[:, :, first:], future])[:, horizon:, :]])

        return ahead


class _Level:
    """Level and spread of windows (steps, columns), and the windows in units of them."""

    def __init__(self, by: By, x: Shape, columns: int) -> None:
        self.by = by
        self.numbers = int(x[0] or 0) * columns
        self.steps = int(x[0] or 0)
        self.columns = columns

    @property
    def cost(self) -> Cost:
        """Of level, spread and the numbers in their units."""
        n, k = self.numbers, self.columns
        return {
            "none": Cost(),
            "last": Cost(flops=n, activations=n + k),
            "mean": Cost(flops=2 * n, activations=n + k),
            "standard": Cost(flops=5 * n, activations=3 * n + 2 * k),
        }[self.by]

    def build(self, name: str, last: str) -> Built:
        """From windows to (windows in their units, level, spread); what there is none of is None.

        Args:
            name: Of the layers, with a part behind it.
            last: Of the layer that gives the windows in their units.
        """
        if self.by == "none":
            return lambda tensor: (tensor, None, None)
        if self.by == "last":
            level = keras_layer("Cropping1D", (self.steps - 1, 0), dtype="float32", name=f"{name}__level")
        else:
            level = keras_layer("GlobalAveragePooling1D", keepdims=True, dtype="float32", name=f"{name}__level")
        whole = self.by != "standard"
        apart = keras_layer("Subtract", dtype="float32", name=last if whole else f"{name}__apart")
        if whole:
            return lambda tensor: (apart([tensor, found := level(tensor)]), found, None)
        square = keras_layer("Multiply", dtype="float32", name=f"{name}__square")
        variance = keras_layer("GlobalAveragePooling1D", keepdims=True, dtype="float32", name=f"{name}__variance")
        scaled = keras_layer("Multiply", dtype="float32", name=last)

        def standard(tensor: Any) -> Any:
            found = level(tensor)
            distance = apart([tensor, found])
            spread = keras_op("sqrt")(variance(square([distance, distance])) + _EPSILON)
            return scaled([distance, 1.0 / spread]), found, spread

        return standard


@op("window")
class Window(UnaryOp):
    """A window of series in units of its own: without its level, so that only its shape is left to learn from.

    Args:
        by: ``last`` leaves every series of the window without its last step (Zeng et al., 2023), ``mean`` without its
            mean, ``standard`` also divides by its standard deviation (Kim et al., 2022); ``none`` changes nothing.
        columns: Only so many of the first channels, which are those to forecast; 0 for all. Right behind an input the
            data completes it.
    """

    shorthand: ClassVar[str | None] = "by"

    by: By = "last"
    columns: Annotated[int, Field(ge=0)] = 0

    @classmethod
    def completed(cls, args: Mapping[str, Any], codes: tuple[int, ...]) -> Mapping[str, Any]:
        """See ``Op.completed``."""
        return {"columns": codes[1], **args} if len(codes) == 3 else args

    def output(self, x: Shape) -> Shape:
        """As the input."""
        _check_window(self.name, x, self.columns)
        return x

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """Nothing is left out."""
        return self.by == "none"

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """Of each number: the sum for the mean, the difference; the square, its sum and the product for the spread."""
        return self._level(x).cost.flops

    def activations(self, x: Shape, y: Shape) -> int:
        """Levels, what is left, and all channels where not all are changed."""
        level = self._level(x)
        if self.by == "none":
            return size(y)
        return level.cost.activations + (size(y) if level.columns < int(x[1] or 0) else 0)

    def layer(self, x: Shape, name: str) -> Built:
        """Pooling, differences and products of Keras, in float32 also under mixed precision."""
        level, count = self._level(x), self._level(x).columns
        alone = count == x[1]
        if self.by == "none":
            return keras_layer("Identity", name=name)
        units = level.build(name, name if alone else f"{name}__units")
        join = None if alone else keras_layer("Concatenate", dtype="float32", name=name)

        def window(tensor: Any) -> Any:
            if join is None:
                return units(tensor)[0]
            return join([units(tensor[:, :, :count])[0], tensor[:, :, count:]])

        return window

    def _level(self, x: Shape) -> _Level:
        return _Level(self.by, x, self.columns or int(x[1] or 0))


@op("forecast")
class Forecast(Op):
    """The coming steps of the first channels of a window, said in units of its own, then brought back to it.

    Reads the window (its last input) and, before it, what a network has found: a vector, or a sequence of which every
    channel is weighed over time. Beside that stands a weighted sum of each series over time, the same for every series
    (NLinear, DLinear: Zeng et al., 2023; as a way past a network: TiDE, Das et al., 2023). The steps come one after the
    other in one row, as (steps, columns) flattened.

    Args:
        by: See ``window``: what was left out of it comes back.
        repeat: Whether the season before is the beginning, to which all else is added, where it lies in the window.
        steps: How many to forecast; the data completes it.
        columns: How many of the first channels; the data completes it.
        season: Steps of a season; the data completes it.
    """

    max_inputs: ClassVar[int | None] = 2
    weighted: ClassVar[bool] = True

    by: By = "last"
    repeat: bool = False
    steps: Count = 1
    columns: Count = 1
    season: Count = 1

    @classmethod
    def completed(cls, args: Mapping[str, Any], codes: tuple[int, ...]) -> Mapping[str, Any]:
        """See ``Op.completed``."""
        return {**dict(zip(("steps", "columns", "season"), codes, strict=True)), **args} if len(codes) == 3 else args

    def infer(self, *inputs: Shape) -> Shape:
        """All steps of all columns."""
        self.check_inputs(inputs)
        _check_window(self.name, inputs[-1], self.columns)
        if len(inputs) == 2 and (len(inputs[0]) not in (1, 2) or None in inputs[0]):
            raise ShapeError(f"{self.name!r} reads a vector or a sequence of known length beside the window")
        return (self.steps * self.columns,)

    def cost(self, *inputs: Shape) -> Cost:
        """The level and what stands in its units, weighted sums with their biases, their sum, and the way back."""
        y = size(self.infer(*inputs))
        x, length = inputs[-1], int(inputs[-1][0] or 0)
        total = _Level(self.by, x, self.columns).cost + Cost(activations=y)
        total += self._over_time(length, self.columns)
        if len(inputs) == 2:
            total += self._of_features(inputs[0])
        parts = len(inputs) + self._repeats(length)
        back = {"none": 0, "last": 1, "mean": 1, "standard": 2}[self.by]
        return total + Cost(flops=(parts - 1 + back) * y, activations=((parts > 1) + back) * y)

    def build(self, *inputs: Shape, name: str) -> Built:
        """``Dense`` over time or over features, in float32 also under mixed precision."""
        self.infer(*inputs)
        units = _Level(self.by, inputs[-1], self.columns).build(name, f"{name}__units")
        sums = self._summing(f"{name}__linear", zeros=True)
        found = self._reading(inputs[0], name) if len(inputs) == 2 else None
        length = int(inputs[-1][0] or 0)
        places = [length - self.season + step % self.season for step in range(self.steps)]
        several = len(inputs) + self._repeats(length) > 1
        total = keras_layer("Add", dtype="float32", name=f"{name}__total") if several else None
        spreading = keras_layer("Multiply", dtype="float32", name=f"{name}__spread") if self.by == "standard" else None
        lifting = keras_layer("Add", dtype="float32", name=f"{name}__lifted") if self.by != "none" else None
        flat = keras_layer("Flatten", dtype="float32", name=name)

        def forecast(*tensors: Any) -> Any:
            window, level, spread = units(tensors[-1][:, :, : self.columns])
            parts = [sums(window)]
            if self._repeats(length):
                parts.append(keras_op("take")(window, places, axis=1))
            if found is not None:
                parts.append(found(tensors[0]))
            answer = parts[0] if total is None else total(parts)
            answer = spreading([answer, spread]) if spreading else answer
            # The level first: as second term Keras 3.15 takes (n, 1, 1) for a bias where n is the number of steps.
            return flat(lifting([level, answer]) if lifting else answer)

        return forecast

    def _repeats(self, length: int) -> bool:
        """Whether a season comes back; where there is none the level does."""
        return self.repeat and 1 < self.season <= length

    def _over_time(self, length: int, depth: int) -> Cost:
        """A weighted sum over time for each step, of ``depth`` channels, and two transpositions."""
        y = self.steps * depth
        return Cost((length + 1) * self.steps, y * (2 * length + 1), length * depth + 2 * y)

    def _of_features(self, features: Shape) -> Cost:
        if len(features) == 1:
            y = self.steps * self.columns
            width = int(features[0] or 0)
            return Cost((width + 1) * y, y * (2 * width + 1), 2 * y)
        depth = int(features[1] or 0)
        total = self._over_time(int(features[0] or 0), depth)
        if depth == self.columns:
            return total
        y = self.steps * self.columns
        return total + Cost((depth + 1) * self.columns, y * (2 * depth + 1), y)

    def _summing(self, name: str, *, zeros: bool) -> Built:
        turn = keras_layer("Permute", (2, 1), dtype="float32", name=f"{name}_turned")
        dense = _dense(self.steps, name, zeros=zeros)
        back = keras_layer("Permute", (2, 1), dtype="float32", name=f"{name}_steps")
        return lambda tensor: back(dense(turn(tensor)))

    def _reading(self, features: Shape, name: str) -> Built:
        """From features to (steps, columns). It begins at zero: training starts from the weighted sum, or the level."""
        if len(features) == 1:
            dense = _dense(self.steps * self.columns, f"{name}__found", zeros=True)
            shape = keras_layer("Reshape", (self.steps, self.columns), dtype="float32", name=f"{name}__shape")
            return lambda tensor: shape(dense(tensor))
        if features[1] == self.columns:
            return self._summing(f"{name}__found", zeros=True)
        over_time = self._summing(f"{name}__found", zeros=False)
        mix = _dense(self.columns, f"{name}__mixed", zeros=True)
        return lambda tensor: mix(over_time(tensor))


def _dense(units: int, name: str, *, zeros: bool) -> Built:
    start = {"kernel_initializer": "zeros"} if zeros else {}
    return keras_layer("Dense", units, dtype="float32", name=name, **start)


def _check_window(name: str, x: Shape, columns: int) -> None:
    (steps,) = spatial(name, x, ranks=(1,))
    depth = channels(name, x)
    if steps is None:
        raise ShapeError(f"{name!r} needs a window of known length")
    if columns > depth:
        raise ShapeError(f"{name!r} is about the first {columns} channels, and there are {depth}")
