"""What is refused, with which words, and what stays."""

from __future__ import annotations

import pickle
import re
from typing import Any

import pytest

from automl.arch import Architecture, Input, Node
from automl.errors import ShapeError, SpaceError

IMAGE = {"image": Input((8, 8, 1))}
HEAD = Node("h", "head", {"units": 2}, ("image",), name="head")


@pytest.mark.parametrize(
    ("inputs", "nodes", "outputs", "message"),
    [
        ({}, [], {"y": "h"}, "the network has no input; it needs at least one"),
        (IMAGE, [HEAD], {}, "the network has no output; it needs at least one"),
        ({"my image": Input((3,))}, [HEAD], {"y": "h"}, "input 'my image': use letters and digits with single '_'"),
        (IMAGE, [HEAD], {"n3": "h"}, "output 'n3': use letters and digits"),
        ({"image": Input((0, 3))}, [HEAD], {"y": "h"}, "input 'image' has the shape [0, 3]; every axis must be at"),
        ({"image": Input((3,), "int9")}, [HEAD], {"y": "h"}, "has the unknown dtype 'int9'; did you mean 'int8'?"),
        (IMAGE, [HEAD, HEAD], {"y": "h"}, "two nodes or inputs are called 'h'; every one needs its own id"),
        (IMAGE, [Node("image", "relu", {}, ("image",))], {"y": "image"}, "two nodes or inputs are called 'image'"),
        (IMAGE, [HEAD], {"y": "x"}, "y: it reads 'x', which does not exist; known: h, image"),
        (IMAGE, [Node("h", "head", {}, ("imagf",))], {"y": "h"}, "h: it reads 'imagf', which does not exist; did you"),
        (IMAGE, [Node("h", "haed", {}, ("image",))], {"y": "h"}, "h: unknown operation 'haed'; did you mean 'head'?"),
        (
            IMAGE,
            [Node("h", "head", {"unit": 2}, ("image",), name="out")],
            {"y": "h"},
            "out: unknown argument 'unit' of 'head'; did you mean 'units'?",
        ),
        (
            IMAGE,
            [
                Node("p", "add", {}, ("q", "image")),
                Node("q", "relu", {}, ("r",), name="mid"),
                Node("r", "relu", {}, ("p",)),
            ],
            {"y": "q"},
            "mid: nodes read each other in a circle: mid -> p -> r -> mid",
        ),
        (IMAGE, [Node("p", "relu", {}, ("p",))], {"y": "p"}, "p: nodes read each other in a circle: p -> p"),
    ],
)
def test_a_network_that_is_none_is_refused(inputs: Any, nodes: Any, outputs: Any, message: str) -> None:
    with pytest.raises(SpaceError, match=re.escape(message)):
        Architecture.assemble(inputs, nodes, outputs)


def test_layers_that_do_not_fit_are_named_with_path_shapes_and_sources() -> None:
    nodes = [
        Node("c", "conv", {"filters": 4, "stride": 2}, ("image",), name="stage.0/conv"),
        Node("s", "add", {}, ("image", "c"), name="stage.0/add"),
    ]
    with pytest.raises(ShapeError) as caught:
        Architecture.assemble(IMAGE, nodes, {"y": "s"})
    assert str(caught.value) == (
        "stage.0/add: 'add' needs inputs of one shape (input: 8x8x1 from 'image', 4x4x4 from 'stage.0/conv')"
    )
    assert caught.value.path == "stage.0/add"


def test_a_node_without_inputs_is_refused() -> None:
    with pytest.raises(ShapeError, match=re.escape("'relu' takes 1 input, got 0 (input: none)")):
        Architecture.assemble(IMAGE, [Node("r", "relu", {})], {"y": "r"})


def test_what_no_output_needs_may_be_wrong() -> None:
    wrong = Node("w", "conv", {"filters": 1, "kernel": 9, "padding": "valid"}, ("image",))
    assert len(Architecture.assemble(IMAGE, [HEAD, wrong], {"y": "h"}).nodes) == 1


def test_maps_of_two_sizes_may_share_a_convolution_but_not_a_dense_layer_of_other_channels() -> None:
    inputs = {"a": Input((8, 8, 3)), "b": Input((16, 16, 3)), "c": Input((4,))}

    def shared(op: str, left: str, right: str, **args: Any) -> Architecture:
        nodes = [Node("p", op, args, (left,), weights="tower"), Node("q", op, args, (right,), "right", "tower")]
        return Architecture.assemble(inputs, nodes, {"y": "p", "z": "q"})

    assert [node.weights for node in shared("conv", "a", "b", filters=2).nodes] == ["w0", "w0"]
    with pytest.raises(
        ShapeError, match=re.escape("right: they cannot share the weights 'tower': 'p' (dense on 8x8x3")
    ):
        shared("dense", "a", "c", units=2)


def test_nodes_of_one_key_must_be_one_layer() -> None:
    nodes = [
        Node("p", "conv", {"filters": 1}, ("image",), weights="k"),
        Node("q", "conv", {"filters": 1, "kernel": 5}, ("p",), weights="k"),
    ]
    with pytest.raises(ShapeError, match="they cannot share the weights 'k'"):
        Architecture.assemble(IMAGE, nodes, {"y": "q"})


def test_a_key_goes_where_nothing_is_shared() -> None:
    nodes = [
        Node("p", "relu", {}, ("image",), weights="act"),
        Node("q", "relu", {}, ("p",), weights="act"),
        Node("r", "conv", {"filters": 2}, ("q",), weights="alone"),
    ]
    assert [node.weights for node in Architecture.assemble(IMAGE, nodes, {"y": "r"}).nodes] == [None, None, None]


def test_an_output_may_be_an_input() -> None:
    architecture = Architecture.assemble(IMAGE, [Node("i", "identity", {}, ("image",))], {"y": "i"})
    assert architecture.nodes == ()
    assert architecture.outputs == {"y": "image"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "this is no architecture: inputs: Field required"),
        ({"inputs": {}, "nodes": [], "outputs": {}, "extra": 1}, "this is no architecture: extra: Extra inputs"),
        ({"inputs": {"a": {"shape": ["x"]}}, "nodes": [], "outputs": {}}, "no architecture: inputs.a.shape.0: Input"),
        ({"inputs": {"a": {"shape": [1]}}, "nodes": [{"id": "n0"}], "outputs": {}}, "nodes.0.op: Field required"),
        (7, "this is no architecture: document: Input should be"),
    ],
)
def test_a_document_that_is_none_is_refused(document: Any, message: str) -> None:
    with pytest.raises(SpaceError, match=re.escape(message)):
        Architecture.from_json(document)


def test_deep_and_wide_networks_are_assembled(make_residual: Any) -> None:
    deep = [Node("x0", "conv", {"filters": 2}, ("image",))]
    deep += [Node(f"x{i}", "relu", {}, (f"x{i - 1}",)) for i in range(1, 3000)]
    assert len(Architecture.assemble(IMAGE, deep, {"y": "x2999"}).nodes) == 3000
    wide = [Node(f"x{i}", "conv", {"filters": 2}, ("image",)) for i in range(40)]
    wide += [Node("sum", "add", {}, tuple(f"x{i}" for i in range(40)))]
    assert len(Architecture.assemble(IMAGE, wide, {"y": "sum"}).nodes) == 41


def test_it_travels_between_processes(make_residual: Any) -> None:
    architecture = make_residual()
    assert pickle.loads(pickle.dumps(architecture)) == architecture
