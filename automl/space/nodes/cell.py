"""``cell``: a small network whose wiring is searched, as in NASNet and DARTS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from automl.errors import SpaceError
from automl.ops import Shape
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import YamlMap, YamlTree, kind_of, located
from automl.space.domains import Categorical
from automl.space.fitting import project
from automl.space.node import Body, Node, Said, emit_body, node
from automl.space.nodes.merge import merge, read_merge
from automl.space.reading import read_body, read_value
from automl.space.site import EDGE_NAMES, Site
from automl.space.values import Literal, Value, corners

_KEYS = ("nodes", "inputs", "ops", "merge", "out", "filters", "stride")
_OUTS = ("concat", "loose_ends")
_LAST, _BEFORE = "last", "before"
_ONE, _TWO, _ADD, _CONCAT = Literal(1), Literal(2), Literal("add"), Literal("concat")
_MOST = {"nodes": 20, "inputs": 5, "stride": 16, "filters": 1_000_000}


@node("cell")
@dataclass(frozen=True, slots=True, kw_only=True)
class Cell(Node):
    """Nodes that each merge a few edges; where an edge comes from and what it does are decided (Zoph et al., 2018).

    A cell reads what came out last and, behind another cell, what went into that one; without a cell before, the latter
    is what came out last through a 1x1 convolution of its own. Both are first brought to one size, and to ``filters``
    channels. An edge comes from one of them or from an earlier node and has one of the ``ops``; where that leaves
    another shape than the cell's (a skip in a cell with a stride), it is fitted too.

    Attributes:
        ops: What an edge may do, by name. Formulas inside see ``edge_filters``, the channels of the cell, and
            ``edge_stride``, the step that an edge should make.
        nodes: How many nodes.
        inputs: How many edges come into each.
        merge: How the edges of a node become one.
        out: ``concat`` puts all nodes side by side; ``loose_ends`` only those that no other reads.
        filters: Channels of every node; None for those of the last input.
        stride: Step of the edges from outside: 2 makes a reduction cell.
    """

    ops: Mapping[str, Body]
    nodes: Value
    inputs: Value = _TWO
    merge: Value = _ADD
    out: Value = _CONCAT
    filters: Value | None = None
    stride: Value = _ONE

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """From ``{nodes, ops, inputs, merge, out, filters, stride}``."""
        entries = site.mapping(said.content, "'cell'", _KEYS, needs=("nodes", "ops"), mark=said.mark)
        values = {key: read_value(entries[key], site.child(key)) for key in (*_MOST, "out") if key in entries}
        for key, value in values.items():
            for corner in corners(value) or ():
                if problem := _problem(key, corner):
                    raise site.error(problem, entries[key].mark)
        ops = _read_ops(entries["ops"], site)
        return cls(name=said.name, mark=said.mark, ops=ops, merge=read_merge(entries, site), **values)

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """The cell's output, and before it the last input, for a cell behind this one."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        last = assembly.one(x, here=here, mark=self.mark)
        filters = None if self.filters is None else self.whole("filters", self.filters, here, assembly)
        stride = self.whole("stride", self.stride, here, assembly)
        growth = _Growth(self, here, assembly, x, filters, stride)
        for number in range(self.whole("nodes", self.nodes, here, assembly)):
            growth.grow(number)
        return (*last, *self._out(growth, here, assembly))

    def whole(self, key: str, value: Value, here: Place, assembly: Assembly) -> int:
        """The answer to one of the numbers."""
        number = value.answer(assembly, f"{here.decisions}/{key}", here.names)
        if problem := _problem(key, number):
            raise located(SpaceError(problem), self.mark, here.path)
        return int(number)

    def _out(self, growth: _Growth, here: Place, assembly: Assembly) -> Flow:
        ends = growth.nodes
        if len(ends) > 1:
            how = self.out.answer(assembly, f"{here.decisions}/out", here.names)
            if problem := _problem("out", how):
                raise located(SpaceError(problem), self.mark, here.path)
            ends = [name for name in ends if how == "concat" or name not in growth.read]
        flow = tuple(growth.tensors[name][-1] for name in ends)
        return flow if len(flow) == 1 else assembly.layer("concat", {}, flow, here=here.child("concat"), mark=self.mark)

    def bodies(self) -> Iterator[Body]:
        """What an edge may do."""
        yield from self.ops.values()


class _Growth:
    """A cell node by node.

    Attributes:
        tensors: The cell's inputs and its nodes so far.
        nodes: Names of the nodes.
        read: Names of what some node reads.
    """

    def __init__(self, cell: Cell, here: Place, assembly: Assembly, x: Flow, filters: int | None, stride: int) -> None:
        self.tensors: dict[str, Flow] = {_LAST: x[-1:], _BEFORE: x[:1]}
        self.nodes: list[str] = []
        self.read: set[str] = set()
        self._cell, self._here, self._assembly, self._stride = cell, here, assembly, stride
        self._always = {_BEFORE} if len(x) == 1 else set()
        shape = assembly.shape(x)
        width = filters if filters is not None else shape[-1]
        self._inside: Shape = (*shape[:-1], width)
        self._wanted: Shape = (*(size and -(-size // stride) for size in shape[:-1]), width)
        self._fitted: dict[str, Flow] = {}

    def grow(self, number: int) -> None:
        """Add a node."""
        here = self._here.child("node").branch(f".{number}")
        self._assembly.step(here, self._cell.mark)
        count = self._cell.whole("inputs", self._cell.inputs, here, self._assembly)
        edges: Flow = ()
        for edge in range(count):
            edges += self._edge(number, edge, here)
        if len(edges) > 1:
            edges = merge(self._cell.merge, edges, here, self._assembly, self._cell.mark)
        name = f"node.{number}"
        self.tensors[name] = edges
        self.nodes.append(name)

    def _edge(self, number: int, edge: int, here: Place) -> Flow:
        assembly, mark = self._assembly, self._cell.mark
        earlier = [f"node.{each}" for each in range(number)]
        default = _BEFORE if edge else earlier[-1] if earlier else _LAST
        domain = Categorical((_LAST, _BEFORE, *earlier), default)
        source = str(assembly.decide(f"{here.decisions}/input.{edge}", domain, mark))
        self.read.add(source)
        outside = source in (_LAST, _BEFORE)
        place = here.child("op").branch(f".{edge}")
        taken = str(
            assembly.decide(place.decisions, Categorical(tuple(self._cell.ops), next(iter(self._cell.ops))), mark)
        )
        stride = self._stride if outside else 1
        names = {**here.names, **dict(zip(EDGE_NAMES, (self._wanted[-1], stride), strict=True))}
        x = self._input(source) if outside else self.tensors[source]
        inside = place.branch(f"={taken}")._replace(names=names)
        y = emit_body(self._cell.ops[taken], x, inside, assembly)[-1:]
        return self._fit(y, self._wanted, inside.child("fit"))

    def _input(self, source: str) -> Flow:
        if source not in self._fitted:
            here = self._here.child(source)
            fit = self._project if source in self._always else self._fit
            self._fitted[source] = fit(self.tensors[source], self._inside, here)
        return self._fitted[source]

    def _fit(self, x: Flow, wanted: Shape, here: Place) -> Flow:
        return x if self._assembly.shape(x) == wanted else self._project(x, wanted, here)

    def _project(self, x: Flow, wanted: Shape, here: Place) -> Flow:
        advice = "in a cell, an op keeps the size of the map or makes it smaller by =edge_stride"
        return project(x, wanted, here, self._assembly, self._cell.mark, advice=advice, pool=True)


def _read_ops(tree: YamlTree, site: Site) -> dict[str, Body]:
    if not isinstance(tree, YamlMap):
        raise site.error(f"'ops' of 'cell' is a mapping of names to nodes, got {kind_of(tree)}", tree.mark)
    if not tree.entries:
        raise site.error("an empty choice; give at least one of the 'ops'", tree.mark)
    inside, ops = site.knowing(*EDGE_NAMES), {}
    for name, body in tree.entries.items():
        site.segment(name, "the op", tree.marks[name])
        ops[name] = read_body(body, inside.child("op").branch(f"={name}"), mark=tree.marks[name])
    return ops


def _problem(key: str, value: object) -> str | None:
    if key == "out":
        return None if value in _OUTS else f"'out' is {value!r}; it must be {' or '.join(_OUTS)}"
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST[key]:
        return None
    return f"{key!r} is {value!r}; it must be a whole number from 1 to {_MOST[key]:,}"
