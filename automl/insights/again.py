"""One network of a study as a space of its own, with nothing left to decide: to train just that once more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from automl import ops
from automl.arch import Architecture, Node
from automl.errors import SpaceError
from automl.space import DefaultDecider, Space
from automl.space.document import YamlMap
from automl.space.ports import FLOWING
from automl.space.yaml_text import read_yaml
from automl.space.yaml_writer import write_yaml

_KEPT = ("task", "inputs", "outputs")  # sections that say what data a space is for


def only_space(document: Mapping[str, Any], training: Mapping[str, Any] | None, *, name: str, source: str) -> str:
    """YAML of a space that holds one network and its training settings.

    Args:
        document: The architecture's JSON.
        training: The training settings' JSON.
        name: Of the space.
        source: Text of the space that the network is from; its task, inputs and outputs are taken over.

    Raises:
        SpaceError: The language cannot say this network.
    """
    architecture = Architecture.from_json(document)
    before = read_yaml(source)
    kept = {key: before.entries[key] for key in _KEPT if key in before.entries} if isinstance(before, YamlMap) else {}
    model = {"model": _model(architecture, inputs="inputs" in kept, outputs="outputs" in kept)}
    whole = {"version": 1, "name": name} | model | {"train": _said(training or {})}
    made = read_yaml(json.dumps(whole, indent=1))
    assert isinstance(made, YamlMap), "a document of JSON is a mapping"
    front = {key: made.entries[key] for key in ("version", "name")}
    text = write_yaml(YamlMap({**front, **kept, **made.entries}, made.marks, made.mark))
    _check(text, architecture)
    return text


def _model(architecture: Architecture, *, inputs: bool, outputs: bool) -> list[Any]:
    """The network as a list of layers where it is one way, else as a graph with the head of the one output behind."""
    chain = [next(iter(architecture.inputs)), *(node.id for node in architecture.nodes)]
    straight = all(node.inputs == (before,) for node, before in zip(architecture.nodes, chain, strict=False))
    if straight and not outputs and not any(node.weights for node in architecture.nodes):
        return [_layer(node) for node in architecture.nodes]
    renamed = {} if inputs else {next(iter(architecture.inputs)): FLOWING}
    renamed |= {source: output for output, source in architecture.outputs.items()} if outputs else {}
    last = architecture.nodes[-1]
    nodes = architecture.nodes if outputs else architecture.nodes[:-1]
    graph = {renamed.get(node.id, node.id): _vertex(node, renamed) for node in nodes}
    return [{"graph": graph}] if outputs else [{"graph": graph}, _layer(last)]


def _vertex(node: Node, renamed: Mapping[str, str]) -> dict[str, Any]:
    sources = [renamed.get(name, name) for name in node.inputs]
    tied = {"tie": node.weights} if node.weights is not None else {}
    if len(sources) == 1:
        return {"from": sources[0], "do": _layer(node), **tied}
    args = _said_args(node.op, node.args)
    return {"from": sources, "merge": {node.op: args} if args else node.op, **tied}


def _layer(node: Node) -> Any:
    return _called(node.op, node.args)


def _called(op: str, args: Mapping[str, Any]) -> Any:
    if op == "head":
        return "head"
    if op == "each":
        return {"each": [_called(layer["op"], layer["args"]) for layer in args["network"]]}
    said = _said_args(op, args)
    return {op: said} if said else op


def _said_args(op: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that are not what the operation takes by itself."""
    defaults = {name: field.default for name, field in ops.get(op).model_fields.items()}
    return {name: value for name, value in args.items() if name not in defaults or value != defaults[name]}


def _said(training: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the language says them: it knows no null, so patience without end is as many epochs as there are."""
    said = {name: _said(value) if isinstance(value, Mapping) else value for name, value in training.items()}
    if "patience" in said and said["patience"] is None:
        said["patience"] = said["epochs"]
    return {name: value for name, value in said.items() if value is not None}


def _check(text: str, architecture: Architecture) -> None:
    """Make sure that the space means the network.

    Raises:
        SpaceError: It does not.
    """
    refusal = SpaceError("this network cannot be written as a space of its own; search with its own space again")
    heads = {
        output: dict(node.args)
        for output, source in architecture.outputs.items()
        for node in architecture.nodes
        if node.id == source and node.op == "head"
    }
    try:
        space = Space.parse(text, filename="the network's space")
        found = space.interpret(DefaultDecider(), inputs=architecture.inputs, heads=heads).architecture
    except SpaceError as error:
        raise refusal from error
    if found != architecture:
        raise refusal
