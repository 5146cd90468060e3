"""What an operation is: its arguments, and three answers about them (shape, cost, Keras layer)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from automl.errors import ShapeError
from automl.ops.shapes import Shape, size

Built = Callable[..., Any]
"""What ``Op.build`` returns: KerasTensors in (one argument each), a KerasTensor out."""

Count = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Window = Count | Annotated[tuple[Count, ...], Field(strict=False, min_length=1, max_length=3)]
"""One number for every spatial axis, or one number each."""

ActivationName = Literal[
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "celu",
    "silu",
    "hard_silu",
    "mish",
    "tanh",
    "hard_tanh",
    "sigmoid",
    "hard_sigmoid",
    "softplus",
    "softsign",
    "exponential",
    "softmax",
    "log_softmax",
]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one row (batch 1) costs; see ``docs/flops.md`` for how it is counted.

    Attributes:
        parameters: Weights, as Keras' ``count_params()``; moving statistics are counted, constants are not.
        flops: Floating-point operations of one inference; a multiply-add is two.
        activations: Numbers that the layers write as their outputs.
    """

    parameters: int = 0
    flops: int = 0
    activations: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.parameters + other.parameters, self.flops + other.flops, self.activations + other.activations)


class Op(BaseModel):
    """One kind of layer: the fields of a subclass are its arguments, and are documented under ``Args``.

    Arguments are checked strictly: a boolean is no number and "3" is not 3, but 1 is a fine float. An operation is
    channels-last, does not know the batch axis, and takes its rank (1D, 2D, 3D) from its input.

    Attributes:
        name: The word in the language, set by ``@op("conv")``.
        shorthand: The argument that a bare scalar fills: ``dropout: 0.3`` means ``dropout: {rate: 0.3}``.
        min_inputs: Fewest inputs.
        max_inputs: Most inputs; None for any number.
        commutative: Whether the order of the inputs does not matter.
        weighted: Whether people count it as a layer of depth (ResNet-18 has 18 of them): convolutions, dense and
            recurrent layers, not normalisation or gates.
        takes_integers: Whether it reads integer input as it is; other operations get it cast to float.
        sized: Whether its weights belong to one size of the input, so that maps of other sizes cannot share them.
        windows: Arguments that are a ``Window``.
        origin: ``module:qualname`` of a person's own layer; None for what is here.
        travels: Whether another process can have it; not for a layer of ``__main__`` or of a notebook.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    name: ClassVar[str] = ""
    shorthand: ClassVar[str | None] = None
    min_inputs: ClassVar[int] = 1
    max_inputs: ClassVar[int | None] = 1
    commutative: ClassVar[bool] = False
    weighted: ClassVar[bool] = False
    takes_integers: ClassVar[bool] = False
    sized: ClassVar[bool] = False
    windows: ClassVar[tuple[str, ...]] = ()
    origin: ClassVar[str | None] = None
    travels: ClassVar[bool] = True

    @abstractmethod
    def infer(self, *inputs: Shape) -> Shape:
        """The output's shape, without the batch axis.

        Raises:
            ShapeError: The inputs do not fit this operation, or each other.
        """

    @abstractmethod
    def cost(self, *inputs: Shape) -> Cost:
        """What one row costs. An unknown axis counts as one, so the answer is then a lower bound.

        Raises:
            ShapeError: As ``infer``.
        """

    @abstractmethod
    def build(self, *inputs: Shape, name: str) -> Built:
        """Create the Keras layers once; calling what is returned twice shares their weights.

        Args:
            *inputs: Shapes of the inputs, without the batch axis.
            name: Of the layer; the parts of a composite are called ``<name>__<part>``.
        """

    @classmethod
    def completed(cls, args: Mapping[str, Any], codes: tuple[int, ...]) -> Mapping[str, Any]:  # noqa: ARG003
        """The arguments, with what the data says where the space leaves it open.

        Args:
            args: As the space has them.
            codes: Of the input that is read, see ``arch.Input``; none behind another layer.
        """
        return args

    @property
    def layers_of_depth(self) -> int:
        """Layers of depth that it is; more than one where it holds a network."""
        return int(self.weighted)

    @property
    def reads_integers(self) -> bool:
        """Whether it reads integer input as it is with these arguments."""
        return self.takes_integers

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002  for subclasses
        """Whether it changes nothing when it is used (dropout of rate 0); such nodes are dropped."""
        return False

    def arguments(self) -> dict[str, Any]:
        """All arguments as JSON values in canonical form: equal layers have equal ones.

        >>> from automl import ops
        >>> ops.create("conv", {"filters": 8, "kernel": [3, 3]}).arguments()["kernel"]
        3
        """
        values = {field: getattr(self, field) for field in type(self).model_fields}
        for field in self.windows:
            values[field] = _collapse(values[field])
        return {field: list(value) if isinstance(value, tuple) else value for field, value in values.items()}

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        """Refuse a wrong number of inputs.

        Raises:
            ShapeError: Too few or too many.
        """
        if len(inputs) < self.min_inputs or (self.max_inputs is not None and len(inputs) > self.max_inputs):
            raise ShapeError(f"{self.name!r} takes {_number(self.min_inputs, self.max_inputs)}, got {len(inputs)}")


class UnaryOp(Op):
    """An operation with one input. A subclass answers for that one shape."""

    @abstractmethod
    def output(self, x: Shape) -> Shape:
        """The output's shape for input ``x``."""

    @abstractmethod
    def layer(self, x: Shape, name: str) -> Built:
        """The Keras layer, or a function that calls several."""

    def parameters(self, x: Shape) -> int:  # noqa: ARG002  for subclasses
        """Weights of the layer on input ``x``."""
        return 0

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002  for subclasses
        """Operations from input ``x`` to output ``y``."""
        return 0

    def activations(self, x: Shape, y: Shape) -> int:  # noqa: ARG002  for subclasses
        """Numbers written; more than the output where the operation is made of several layers."""
        return size(y)

    def infer(self, *inputs: Shape) -> Shape:
        """See ``Op.infer``."""
        self.check_inputs(inputs)
        return self.output(inputs[0])

    def cost(self, *inputs: Shape) -> Cost:
        """See ``Op.cost``."""
        y = self.infer(*inputs)
        x = inputs[0]
        return Cost(self.parameters(x), self.flops(x, y), self.activations(x, y))

    def build(self, *inputs: Shape, name: str) -> Built:
        """See ``Op.build``."""
        self.check_inputs(inputs)
        return self.layer(inputs[0], name)


def keras_layer(kind: str, *args: Any, name: str, **options: Any) -> Built:
    """A layer of plain Keras: ``keras.layers.<kind>``. With ``keras_op`` the only place that imports keras."""
    import keras

    layer: Built = getattr(keras.layers, kind)(*args, name=name, **options)
    return layer


def keras_op(name: str) -> Built:
    """A function of plain Keras, ``keras.ops.<name>``: on KerasTensors a part of the model, which is saved with it."""
    import keras

    function: Built = getattr(keras.ops, name)
    return function


def _number(fewest: int, most: int | None) -> str:
    if most is None:
        return f"at least {fewest} inputs"
    wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    return f"{wanted} input{'s' * (wanted != '1')}"


def _collapse(window: int | tuple[int, ...] | None) -> int | tuple[int, ...] | None:
    return window[0] if isinstance(window, tuple) and len(set(window)) == 1 else window
