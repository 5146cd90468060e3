"""Interpreting: questions are answered and layers added one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from automl import ops
from automl.arch import Input, Node
from automl.arch.assembly import infer
from automl.errors import SpaceError
from automl.ops import Shape
from automl.space.document import Mark, Scalar, located
from automl.space.domains import Domain
from automl.space.formula import Names

if TYPE_CHECKING:
    from automl.space.node import Node as SpaceNode
    from automl.space.nodes import Block

MAX_NAME = 512  # what Optuna's database columns hold
MAX_DEPTH = 100
MAX_STEPS = 10_000

Flow: TypeAlias = tuple[str, ...]
"""What goes into a node or comes out of it: ids of inputs and layers."""


class Decider(Protocol):
    """Answers every open question of a space."""

    def decide(self, name: str, domain: Domain) -> Scalar:
        """The answer to the question ``name``, a member of ``domain``."""


class Place(NamedTuple):
    """Where in the unfolded space a node stands.

    Attributes:
        decisions: Path for names of decisions; the copies of a repeat with shared choices have the same one.
        path: Path for people, different for every layer.
        weights: Path for shared weights; None where none are shared.
        names: What formulas can see.
        depth: Nodes around this one.
    """

    decisions: str
    path: str
    weights: str | None
    names: Names
    depth: int = 0

    def child(self, segment: str) -> Place:
        """The place one level deeper."""
        weights = None if self.weights is None else f"{self.weights}/{segment}"
        return Place(_join(self.decisions, segment), _join(self.path, segment), weights, self.names, self.depth + 1)

    def branch(self, suffix: str) -> Place:
        """The place inside one branch or copy: ``kind`` becomes ``kind=sep``, ``block`` becomes ``block.0``."""
        weights = None if self.weights is None else self.weights + suffix
        return self._replace(decisions=self.decisions + suffix, path=self.path + suffix, weights=weights)


class Assembly:
    """What has been decided and built so far.

    Args:
        decider: Answers the questions.
        inputs: The network's inputs by name.
        heads: Arguments of the task's heads by output name.
        blocks: What calls of blocks stand for.

    Attributes:
        params: Every decision so far, in the order in which it was asked.
        nodes: Every layer so far.
        outputs: Output name to the id of its layer.
        globals: What formulas see everywhere.
        inputs: As given.
        blocks: As given.
    """

    def __init__(
        self,
        decider: Decider,
        inputs: Mapping[str, Input],
        heads: Mapping[str, Mapping[str, Any]],
        blocks: Mapping[str, Block],
    ) -> None:
        self.params: dict[str, Scalar] = {}
        self.nodes: list[Node] = []
        self.outputs: dict[str, str] = {}
        self.globals: dict[str, Scalar] = {}
        self.inputs = inputs
        self.blocks = blocks
        self._heads = heads
        self._decider = decider
        self._shapes: dict[str, Shape] = {name: tuple(each.shape) for name, each in inputs.items()}
        self._labels = {name: name for name in inputs}
        self._steps = 0

    def decide(self, name: str, domain: Domain, mark: Mark | None) -> Scalar:
        """The answer to a question, asked of the decider once a name."""
        if name in self.params:
            return self.params[name]
        try:
            if len(name) > MAX_NAME:
                raise SpaceError(f"the name has {len(name)} characters; at most {MAX_NAME} fit, shorten the names")
            value = domain.settle(self._decider.decide(name, domain))
        except SpaceError as error:
            raise located(error, mark, name) from None
        self.params[name] = value
        return value

    def emit(self, node: SpaceNode, x: Flow, at: Place) -> Flow:
        """Apply a node of a body. What counts or walks a space without building it does something else here."""
        return node.emit(x, at, self)

    def step(self, here: Place, mark: Mark | None) -> None:
        """Count one node, so that no space unfolds without end.

        Raises:
            SpaceError: There are too many, or they are nested too deep.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise located(SpaceError(f"the network unfolds to more than {MAX_STEPS:,} nodes"), mark, here.path)
        if here.depth > MAX_DEPTH:
            raise located(SpaceError(f"more than {MAX_DEPTH} nodes inside each other"), mark, here.path)

    def shape(self, flow: Flow) -> Shape:
        """The shape of a single tensor, without the batch axis."""
        (single,) = flow
        return self._shapes[single]

    def layer(self, op: str, args: Mapping[str, Any], x: Flow, *, here: Place, mark: Mark | None) -> Flow:
        """Add a layer.

        Raises:
            SpaceError: An argument is wrong.
            ShapeError: The inputs do not fit.
        """
        shapes = [self._shapes[name] for name in x]
        try:
            made = ops.create(op, args)
            shape = infer(made, shapes, path=here.path, sources=[self._labels[name] for name in x])
        except SpaceError as error:
            raise located(error, mark, here.path) from None
        name = f"#{len(self.nodes)}"
        self.nodes.append(Node(name, op, args, x, here.path, here.weights))
        self._shapes[name] = shape
        self._labels[name] = here.path
        return (name,)

    def head(self, x: Flow, *, here: Place, mark: Mark | None) -> Flow:
        """Add the head: the task's last layer."""
        ((output, args),) = self._heads.items()
        if output in self.outputs:
            raise located(SpaceError("a second 'head'; a network with one output has one"), mark, here.path)
        flow = self.layer("head", args, x, here=here, mark=mark)
        (self.outputs[output],) = flow
        return flow


def _join(path: str, segment: str) -> str:
    return f"{path}/{segment}" if path else segment
