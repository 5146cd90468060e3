"""Checks of a whole model that need no shapes: what is never read, and what is tied but not the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from automl.errors import SpaceError, did_you_mean
from automl.space.assembly import joined
from automl.space.document import Mark, located
from automl.space.node import Body, below
from automl.space.nodes import Block, Graph
from automl.space.ports import FLOWING

_Ties = dict[str, list[tuple[Body, Mark | None]]]


def check_inputs_read(model: Body, inputs: Mapping[str, Mark]) -> None:
    """Refuse inputs that no graph can read, where there are several; a single one comes into the model by itself.

    Args:
        model: The network.
        inputs: Names of the space's inputs, and where they stand.

    Raises:
        SpaceError: With the name.
    """
    read = {
        name
        for each in below(model)
        if isinstance(each, Graph)
        for vertex in each.vertices.values()
        for name in vertex.sources.options
    }
    for name, mark in inputs.items():
        if len(inputs) > 1 and name not in read:
            message = f"unused input {name!r}: no 'from' reads it; read it in a graph, or take it out"
            raise located(SpaceError(message), mark, "inputs")


def check_flow(model: Body, blocks: Mapping[str, Block]) -> None:
    """Refuse graphs that read nothing of what comes before them.

    Raises:
        SpaceError: With the place.
    """
    _check_flow(model, "", starts=True)
    for name, block in blocks.items():
        _check_flow(block.do, name, starts=False)


def _check_flow(body: Body, path: str, *, starts: bool) -> None:
    for number, each in enumerate(body):
        here, first = joined(path, each.name), starts and number == 0
        if isinstance(each, Graph):
            if not first and not any(FLOWING in vertex.sources.options for vertex in each.vertices.values()):
                message = f"unused input: no node of this graph reads {FLOWING!r}, which is what comes before it"
                raise located(SpaceError(message), each.mark, here)
            first = False
        for inner in each.bodies():
            _check_flow(inner, here, starts=first)


def check_ties(model: Body, blocks: Mapping[str, Block]) -> None:
    """Refuse keys of ties that stand once, or beside nodes that are not the same.

    Raises:
        SpaceError: With the place.
    """
    for body in (model, *(block.do for block in blocks.values())):
        for scope in _scopes(body):
            for key, tied in scope.items():
                _check_tie(key, tied, scope)


def _check_tie(key: str, tied: list[tuple[Body, Mark | None]], scope: _Ties) -> None:
    (first, mark), *others = tied
    if not others:
        rest = scope.keys() - {key}
        hint = f"; {did_you_mean(key, rest)}" if rest else ""
        message = f"'tie: {key}' stands here only, and so ties nothing (within one copy or block){hint}"
        raise located(SpaceError(message), mark, None)
    for other, place in others:
        if other != first:
            where = f" in line {mark.line}" if mark else ""
            message = f"'tie: {key}' stands beside another node{where}; make a block of it and use that in both places"
            raise located(SpaceError(message), place, None)


def _scopes(body: Body) -> Iterator[_Ties]:
    """The keys that hold together, for a body and for every copy inside."""
    own: _Ties = {}
    waiting = [body]
    while waiting:
        for each in waiting.pop():
            for key, do, mark in each.ties():
                own.setdefault(key, []).append((do, mark))
            for inner in each.bodies():
                if each.scopes:
                    yield from _scopes(inner)
                else:
                    waiting.append(inner)
    yield own
