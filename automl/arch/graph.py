"""The parts of an architecture, and the checks of how they hang together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from automl.errors import SpaceError, did_you_mean
from automl.ops import Shape

DTYPES = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "bool", "string")

_PORT = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")  # single underscores: see build.LayerNames
_NODE_ID = re.compile(r"n\d+")


@dataclass(frozen=True, slots=True)
class Input:
    """What a row of one input looks like before preprocessing.

    Attributes:
        shape: Without the batch axis, channels last; None where a size is not known.
        dtype: One of ``DTYPES``.
        codes: How many codes there are, where values are codes: one number for each of the last columns of a table,
            one for all tokens of a text. Of a series to forecast: steps to forecast, how many of the first channels,
            and steps of a season. It is known of the data and completes layers; networks do not keep it.
    """

    shape: Shape
    dtype: str = "float32"
    codes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(self.shape))
        object.__setattr__(self, "codes", tuple(self.codes))


@dataclass(frozen=True, slots=True)
class Node:
    """One use of one layer.

    Attributes:
        id: Unique; ``n0``, ``n1``, ... in an assembled architecture.
        op: Name of the operation.
        args: Its arguments; all of them in an assembled architecture.
        inputs: Ids of nodes or names of inputs.
        name: Path for people, such as ``stage.0/block.1/conv``; no part of the fingerprint.
        weights: Nodes with the same key share one layer.
    """

    id: str
    op: str
    args: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    name: str = ""
    weights: str | None = None

    @property
    def label(self) -> str:
        """What people call it: its path, else its id."""
        return self.name or self.id

    def canonical(self) -> dict[str, Any]:
        """The JSON document without the name."""
        return {
            "args": dict(self.args),
            "id": self.id,
            "inputs": list(self.inputs),
            "op": self.op,
            "weights": self.weights,
        }


def check(inputs: Mapping[str, Input], nodes: Sequence[Node], outputs: Mapping[str, str]) -> dict[str, Node]:
    """Nodes by id, when every name and reference is good.

    Raises:
        SpaceError: No inputs or outputs, a name that is none, two nodes of one id, or a reference to nothing.
    """
    for kind, ports in (("input", inputs), ("output", outputs)):
        if not ports:
            raise SpaceError(f"the network has no {kind}; it needs at least one")
        for name in ports:
            check_port(kind, name)
    for name, given in inputs.items():
        check_input(name, given)
    by_id = {node.id: node for node in nodes}
    if len(by_id) < len(nodes) or by_id.keys() & inputs.keys():
        names = [node.id for node in nodes] + list(inputs)
        twice = next(name for name in names if names.count(name) > 1)
        raise SpaceError(f"two nodes or inputs are called {twice!r}; every one needs its own id")
    known = [*inputs, *by_id]
    references = [(node.label, name) for node in nodes for name in node.inputs] + list(outputs.items())
    for reader, name in references:
        if name not in by_id and name not in inputs:
            raise SpaceError(f"it reads {name!r}, which does not exist; {did_you_mean(name, known)}", path=reader)
    return by_id


def live_order(nodes: Mapping[str, Node], outputs: Mapping[str, str]) -> list[Node]:
    """The nodes that an output needs, each after all that it reads.

    Raises:
        SpaceError: A node reads itself over others; the message shows the circle.
    """
    done: dict[str, Node] = {}
    for target in outputs.values():
        path = {target: _sources(nodes, target)}  # ids on the way down, each with what is still to be followed
        while path:
            here = next(reversed(path))
            following = next((source for source in path[here] if source not in done), None)
            if following is None:
                path.pop(here)
                if here in nodes:
                    done[here] = nodes[here]
            elif following in path:
                circle = [*path, following]
                shown = " -> ".join(nodes[name].label for name in circle[circle.index(following) :][::-1])
                raise SpaceError(f"nodes read each other in a circle: {shown}", path=nodes[following].label)
            else:
                path[following] = _sources(nodes, following)
    return list(done.values())


def _sources(nodes: Mapping[str, Node], name: str) -> Iterator[str]:
    return iter(source for source in (nodes[name].inputs if name in nodes else ()) if source in nodes)


def check_port(kind: str, name: str) -> None:
    """Refuse a name that an input or output cannot have.

    Raises:
        SpaceError: It is one.
    """
    if not _PORT.fullmatch(name) or _NODE_ID.fullmatch(name):
        raise SpaceError(
            f"{kind} {name!r}: use letters and digits with single '_' between them, a letter first; "
            "n0, n1, ... are for nodes"
        )


def check_input(name: str, given: Input) -> None:
    """Refuse a shape or dtype that data cannot have.

    Raises:
        SpaceError: One of them is wrong.
    """
    if given.dtype not in DTYPES:
        raise SpaceError(f"input {name!r} has the unknown dtype {given.dtype!r}; {did_you_mean(given.dtype, DTYPES)}")
    for axis in given.shape:
        if axis is not None and (not isinstance(axis, int) or isinstance(axis, bool) or axis < 1):
            raise SpaceError(
                f"input {name!r} has the shape {list(given.shape)}; every axis must be at least 1, or null"
            )
