"""From nodes as they were written to the canonical form."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from automl import ops
from automl.arch.canonical import Graph, canonical_order
from automl.arch.graph import Input, Node, check, live_order
from automl.errors import ShapeError, SpaceError
from automl.ops import Op, Shape, show
from automl.ops.each import STEP, Each


@dataclass(slots=True)
class Draft:
    """A network on its way to the canonical form.

    Attributes:
        shapes: Of inputs and nodes, by id, without the batch axis.
        labels: What people call the nodes and inputs.
        nodes: In topological order, identities left out.
        ops: Of every node, by id.
        alias: What stands in for a node that was left out.
    """

    shapes: dict[str, Shape]
    labels: dict[str, str]
    nodes: dict[str, Node] = field(default_factory=dict)
    ops: dict[str, Op] = field(default_factory=dict)
    alias: dict[str, str] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        """Check the node and append it, unless it changes nothing."""
        inputs = tuple(self.alias.get(name, name) for name in node.inputs)
        shapes = [self.shapes[name] for name in inputs]
        op = _settled(node, _create(node), shapes)
        self.shapes[node.id] = infer(op, shapes, path=node.label, sources=[self.labels[name] for name in inputs])
        self.labels[node.id] = node.label
        if op.is_identity(*shapes):
            self.alias[node.id] = inputs[0]
            return
        self.ops[node.id] = op
        arguments = dict(sorted(op.arguments().items()))
        self.nodes[node.id] = replace(node, args=arguments, inputs=inputs)


def assemble(
    inputs: Mapping[str, Input], nodes: Sequence[Node], outputs: Mapping[str, str]
) -> tuple[dict[str, Input], tuple[Node, ...], dict[str, str]]:
    """Inputs, nodes and outputs of the canonical form; see ``Architecture.assemble``."""
    by_id = check(inputs, nodes, outputs)
    draft = Draft({name: given.shape for name, given in inputs.items()}, {name: name for name in inputs})
    for node in live_order(by_id, outputs):
        draft.add(node)
    targets = {name: draft.alias.get(source, source) for name, source in sorted(outputs.items())}
    _settle_sharing(draft)
    order = canonical_order(_graph(draft, targets))
    number = {name: f"n{index}" for index, name in enumerate(order)}
    return (
        dict(sorted(inputs.items())),
        tuple(_renumbered(draft, order, number)),
        {name: number.get(source, source) for name, source in targets.items()},
    )


def infer(op: Op, shapes: Sequence[Shape], *, path: str, sources: Sequence[str]) -> Shape:
    """The output's shape; an error gets the place, and the shapes with where they come from.

    Raises:
        ShapeError: The inputs do not fit.
    """
    try:
        return op.infer(*shapes)
    except ShapeError as error:
        given = ", ".join(f"{show(shape)} from {source!r}" for shape, source in zip(shapes, sources, strict=True))
        raise ShapeError(f"{error.message} (input: {given or 'none'})", path=path) from None


def _create(node: Node) -> Op:
    try:
        return ops.create(node.op, node.args)
    except SpaceError as error:
        raise error.at(path=node.label) from None


def _settled(node: Node, op: Op, shapes: Sequence[Shape]) -> Op:
    """The operation, and the network inside it, if there is one, in canonical form."""
    if not isinstance(op, Each) or not op.network or len(shapes[0]) < 2:
        return op
    layers = [
        Node(each.id, each.op, each.args, each.inputs, f"{node.label}/{each.op}", each.weights) for each in op.network
    ]
    _, settled, _ = assemble({STEP: Input(shapes[0][1:])}, layers, {"output": layers[-1].id})
    return ops.create(op.name, {"network": [each.canonical() for each in settled]})


def _settle_sharing(draft: Draft) -> None:
    """Keep ``weights`` only where two or more nodes share some; refuse layers that cannot be one."""
    groups: dict[str, list[Node]] = defaultdict(list)
    for node in draft.nodes.values():
        if node.weights is not None:
            groups[node.weights].append(node)
    for key, group in groups.items():
        kinds = [_kind(draft, node) for node in group]
        for node, kind in zip(group, kinds, strict=True):
            if kind != kinds[0]:
                others = f"{group[0].label!r} ({_given(draft, group[0])}) and {node.label!r} ({_given(draft, node)})"
                raise ShapeError(f"they cannot share the weights {key!r}: {others}", path=node.label)
        if len(group) == 1 or kinds[0][-1] == 0:
            for node in group:
                draft.nodes[node.id] = replace(node, weights=None)


def _kind(draft: Draft, node: Node) -> tuple[object, ...]:
    """Equal for nodes that one layer can serve: maps may differ in size, not in rank or channels."""
    shapes = [draft.shapes[name] for name in node.inputs]
    op = draft.ops[node.id]
    sizes = tuple(shapes) if op.sized else tuple(len(shape) for shape in shapes)
    return node.op, node.args, sizes, op.cost(*shapes).parameters


def _given(draft: Draft, node: Node) -> str:
    shapes = ", ".join(show(draft.shapes[name]) for name in node.inputs)
    return f"{node.op} on {shapes}"


def _graph(draft: Draft, outputs: Mapping[str, str]) -> Graph:
    names: dict[str, list[str]] = defaultdict(list)
    for name, source in outputs.items():
        names[source].append(name)
    return Graph(
        content={
            node.id: json.dumps([node.op, node.args, names.get(node.id, [])], sort_keys=True)
            for node in draft.nodes.values()
        },
        inputs={node.id: node.inputs for node in draft.nodes.values()},
        commutative=frozenset(name for name, op in draft.ops.items() if op.commutative),
        sharing={node.id: node.weights for node in draft.nodes.values() if node.weights is not None},
        outputs=outputs,
    )


def _renumbered(draft: Draft, order: Sequence[str], number: Mapping[str, str]) -> list[Node]:
    rank = {name: index for index, name in enumerate([*sorted(draft.shapes.keys() - draft.nodes.keys()), *order])}
    keys: dict[str, str] = {}
    nodes = []
    for name in order:
        node = draft.nodes[name]
        sources = sorted(node.inputs, key=rank.__getitem__) if draft.ops[name].commutative else node.inputs
        weights = node.weights and keys.setdefault(node.weights, f"w{len(keys)}")
        inputs = tuple(number.get(source, source) for source in sources)
        nodes.append(replace(node, id=number[name], inputs=inputs, weights=weights))
    return nodes
