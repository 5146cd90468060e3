"""What the tests of the language share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from automl.arch import Input
from automl.space import Candidate, Decider, DefaultDecider, Space

Interpret = Callable[..., Candidate]


@pytest.fixture(scope="session")
def interpret() -> Interpret:
    """Interpret a space on a picture of 16x16x3, or another shape, with three classes."""

    def run(
        space: Space | str, decider: Decider | None = None, shape: tuple[int | None, ...] = (16, 16, 3)
    ) -> Candidate:
        read = Space.parse(space) if isinstance(space, str) else space
        heads: Mapping[str, Mapping[str, Any]] = {"label": {"units": 3, "activation": "softmax"}}
        return read.interpret(decider or DefaultDecider(), inputs={"image": Input(shape)}, heads=heads)

    return run


@pytest.fixture(scope="session")
def layers(interpret: Interpret) -> Callable[..., list[str]]:
    """The layers of a model written as YAML, as ``path key=value``, arguments only where they are asked for."""

    def run(model: str, *shown: str, **options: Any) -> list[str]:
        found = interpret(f"model:\n{model}", **options).architecture.nodes
        return [
            " ".join([node.name, *(f"{key}={node.args[key]}" for key in shown if key in node.args)]) for node in found
        ]

    return run


@pytest.fixture(scope="session")
def cnn() -> Space:
    """The shipped space for pictures."""
    return Space.load("cnn")


@pytest.fixture(scope="session")
def documented_spaces() -> list[str]:
    """Every space of the page about the language."""
    page = (Path(__file__).parents[2] / "docs" / "search-spaces.md").read_text(encoding="utf-8")
    return re.findall(r"^```yaml\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
