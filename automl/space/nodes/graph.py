"""``graph: {name: {from, merge, do, tie}}``: nodes that say what they read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from automl.errors import SpaceError
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import Mark, YamlMap, YamlTree, kind_of
from automl.space.node import Body, Node, Said, emit_body, node
from automl.space.nodes.merge import Merge, merge, read_merging
from automl.space.nodes.sources import Sources, read_sources
from automl.space.nodes.tie import read_key
from automl.space.ports import FLOWING
from automl.space.reading import read_body
from automl.space.site import Site
from automl.space.values import Literal

_CONCAT = Literal("concat")


@dataclass(frozen=True, slots=True)
class Vertex:
    """A node of a graph.

    Attributes:
        sources: What it reads.
        do: What it does to that.
        merge: How several tensors become one before.
        tie: Key of what shares decisions and weights with ``do``.
    """

    sources: Sources
    do: Body = ()
    merge: Merge = _CONCAT
    tie: str | None = None
    mark: Mark | None = field(default=None, compare=False, repr=False)


@node("graph")
@dataclass(frozen=True, slots=True, kw_only=True)
class Graph(Node):
    """An acyclic graph of named nodes.

    Only what its result and the outputs of the space need is decided and built.

    Attributes:
        vertices: Its nodes by name.
        outputs: Those that complete the output of the space of their name.
        order: Their names, each after all that it may read.
        result: The node that flows on, which no other reads; None where every such node is an output.

    Raises:
        SpaceError: Nodes read each other in a circle, or two are read by none.
    """

    vertices: Mapping[str, Vertex]
    outputs: tuple[str, ...] = ()
    order: tuple[str, ...] = field(init=False, compare=False, repr=False)
    result: str | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", _ordered(self.vertices))
        object.__setattr__(self, "result", _result(self.vertices, self.outputs))

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """From a mapping of names to ``{from, merge, do, tie}``."""
        content = said.content
        if not isinstance(content, YamlMap) or not content.entries:
            given = "nothing" if content is None else kind_of(content)
            message = f"a graph is a mapping of names to {{from, merge, do, tie}}, got {given}"
            raise site.error(message, content.mark if content else said.mark)
        for name, mark in content.marks.items():
            site.segment(name, "the node", mark)
            if name in site.inputs or name == FLOWING:
                raise site.error(f"the node {name!r} has the name of an input; use another", mark)
        known = (*content.entries, *site.inputs, FLOWING)
        vertices = {
            name: _read_vertex(tree, site.child(name), known, content.marks[name])
            for name, tree in content.entries.items()
        }
        outputs = tuple(name for name in vertices if name in site.outputs)
        try:
            return cls(name=said.name, mark=said.mark, vertices=vertices, outputs=outputs)
        except SpaceError as error:
            raise site.locate(error, said.mark) from None

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Decide who reads whom, then apply what is needed."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        tensors: dict[str, Flow] = {name: (name,) for name in assembly.inputs}
        if x:
            tensors[FLOWING] = x[-1:]
        for name, sources in self._needed(here, assembly):
            tensors[name] = self._emit(name, sources, tensors, here, assembly)
        return () if self.result is None else tensors[self.result]

    def _needed(self, here: Place, assembly: Assembly) -> list[tuple[str, tuple[str, ...]]]:
        """The nodes that the result and the outputs need, in order, with what they read."""
        wanted = {*self.outputs} if self.result is None else {*self.outputs, self.result}
        needed = []
        for name in reversed(self.order):
            if name in wanted:
                sources = self.vertices[name].sources.answer(assembly, f"{here.child(name).decisions}/from")
                wanted.update(sources)
                needed.append((name, sources))
        return needed[::-1]

    def _emit(
        self, name: str, sources: tuple[str, ...], tensors: Mapping[str, Flow], at: Place, assembly: Assembly
    ) -> Flow:
        vertex, here = self.vertices[name], at.child(name)
        assembly.step(here, vertex.mark)
        if name in self.outputs:
            here = here._replace(output=name)
        x: Flow = ()
        for source in sources:
            x += tensors[source] if source in tensors else assembly.one((), here=here, mark=vertex.mark)
        if len(x) > 1:
            x = merge(vertex.merge, x, here, assembly, vertex.mark)
        y = emit_body(vertex.do, x, here if vertex.tie is None else here.tied(vertex.tie), assembly)[-1:]
        if name in assembly.tensors and name in self.outputs:
            assembly.output(name, y, here=here, mark=vertex.mark)
        return y

    def bodies(self) -> Iterator[Body]:
        """What the nodes do."""
        yield from (vertex.do for vertex in self.vertices.values())

    def ties(self) -> Iterator[tuple[str, Body, Mark | None]]:
        """Keys of the nodes that have one."""
        yield from ((each.tie, each.do, each.mark) for each in self.vertices.values() if each.tie is not None)


def _read_vertex(tree: YamlTree, site: Site, known: tuple[str, ...], mark: Mark) -> Vertex:
    entries = site.mapping(tree, "a node of a graph", ("from", "merge", "do", "tie"), needs=("from",))
    sources = read_sources(entries["from"], known, site)
    if "merge" in entries and sources.most == 1:
        raise site.error("'merge' has nothing to merge: 'from' is one tensor", entries["merge"].mark)
    how = read_merging(entries, site, "concat")
    do = read_body(entries["do"], site, reserved=("from", "merge")) if "do" in entries else ()
    tie = None
    if "tie" in entries:
        tie = read_key(entries["tie"], site)
        if not do:
            raise site.error("'tie' needs a 'do' to tie", entries["tie"].mark)
    return Vertex(sources, do, how, tie, mark)


def _ordered(vertices: Mapping[str, Vertex]) -> tuple[str, ...]:
    """Depth first in the order in which they are written; without recursion, for a chain may be long."""
    done: dict[str, None] = {}
    for start in vertices:
        path = {start: iter(vertices[start].sources.options)} if start not in done else {}
        while path:
            here = next(reversed(path))
            following = next((name for name in path[here] if name in vertices and name not in done), None)
            if following is None:
                path.pop(here)
                done[here] = None
            elif following in path:
                circle = [*path, following]
                shown = " -> ".join(circle[circle.index(following) :][::-1])
                raise SpaceError(f"nodes read each other in a circle: {shown}")
            else:
                path[following] = iter(vertices[following].sources.options)
    return tuple(done)


def _result(vertices: Mapping[str, Vertex], outputs: tuple[str, ...]) -> str | None:
    read = {name for vertex in vertices.values() for name in vertex.sources.options}
    ends = [name for name in vertices if name not in read and name not in outputs]
    if len(ends) > 1:
        names = ", ".join(map(repr, ends))
        message = f"{names} are read by no other node; a graph has one result: merge them, or take out what is unused"
        raise SpaceError(message)
    return ends[0] if ends else None
