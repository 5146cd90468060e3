"""Sequences: tokens to vectors, recurrent layers, and one vector from a sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from automl.errors import ShapeError
from automl.ops.base import Built, Count, Rate, UnaryOp, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, spatial

_CELLS = {"lstm": "LSTM", "gru": "GRU", "simple": "SimpleRNN"}
_GATES = {"lstm": 4, "gru": 3, "simple": 1}
# Keras' GRU adds a bias to each of the two matrix products (``reset_after``).
_BIASES = {"lstm": 1, "gru": 2, "simple": 1}
# What remains to be done with the gates, for each unit and step. LSTM: 5 activations, 3 products, 1 sum;
# GRU: 3 activations, 3 products, 2 sums (r * h, z * h, (1 - z) * new); simple: 1 activation.
_POINTWISE = {"lstm": 9, "gru": 8, "simple": 1}


@op("rnn")
class Rnn(UnaryOp):
    """Recurrent layer; gives the whole sequence, which ``last``, ``gap`` or ``gmp`` reduce to a vector.

    Args:
        units: Size of the state, in each direction.
        cell: ``lstm`` (Hochreiter & Schmidhuber, 1997), ``gru`` (Cho et al., 2014) or ``simple``.
        bidirectional: Run a second one backwards and put the outputs side by side. Its last step has seen one step
            only, so reduce with ``gap`` or ``gmp`` rather than ``last``.
        dropout: Share of the inputs dropped in training.
        recurrent_dropout: Share of the state dropped in training, from step to step; costs the fast GPU kernel.
    """

    shorthand: ClassVar[str | None] = "units"
    weighted: ClassVar[bool] = True

    units: Count
    cell: Literal["lstm", "gru", "simple"] = "lstm"
    bidirectional: bool = False
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0

    def output(self, x: Shape) -> Shape:
        """The same steps, the units of both directions."""
        steps = spatial(self.name, x, ranks=(1,))
        channels(self.name, x)
        return (*steps, self.units * self._directions)

    def parameters(self, x: Shape) -> int:
        """Kernel, recurrent kernel and bias of every gate; Keras' GRU has two biases."""
        weights = channels(self.name, x) + self.units + _BIASES[self.cell]
        return self._directions * self.units * _GATES[self.cell] * weights

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """For each step a multiply-add a weight, an addition a bias, and the work of the gates."""
        gate = 2 * (channels(self.name, x) + self.units) + _BIASES[self.cell]
        step = self.units * (_GATES[self.cell] * gate + _POINTWISE[self.cell])
        return self._directions * step * size(x[:-1])

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``LSTM``, ``GRU`` or ``SimpleRNN``, inside ``Bidirectional`` where asked for."""
        options: dict[str, Any] = {
            "return_sequences": True,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
        }
        if not self.bidirectional:
            return keras_layer(_CELLS[self.cell], self.units, name=name, **options)
        one_way = keras_layer(_CELLS[self.cell], self.units, name=f"{name}__{self.cell}", **options)
        return keras_layer("Bidirectional", one_way, name=name)

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1


@op("last")
class Last(UnaryOp):
    """The last step of a sequence of known length."""

    def output(self, x: Shape) -> Shape:
        """The channels."""
        (steps,) = spatial(self.name, x, ranks=(1,))
        if steps is None:
            raise ShapeError(f"{self.name!r} needs a sequence of known length; use 'gap' or 'gmp'")
        return (channels(self.name, x),)

    def activations(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """The step, cut out and reshaped."""
        return 2 * size(y)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras has no such layer: ``Cropping1D`` of all the other steps, then ``Flatten``."""
        steps = x[0] or 1
        crop = keras_layer("Cropping1D", (steps - 1, 0), name=f"{name}__crop")
        flat = keras_layer("Flatten", name=name)

        def last(tensor: Any) -> Any:
            return flat(crop(tensor))

        return last


@op("embed")
class Embed(UnaryOp):
    """A learned vector for each token.

    Args:
        dim: Size of the vectors.
        vocabulary: How many tokens there are; inputs are integers below it. The data completes it.
        mask_zero: Token 0 is padding: ``rnn``, ``attention`` and ``gap`` leave it out.
    """

    shorthand: ClassVar[str | None] = "dim"
    weighted: ClassVar[bool] = True
    takes_integers: ClassVar[bool] = True

    dim: Count
    vocabulary: Count
    mask_zero: bool = False

    @classmethod
    def completed(cls, args: Mapping[str, Any], codes: tuple[int, ...]) -> Mapping[str, Any]:
        """See ``Op.completed``."""
        return {"vocabulary": max(codes), **args} if codes else args

    def output(self, x: Shape) -> Shape:
        """One axis more."""
        return (*x, self.dim)

    def parameters(self, x: Shape) -> int:  # noqa: ARG002
        """A vector a token."""
        return self.vocabulary * self.dim

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Embedding``."""
        return keras_layer("Embedding", self.vocabulary, self.dim, mask_zero=self.mask_zero, name=name)


@op("masking")
class Masking(UnaryOp):
    """Mark the steps of a sequence that are padding: ``rnn``, ``attention`` and ``gap`` leave them out.

    Args:
        value: A step all of whose numbers are this one is padding.
    """

    shorthand: ClassVar[str | None] = "value"

    value: float = 0.0

    def output(self, x: Shape) -> Shape:
        """As the input."""
        spatial(self.name, x, ranks=(1,))
        return x

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``Masking``."""
        return keras_layer("Masking", self.value, name=name)
