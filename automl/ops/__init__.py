"""The vocabulary: one class per layer type, with its arguments, its output's shape, its cost and its Keras layer.

>>> from automl import ops
>>> conv = ops.create("conv", {"filters": 24, "stride": 2})
>>> conv.infer((28, 28, 1)), conv.cost((28, 28, 1)).parameters
((14, 14, 24), 240)

Only ``Op.build`` imports keras, and what answers for layers of a person's own (``register_layer``).
"""

from automl.ops import (  # noqa: F401  importing them registers their operations
    activation,
    attention,
    backbone,
    convolution,
    dense,
    each,
    forecast,
    gate,
    merge,
    normalization,
    pooling,
    recurrent,
    regularization,
    reshape,
    resize,
    series,
    tables,
    texts,
    transposed,
)
from automl.ops.base import Built, Cost, Op, UnaryOp
from automl.ops.custom import import_layers, origins, own_layers, register_layer
from automl.ops.registry import create, get, names, op
from automl.ops.shapes import Shape, show, size

__all__ = [
    "Built",
    "Cost",
    "Op",
    "Shape",
    "UnaryOp",
    "create",
    "get",
    "import_layers",
    "names",
    "op",
    "origins",
    "own_layers",
    "register_layer",
    "show",
    "size",
]
