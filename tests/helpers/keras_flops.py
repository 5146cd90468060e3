"""FLOPs counted another way than the package does: by walking the layers of a built Keras model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from keras import Model, layers

# Operations for each number of the output.
ELEMENTWISE: dict[type, int] = {
    layers.BatchNormalization: 2,
    layers.LayerNormalization: 8,
    layers.GroupNormalization: 8,
    layers.Rescaling: 2,
    layers.Normalization: 2,
    layers.PReLU: 1,
}
MERGES = (layers.Add, layers.Subtract, layers.Multiply, layers.Maximum)
KINDS = [(kind, rank) for kind in ("Max", "Average") for rank in (1, 2, 3)]
POOLS = tuple(getattr(layers, f"{kind}Pooling{rank}D") for kind, rank in KINDS)
GLOBAL_POOLS = tuple(getattr(layers, f"Global{kind}Pooling{rank}D") for kind, rank in KINDS)
CONVOLUTIONS = (layers.Conv1D, layers.Conv2D, layers.Conv3D)
ACTIVATIONS = (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU)
GATES = {"LSTM": 9, "GRU": 8, "SimpleRNN": 1}  # operations for each unit and step besides products and their biases


def count(model: Model) -> float:
    """FLOPs of one row; a layer that is used several times counts each time."""
    return sum(cost(layer, *use) for layer in model.layers for use in uses(layer))


def uses(layer: Any) -> Iterator[tuple[list[tuple[int, ...]], tuple[int, ...]]]:
    """Shapes of what goes in and what comes out, without the rows, once for each use of a layer in a model."""
    if isinstance(layer, layers.InputLayer):
        return
    for node in layer._inbound_nodes:
        given = [tuple(tensor.shape[1:]) for tensor in node.input_tensors]
        yield given, tuple(node.output_tensors[0].shape[1:])


def cost(layer: Any, given: list[tuple[int, ...]], out: tuple[int, ...]) -> float:
    """FLOPs of one use."""
    y, x = math.prod(out), math.prod(given[0])
    bias = y if getattr(layer, "use_bias", False) else 0
    match layer:
        case layers.DepthwiseConv1D() | layers.DepthwiseConv2D():
            return 2 * y * math.prod(layer.kernel_size) + bias + activation(layer, y)
        case layers.SeparableConv1D() | layers.SeparableConv2D():
            kernels = math.prod(layer.depthwise_kernel.shape) + math.prod(layer.pointwise_kernel.shape)
            return 2 * math.prod(out[:-1]) * kernels + bias + activation(layer, y)
        case _ if isinstance(layer, (*CONVOLUTIONS, layers.Dense)):
            return 2 * y * math.prod(layer.kernel.shape[:-1]) + bias + activation(layer, y)
        case _ if isinstance(layer, POOLS):
            return y * math.prod(layer.pool_size)
        case _ if isinstance(layer, GLOBAL_POOLS):
            return x
        case _ if isinstance(layer, ACTIVATIONS):
            return activation(layer, y)
        case _ if isinstance(layer, MERGES):
            return y * (len(given) - 1)
        case layers.Dot():
            return 2 * y * given[0][layer.axes - 1]
        case layers.Average():
            return y * len(given)
        case layers.MultiHeadAttention():
            return attention(layer, given[0], given[-1])
        case layers.Bidirectional():
            return recurrent(layer.forward_layer, given[0]) + recurrent(layer.backward_layer, given[0])
        case layers.RNN():
            return recurrent(layer, given[0])
        case layers.TimeDistributed():
            return given[0][0] * count(layer.layer)
        case _:
            return ELEMENTWISE.get(type(layer), 0) * y


def activation(layer: Any, y: int) -> int:
    """Of a layer's activation; softmax is an exponential, a sum and a division."""
    name = getattr(getattr(layer, "activation", None), "__name__", "relu")
    return {"linear": 0, "softmax": 3, "log_softmax": 3}.get(name, 1) * y


def recurrent(layer: Any, given: tuple[int, ...]) -> float:
    """Two products a step, their biases, and what the gates do."""
    cell, (steps, _) = layer.cell, given
    products = 2 * (math.prod(cell.kernel.shape) + math.prod(cell.recurrent_kernel.shape))
    return steps * (products + math.prod(cell.bias.shape) + GATES[type(layer).__name__] * layer.units)


def attention(layer: Any, query: tuple[int, ...], context: tuple[int, ...]) -> float:
    """Four projections, the scaled queries, two products and a softmax for each pair of steps."""
    asked, offered = query[0], context[0]
    heads, size = layer.num_heads, layer.key_dim
    steps = ((layer.query_dense, asked), (layer.key_dense, offered), (layer.value_dense, offered))
    projected = sum(times * projection(dense) for dense, times in (*steps, (layer.output_dense, asked)))
    return projected + asked * heads * size + asked * offered * heads * (4 * size + 3)


def projection(dense: Any) -> float:
    """Of one step."""
    return 2 * math.prod(dense.kernel.shape) + (math.prod(dense.bias.shape) if dense.bias is not None else 0)
