from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from automl.errors import ShapeError, SpaceError
from automl.space import DefaultDecider, ReplayDecider, Space

Layers = Callable[..., list[str]]


def test_a_list_is_a_sequence_and_nested_lists_are_spliced(layers: Layers) -> None:
    assert layers("  [{conv: 4}, [bn, [relu]], head]") == ["conv", "bn", "relu", "head"]


def test_a_model_may_be_one_node(layers: Layers) -> None:
    assert layers("  head", "units") == ["head units=3"]


def test_a_scalar_or_an_open_value_fills_the_shorthand(interpret: Any) -> None:
    found = interpret("model: [{conv: {pow2: [8, 32], default: 16}}, gap, {dropout: 0.3}, {dense: 5}, head]")
    assert found.params == {"conv/filters": 16}
    given = {node.op: node.args for node in found.architecture.nodes}
    assert (given["conv"]["filters"], given["dropout"]["rate"], given["dense"]["units"]) == (16, 0.3, 5)


def test_arguments_may_be_lists_of_values(interpret: Any) -> None:
    found = interpret("model: [{conv: {filters: 4, kernel: [{choice: [3, 5]}, =input_width // 16]}}, head]")
    assert found.params == {"conv/kernel.0": 3}
    assert found.architecture.nodes[0].args["kernel"] == [3, 1]


@pytest.mark.parametrize("branch", ["a", "b", "none"])
def test_choice_takes_one_branch(layers: Layers, branch: str) -> None:
    model = "  - {name: kind, choice: {a: {conv: 4}, b: [bn, relu], none: []}}\n  - head"
    taken = {"a": ["kind=a/conv"], "b": ["kind=b/bn", "kind=b/relu"], "none": []}[branch]
    assert layers(model, decider=ReplayDecider({"kind": branch})) == [*taken, "head"]


def test_the_default_of_a_choice_is_its_first_branch_or_the_one_said(layers: Layers) -> None:
    assert layers("  - {choice: {a: relu, b: bn}}\n  - head")[0] == "choice=a/relu"
    assert layers("  - {choice: {a: relu, b: bn}, default: b}\n  - head")[0] == "choice=b/bn"


def test_by_takes_a_branch_without_a_decision(interpret: Any) -> None:
    text = "vars: {act: {choice: [relu, silu]}}\nmodel: [{choice: {relu: relu, silu: silu}, by: =act}, head]"
    found = interpret(text, ReplayDecider({"act": "silu"}))
    assert found.params == {"act": "silu"}
    assert found.architecture.nodes[0].op == "silu"


def test_optional_is_off_unless_its_default_says_on(layers: Layers) -> None:
    assert layers("  - optional: relu\n  - head") == ["head"]
    assert layers("  - {optional: relu, default: true}\n  - head") == ["optional=on/relu", "head"]
    assert layers("  - {name: act, optional: relu}\n  - head", decider=ReplayDecider({"act": True}))[0] == "act=on/relu"


def test_repeat_counts_from_zero_and_every_copy_decides(interpret: Any) -> None:
    text = """
model:
  - name: stage
    repeat: {times: {int: [0, 3], default: 2}, index: i, do: {conv: {filters: =4 * 2**i, kernel: {choice: [3, 5]}}}}
  - head
"""
    found = interpret(text)
    assert found.params == {"stage/times": 2, "stage.0/conv/kernel": 3, "stage.1/conv/kernel": 3}
    assert [node.args.get("filters") for node in found.architecture.nodes] == [4, 8, None]
    assert len(interpret(text, ReplayDecider({"stage/times": 0})).architecture.nodes) == 1


def test_copies_can_share_choices_or_weights(interpret: Any) -> None:
    text = "model: [{repeat: {times: 2, share: SHARE, do: {conv: {filters: 3, kernel: {choice: [3, 5]}}}}}, head]"
    choices = interpret(text.replace("SHARE", "choices"))
    weights = interpret(text.replace("SHARE", "weights"))
    assert choices.params == weights.params == {"repeat.*/conv/kernel": 3}
    assert [node.weights for node in choices.architecture.nodes] == [None, None, None]
    assert [node.weights for node in weights.architecture.nodes] == ["w0", "w0", None]
    assert choices.architecture.nodes[1].name == "repeat.1/conv"


def test_copies_inside_copies_with_shared_weights_are_different_layers(interpret: Any) -> None:
    inner = "{repeat: {times: 2, do: {conv: 3}}}"
    found = interpret(f"model: [{{repeat: {{times: 2, share: weights, do: {inner}}}}}, head]")
    assert [node.weights for node in found.architecture.nodes] == ["w0", "w1", "w0", "w1", None]


def test_a_shortcut_is_the_input_where_the_shapes_agree(layers: Layers) -> None:
    found = layers("  - residual: {conv: 3}\n  - head")
    assert found == ["residual/conv", "residual/add", "head"]


@pytest.mark.parametrize(("size", "stride"), [(16, 2), (15, 2), (7, 2), (16, 4), (1, 2)])
def test_a_shortcut_is_a_projection_where_they_do_not(layers: Layers, size: int, stride: int) -> None:
    found = layers(
        f"  - residual: {{conv: {{filters: 8, stride: {stride}}}}}\n  - head", "kernel", shape=(size, size, 3)
    )
    assert sorted(found) == sorted(
        ["residual/conv kernel=3", "residual/shortcut/conv kernel=1", "residual/shortcut/bn", "residual/add", "head"]
    )


def test_the_shortcut_of_a_vector_is_dense(layers: Layers) -> None:
    found = layers("  - gap\n  - residual: [{dense: 8}, relu]\n  - head")
    assert "residual/shortcut/dense" in found


def test_a_shortcut_that_cannot_be_is_a_shape_error(layers: Layers) -> None:
    model = "  - choice: {ok: [], up: {residual: {upsample: 2}}}\n  - head"
    with pytest.raises(ShapeError, match=r"choice=up/residual/shortcut: no shortcut leads from 16x16x3 to 32x32x3"):
        layers(model, decider=ReplayDecider({"choice": "up"}))


def test_shortcut_and_merge_can_be_searched(interpret: Any) -> None:
    text = """
model:
  - residual: {do: {conv: 3}, shortcut: {choice: [auto, none]}, merge: {choice: [add, concat, multiply]}}
  - head
"""
    ops = [
        [node.op for node in interpret(text, ReplayDecider(params)).architecture.nodes]
        for params in ({}, {"residual/shortcut": "none"}, {"residual/merge": "concat"})
    ]
    assert ops == [["conv", "add", "head"], ["conv", "head"], ["conv", "concat", "head"]]


def test_concat_keeps_the_input_although_the_channels_differ(layers: Layers) -> None:
    assert layers("  - residual: {do: {conv: 8}, merge: concat}\n  - head") == [
        "residual/conv",
        "residual/concat",
        "head",
    ]


def test_a_shortcut_may_have_nodes_of_its_own(layers: Layers) -> None:
    model = "  - residual: {do: {conv: {filters: 3, stride: 2}}, shortcut: {avgpool: {size: 2, stride: 2}}}\n  - head"
    assert "residual/shortcut=own/avgpool" in layers(model)


def test_what_yields_nothing_is_fine(layers: Layers) -> None:
    model = "  - residual: {optional: relu}\n  - repeat: {times: 0, do: bn}\n  - choice: {none: []}\n  - head"
    assert layers(model) == ["head"]


def test_parallel_merges_branches_on_one_input(layers: Layers) -> None:
    model = "  - name: inception\n    parallel: {do: {a: {conv: 4}, b: [{conv: 8}, relu], same: []}}\n  - head"
    assert sorted(layers(model)) == sorted(
        ["inception/a/conv", "inception/b/conv", "inception/b/relu", "inception/concat", "head"]
    )


def test_a_block_sees_its_arguments_and_variables_not_the_caller(interpret: Any) -> None:
    text = """
vars: {base: 4}
blocks:
  unit: {args: {f: null, half: =f // 2, k: {choice: [3, 5]}}, do: {conv: {filters: =half + base, kernel: =k}}}
model:
  - unit: 8
  - {name: second, unit: {f: 12, k: 1}}
  - head
"""
    found = interpret(text)
    assert found.params == {"unit/k": 3}
    convolutions = [(node.name, node.args["filters"]) for node in found.architecture.nodes if node.op == "conv"]
    assert convolutions == [("unit/conv", 8), ("second/conv", 10)]
    with pytest.raises(SpaceError, match="unknown variable 'i'"):
        Space.parse("blocks: {b: [{conv: =i + 1}]}\nmodel: [{repeat: {times: 2, index: i, do: b}}, head]")


def test_formulas_know_the_size_of_the_input(layers: Layers) -> None:
    model = (
        "  - conv:\n      filters: =input_channels * 2\n      stride: =2 if max(input_height, 3) > 20 else 1\n  - head"
    )
    assert layers(model, "filters", "stride", shape=(24, 18, 1))[0] == "conv filters=2 stride=2"
    with pytest.raises(ShapeError, match="the input has no 'input_height'"):
        layers(model, shape=(24, 3))


def test_training_settings_are_answered_after_the_model(interpret: Any) -> None:
    text = """
vars: {large: {bool: true}}
model: head
train:
  lr: {float: [1e-4, 1e-1], log: true, default: 3e-3}
  batch_size: =128 if large else 64
  augment: {shift: {int: [0, 4], default: 2}}
"""
    found = interpret(text)
    assert found.params == {"large": True, "train/lr": 0.003, "train/augment/shift": 2}
    assert (found.training.lr, found.training.batch_size, found.training.augment.shift) == (0.003, 128, 2)


def test_constraints_name_what_is_too_large(interpret: Any) -> None:
    from automl.arch import summarize

    space = Space.parse("model: [{conv: 8}, head]\nconstraints: {params: 100, depth: 5, flops: 1e4}")
    found = space.violations(summarize(interpret(space).architecture))
    assert [violation.name for violation in found] == ["params", "flops"]
    assert str(found[0]) == "params 251 > 100"


def test_the_head_is_completed_by_the_task(interpret: Any) -> None:
    found = interpret("model: [gap, {name: out, head: }]")
    assert found.architecture.nodes[-1].args == {"activation": "softmax", "units": 3}
    assert list(found.architecture.outputs) == ["label"]


def test_a_space_is_a_value() -> None:
    text = "model:\n  - {conv: {filters: {choice: [4, 8]}}}\n  - head\n"
    assert Space.parse(text, "s.yaml") == Space.parse("# moved\n" + text, "s.yaml")
    assert Space.parse(text, "s.yaml") != Space.parse(text.replace("4", "5"), "s.yaml")
    assert Space.parse(text, "s.yaml").name == "s"


def test_interpreting_twice_gives_equal_candidates(cnn: Space, interpret: Any) -> None:
    assert interpret(cnn, DefaultDecider()) == interpret(cnn, DefaultDecider())
