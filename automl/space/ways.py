"""One way through a node of a space that is counted: some answers given, the nodes inside counted and multiplied."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from automl.arch import Input
from automl.ops import Shape
from automl.space.assembly import Assembly, Flow, Place
from automl.space.deciders import DefaultDecider
from automl.space.document import Mark, Scalar
from automl.space.domains import Categorical, Domain
from automl.space.formula import Formula
from automl.space.node import Body, Node, emit_body
from automl.space.nodes import Call, Cell, Operation
from automl.space.outline import Outline
from automl.space.site import EDGE_NAMES
from automl.space.tally import ONE, ZERO, Tally, plus, tally_of, times
from automl.space.values import Computed, Listed, Literal, Searched, Value

INSIDE = "~"
"""What flows into a node that is counted by itself."""


class Outcome(NamedTuple):
    """A node's points: those that leave its input as it is (an empty branch), and the others."""

    same: Tally
    changed: Tally


class Fork(Exception):  # noqa: N818  a way forks; nothing is wrong
    """An answer is needed: its way is gone once for every one."""

    def __init__(self, way: Way, name: str, domain: Domain) -> None:
        super().__init__(name)
        self.way, self.name, self.domain = way, name, domain


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer that nothing has depended on so far."""

    way: Way
    name: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class Later:
    """A formula that nothing has depended on so far."""

    formula: Formula
    names: Mapping[str, Any]


class Counts(Protocol):
    """Who counts the nodes inside."""

    space: Any
    inputs: Mapping[str, Input] | None
    globals: dict[str, Any]

    def outcome(self, node: Node, x: Flow, at: Place, *, exact: bool) -> Outcome:
        """Of one node."""

    def body(self, body: Body, at: Place) -> Tally:
        """Of a sequence."""

    def shared(self, node: Node, x: Flow, at: Place) -> Outcome | None:
        """Of a node that is decided once for several places; None where nothing is asked in it."""

    def compute(self, formula: Formula, names: Mapping[str, Any]) -> Scalar:
        """The value of a formula, and the note that it was needed."""


class Tensor(str):
    """What comes out of a node: perhaps what went in. Only who compares it must know.

    Attributes:
        number: Of the node on its way.
        origin: What went in.
        way: Where.
    """

    number: int
    origin: str
    way: Way

    @classmethod
    def of(cls, number: int, origin: str, way: Way) -> Tensor:
        """The tensor behind a node."""
        tensor = cls(f"{origin}>{number}")
        tensor.number, tensor.origin, tensor.way = number, origin, way
        return tensor

    def __eq__(self, other: object) -> bool:
        if self is other or not isinstance(other, str):
            return self is other
        return _leads_to(self.origin, other) and self.way.is_same(self.number) and self.origin == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return super().__hash__()


def _leads_to(flow: str, other: str) -> bool:
    """Whether a tensor is another one, or may be what that flowed into."""
    while flow is not other and isinstance(flow, Tensor):
        flow = flow.origin
    return flow is other or (not isinstance(other, Tensor) and str.__eq__(flow, other))


class Way(Outline):
    """One way through a node.

    Args:
        counter: Counts the nodes inside.
        given: Answers that this way was split by.
        exact: Whether it matters if the nodes inside leave their input as it is.
    """

    def __init__(self, counter: Counts, given: Mapping[str, Scalar], *, exact: bool) -> None:
        super().__init__(counter.space, DefaultDecider(), counter.inputs)
        self.globals = counter.globals
        self.exact = exact
        self._shares = False
        self._counter = counter
        self._given = given
        self._asked: dict[str, Domain] = {}
        self._factors: list[Tally] = []
        self._outcomes: list[Outcome] = []

    def decide(self, name: str, domain: Domain, mark: Mark | None) -> Scalar:  # noqa: ARG002
        """The answer of this way; it forks where there is none yet."""
        if name not in self._given:
            raise Fork(self, name, domain)
        return self._given[name]

    def compute(self, formula: Formula, names: Mapping[str, Any]) -> Scalar:
        """The value of a formula that something depends on."""
        return self._counter.compute(formula, names)

    def later(self, value: Value, name: str, names: Mapping[str, Any]) -> Any:
        """A value that perhaps nothing depends on."""
        match value:
            case Literal(value=given):
                return given
            case Searched(domain=domain):
                self._asked[name] = domain
                return Asked(self, name, domain)
            case Computed(formula=formula):
                return Later(formula, names)
            case Listed(items=items):
                return [self.later(item, f"{name}.{number}", names) for number, item in enumerate(items)]

    def emit(self, node: Node, x: Flow, at: Place) -> Flow:
        """Count the node."""
        # A graph must see whether nothing flows, or an input of the network.
        into = x[-1:] if not x or x[-1] in self.inputs else (INSIDE,)
        outcome = self._counter.shared(node, into, at) if self._shares or _is_shared(at) else None
        if outcome is None:
            outcome = self._counter.outcome(node, into, at, exact=self.exact)
        self._outcomes.append(outcome)
        if self.exact and not outcome.changed:
            return x
        before = x[-1:] if isinstance(node, Cell) else ()
        if not self.exact or not outcome.same or not x:
            return (*before, *self._tensor())
        return (*before, Tensor.of(len(self._outcomes) - 1, x[-1], self))

    def walk(self, node: Node, x: Flow, at: Place) -> Flow:
        """Walk through a node as a part of this way that may come again: what is asked again is one question."""
        self._shares = True
        return self.call(node, x, at) if isinstance(node, Call) else node.emit(x, at, self)

    def operation(self, node: Operation, at: Place) -> None:
        """As ``Operation.emit``, nothing depends on the arguments."""
        path = at.child(node.name).decisions
        for key, value in node.args.items():
            self.later(value, f"{path}/{key}", at.names)

    def call(self, node: Call, x: Flow, at: Place) -> Flow:
        """As ``Call.emit``, perhaps something depends on the arguments."""
        here = at.child(node.name)
        self.step(here, node.mark)
        block = self.blocks[node.block]
        inside: dict[str, Any] = dict(self.globals)
        for key, default in block.args.items():
            names = at.names if key in node.args else dict(inside)
            value = node.args.get(key, default)
            if value is not None:
                inside[key] = self.later(value, f"{here.decisions}/{key}", names)
        return emit_body(block.do, x, here._replace(names=inside).scoped(), self)

    def cell(self, node: Cell, x: Flow, at: Place) -> Flow:
        """As ``Cell.emit``; where an edge comes from and what it does only multiplies."""
        here = at.child(node.name)
        stride = self.later(node.stride, f"{here.decisions}/stride", here.names)
        nodes = node.nodes.answer(self, f"{here.decisions}/nodes", here.names)
        if node.filters is not None:
            self.later(node.filters, f"{here.decisions}/filters", here.names)
        for number in range(nodes):
            place = here.child("node").branch(f".{number}")
            edges = node.inputs.answer(self, f"{place.decisions}/inputs", place.names)
            for edge in range(edges):
                inside = place.child("op").branch(f".{edge}")
                outer, inner = (self._edge(node, inside, each) for each in (stride, 1))
                # From one of the cell's two inputs, or from one of the nodes so far.
                self._factors.append(plus(times({frozenset(): (2, 0)}, outer), _many(number, inner)))
            if edges > 1:
                self.later(node.merge, f"{place.decisions}/merge", place.names)
        if nodes > 1:
            self.later(node.out, f"{here.decisions}/out", here.names)
        return (*x[-1:], *self._tensor())

    def _edge(self, node: Cell, at: Place, stride: Any) -> Tally:
        total = ZERO
        for name, body in node.ops.items():
            inside = at.branch(f"={name}")._replace(names={**at.names, EDGE_NAMES[1]: stride})
            total = plus(total, self._counter.body(body, inside))
        return total

    def is_same(self, number: int) -> bool:
        """Whether a node leaves its input as it is on this way."""
        name = f"?{number}"
        if name not in self._given:
            raise Fork(self, name, Categorical((True, False), True))
        return bool(self._given[name])

    def tally(self) -> Tally:
        """The points of this way."""
        total = ONE
        for factor in self._factors:
            total = times(total, factor)
        for number, outcome in enumerate(self._outcomes):
            same = self._given.get(f"?{number}")
            total = times(total, plus(*outcome) if same is None else outcome.same if same else outcome.changed)
        for name, domain in self._asked.items():
            if name not in self._given:
                total = times(total, tally_of(domain))
        return total

    def inside(self, name: str, shape: Shape) -> Assembly:
        """As part of this way."""
        inner = copy(self)
        inner.inputs = {name: Input(shape)}
        return inner

    def _tensor(self) -> Flow:
        return self.layer("", {}, (), here=Place("", "", None, {}), mark=None)


def _many(count: int, tally: Tally) -> Tally:
    return times({frozenset(): (count, 0)}, tally) if count else ZERO


def _is_shared(at: Place) -> bool:
    """Whether the decisions here may be those of another place too."""
    last = at.decisions.rpartition("/")[-1]
    return last.endswith(".*") or last.startswith("tie=")
