"""Gates: a map is weighted by what a small network makes of it."""

from __future__ import annotations

from typing import Any, ClassVar

from automl.ops.activation import activation_flops
from automl.ops.base import ActivationName, Built, Count, UnaryOp, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, spatial


@op("se")
class SqueezeExcite(UnaryOp):
    """Weigh the channels of a map by their means (squeeze-and-excitation, Hu et al., 2018).

    Args:
        ratio: Channels for each unit of the hidden layer, which has at least one.
        activation: Of the hidden layer; the gate itself is a sigmoid.
    """

    shorthand: ClassVar[str | None] = "ratio"

    ratio: Count = 8
    activation: ActivationName = "relu"

    def output(self, x: Shape) -> Shape:
        """As the input."""
        spatial(self.name, x)
        channels(self.name, x)
        return x

    def parameters(self, x: Shape) -> int:
        """Two dense layers with bias."""
        depth, hidden = channels(self.name, x), self._hidden(x)
        return (depth + 1) * hidden + (hidden + 1) * depth

    def flops(self, x: Shape, y: Shape) -> int:
        """The mean, two dense layers with activation, the product."""
        depth, hidden = channels(self.name, x), self._hidden(x)
        dense = hidden * (2 * depth + 1) + depth * (2 * hidden + 1)
        return 2 * size(y) + dense + activation_flops(self.activation, (hidden,)) + depth

    def activations(self, x: Shape, y: Shape) -> int:
        """Mean, hidden layer, gate and product."""
        return size(y) + 2 * channels(self.name, x) + self._hidden(x)

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' global average, two ``Dense`` and ``Multiply``."""
        depth = channels(self.name, x)
        pool = keras_layer(f"GlobalAveragePooling{len(x) - 1}D", keepdims=True, name=f"{name}__gap")
        squeeze = keras_layer("Dense", self._hidden(x), activation=self.activation, name=f"{name}__squeeze")
        excite = keras_layer("Dense", depth, activation="sigmoid", name=f"{name}__excite")
        multiply = keras_layer("Multiply", name=name)

        def gate(tensor: Any) -> Any:
            return multiply([tensor, excite(squeeze(pool(tensor)))])

        return gate

    def _hidden(self, x: Shape) -> int:
        return max(1, channels(self.name, x) // self.ratio)
