"""What transformers are made of besides dense layers: patches, positions, attention."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from automl.errors import ShapeError
from automl.ops.base import Built, Cost, Count, Op, Rate, UnaryOp, Window, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, slide, spatial, spread


@op("attention")
class Attention(Op):
    """Multi-head attention (Vaswani et al., 2017) of a sequence to itself, or with two inputs of a query to a context.

    The output has the shape of the first input.

    Args:
        heads: How many look at the sequence side by side.
        key_dim: Size of queries, keys and values of each head; none for the first input's channels / heads.
        dropout: Share of the attention weights dropped in training.
        causal: No step sees a later one.
        use_bias: Add a number to each channel of the four projections.
    """

    shorthand: ClassVar[str | None] = "heads"
    min_inputs: ClassVar[int] = 1
    max_inputs: ClassVar[int | None] = 2
    weighted: ClassVar[bool] = True

    heads: Count
    key_dim: Count | None = None
    dropout: Rate = 0.0
    causal: bool = False
    use_bias: bool = True

    def infer(self, *inputs: Shape) -> Shape:
        """See ``Op.infer``."""
        self.check_inputs(inputs)
        for shape in inputs:
            spatial(self.name, shape, ranks=(1,))
            channels(self.name, shape)
        self._width(inputs[0])
        return inputs[0]

    def cost(self, *inputs: Shape) -> Cost:
        """Projections to queries, keys and values and back, and what happens between each pair of steps."""
        query = self.infer(*inputs)
        context = inputs[-1]
        width, pairs = self._width(query), self.heads * size(query[:-1]) * size(context[:-1])
        asked, offered = size(query[:-1]) * width, size(context[:-1]) * width
        depth, known = channels(self.name, query), channels(self.name, context)
        dense = asked * (2 * depth + self.use_bias) + 2 * offered * (2 * known + self.use_bias)
        back = size(query) * (2 * width + self.use_bias)
        between = pairs * (4 * (width // self.heads) + 3) + asked  # products, softmax, scaled queries
        biases = self.use_bias * (3 * width + depth)
        return Cost(
            parameters=2 * width * (depth + known) + biases,
            flops=dense + between + back,
            activations=2 * asked + 2 * offered + pairs + size(query),
        )

    def build(self, *inputs: Shape, name: str) -> Built:
        """Keras' ``MultiHeadAttention``; see ``Op.build``."""
        self.check_inputs(inputs)
        width = self._width(inputs[0]) // self.heads
        layer = keras_layer(
            "MultiHeadAttention", self.heads, width, dropout=self.dropout, use_bias=self.use_bias, name=name
        )
        options = {"use_causal_mask": True} if self.causal else {}

        def attend(query: Any, context: Any = None) -> Any:
            return layer(query, query if context is None else context, **options)

        return attend

    def _width(self, query: Shape) -> int:
        """Numbers of all heads together."""
        if self.key_dim is not None:
            return self.heads * self.key_dim
        depth = channels(self.name, query)
        if depth % self.heads:
            raise ShapeError(f"heads {self.heads} of {self.name!r} must divide the {depth} channels, or give 'key_dim'")
        return depth


@op("posembed")
class PositionEmbedding(UnaryOp):
    """Add a learned vector for each position, so that attention can tell them apart.

    For sequences and maps of known size.
    """

    sized: ClassVar[bool] = True

    def output(self, x: Shape) -> Shape:
        """As the input."""
        axes = spatial(self.name, x)
        channels(self.name, x)
        if None in axes:
            raise ShapeError(f"{self.name!r} needs an input of known size")
        return x

    def parameters(self, x: Shape) -> int:
        """A number for each of one row."""
        return size(x)

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """A constant (a product, a sum), its product with the embedding, the sum with the input."""
        return 4 * size(y)

    def activations(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """Of the three layers."""
        return 3 * size(y)

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras has no such layer: ``PReLU`` of -1 everywhere is minus its slopes, which are the embedding.

        An ``Embedding`` of position numbers would need operations that are no layers to count them; these three are
        plain layers, so the saved model has nothing else and its layers have the names asked for.
        """
        minus_one = keras_layer("Rescaling", 0.0, offset=-1.0, name=f"{name}__ones")
        minus_table = keras_layer("PReLU", alpha_initializer=_small(), name=f"{name}__table")
        subtract = keras_layer("Subtract", name=name)

        def embed(tensor: Any) -> Any:
            return subtract([tensor, minus_table(minus_one(tensor))])

        return embed


@op("patchify")
class Patchify(UnaryOp):
    """Cut a map into patches, each one a step of a sequence through one dense layer (Dosovitskiy et al., 2021).

    Args:
        dim: Size of the vector of a patch.
        size: Of a patch along every spatial axis, or one number each. Where it does not divide the map, zeros are
            added at the border.
    """

    shorthand: ClassVar[str | None] = "dim"
    weighted: ClassVar[bool] = True
    windows: ClassVar[tuple[str, ...]] = ("size",)

    dim: Count
    size: Window = 4

    def output(self, x: Shape) -> Shape:
        """Patches and their vector."""
        channels(self.name, x)
        patches = self._patches(x)
        return (None if None in patches else size(patches), self.dim)

    def parameters(self, x: Shape) -> int:
        """Kernel and bias."""
        return (self._taps(x) + 1) * self.dim

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """A multiply-add a number of the patch, an addition for the bias."""
        return size(self._patches(x)) * self.dim * (2 * self._taps(x) + 1)

    def activations(self, x: Shape, y: Shape) -> int:
        """The map of patches and the sequence."""
        return size(self._patches(x)) * self.dim + size(y)

    def layer(self, x: Shape, name: str) -> Built:
        """A Keras convolution that steps by its window, then ``Reshape``."""
        convolution = f"Conv{len(x) - 1}D"
        cut = keras_layer(convolution, self.dim, self.size, strides=self.size, padding="same", name=f"{name}__patches")
        line_up = keras_layer("Reshape", (-1, self.dim), name=name)

        def patchify(tensor: Any) -> Any:
            return line_up(cut(tensor))

        return patchify

    def _patches(self, x: Shape) -> Shape:
        axes = spatial(self.name, x)
        patch = spread(self.name, "size", self.size, len(axes))
        return slide(self.name, axes, patch, patch, (1,) * len(axes), padded=True)

    def _taps(self, x: Shape) -> int:
        return math.prod(spread(self.name, "size", self.size, len(x) - 1)) * channels(self.name, x)


def _small() -> Any:
    """How BERT and ViT start their embeddings: normally distributed with 0.02, cut at twice that."""
    import keras

    return keras.initializers.TruncatedNormal(stddev=0.02)
