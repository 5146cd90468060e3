"""Where heads may stand: at the end of every way to an output, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from automl.errors import SpaceError
from automl.space.assembly import joined
from automl.space.document import Mark, located
from automl.space.node import Body, below
from automl.space.nodes import Block, Call, Choice, Graph, Head, Tied
from automl.space.ports import TENSOR, OutputPort


def check_heads(model: Body, blocks: Mapping[str, Block], outputs: Mapping[str, OutputPort], mark: Mark) -> None:
    """Refuse a model in which an output lacks its head whatever is decided, or a head stands elsewhere.

    Raises:
        SpaceError: With the place.
    """
    _Heads(blocks, outputs).check(model, mark)


def main_output(model: Body, outputs: Mapping[str, OutputPort]) -> str | None:
    """The output that the end of the model completes: the one that no node of a graph is named after."""
    rest = _rest(model, outputs)
    return rest[0] if len(rest) == 1 else None


def _rest(model: Body, outputs: Mapping[str, OutputPort]) -> list[str]:
    named = {name for each in below(model) if isinstance(each, Graph) for name in each.outputs}
    return [name for name in outputs if name not in named]


class _Heads:
    def __init__(self, blocks: Mapping[str, Block], outputs: Mapping[str, OutputPort]) -> None:
        self._blocks = blocks
        self._outputs = outputs
        self._ended: set[str] = set()
        self._without: set[str] = set()

    def check(self, model: Body, mark: Mark) -> None:
        rest = _rest(model, self._outputs)
        if len(rest) > 1:
            names = ", ".join(map(repr, rest))
            message = f"a head is missing for the outputs {names}; name a node of a graph after each of them"
            raise located(SpaceError(message), mark, None)
        if not self._outputs or (rest and self._outputs[rest[0]].kind != TENSOR):
            self.ending(model, "", mark, "the model")
            return
        self.free(model, "")
        if not rest:
            self.over(model)

    def over(self, model: Body) -> None:
        """Nothing is left over at the end of a model whose outputs are all nodes of graphs."""
        match model[-1]:
            case Graph(result=None) | Choice():
                return
            case Graph(result=unused) as last:
                message = f"unused node {unused!r}: no other node reads it, and it is no output"
                raise located(SpaceError(message), last.vertices[str(unused)].mark, last.name)
            case last:
                message = f"nothing comes of the last node {last.name!r}: every output is a node of a graph"
                raise located(SpaceError(message), last.mark, last.name)

    def ending(self, body: Body, path: str, mark: Mark | None, what: str) -> None:
        """The last node is a head, or ends with one in every branch; no other has one."""
        if not body:
            raise located(SpaceError(f"a head is missing; {what} must end with 'head'"), mark, path or None)
        self.free(body[:-1], path)
        last = body[-1]
        here = joined(path, last.name)
        match last:
            case Head():
                return
            case Choice():
                for name, branch in last.branches.items():
                    self.ending(branch, f"{here}={name}", last.mark, what)
            case Tied():
                self.ending(last.do, here, last.mark, what)
            case Graph(result=str()):
                self.vertices(last, here, ends=True)
            case Call():
                if last.block not in self._ended:
                    self._ended.add(last.block)
                    self.ending(self._blocks[last.block].do, last.block, last.mark, what)
            case _:
                message = f"a head is missing; {what} must end with 'head', not with {last.name!r}"
                raise located(SpaceError(message), last.mark, here)

    def vertices(self, graph: Graph, path: str, *, ends: bool) -> None:
        """Nodes named after an output end with a head, and the result where the graph ``ends`` the way to one."""
        for name, vertex in graph.vertices.items():
            what, here = f"the node {name!r}", joined(path, name)
            if name in graph.outputs and self._outputs[name].kind != TENSOR:
                self.ending(vertex.do, here, vertex.mark, f"{what}, which is an output,")
            elif ends and name == graph.result:
                self.ending(vertex.do, here, vertex.mark, what)
            else:
                self.free(vertex.do, here)

    def free(self, body: Body, path: str) -> None:
        """There is no head in it, but at outputs of graphs."""
        for each in body:
            here = joined(path, each.name)
            match each:
                case Head():
                    raise located(SpaceError("'head' must be the last node of the model"), each.mark, here)
                case Graph():
                    self.vertices(each, here, ends=False)
                case Call():
                    if each.block not in self._without:
                        self._without.add(each.block)
                        self.free(self._blocks[each.block].do, each.block)
                case _:
                    for inner in each.bodies():
                        self.free(inner, here)
