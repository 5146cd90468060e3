"""Interpreting: questions are answered and layers added one after the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from automl import ops
from automl.arch import Input, Node
from automl.arch.assembly import infer
from automl.errors import SpaceError
from automl.ops import Shape
from automl.space.document import Mark, Scalar, located
from automl.space.domains import Domain
from automl.space.formula import Formula, Names

if TYPE_CHECKING:
    from automl.space.node import Node as SpaceNode
    from automl.space.nodes import Block

MAX_NAME = 512  # what Optuna's database columns hold
MAX_DEPTH = 100
MAX_STEPS = 10_000

Flow: TypeAlias = tuple[str, ...]
"""What goes into a node or comes out of it: the id of an input or a layer.

A cell gives two: the one that it was given last, and its own; a cell behind it reads both, everything else the last. A
network with several inputs begins with none: a graph reads them by name. Merges take as many as there are.
"""


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
        scope: Paths for decisions and for weights of the copy or block around, within which keys of ties hold.
        output: Output of the space that a head here completes; None for the one that has no node of its name.
    """

    decisions: str
    path: str
    weights: str | None
    names: Names
    depth: int = 0
    scope: tuple[str, str] = ("", "")
    output: str | None = None

    def child(self, segment: str) -> Place:
        """The place one level deeper."""
        decisions, path, weights, names, depth, scope, output = self
        weights = None if weights is None else f"{weights}/{segment}"
        return Place(joined(decisions, segment), joined(path, segment), weights, names, depth + 1, scope, output)

    def branch(self, suffix: str) -> Place:
        """The place inside one branch or copy: ``kind`` becomes ``kind=sep``, ``block`` becomes ``block.0``."""
        weights = None if self.weights is None else self.weights + suffix
        return self._replace(decisions=self.decisions + suffix, path=self.path + suffix, weights=weights)

    def scoped(self) -> Place:
        """The place as one within which keys of ties hold."""
        return self._replace(scope=(self.decisions, self.path if self.weights is None else self.weights))

    def tied(self, key: str) -> Place:
        """The place with the decisions and weights of all that is tied by ``key``; people still see where it is."""
        decisions, weights = self.scope
        return self._replace(decisions=joined(decisions, f"tie={key}"), weights=joined(weights, f"tie={key}"))


class Assembly:
    """What has been decided and built so far.

    Args:
        decider: Answers the questions.
        inputs: The network's inputs by name.
        heads: Arguments of the task's heads by output name.
        blocks: What calls of blocks stand for.
        main: The output that a head completes where nothing says which; None for the only one that has a head.
        tensors: Outputs that take a tensor as it is, without a head.

    Attributes:
        params: Every decision so far, in the order in which it was asked.
        nodes: Every layer so far.
        outputs: Output name to the id of its layer.
        globals: What formulas see everywhere.
        inputs: As given.
        blocks: As given.
        tensors: As given.
    """

    def __init__(
        self,
        decider: Decider,
        inputs: Mapping[str, Input],
        heads: Mapping[str, Mapping[str, Any]],
        blocks: Mapping[str, Block],
        *,
        main: str | None = None,
        tensors: Collection[str] = (),
    ) -> None:
        self.params: dict[str, Scalar] = {}
        self.nodes: list[Node] = []
        self.outputs: dict[str, str] = {}
        self.globals: dict[str, Scalar] = {}
        self.inputs = inputs
        self.blocks = blocks
        self.tensors = tensors
        self._heads = heads
        self._main = next(iter(heads)) if main is None and len(heads) == 1 else main
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

    def compute(self, formula: Formula, names: Names) -> Scalar:
        """The value of a formula."""
        return formula.evaluate(names)

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

    def one(self, x: Flow, *, here: Place, mark: Mark | None) -> Flow:
        """The one tensor that a node reads which reads one: after a cell its own, not the one before.

        Raises:
            SpaceError: There is none, because the network has several inputs.
        """
        if not x:
            names = ", ".join(sorted(self.inputs))
            message = f"there are several inputs ({names}) and it reads one; begin with a graph and name them in 'from'"
            raise located(SpaceError(message), mark, here.path)
        return x[-1:]

    def shape(self, flow: Flow) -> Shape:
        """The shape of a tensor, without the batch axis; after a cell that of its own."""
        return self._shapes[flow[-1]]

    def layer(self, op: str, args: Mapping[str, Any], x: Flow, *, here: Place, mark: Mark | None) -> Flow:
        """Add a layer.

        Raises:
            SpaceError: An argument is wrong.
            ShapeError: The inputs do not fit.
        """
        shapes = [self._shapes[name] for name in x]
        given = self.inputs[x[-1]].codes if x and x[-1] in self.inputs else ()
        try:
            args = ops.get(op).completed(args, given)
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
        """Add a head: the last layer on the way to an output, as the task wants it.

        Raises:
            SpaceError: There is no output for it, or the output has one.
            ShapeError: The input does not fit.
        """
        output = here.output if here.output is not None else self._main
        if output is None or output not in self._heads:
            names = ", ".join(sorted(self._heads)) or "none"
            message = f"no output for this 'head' (outputs with one: {names}); name a node of a graph after its output"
            raise located(SpaceError(message), mark, here.path)
        if output in self.outputs:
            message = f"a second 'head' for the output {output!r}; every output has one"
            raise located(SpaceError(message), mark, here.path)
        flow = self.layer("head", self._heads[output], x, here=here, mark=mark)
        self.outputs[output] = flow[-1]
        return flow

    def output(self, name: str, x: Flow, *, here: Place, mark: Mark | None) -> None:
        """Make a tensor an output, as it is.

        Raises:
            SpaceError: The output has one.
        """
        if name in self.outputs:
            raise located(SpaceError(f"a second tensor for the output {name!r}; every output has one"), mark, here.path)
        self.outputs[name] = self.one(x, here=here, mark=mark)[-1]

    def finish(self, x: Flow, at: Place) -> None:
        """Complete the output that takes what comes out of the model as it is, and see that all are complete.

        Raises:
            SpaceError: One is not.
        """
        if self._main in self.tensors:
            self.output(str(self._main), x, here=at, mark=None)
        for name in (*self._heads, *self.tensors):
            if name not in self.outputs:
                raise SpaceError(f"nothing completes the output {name!r} with these answers")

    def inside(self, name: str, shape: Shape) -> Assembly:
        """An assembly for a network inside this one, with an input of its own; it asks and counts as part of this one.

        What it counted comes back by ``leave``.
        """
        inner = copy(self)
        inner.nodes, inner.outputs, inner.inputs = [], {}, {name: Input(shape)}
        inner._heads, inner._main = {}, None
        inner._shapes, inner._labels = {name: shape}, {name: name}
        return inner

    def leave(self, inner: Assembly) -> None:
        """Go on after a network inside."""
        self._steps = inner._steps


def joined(path: str, segment: str) -> str:
    """A path and one more segment."""
    return f"{path}/{segment}" if path else segment
