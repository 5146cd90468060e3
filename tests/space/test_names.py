from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from automl.errors import SpaceError
from automl.space import Domain, RandomDecider, Space

Layers = Callable[..., list[str]]


class Recorder:
    """Random answers; keeps every name with its domain."""

    def __init__(self, seed: int, domains: dict[str, Domain]) -> None:
        self.random = RandomDecider(np.random.default_rng(seed))
        self.domains = domains
        self.asked: list[str] = []

    def decide(self, name: str, domain: Domain) -> Any:
        assert self.domains.setdefault(name, domain) == domain
        self.asked.append(name)
        return self.random.decide(name, domain)


def test_one_name_has_one_domain_for_ever_and_is_asked_once(cnn: Space, interpret: Any) -> None:
    domains: dict[str, Domain] = {}
    for seed in range(100):
        recorder = Recorder(seed, domains)
        interpret(cnn, recorder, shape=(16 + seed, 16, 3))
        assert len(set(recorder.asked)) == len(recorder.asked)
    assert max(map(len, domains)) <= 512


def test_layers_have_names_of_their_own(cnn: Space, interpret: Any) -> None:
    for seed in range(20):
        nodes = interpret(cnn, RandomDecider(np.random.default_rng(seed))).architecture.nodes
        assert len({node.name for node in nodes}) == len(nodes)


def test_names_are_paths(interpret: Any) -> None:
    text = """
vars: {width: {pow2: [4, 8]}}
blocks: {unit: {args: {k: {choice: [3, 5]}}, do: [{conv: {filters: =width, kernel: =k}}]}}
model:
  - name: stage
    repeat:
      times: {int: [1, 4], default: 2}
      do:
        name: block
        repeat:
          times: 1
          do:
            - name: kind
              choice:
                sep: {sepconv: {filters: =width, kernel: {choice: [3, 5]}}}
                conv: unit
            - {name: gate, optional: {se: {ratio: {choice: [4, 8]}}}, default: true}
  - head
"""
    assert list(interpret(text).params) == [
        "width",
        "stage/times",
        "stage.0/block.0/kind",
        "stage.0/block.0/kind=sep/sepconv/kernel",
        "stage.0/block.0/gate",
        "stage.0/block.0/gate=on/se/ratio",
        "stage.1/block.0/kind",
        "stage.1/block.0/kind=sep/sepconv/kernel",
        "stage.1/block.0/gate",
        "stage.1/block.0/gate=on/se/ratio",
    ]


def test_nodes_without_a_name_are_called_after_their_keyword_and_counted(layers: Layers) -> None:
    model = "  - [conv: 4, conv: 4]\n  - {name: conv#2x, relu: }\n  - conv: 4\n  - head"
    with pytest.raises(SpaceError, match="the name 'conv#2x'"):
        layers(model)
    assert layers(model.replace("#", "-")) == ["conv", "conv#2", "conv-2x", "conv#3", "head"]


def test_a_given_name_comes_before_a_made_one(layers: Layers) -> None:
    assert layers("  - relu\n  - {name: relu, bn: }\n  - head") == ["relu#2", "relu", "head"]


@pytest.mark.parametrize(
    "text",
    [
        "vars: {kind: {choice: [1, 2]}}\nmodel: [{name: kind, choice: {a: bn, b: relu}}, head]",
        "vars: {on: {bool: }}\nmodel: [{name: on, optional: bn}, head]",
        "blocks: {b: {args: {k: 3}, do: [{name: k, optional: bn}]}}\nmodel: [b, head]",
        "model: [{residual: {do: {name: merge, optional: bn}, merge: {choice: [add, concat]}}}, head]",
    ],
)
def test_a_decision_cannot_take_the_name_of_another(text: str) -> None:
    with pytest.raises(SpaceError, match="is taken by a value here"):
        Space.parse(text)


def test_a_name_longer_than_a_database_column_is_refused(interpret: Any) -> None:
    text = "{conv: {filters: {choice: [3, 4]}}}"
    for number in range(10):
        text = f"{{name: {'n' * 60}{number}, residual: {text}}}"
    with pytest.raises(SpaceError, match="at most 512 fit"):
        interpret(f"model: [{text}, head]")
