"""Networks that the tests of this room use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from automl.arch import Architecture, Input, Node

Layers = list[Node]


class Net:
    """Writes nodes down one by one; ``net("conv", x, filters=8)`` gives the new node's id."""

    def __init__(self) -> None:
        self.nodes: Layers = []

    def __call__(self, op: str, *inputs: str, path: str = "", weights: str | None = None, **args: Any) -> str:
        self.nodes.append(Node(f"node-{len(self.nodes)}", op, args, inputs, path, weights))
        return self.nodes[-1].id


def residual(stages: tuple[int, ...] = (8, 16, 32), blocks: int = 2) -> Architecture:
    net = Net()
    x = net("conv", "image", filters=stages[0], path="stem", use_bias=False)
    for i, filters in enumerate(stages):
        for j in range(blocks):
            path, stride = f"stage.{i}/block.{j}", 2 if i and not j else 1
            y = net("conv", x, filters=filters, stride=stride, use_bias=False, path=f"{path}/conv")
            y = net("relu", net("bn", y, path=f"{path}/bn"), path=f"{path}/relu")
            y = net("se", net("bn", net("conv", y, filters=filters, use_bias=False)))
            if stride == 2:
                x = net("conv", x, filters=filters, kernel=1, stride=2, use_bias=False, path=f"{path}/shortcut")
            x = net("relu", net("add", x, y, path=f"{path}/add"))
    x = net("dropout", net("gap", x), rate=0.2)
    x = net("head", x, units=10, activation="softmax", path="head")
    return Architecture.assemble({"image": Input((28, 28, 1), "uint8")}, net.nodes, {"label": x})


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture
def make_residual() -> Callable[..., Architecture]:
    return residual
