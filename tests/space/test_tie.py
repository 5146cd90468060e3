"""What is tied decides together and has one set of weights."""

from __future__ import annotations

from typing import Any

import pytest

from automl.arch import Input, build_model, summarize
from automl.errors import SpaceError
from automl.space import Candidate, DefaultDecider, Space

PAIR = {"left": Input((12, 12, 1)), "right": Input((12, 12, 1))}


def siamese(right: str, *, blocks: str = "") -> Candidate:
    space = Space.parse(f"""
inputs: {{left: image, right: image}}
outputs: {{same: {{units: 1, activation: sigmoid}}}}
blocks:
  tower: [{{conv: {{filters: {{choice: [4, 8]}}}}}}, bn, relu, {{residual: {{conv: {{filters: 8, stride: 2}}}}}}, gap]
{blocks}
model:
  graph:
    l: {{from: left, do: tower, tie: eye}}
    r: {{from: right, do: {right}}}
    same: {{from: [l, r], merge: subtract, do: head}}
""")
    heads = {"same": {"units": 1, "activation": "sigmoid"}}
    return space.interpret(DefaultDecider(), inputs=PAIR, heads=heads)


def test_tied_towers_have_the_weights_of_one() -> None:
    layers = summarize(siamese("tower, tie: eye").architecture).layers
    left, right = (sum(each.cost.parameters for each in layers if each.name.startswith(f"graph/{x}/")) for x in "lr")
    assert (left, right) == (40 + 16 + 296 + 32 + 32, 0)
    assert siamese("tower, tie: eye").params == {"tie=eye/tower/conv/filters": 4}


def test_keras_makes_one_layer_of_what_is_tied() -> None:
    found = siamese("tower, tie: eye").architecture
    model = build_model(found)
    assert model.count_params() == summarize(found).parameters
    convolutions = [layer for layer in model.layers if type(layer).__name__ == "Conv2D"]
    assert len(convolutions) == 3
    assert all(len(layer._inbound_nodes) == 2 for layer in convolutions)


def test_one_key_ties_a_node_of_a_graph_and_any_other_node() -> None:
    wrapped = siamese("{name: eye, tower: , tie: eye}")
    assert wrapped.architecture == siamese("tower, tie: eye").architecture
    assert wrapped.params == {"tie=eye/tower/conv/filters": 4}
    assert "graph/r/eye/tower/conv" in {node.name for node in wrapped.architecture.nodes}


def test_a_tie_holds_within_one_copy_and_one_call(interpret: Any) -> None:
    text = """
blocks:
  layer: {args: {f: null, k: {choice: [3, 5]}}, do: {sepconv: {filters: =f, kernel: =k}}}
  twice: {args: {f: null}, do: [{conv: =f}, {name: a, layer: =f, tie: k}, {name: b, layer: =f, tie: k}]}
model:
  - {name: first, twice: 4}
  - {name: second, twice: 8}
  - repeat:
      times: 2
      index: i
      do: [{conv: =8 + i}, {name: y, dense: =8 + i, tie: m}, {name: z, dense: =8 + i, tie: m}]
  - head
"""
    found = interpret(text)
    assert list(found.params) == ["first/tie=k/layer/k", "second/tie=k/layer/k"]
    keys = {node.name: node.weights for node in found.architecture.nodes if node.op in ("sepconv", "dense")}
    assert keys["first/a/layer/sepconv"] == keys["first/b/layer/sepconv"] != keys["second/a/layer/sepconv"]
    assert keys["repeat.0/y/dense"] == keys["repeat.0/z/dense"] != keys["repeat.1/y/dense"]


@pytest.mark.parametrize(("share", "decisions", "weights"), [("none", 2, 2), ("choices", 1, 2), ("weights", 1, 1)])
def test_ties_go_with_what_copies_share(interpret: Any, share: str, decisions: int, weights: int) -> None:
    layer = "conv: {filters: 3, kernel: {choice: [3, 5]}}, tie: k"
    text = f"model: [{{repeat: {{times: 2, share: {share}, do: [{{{layer}}}, {{name: b, {layer}}}]}}}}, head]"
    found = interpret(text)
    assert len(found.params) == decisions
    assert len({node.weights for node in found.architecture.nodes if node.op == "conv"}) == weights
    assert summarize(found.architecture).parameters == weights * (3 * 9 * 3 + 3) + 12
    assert build_model(found.architecture).count_params() == summarize(found.architecture).parameters


def test_what_is_tied_may_hold_repeats_and_other_ties(interpret: Any) -> None:
    text = """
blocks:
  tower: [{repeat: {times: {int: [1, 3], default: 2}, do: [{conv: 3, tie: in}, {name: b, conv: 3, tie: in}]}}]
model:
  - {name: p, repeat: {times: 1, do: {parallel: {do: {l: {tower: , tie: t}, r: {tower: , tie: t}}}}}}
  - head
"""
    found = interpret(text)
    assert found.params == {"p.0/tie=t/tower/repeat/times": 2}
    convolutions = [node for node in found.architecture.nodes if node.op == "conv"]
    assert len(convolutions) == 8
    assert len({node.weights for node in convolutions}) == 2


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (
            "[{conv: 3, tie: k}, {name: b, conv: 4, tie: k}, head]",
            "1:38: 'tie: k' stands beside another node in line 1; make a block of it",
        ),
        ("[{conv: 3, tie: k}, head]", "1:10: 'tie: k' stands here only, and so ties nothing"),
        (
            "[{conv: 3, tie: eye}, {conv: 3, tie: eye}, {conv: 3, tie: ey}, head]",
            "'tie: ey' stands here only, and so ties nothing (within one copy or block); did you mean 'eye'?",
        ),
        ("[{conv: 3, tie: k}, {repeat: {times: 2, do: {conv: 3, tie: k}}}, head]", "stands here only"),
        ("[{conv: 3, tie: a/b}, head]", "conv: the key 'a/b': use 1 to 64 letters"),
        ("[{conv: 3, tie: }, head]", "'tie' must be a name, got nothing"),
        ("[{conv: 3, ite: k}, head]", "unknown key 'ite' beside 'conv'; did you mean 'tie'?"),
        ("[{name: tie, conv: 3}, head]", "no node may be named 'tie'"),
        ("[{graph: {a: {from: input, tie: k}}}, head]", "graph/a: 'tie' needs a 'do' to tie"),
    ],
)
def test_a_wrong_tie_is_found_when_the_space_is_loaded(model: str, said: str) -> None:
    with pytest.raises(SpaceError) as raised:
        Space.parse(f"model: {model}")
    assert said in str(raised.value)
