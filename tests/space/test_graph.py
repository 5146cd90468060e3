"""Graphs, several inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from automl.arch import Input, build_model, summarize
from automl.errors import SpaceError
from automl.space import DefaultDecider, Domain, ReplayDecider, Space

Layers = Callable[..., list[str]]

SHOP = """
inputs: {photo_a: image, photo_b: image, title: text, facts: tabular}
outputs: {price: regression, category: {kind: classification, loss_weight: 0.3}}
blocks:
  photo_tower: [{conv: {filters: {pow2: [8, 16]}, kernel: {choice: [3, 5]}}}, relu, gap]
model:
  graph:
    a: {from: photo_a, do: photo_tower, tie: photo}
    b: {from: photo_b, do: photo_tower, tie: photo}
    words: {from: title, do: [{embed: {dim: 8, vocabulary: 50}}, {rnn: {cell: gru, units: {pow2: [4, 8]}}}, last]}
    table: {from: facts, do: {dense: {units: {pow2: [16, 32]}, activation: relu}}}
    fused: {from: [a, b, words, table], merge: {choice: [concat, average]}, do: {dense: 12}}
    price: {from: fused, do: head}
    category: {from: [fused, words], merge: concat, do: head}
"""
DATA: Mapping[str, Any] = {
    "inputs": {
        "photo_a": Input((20, 20, 3)),
        "photo_b": Input((20, 20, 3)),
        "title": Input((9,), "int32"),
        "facts": Input((5,)),
    },
    "heads": {"price": {"units": 1}, "category": {"units": 4, "activation": "softmax"}},
}


def test_a_node_reads_by_name_whatever_the_order_in_which_they_are_written(layers: Layers) -> None:
    model = """
  graph:
    end: {from: [left, right], merge: add, do: [relu, head]}
    left: {from: stem, do: {conv: 4}}
    right: {from: stem, do: {sepconv: 4}}
    stem: {from: input, do: {conv: 8}}
"""
    assert layers(model) == [
        "graph/stem/conv",
        "graph/left/conv",
        "graph/right/sepconv",
        "graph/end/add",
        "graph/end/relu",
        "graph/end/head",
    ]


def test_a_graph_in_a_sequence_passes_on_what_no_other_node_reads(layers: Layers) -> None:
    model = "  - conv: 4\n  - graph: {a: {from: input, do: relu}, b: {from: [input, a], merge: add}}\n  - gap\n  - head"
    assert layers(model) == ["conv", "graph/a/relu", "graph/b/add", "gap", "head"]


def test_without_do_and_merge_a_node_is_what_it_reads_or_that_side_by_side(layers: Layers) -> None:
    model = "  - graph: {a: {from: input}, b: {from: a, do: relu}, c: {from: [a, b]}}\n  - head"
    assert layers(model) == ["graph/b/relu", "graph/c/concat", "head"]


def test_what_is_read_can_be_searched_and_what_is_not_read_is_not_asked(interpret: Any) -> None:
    text = """
model:
  - graph:
      a: {from: input, do: {conv: {filters: {choice: [3, 4]}}}}
      b: {from: input, do: {conv: {filters: {choice: [5, 6]}, stride: 2}}}
      c: {from: {choice: [a, b], default: b}, do: relu}
  - head
"""
    assert interpret(text).params == {"graph/c/from": "b", "graph/b/conv/filters": 5}
    found = interpret(text, ReplayDecider({"graph/c/from": "a"}))
    assert found.params == {"graph/c/from": "a", "graph/a/conv/filters": 3}
    assert [node.op for node in found.architecture.nodes] == ["conv", "relu", "head"]


def test_one_of_a_list_of_sources_can_be_searched(interpret: Any) -> None:
    text = """
model:
  - graph:
      a: {from: input, do: {conv: 4}}
      b: {from: a, do: {conv: 4}}
      c: {from: [b, {choice: [a, input]}], merge: concat}
  - head
"""
    assert interpret(text).params == {"graph/c/from.1": "a"}
    assert interpret(text, ReplayDecider({"graph/c/from.1": "input"})).architecture.nodes[2].inputs == ("n1", "image")


def all_answers(space: Space, interpret: Any) -> list[dict[str, Any]]:
    """Every point of a space of categorical questions, by trying the next answer of the last open question."""
    points = []
    script: list[int] = []
    while True:
        asked: list[Domain] = []

        class Scripted:
            def decide(self, name: str, domain: Any) -> Any:
                asked.append(domain)  # noqa: B023
                return domain.choices[script[len(asked) - 1] if len(asked) <= len(script) else 0]  # noqa: B023

        points.append(interpret(space, Scripted()).params)
        script = (script + [0] * len(asked))[: len(asked)]
        while script and script[-1] == len(asked[len(script) - 1].choices) - 1:  # type: ignore[union-attr]
            script.pop()
        if not script:
            return points
        script[-1] += 1


@pytest.mark.parametrize(("least", "most", "subsets"), [(1, 3, 7), (2, 3, 4), (2, 2, 3), (3, 3, 1), (1, 2, 6)])
def test_every_subset_has_exactly_one_set_of_answers(interpret: Any, least: int, most: int, subsets: int) -> None:
    space = Space.parse(f"""
model:
  - graph:
      a: {{from: input, do: relu}}
      b: {{from: input, do: silu}}
      c: {{from: {{subset: [input, a, b], min: {least}, max: {most}}}, merge: add}}
  - {{conv: 2}}
  - head
""")
    points = all_answers(space, interpret)
    networks = {interpret(space, ReplayDecider(point)).architecture.fingerprint for point in points}
    assert len(points) == len(networks) == subsets


def test_the_default_of_a_subset_is_all_or_what_is_said(interpret: Any) -> None:
    text = "model: [graph: {a: {from: input, do: relu}, b: {from: {subset: [a, input]DEFAULT}}}, head]"
    assert interpret(text.replace("DEFAULT", "")).params == {"graph/b/from/a": True, "graph/b/from/input": True}
    assert interpret(text.replace("DEFAULT", ", default: [input]")).params == {"graph/b/from/a": False}


def test_merges_can_be_searched_everywhere(interpret: Any) -> None:
    merge = "merge: {choice: [add, concat, maximum]}"
    for model, name in [
        (f"graph: {{a: {{from: input, do: relu}}, b: {{from: [input, a], {merge}}}}}", "graph/b/merge"),
        (f"parallel: {{do: {{a: [], b: relu}}, {merge}}}", "parallel/merge"),
        (f"residual: {{do: relu, {merge}}}", "residual/merge"),
    ]:
        space = Space.parse(f"model: [{model}, head]")
        assert interpret(space).params == {name: "add"}
        for word in ("add", "concat", "maximum"):
            found = interpret(space, ReplayDecider({name: word}))
            assert [node.op for node in found.architecture.nodes] == ["relu", word, "head"]


def test_the_merge_of_a_residual_is_not_asked_where_nothing_is_merged(interpret: Any) -> None:
    text = "model: [{residual: {do: relu, shortcut: {choice: [none, auto]}, merge: {choice: [add, concat]}}}, head]"
    assert interpret(text).params == {"residual/shortcut": "none"}


def test_a_merge_may_be_an_operation_with_arguments(interpret: Any) -> None:
    text = """
model:
  - graph:
      query: {from: input, do: {dense: 8}}
      seen: {from: [query, input], merge: {attention: {heads: {choice: [2, 4]}}}}
      same: {from: [seen, query], merge: {multiply: }}
  - head
"""
    found = interpret(text, shape=(6, 5))
    assert found.params == {"graph/seen/merge/heads": 2}
    assert [node.op for node in found.architecture.nodes] == ["dense", "attention", "multiply", "head"]
    parallel = "model: [{parallel: {do: {a: {dense: 4}, b: {dense: 4}}, merge: {subtract: {}}}}, head]"
    assert [node.op for node in interpret(parallel).architecture.nodes][2] == "subtract"


def test_several_inputs_and_outputs() -> None:
    space = Space.parse(SHOP)
    found = space.interpret(DefaultDecider(), **DATA)
    assert found.params == {
        "tie=photo/photo_tower/conv/filters": 8,
        "tie=photo/photo_tower/conv/kernel": 3,
        "graph/words/rnn/units": 4,
        "graph/table/dense/units": 16,
        "graph/fused/merge": "concat",
    }
    model = build_model(found.architecture)
    assert model.count_params() == summarize(found.architecture).parameters
    assert {name: tensor.shape[1] for name, tensor in model.output.items()} == {"price": 1, "category": 4}
    assert (space.outputs["category"].loss_weight, space.outputs["price"].loss_weight) == (0.3, 1.0)


def test_a_loss_and_its_weight_are_kept() -> None:
    text = """
outputs: {a: {kind: regression, loss: huber, loss_weight: 0.5}, b: {units: 3, activation: sigmoid}, c: tensor}
inputs: {x: {shape: [4]}}
model: {graph: {a: {from: x, do: head}, b: {from: x, do: head}, c: {from: x, do: {dense: 2}}}}
"""
    space = Space.parse(text)
    a, b, c = space.outputs.values()
    assert (a.kind, a.loss, a.loss_weight) == ("regression", "huber", 0.5)
    assert (b.units, b.activation, b.loss, b.loss_weight) == (3, "sigmoid", None, 1.0)
    assert c.kind == "tensor"


def test_an_output_may_be_a_tensor_without_a_head() -> None:
    text = """
inputs: {user: {shape: [1], dtype: int32}, item: {shape: [1], dtype: int32}}
outputs: {score: tensor}
model:
  - graph:
      u: {from: user, do: [{embed: {dim: 4, vocabulary: 9}}, flatten]}
      i: {from: item, do: [{embed: {dim: 4, vocabulary: 9}}, flatten]}
      score: {from: [u, i], merge: dot}
"""
    inputs = {"user": Input((1,), "int32"), "item": Input((1,), "int32")}
    for variant in (text, text.replace("      score:", "      end:") + "  - sigmoid\n"):
        found = Space.parse(variant).interpret(DefaultDecider(), inputs=inputs, heads={})
        assert list(found.architecture.outputs) == ["score"]
        assert "head" not in {node.op for node in found.architecture.nodes}


def test_one_output_in_the_middle_and_one_at_the_end() -> None:
    space = Space.parse("""
task: image-classify
outputs: {early: classification, label: classification}
model:
  - conv: 4
  - graph: {early: {from: input, do: [gap, head]}, on: {from: input, do: {conv: 8}}}
  - head
""")
    heads = {"early": {"units": 3}, "label": {"units": 3}}
    found = space.interpret(DefaultDecider(), inputs={"image": Input((8, 8, 1))}, heads=heads)
    assert {name: summarize(found.architecture).depth for name in found.architecture.outputs} == {
        "early": 3,
        "label": 3,
    }
    assert [node.op for node in found.architecture.nodes].count("head") == 2


def test_an_input_can_be_read_deep_inside() -> None:
    space = Space.parse("""
inputs: {picture: image, condition: tabular}
outputs: {label: classification}
model:
  - graph: {start: {from: picture, do: {conv: 4}}}
  - repeat:
      times: 2
      do:
        graph:
          scale: {from: condition, do: [{dense: 4}, {reshape: [1, 1, 4]}]}
          out: {from: [input, scale], merge: multiply}
  - head
""")
    inputs = {"picture": Input((8, 8, 3)), "condition": Input((5,))}
    found = space.interpret(DefaultDecider(), inputs=inputs, heads={"label": {"units": 2}})
    assert [node.op for node in found.architecture.nodes].count("multiply") == 2


def test_formulas_know_the_sizes_of_several_inputs_by_their_names() -> None:
    text = """
inputs: {photo: image, sound: series}
outputs: {label: classification}
model:
  graph:
    a: {from: photo, do: [{conv: {filters: 4, stride: =2 if photo_height > 10 else 1}}, gap]}
    b: {from: sound, do: [{conv: {filters: =sound_channels * 2}}, gap]}
    label: {from: [a, b], merge: concat, do: head}
"""
    inputs = {"photo": Input((12, 12, 3)), "sound": Input((30, 2))}
    found = Space.parse(text).interpret(DefaultDecider(), inputs=inputs, heads={"label": {"units": 2}})
    convolutions = {node.name: node.args for node in found.architecture.nodes if node.op == "conv"}
    assert convolutions["graph/a/conv"]["stride"] == 2
    assert convolutions["graph/b/conv"]["filters"] == 4
    with pytest.raises(SpaceError, match=r"unknown variable 'input_height'; did you mean"):
        Space.parse(text.replace("photo_height", "input_height"))


@pytest.mark.parametrize(
    ("inputs", "heads", "said"),
    [
        ({"photo_a": Input((8, 8, 1))}, DATA["heads"], "the space has the inputs facts, photo_a, photo_b, title; the"),
        (
            DATA["inputs"],
            {"price": {"units": 1}},
            "the space has the outputs category, price; there are heads for price",
        ),
        (
            {**DATA["inputs"], "facts": Input((5, 3))},
            DATA["heads"],
            "the input 'facts': 5x3 is no 'tabular', which has 1 axis",
        ),
    ],
)
def test_data_that_is_not_what_the_space_says_is_refused(inputs: Any, heads: Any, said: str) -> None:
    with pytest.raises(SpaceError, match=said):
        Space.parse(SHOP).interpret(DefaultDecider(), inputs=inputs, heads=heads)


def test_a_given_shape_is_held() -> None:
    space = Space.parse("inputs: {x: {shape: [null, 4]}}\nmodel: [gap, head]")
    space.interpret(DefaultDecider(), inputs={"x": Input((7, 4))}, heads={"y": {"units": 1}})
    with pytest.raises(SpaceError, match=r"the input 'x': 7x5 is not the \?x4 that the space says"):
        space.interpret(DefaultDecider(), inputs={"x": Input((7, 5))}, heads={"y": {"units": 1}})


def test_a_chain_of_a_thousand_nodes_is_no_trouble(interpret: Any) -> None:
    nodes = "".join(f"    n{i}: {{from: {f'n{i - 1}' if i else 'input'}, do: relu}}\n" for i in range(1000))
    found = interpret(f"model:\n- graph:\n{nodes}- head")
    assert len(found.architecture.nodes) == 1001
