"""Laws that hold for a space with every node of the language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from automl.arch import Architecture, Input, build_model, summarize
from automl.errors import ShapeError
from automl.space import Candidate, Domain, RandomDecider, ReplayDecider, Space
from automl.space.node import below, kinds

EVERYTHING = """
version: 1
name: everything
inputs: {left: image, right: image, film: {shape: [4, 12, 12, 3]}, text: text, facts: tabular}
outputs: {same: {units: 1, activation: sigmoid}, topic: classification, code: tensor}
vars:
  width: {pow2: [4, 8]}
  deep: {bool: true}
blocks:
  unit: {args: {f: null, k: {choice: [3, 5]}}, do: [{conv: {filters: =f, kernel: =k}}, bn, relu]}
  tower:
    - {name: kind, choice: {units: {unit: =width}, plain: {conv: =width}, none: []}}
    - {name: gate, optional: {se: {ratio: {choice: [2, 4]}}}}
    - repeat:
        times: {int: [0, 2], default: 1}
        index: i
        share: choices
        do: {residual: {do: {unit: =width * (i + 1)}, merge: {choice: [add, concat]}, shortcut: {choice: [auto, none]}}}
    - gap
model:
  graph:
    l: {from: left, do: tower, tie: eye}
    r: {from: right, do: tower, tie: eye}
    seen: {from: [l, r], merge: {choice: [subtract, multiply, concat]}}
    frames:
      from: film
      do:
        - each: [{name: wired, cell: {nodes: {int: [1, 2]}, ops: {skip: [], conv: {conv: =edge_filters}}}}, gap]
        - {rnn: {units: {int: [2, 6]}, cell: {choice: [gru, lstm]}}}
        - last
    words:
      from: text
      do: [{embed: {dim: 4, vocabulary: 30}}, {parallel: {do: {a: gap, b: gmp}, merge: {choice: [add, concat]}}}]
    table: {from: facts, do: {dense: {units: =width * 2 if deep else width, activation: relu}}}
    both: {from: {subset: [frames, words, table], min: 1, max: 2}, merge: concat, do: {dense: 8}}
    fused:
      from: [seen, {choice: [both, table, words, frames]}]
      merge: concat
      do: {dropout: {float: [0.0, 0.4], step: 0.2}}
    same: {from: seen, do: head}
    topic: {from: [fused, both], merge: concat, do: [{dense: 6, tie: end}, relu, head]}
    code: {from: [fused, both], merge: concat, do: {dense: 6, tie: end}}
train: {lr: {float: [1e-4, 1e-1], log: true, default: 1e-3}}
"""
DATA: dict[str, Any] = {
    "inputs": {
        "left": Input((12, 10, 1)),
        "right": Input((12, 10, 1)),
        "film": Input((4, 12, 12, 3)),
        "text": Input((7,), "int32"),
        "facts": Input((5,)),
    },
    "heads": {"same": {"units": 1, "activation": "sigmoid"}, "topic": {"units": 3, "activation": "softmax"}},
}


@pytest.fixture(scope="module")
def everything() -> Space:
    return Space.parse(EVERYTHING, "everything.yaml")


def samples(space: Space, count: int) -> Iterator[Candidate]:
    seed = 0
    while count:
        seed += 1
        try:
            yield space.interpret(RandomDecider(np.random.default_rng(seed)), **DATA)
        except ShapeError:
            continue
        count -= 1


def test_the_space_has_every_node(everything: Space) -> None:
    bodies = [everything.model, *(block.do for block in everything.blocks.values())]
    found = {type(each) for body in bodies for each in below(body)}
    assert found == set(kinds.values())


def test_replaying_a_point_gives_an_equal_candidate(everything: Space) -> None:
    for found in samples(everything, 150):
        again = everything.interpret(ReplayDecider(found.params), **DATA)
        assert again == found
        assert list(again.params) == list(found.params)
        assert Architecture.from_json(found.architecture.to_json()) == found.architecture


def test_one_name_has_one_domain_and_is_asked_once(everything: Space) -> None:
    domains: dict[str, Domain] = {}
    for seed in range(150):
        rng, asked = RandomDecider(np.random.default_rng(seed)), []

        class Recorder:
            def decide(self, name: str, domain: Domain) -> Any:
                assert domains.setdefault(name, domain) == domain
                asked.append(name)  # noqa: B023
                return rng.decide(name, domain)  # noqa: B023

        try:
            everything.interpret(Recorder(), **DATA)
        except ShapeError:
            continue
        assert len(set(asked)) == len(asked)


def test_layers_have_names_of_their_own(everything: Space) -> None:
    for found in samples(everything, 50):
        nodes = found.architecture.nodes
        assert len({node.name for node in nodes}) == len(nodes)


def test_keras_makes_of_it_what_was_inferred(everything: Space) -> None:
    import keras

    for found in samples(everything, 8):
        keras.utils.clear_session()
        model, summary = build_model(found.architecture), summarize(found.architecture)
        assert model.count_params() == summary.parameters
        shapes = {layer.id: layer.output_shape for layer in summary.layers}
        outputs = {name: shapes[source] for name, source in found.architecture.outputs.items()}
        assert {name: tensor.shape[1:] for name, tensor in model.output.items()} == outputs


def test_every_answer_matters_somewhere(everything: Space) -> None:
    """Some change of some answer of every name changes the network or the training."""
    matters: set[str] = set()
    names: set[str] = set()
    for number, found in enumerate(samples(everything, 60)):
        names |= found.params.keys()
        for name in found.params.keys() - matters:
            rng = np.random.default_rng(number)
            others = RandomDecider(rng)
            changed = ReplayDecider({key: value for key, value in found.params.items() if key != name}, others)
            try:
                other = everything.interpret(changed, **DATA)
            except ShapeError:
                continue
            if (other.architecture, other.training) != (found.architecture, found.training):
                matters.add(name)
    assert names - matters == set()


def test_it_is_the_same_space_after_being_written(everything: Space) -> None:
    assert Space.parse(everything.to_yaml(), "everything.yaml") == everything
