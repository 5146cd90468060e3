"""Raw inputs of several fronts in one model: each under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def named_front(front: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A front whose raw inputs are called after the input they make: itself, or ``<input>_<raw>`` of several.

    >>> front = {"inputs": {"text": {"shape": []}}, "nodes": [], "outputs": {"text": "text"}}
    >>> named_front(front, "title")["outputs"]
    {'text': 'title'}

    Args:
        front: The architecture as JSON, see ``PreparedData.fronts``.
        name: Of the input.
    """
    called = {raw: raw_name(name, raw, alone=len(front["inputs"]) == 1) for raw in front["inputs"]}
    nodes = [{**node, "inputs": [called.get(each, each) for each in node["inputs"]]} for node in front["nodes"]]
    return {
        "inputs": {called[raw]: given for raw, given in front["inputs"].items()},
        "nodes": nodes,
        "outputs": {output: called.get(source, source) for output, source in front["outputs"].items()},
    }


def raw_name(name: str, raw: str, *, alone: bool) -> str:
    """What a raw input of a model with several inputs is called.

    >>> raw_name("facts", "numbers", alone=False), raw_name("title", "text", alone=True)
    ('facts_numbers', 'title')

    Args:
        name: Of the input that is made of it.
        raw: What its kind calls it.
        alone: Whether the input is made of it alone.
    """
    return name if alone else f"{name}_{raw}"
