"""Cells with searched wiring."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from automl.arch import build_model, summarize
from automl.errors import ShapeError, SpaceError
from automl.space import DefaultDecider, RandomDecider, ReplayDecider, Space

SAMPLES = 200 if os.environ.get("TEST_FULL") else 30

NASNET = """
vars: {width: {pow2: [4, 8]}}
blocks:
  sep:
    args: {kernel: null, filters: null, stride: null}
    do: [relu, {sepconv: {filters: =filters, kernel: =kernel, stride: =stride, use_bias: false}}, bn]
  wired:
    args: {filters: null, stride: 1}
    do:
      cell:
        nodes: 2
        filters: =filters
        stride: =stride
        out: {choice: [concat, loose_ends]}
        ops:
          skip: []
          sep3: {sep: {kernel: 3, filters: =edge_filters, stride: =edge_stride}}
          sep5: {sep: {kernel: 5, filters: =edge_filters, stride: =edge_stride}}
          max: {maxpool: {size: 3, stride: =edge_stride, padding: same}}
          avg: {avgpool: {size: 3, stride: =edge_stride, padding: same}}
model:
  - {name: stem, conv: =width}
  - name: stage
    repeat:
      times: {choice: [1, 2]}
      index: i
      share: choices
      do:
        - {name: normal, repeat: {times: {int: [1, 2]}, share: choices, do: {wired: =width * 2**i}}}
        - {name: reduction, wired: {filters: =width * 2**(i + 1), stride: 2}}
  - relu
  - gap
  - head
"""
SMALL = """
model:
  - conv: 4
  - {name: first, cell: {nodes: 2, ops: {skip: [], conv: {conv: =edge_filters}}}}
  - {name: second, cell: {nodes: 1, filters: 6, ops: {skip: [], conv: {conv: =edge_filters}}}}
  - head
"""


@pytest.fixture(scope="module")
def nasnet() -> Space:
    return Space.parse(NASNET)


def test_a_nasnet_space_has_one_normal_and_one_reduction_cell(nasnet: Space, interpret: Any) -> None:
    asked = interpret(nasnet).params
    assert len(asked) == 3 + 2 * (2 * 4 + 1)
    assert asked["stage.*/normal.*/wired/cell/node.1/input.0"] == "node.0"
    assert asked["stage.*/reduction/cell/node.1/op.1"] == "skip"


def test_keras_makes_of_a_nasnet_cell_the_shapes_and_parameters_inferred(nasnet: Space, interpret: Any) -> None:
    import keras

    for seed in range(SAMPLES):
        drawn = RandomDecider(np.random.default_rng(seed))
        short = {} if seed % 6 == 0 else {"stage/times": 1, "stage.*/normal/times": 1}  # to take seconds, not minutes
        found = interpret(nasnet, ReplayDecider(short, drawn), shape=(15, 12, 3)).architecture
        keras.utils.clear_session()
        model, summary = build_model(found), summarize(found)
        assert model.count_params() == summary.parameters
        built = sorted(tuple(layer.output.shape[1:]) for layer in model.layers if type(layer).__name__ == "Concatenate")
        assert built == sorted(layer.output_shape for layer in summary.layers if layer.op == "concat")


def test_replaying_a_cell_gives_an_equal_candidate(nasnet: Space, interpret: Any) -> None:
    for seed in range(60):
        found = interpret(nasnet, RandomDecider(np.random.default_rng(seed)))
        assert interpret(nasnet, ReplayDecider(found.params)) == found


def test_a_cell_reads_the_outputs_of_the_two_before_it(interpret: Any) -> None:
    answers = {
        "first/node.0/op.0": "conv",
        "second/node.0/input.0": "last",
        "second/node.0/input.1": "before",
    }
    found = {node.name: node for node in interpret(SMALL, ReplayDecider(answers)).architecture.nodes}
    names = {node.id: node.name for node in found.values()}
    assert names[found["second/last/conv"].inputs[0]] == "first/concat"
    assert names[found["second/before/conv"].inputs[0]] == "conv"


@pytest.mark.parametrize("between", ["relu", "{optional: relu, default: true}", "{residual: relu}"])
def test_anything_between_cells_makes_them_forget_what_was_before(interpret: Any, between: str) -> None:
    text = SMALL.replace("  - {name: second", f"  - {between}\n  - {{name: second")
    found = {
        node.name: node for node in interpret(text, ReplayDecider({"first/node.0/op.0": "conv"})).architecture.nodes
    }
    assert found["second/last/conv"].inputs == found["second/before/conv"].inputs


def test_the_first_cell_reads_what_comes_in_as_it_is_and_through_a_convolution_of_its_own(interpret: Any) -> None:
    text = "model: [{cell: {nodes: 1, filters: 3, ops: {skip: []}}}, head]"
    nodes = interpret(text).architecture.nodes
    assert [node.name for node in nodes] == ["cell/before/conv", "cell/before/bn", "cell/node.0/add", "head"]
    assert nodes[2].inputs == ("image", "n1")
    text = text.replace("ops:", "inputs: 1, ops:")
    assert [node.op for node in interpret(text).architecture.nodes] == ["head"]


def test_loose_ends_are_the_nodes_that_no_other_reads(interpret: Any) -> None:
    text = """
model:
  - cell: {nodes: 3, inputs: 1, out: OUT, filters: 4, ops: {conv: {conv: =edge_filters}}}
  - head
"""
    chain = {"cell/node.1/input.0": "node.0", "cell/node.2/input.0": "node.1"}
    fan = {"cell/node.1/input.0": "node.0", "cell/node.2/input.0": "node.0"}
    width = {
        (out, name): summarize(interpret(text.replace("OUT", out), ReplayDecider(point)).architecture)
        .layers[-2]
        .output_shape[-1]
        for out in ("concat", "loose_ends")
        for name, point in {"chain": chain, "fan": fan}.items()
    }
    assert width == {
        ("concat", "chain"): 12,
        ("concat", "fan"): 12,
        ("loose_ends", "chain"): 4,
        ("loose_ends", "fan"): 8,
    }


def test_numbers_and_merge_of_a_cell_can_be_searched(interpret: Any) -> None:
    text = """
model:
  - cell:
      nodes: {int: [1, 2], default: 2}
      inputs: {int: [1, 2]}
      merge: {choice: [add, maximum]}
      filters: {pow2: [4, 8]}
      stride: {choice: [1, 2]}
      ops: {a: {conv: {filters: =edge_filters, stride: =edge_stride}}, b: []}
  - head
"""
    assert list(interpret(text, ReplayDecider({"cell/node.1/inputs": 2})).params) == [
        "cell/filters",
        "cell/stride",
        "cell/nodes",
        "cell/node.0/inputs",
        "cell/node.0/input.0",
        "cell/node.0/op.0",
        "cell/node.1/inputs",
        "cell/node.1/input.0",
        "cell/node.1/op.0",
        "cell/node.1/input.1",
        "cell/node.1/op.1",
        "cell/node.1/merge",
    ]
    for seed in range(30):
        interpret(text, RandomDecider(np.random.default_rng(seed)))


@pytest.mark.parametrize(("shape", "out"), [((9, 3), (5, 4)), ((7,), (4,)), ((None, 8, 3), None)])
def test_cells_do_not_depend_on_the_rank(interpret: Any, shape: tuple[int, ...], out: tuple[int, ...] | None) -> None:
    cell = "{nodes: 2, inputs: 1, out: loose_ends, filters: 4, stride: 2, ops: {skip: []}}"
    text = f"model: [{{cell: {cell}}}, identity, head]"
    if out is None:
        with pytest.raises(ShapeError, match=r"no shortcut leads from \?x8x4 to \?x4x4; in a cell, an op keeps"):
            interpret(text, shape=shape)
        return
    layers = summarize(interpret(text, shape=shape).architecture).layers
    assert layers[-2].output_shape == out


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("{nodes: 2}", "'cell' needs the key 'ops'"),
        ("{nodes: 2, ops: {}}", "1:32: cell: an empty choice; give at least one of the 'ops'"),
        ("{nodes: 2, ops: [relu]}", "'ops' of 'cell' is a mapping of names to nodes, got a list"),
        ("{nodes: 0, ops: {a: []}}", "1:24: cell: 'nodes' is 0; it must be a whole number from 1 to 20"),
        ("{nodes: {int: [1, 50]}, ops: {a: []}}", "'nodes' is 50; it must be"),
        ("{nodes: 1, inputs: 0.5, ops: {a: []}}", "'inputs' is 0.5; it must be a whole number from 1 to 5"),
        ("{nodes: 1, out: last, ops: {a: []}}", "'out' is 'last'; it must be concat or loose_ends"),
        ("{nodes: 1, merge: conv, ops: {a: []}}", "'merge' is 'conv', no merging operation"),
        ("{nodes: 1, ops: {a: {convv: 3}}}", "cell/op=a: unknown node 'convv'; did you mean 'conv'?"),
        ("{nodes: 1, ops: {a: {conv: =stride}}}", "unknown variable 'stride'; did you mean 'edge_stride'?"),
        ("{nodes: 1, stride: =1 / 2, ops: {a: []}}", "cell: 'stride' is 0.5; it must be a whole number from 1 to 16"),
        ("{nodes: 1, reduction: true, ops: {a: []}}", "unknown key 'reduction' of 'cell'"),
    ],
)
def test_a_wrong_cell_is_found_when_the_space_is_loaded(cell: str, said: str) -> None:
    with pytest.raises(SpaceError) as raised:
        Space.parse(f"model: [{{cell: {cell}}}, head]")
    assert said in str(raised.value)


def test_the_default_decider_builds_a_cell_that_trains(nasnet: Space, interpret: Any) -> None:
    import keras

    keras.utils.set_random_seed(0)
    model = build_model(interpret(nasnet, DefaultDecider(), shape=(8, 8, 1)).architecture)
    model.compile("sgd", "sparse_categorical_crossentropy")
    rows = np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype("float32")
    assert np.isfinite(model.train_on_batch(rows, np.arange(4) % 3))
