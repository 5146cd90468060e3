"""A network inside a layer: canonical, costed, drawn in words and built like any other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from automl.arch import Architecture, Input, Node, build_model, describe, sketch, summarize
from automl.errors import ShapeError, SpaceError


def layer(name: str, op: str, *inputs: str, **args: Any) -> dict[str, Any]:
    return {"id": name, "op": op, "args": args, "inputs": list(inputs)}


TOWER = [
    layer("x", "conv", "step", filters=4),
    layer("y", "conv", "step", filters=4, kernel=1),
    layer("z", "add", "x", "y"),
    layer("g", "gap", "z"),
]


def film(
    network: list[dict[str, Any]], *, dtype: str = "float32", shape: tuple[int, ...] = (5, 8, 8, 3)
) -> Architecture:
    nodes = [
        Node("a", "each", {"network": network}, ("film",), "frames"),
        Node("b", "gmp", {}, ("a",)),
        Node("c", "head", {"units": 2}, ("b",)),
    ]
    return Architecture.assemble({"film": Input(shape, dtype)}, nodes, {"label": "c"})


def test_two_ways_to_write_the_network_down_are_one_architecture() -> None:
    turned = [TOWER[1], TOWER[0], layer("q", "dropout", "x", rate=0.0), layer("z", "add", "y", "q"), TOWER[3]]
    assert film(TOWER) == film(turned)
    assert film(TOWER).fingerprint == film(turned).fingerprint
    assert film(TOWER) != film([layer("x", "conv", "step", filters=4, kernel=5), *TOWER[1:]])


def test_it_survives_json() -> None:
    found = film(TOWER)
    assert Architecture.from_json(found.to_json()) == found
    assert found.nodes[0].args["network"][0]["args"]["padding"] == "same"


def test_a_network_of_identities_is_left_out() -> None:
    steps = [Node("a", "each", {"network": [layer("x", "identity", "step")]}, ("s",)), Node("b", "last", {}, ("a",))]
    found = Architecture.assemble({"s": Input((5, 3))}, steps, {"out": "b"})
    assert [node.op for node in found.nodes] == ["last"]


def test_its_weights_count_once_and_its_work_for_every_step() -> None:
    whole, one = summarize(film(TOWER)), summarize(film(TOWER, shape=(1, 8, 8, 3)))
    assert whole.layers[0].cost.parameters == one.layers[0].cost.parameters == 112 + 16
    assert whole.layers[0].cost.flops == 5 * one.layers[0].cost.flops
    assert whole.depth == 2


def test_it_is_told_by_what_is_inside() -> None:
    assert "each conv4 > conv4 > add > gap" in describe(film(TOWER))
    assert sketch(film(TOWER)) == "each(conv4 > conv4 > gap) > gmp > linear2"


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ([layer("x", "relu", "frame")], "reads 'frame', which is no earlier layer"),
        ([layer("x", "relu", "step"), layer("x", "relu", "step")], "has the id of another"),
        ([layer("x", "convv", "step")], "unknown operation 'convv'; did you mean 'conv'?"),
        ([layer("x", "conv", "step", fliters=3)], "unknown argument 'fliters'"),
        ([{"id": "x", "inputs": ["step"]}], "'network'"),
    ],
)
def test_what_is_wrong_inside_is_said(network: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(SpaceError, match=said):
        film(network)


def test_a_misfit_inside_has_a_path_and_shapes() -> None:
    with pytest.raises(ShapeError, match=r"frames/dense: .*|frames/rnn: 'rnn' needs .* \(input: 8x8x3 from 'step'\)"):
        film([layer("x", "rnn", "step", units=3)])
    with pytest.raises(ShapeError, match="'each' needs a sequence of steps"):
        film(TOWER, shape=(5,))


def test_what_is_built_is_the_network_on_every_step() -> None:
    import keras

    keras.utils.set_random_seed(0)
    model = build_model(film(TOWER))
    rows = np.random.default_rng(0).normal(size=(2, 5, 8, 8, 3)).astype("float32")
    frames = model.get_layer("frames")
    whole = keras.Model(model.inputs, frames.output).predict(rows, verbose=0)
    single = np.stack([frames.layer.predict(rows[:, step], verbose=0) for step in range(5)], axis=1)
    np.testing.assert_allclose(whole, single, atol=1e-5)
    assert model.count_params() == summarize(film(TOWER)).parameters


def test_tokens_come_to_an_embedding_as_integers() -> None:
    found = film(
        [layer("x", "embed", "step", dim=3, vocabulary=9), layer("y", "gap", "x")], dtype="int32", shape=(4, 6)
    )
    model = build_model(found)
    assert [type(each).__name__ for each in model.layers][:2] == ["InputLayer", "TimeDistributed"]
    assert model.predict(np.full((2, 4, 6), 8), verbose=0).shape == (2, 2)


def test_two_uses_of_one_each_share_the_weights_on_steps_of_one_size() -> None:
    nodes = [
        Node("a", "each", {"network": TOWER}, ("x",), weights="t"),
        Node("b", "each", {"network": TOWER}, ("y",), weights="t"),
        *(Node(f"{name}l", "last", {}, (name,)) for name in "ab"),
        Node("c", "add", {}, ("al", "bl")),
    ]
    found = Architecture.assemble({"x": Input((3, 8, 8, 3)), "y": Input((3, 8, 8, 3))}, nodes, {"out": "c"})
    assert summarize(found).parameters == build_model(found).count_params() == 128
    with pytest.raises(ShapeError, match="they cannot share the weights 't'"):
        Architecture.assemble({"x": Input((3, 8, 8, 3)), "y": Input((3, 6, 6, 3))}, nodes, {"out": "c"})
