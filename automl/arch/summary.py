"""What a network costs, without building it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from automl import ops
from automl.arch.architecture import Architecture
from automl.arch.assembly import infer
from automl.ops import Cost, Shape


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One node.

    Attributes:
        id: Of the node.
        name: Path for people; may be empty.
        op: Name of the operation.
        args: All arguments.
        inputs: Ids of nodes or names of inputs.
        output_shape: Without the batch axis.
        cost: Of one row; a layer that is used again has no parameters the second time.
        weights: Key of the layer it shares.
    """

    id: str
    name: str
    op: str
    args: Mapping[str, Any]
    inputs: tuple[str, ...]
    output_shape: Shape
    cost: Cost
    weights: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole network.

    Attributes:
        layers: In canonical order.
        parameters: Weights, each counted once, as Keras' ``count_params()``.
        flops: Floating-point operations of one row's inference (``docs/flops.md``).
        activations: Numbers that all layers write for one row.
        depth: Convolutions, dense, recurrent and embedding layers on the longest way from an input to an output.
    """

    layers: tuple[LayerSummary, ...]
    parameters: int
    flops: int
    activations: int
    depth: int


def summarize(architecture: Architecture) -> Summary:
    """Shapes and costs of every node and of the whole; imports no Keras.

    Raises:
        SpaceError: Only for an architecture that was not made by ``Architecture.assemble``.
    """
    shapes: dict[str, Shape] = {name: given.shape for name, given in architecture.inputs.items()}
    depth = dict.fromkeys(architecture.inputs, 0)
    shared: set[str] = set()
    layers = []
    total = Cost()
    for node in architecture.nodes:
        op = ops.create(node.op, node.args)
        given = [shapes[name] for name in node.inputs]
        shapes[node.id] = infer(op, given, path=node.label, sources=node.inputs)
        depth[node.id] = max(depth[name] for name in node.inputs) + op.layers_of_depth
        cost = op.cost(*given)
        if node.weights in shared:
            cost = replace(cost, parameters=0)
        if node.weights is not None:
            shared.add(node.weights)
        total += cost
        layers.append(
            LayerSummary(node.id, node.name, node.op, node.args, node.inputs, shapes[node.id], cost, node.weights)
        )
    deepest = max(depth[source] for source in architecture.outputs.values())
    return Summary(tuple(layers), total.parameters, total.flops, total.activations, deepest)
