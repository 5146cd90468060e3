"""A network as a frozen, canonical document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from automl import ops
from automl.arch.assembly import assemble
from automl.arch.graph import Input, Node
from automl.errors import SpaceError


@dataclass(frozen=True, slots=True, eq=False)
class Architecture:
    """A directed graph of layers from inputs to outputs, in canonical form. Make one with ``assemble``.

    Two are equal when they are the same network: names for people do not count, weights shared or not do.

    >>> from automl.arch import Architecture, Input, Node
    >>> pixels = {"image": Input((8, 8, 1), "uint8")}
    >>> a = Architecture.assemble(
    ...     pixels,
    ...     [Node("b", "head", {"units": 2}, ("a",)), Node("a", "conv", {"filters": 4}, ("image",), name="stem")],
    ...     {"label": "b"},
    ... )
    >>> [(node.id, node.op, node.inputs) for node in a.nodes]
    [('n0', 'conv', ('image',)), ('n1', 'head', ('n0',))]
    >>> a == Architecture.from_json(a.to_json())
    True

    Attributes:
        inputs: By name, sorted.
        nodes: In canonical order: each after all that it reads.
        outputs: Output name to the id of a node (or the name of an input), sorted by name.
    """

    inputs: Mapping[str, Input]
    nodes: tuple[Node, ...]
    outputs: Mapping[str, str]

    @classmethod
    def assemble(cls, inputs: Mapping[str, Input], nodes: Sequence[Node], outputs: Mapping[str, str]) -> Architecture:
        """Check a network and bring it into canonical form.

        Defaults are filled in; identities (dropout 0) and nodes that no output needs are dropped; inputs of
        commutative nodes are sorted; nodes come in one topological order and are called n0, n1, ...; ``weights`` keys
        become w0, w1, ... and go where nothing is shared. The order of ``nodes`` does not matter.

        Args:
            inputs: By name: letters, digits and '_'.
            nodes: With any unique ids; ``inputs`` of a node are ids or names of inputs.
            outputs: Output name to node id.

        Raises:
            SpaceError: A wrong name, reference, operation or argument, or nodes that read each other in a circle.
            ShapeError: Layers do not fit; the message has the path and the shapes with where they come from.
        """
        return cls(*assemble(inputs, nodes, outputs))

    def to_json(self) -> dict[str, Any]:
        """A JSON document that ``from_json`` reads, names included."""
        document = self.canonical()
        for written, node in zip(document["nodes"], self.nodes, strict=True):
            written["name"] = node.name
        return document

    def canonical(self) -> dict[str, Any]:
        """The JSON document without names: equal for equal networks. What fingerprints and duplicates go by."""
        return {
            "inputs": {name: {"dtype": x.dtype, "shape": list(x.shape)} for name, x in self.inputs.items()},
            "nodes": [node.canonical() for node in self.nodes],
            "outputs": dict(self.outputs),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Architecture:
        """Read and check a document of ``to_json``; one that a person wrote becomes canonical.

        Raises:
            SpaceError: It is no architecture, or one that ``assemble`` refuses.
        """
        try:
            read = _Document.model_validate(document)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise SpaceError(f"this is no architecture: {place or 'document'}: {first['msg']}") from None
        return cls.assemble(
            {name: Input(tuple(x.shape), x.dtype) for name, x in read.inputs.items()},
            [Node(n.id, n.op, n.args, tuple(n.inputs), n.name, n.weights) for n in read.nodes],
            read.outputs,
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical document as hexadecimal digits."""
        text = json.dumps(self.canonical(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def origins(self) -> tuple[str, ...]:
        """``module:qualname`` of a person's own layers in it: what must be imported where it is built."""
        return ops.origins(_operations(self.to_json()["nodes"]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Architecture) and self.canonical() == other.canonical()

    def __hash__(self) -> int:
        return hash(self.fingerprint)


def _operations(layers: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Names of all operations, those of networks inside others too."""
    for layer in layers:
        yield layer["op"]
        yield from _operations(layer["args"].get("network", ()))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Input(_Part):
    shape: list[int | None]
    dtype: str = "float32"


class _Node(_Part):
    id: str
    op: str
    args: dict[str, JsonValue] = {}
    inputs: list[str]
    name: str = ""
    weights: str | None = None


class _Document(_Part):
    inputs: dict[str, _Input]
    nodes: list[_Node]
    outputs: dict[str, str]
