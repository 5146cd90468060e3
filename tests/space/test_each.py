"""A network on every step of a sequence."""

from __future__ import annotations

from typing import Any

import pytest

from automl.arch import Input, build_model, summarize
from automl.errors import ShapeError, SpaceError
from automl.space import DefaultDecider, ReplayDecider, Space

FILM = (5, 12, 12, 3)


def test_a_network_is_one_layer_with_decisions_inside(interpret: Any) -> None:
    text = "model: [{each: [{conv: {filters: {choice: [3, 4]}}}, relu, gap]}, {rnn: 4}, last, head]"
    found = interpret(text, ReplayDecider({"each/conv/filters": 4}), shape=FILM)
    assert found.params == {"each/conv/filters": 4}
    each = found.architecture.nodes[0]
    assert [layer["op"] for layer in each.args["network"]] == ["conv", "relu", "gap"]
    assert summarize(found.architecture).layers[0].output_shape == (5, 4)
    assert build_model(found.architecture).count_params() == summarize(found.architecture).parameters


def test_any_node_may_stand_inside(interpret: Any) -> None:
    text = """
blocks: {unit: {args: {f: null}, do: [{conv: =f}, bn, relu]}}
model:
  - name: frames
    each:
      - repeat: {times: {int: [1, 2]}, index: i, do: {unit: =4 * (i + 1)}}
      - residual: {conv: {filters: 8, stride: 2}}
      - graph: {a: {from: input, do: relu}, b: {from: [a, input], merge: add}}
      - parallel: {do: {x: {conv: 2, tie: k}, y: {conv: 2, tie: k}}}
      - cell: {nodes: 1, ops: {skip: []}}
      - gap
  - gmp
  - head
"""
    found = interpret(text, shape=FILM)
    weights = [layer["weights"] for layer in found.architecture.nodes[0].args["network"]]
    assert {"w0"} == {key for key in weights if key}
    assert build_model(found.architecture).count_params() == summarize(found.architecture).parameters


def test_nothing_inside_is_nothing(interpret: Any) -> None:
    assert [
        node.op for node in interpret("model: [{each: {optional: relu}}, gap, head]", shape=(5, 4)).architecture.nodes
    ] == [
        "gap",
        "head",
    ]


def test_two_levels_read_a_text_of_sentences_of_words(interpret: Any) -> None:
    text = "model: [{each: [{embed: {dim: 4, vocabulary: 9}}, {each: {dense: 3}}, gap]}, gap, head]"
    found = interpret(text, shape=(4, 6)).architecture
    assert summarize(found).layers[0].output_shape == (4, 3)
    assert build_model(found).count_params() == summarize(found).parameters


def test_a_tied_each_is_one_layer(interpret: Any) -> None:
    text = (
        "model: [{parallel: {do: {a: {each: {dense: 3}, tie: k}, b: [relu, {each: {dense: 3}, tie: k}]}}}, gap, head]"
    )
    found = interpret(text, shape=(6, 4)).architecture
    assert summarize(found).parameters == (4 * 3 + 3) + (6 * 3 + 3) == build_model(found).count_params()


def test_what_does_not_fit_inside_is_told_with_its_path(interpret: Any) -> None:
    with pytest.raises(ShapeError, match=r"each/choice=b/rnn: 'rnn' needs .* \(input: 12x12x3 from 'step'\)"):
        interpret(
            "model: [{each: {choice: {a: relu, b: {rnn: 3}}}}, head]",
            ReplayDecider({"each/choice": "b"}),
            shape=FILM,
        )


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("[{each: }, head]", "a node is missing here"),
        ("[{each: head}]", "a head is missing; the model must end with 'head', not with 'each'"),
        ("[{each: [head, relu]}, head]", "'head' must be the last node of the model"),
        ("[{each: {convv: 3}}, head]", "each: unknown node 'convv'; did you mean 'conv'?"),
    ],
)
def test_a_wrong_each_is_found_when_the_space_is_loaded(model: str, said: str) -> None:
    with pytest.raises(SpaceError) as raised:
        Space.parse(f"model: {model}")
    assert said in str(raised.value)


def test_the_inputs_of_the_space_are_out_of_reach_inside() -> None:
    text = """
inputs: {film: {shape: [4, 8, 8, 3]}, facts: tabular}
outputs: {label: classification}
model:
  graph:
    f: {from: film, do: [{each: [gap, {graph: {a: {from: [input, NAME]}}}]}, last]}
    label: {from: [f, facts], do: head}
"""
    with pytest.raises(SpaceError, match="unknown 'from' name 'facts'; known: a, input"):
        Space.parse(text.replace("NAME", "facts"))
    space = Space.parse(text.replace(", NAME", ""))
    data = {"film": Input((4, 8, 8, 3)), "facts": Input((3,))}
    space.interpret(DefaultDecider(), inputs=data, heads={"label": {"units": 2}})
