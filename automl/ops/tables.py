"""Tables: from raw cells to codes and tidy numbers, and from codes to what a network can learn from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import accumulate
from typing import Annotated, Any, ClassVar

from pydantic import Field

from automl.errors import ShapeError
from automl.ops.base import Built, Count, UnaryOp, keras_layer, keras_op
from automl.ops.registry import op
from automl.ops.shapes import Shape, size

Numbers = Annotated[tuple[float, ...], Field(strict=False)]
Places = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(strict=False)]
Values = Annotated[
    tuple[Annotated[tuple[str, ...], Field(strict=False, min_length=1)], ...], Field(strict=False, min_length=1)
]
Codes = Annotated[tuple[Count, ...], Field(strict=False)]

_FREQUENCY = 1.0  # standard deviation of the first factors of waves, for numbers whose quartiles are 1 apart
_SQUARABLE = 1e12  # bent numbers this large differ from the limit by less than float32 can say


@op("lookup")
class Lookup(UnaryOp):
    """Text to codes, one vocabulary a column: 0 for "", 1 for a text that is not in it, then its texts in order.

    Args:
        values: The vocabulary of each column.
    """

    shorthand: ClassVar[str | None] = "values"
    takes_integers: ClassVar[bool] = True  # and text: nothing is to be cast

    values: Values

    def output(self, x: Shape) -> Shape:
        """As the input."""
        if x != (len(self.values),):
            raise ShapeError(f"{self.name!r} has vocabularies for {len(self.values)} columns")
        return x

    def activations(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """Each column's code, all of them where there are several, all of them as float32."""
        return len(self.values) * (3 if len(self.values) > 1 else 2)

    def arguments(self) -> dict[str, Any]:
        """Lists of lists."""
        return {"values": [list(column) for column in self.values]}

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``StringLookup`` for each column."""
        layers = [
            keras_layer("StringLookup", vocabulary=list(column), mask_token="", name=f"{name}__{place}")
            for place, column in enumerate(self.values)
        ]
        join = keras_layer("Concatenate", name=f"{name}__join")
        cast = keras_layer("Rescaling", 1.0, dtype="float32", name=name)

        def look_up(tensor: Any) -> Any:
            codes = [layer(tensor[:, place : place + 1]) for place, layer in enumerate(layers)]
            return cast(join(codes) if len(codes) > 1 else codes[0])

        return look_up


@op("tidy")
class Tidy(UnaryOp):
    """Numbers brought to one scale, a missing one (NaN) replaced by 0; codes behind them pass untouched.

    A number becomes (x - center) / scale and, where there is a limit, is bent towards it: x / sqrt(1 + (x / limit)²)
    (Holzmüller et al., 2024), so that no outlier drowns the others. Columns that had missing cells in training get a
    column more that says so.

    Args:
        center: Of each number; what a missing one is taken for.
        scale: Of each number.
        gaps: Places of the numbers with a column that says where they are missing.
        codes: Columns behind the numbers.
        limit: No number is larger afterwards; None for no limit.
    """

    center: Numbers
    scale: Numbers
    gaps: Places = ()
    codes: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[float, Field(gt=0)] | None = None

    def output(self, x: Shape) -> Shape:
        """The numbers, one column a gap, the codes."""
        count = len(self.center)
        if len(self.scale) != count or x != (count + self.codes,) or any(place >= count for place in self.gaps):
            raise ShapeError(
                f"{self.name!r} has {count} centers, {len(self.scale)} scales, gaps at {list(self.gaps)} and "
                f"{self.codes} codes"
            )
        return (count + len(self.gaps) + self.codes,)

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """There are only codes."""
        return not self.center

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """Difference, quotient and test for NaN of each number; four more where they are bent."""
        return len(self.center) * (3 if self.limit is None else 7) + len(self.gaps)

    def activations(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """The scaled numbers, and the output."""
        return len(self.center) + size(y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """``Normalization`` and functions of ``keras.ops``, in float32 also under mixed precision."""
        if not self.center:
            return _as_it_is
        count = len(self.center)
        variance = [scale * scale for scale in self.scale]
        scaled = keras_layer(
            "Normalization", axis=-1, mean=list(self.center), variance=variance, dtype="float32", name=f"{name}__scale"
        )
        alone = not self.gaps and not self.codes
        join = keras_layer("Identity" if alone else "Concatenate", dtype="float32", name=name)

        def tidy(tensor: Any) -> Any:
            numbers = scaled(tensor[:, :count])
            parts = [self._bent(keras_op("nan_to_num")(numbers))]
            if self.gaps:
                missing = keras_op("cast")(keras_op("isnan")(numbers), "float32")
                parts += [missing[:, place : place + 1] for place in self.gaps]
            if self.codes:
                parts.append(tensor[:, count:])
            return join(parts[0] if alone else parts)

        return tidy

    def _bent(self, numbers: Any) -> Any:
        if self.limit is None:
            return numbers
        numbers = keras_op("clip")(numbers, -_SQUARABLE, _SQUARABLE)
        return numbers * keras_op("rsqrt")(keras_op("square")(numbers * (1.0 / self.limit)) + 1.0)


@op("columns")
class Columns(UnaryOp):
    """A row of a table for a network: its numbers, and for each code a learned vector or an indicator.

    It stands right behind an input; which columns are codes comes from the data.

    Args:
        dim: Size of the learned vectors.
        lines: Beside each number so many learned lines of it with a bend, each max(0, a x + b) (Gorishniy et al.,
            2022).
        waves: Beside each number so many learned waves of it (Gorishniy et al., 2022), each cos(a x + b).
        few: A column with at most so many codes is not embedded: it becomes 0 and a 1 for the code it has.
        codes: How many codes each of the last columns has; the data completes it.
    """

    shorthand: ClassVar[str | None] = "dim"
    takes_integers: ClassVar[bool] = True
    weighted: ClassVar[bool] = False

    dim: Count = 8
    lines: Annotated[int, Field(ge=0)] = 0
    waves: Annotated[int, Field(ge=0)] = 0
    few: Annotated[int, Field(ge=0)] = 0
    codes: Codes = ()

    @classmethod
    def completed(cls, args: Mapping[str, Any], codes: tuple[int, ...]) -> Mapping[str, Any]:
        """See ``Op.completed``."""
        return {"codes": list(codes), **args}

    @property
    def _shown(self) -> tuple[int, ...]:
        """Codes of the columns that become indicators."""
        return tuple(count for count in self.codes if count <= self.few)

    @property
    def _embedded(self) -> tuple[int, ...]:
        """Codes of the columns that become vectors."""
        return tuple(count for count in self.codes if count > self.few)

    def output(self, x: Shape) -> Shape:
        """The numbers, the indicators, the vectors."""
        if len(x) != 1 or x[0] is None or x[0] < len(self.codes):
            raise ShapeError(f"{self.name!r} reads a row of numbers with {len(self.codes)} codes behind them")
        numbers = x[0] - len(self.codes)
        return (numbers * (1 + self.lines + self.waves) + sum(self._shown) + len(self._embedded) * self.dim,)

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """There are no codes, and numbers stay as they are."""
        return not self.codes and self.lines == self.waves == 0

    def parameters(self, x: Shape) -> int:
        """Slope and offset of each line and wave, a vector a code."""
        return 2 * (self.lines + self.waves) * self._numbers(x) + sum(self._embedded) * self.dim

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """A multiply-add and a bend or cosine a line or wave, an addition a code (all columns share one table)."""
        return 4 * (self.lines + self.waves) * self._numbers(x) + len(self.codes)

    def activations(self, x: Shape, y: Shape) -> int:
        """The output, lines and waves twice (one after the other, then in a row), vectors and codes on their way."""
        numbers = self._numbers(x)
        beside = sum(numbers * (1 + 2 * count) for count in (self.lines, self.waves) if count)
        vectors = len(self._embedded) * (1 + 2 * self.dim)
        return size(y) + beside + vectors + len(self._shown) + sum(self._shown)

    def _numbers(self, x: Shape) -> int:
        return int(x[0] or 0) - len(self.codes)

    def layer(self, x: Shape, name: str) -> Built:
        """``Embedding`` of all columns at once, each with its own range; ``CategoryEncoding`` of the others."""
        first = self._numbers(x)
        shown = [first + place for place, count in enumerate(self.codes) if count <= self.few]
        embedded = [first + place for place, count in enumerate(self.codes) if count > self.few]
        show = self._indicators(f"{name}__few") if shown else None
        embed = self._vectors(f"{name}__many") if embedded else None
        beside = [
            _each(first, count, f"{name}__{kind}", kind)
            for kind, count in (("lines", self.lines), ("waves", self.waves))
            if first and count
        ]
        alone = bool(first) + len(beside) + bool(shown) + bool(embedded) == 1
        join = keras_layer("Identity" if alone else "Concatenate", name=name)

        def columns(tensor: Any) -> Any:
            numbers = tensor[:, :first] if self.codes else tensor
            parts = [numbers] if first else []
            parts += [each(numbers) for each in beside]
            parts += [show(_picked(tensor, shown))] if show else []
            parts += [embed(_picked(tensor, embedded))] if embed else []
            return join(parts[0] if alone else parts)

        return columns

    def _indicators(self, name: str) -> Built:
        shift = keras_layer("Rescaling", 1.0, offset=_begins(self._shown), dtype="float32", name=f"{name}_shift")
        encode = keras_layer(
            "CategoryEncoding", num_tokens=sum(self._shown), output_mode="multi_hot", dtype="float32", name=name
        )

        def indicators(codes: Any) -> Any:
            return encode(keras_op("cast")(shift(codes), "int32"))

        return indicators

    def _vectors(self, name: str) -> Built:
        shift = keras_layer("Rescaling", 1.0, offset=_begins(self._embedded), dtype="float32", name=f"{name}_shift")
        embed = keras_layer("Embedding", sum(self._embedded), self.dim, name=name)
        flat = keras_layer("Flatten", name=f"{name}_flat")

        def vectors(codes: Any) -> Any:
            return flat(embed(shift(codes)))

        return vectors


def _as_it_is(tensor: Any) -> Any:
    return tensor


def _each(numbers: int, count: int, name: str, kind: str) -> Built:
    """``count`` learned functions of each number: lines with a bend, or waves of at first some length."""
    options: dict[str, Any] = {"activation": "relu"}
    if kind == "waves":
        options = {"depthwise_initializer": _random("RandomNormal", stddev=_FREQUENCY)}
        options["bias_initializer"] = _random("RandomUniform", minval=-math.pi, maxval=math.pi)
    row = keras_layer("Reshape", (1, numbers), name=f"{name}_row")
    learned = keras_layer("DepthwiseConv1D", 1, depth_multiplier=count, name=name, **options)
    flat = keras_layer("Flatten", name=f"{name}_flat")

    def each(tensor: Any) -> Any:
        found = learned(row(tensor))
        return flat(keras_op("cos")(found) if kind == "waves" else found)

    return each


def _random(kind: str, **options: float) -> dict[str, Any]:
    """An initializer as Keras reads it; each layer gets its own, and so its own random numbers."""
    return {"class_name": kind, "config": options}


def _begins(codes: tuple[int, ...]) -> list[float]:
    """Where the range of each column begins in the table that all share."""
    return [float(begin) for begin in accumulate((0, *codes[:-1]))]


def _picked(tensor: Any, places: list[int]) -> Any:
    if places == list(range(places[0], places[0] + len(places))):
        return tensor[:, places[0] : places[0] + len(places)]
    return keras_op("take")(tensor, places, axis=1)
