"""Costs without Keras, and the network in words."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from automl.arch import Architecture, Input, describe, sketch, summarize


def test_the_whole_is_the_sum_of_the_layers(make_residual: Any) -> None:
    summary = summarize(make_residual())
    assert summary.parameters == sum(layer.cost.parameters for layer in summary.layers)
    assert summary.flops == sum(layer.cost.flops for layer in summary.layers)
    assert summary.activations == sum(layer.cost.activations for layer in summary.layers)
    assert summary.depth == 1 + 6 * 2 + 1


def test_a_shared_layer_is_counted_once_in_parameters_and_twice_in_flops(net: Any) -> None:
    def towers(key: str | None) -> Architecture:
        net.nodes.clear()
        towers = [net("gap", net("conv", side, filters=4, weights=key)) for side in ("left", "right")]
        out = net("head", net("concat", *towers), units=1)
        return Architecture.assemble({side: Input((8, 8, 3)) for side in ("left", "right")}, net.nodes, {"same": out})

    shared, apart = summarize(towers("tower")), summarize(towers(None))
    assert apart.parameters - shared.parameters == 3 * 3 * 3 * 4 + 4
    assert apart.flops == shared.flops
    assert apart.activations == shared.activations
    assert apart.depth == shared.depth == 2


def test_a_network_is_summarized_without_keras() -> None:
    program = """
import sys
from automl.arch import Architecture, Input, Node, describe, sketch, summarize
nodes = [Node("a", "conv", {"filters": 8}, ("image",)), Node("b", "head", {"units": 10}, ("a",))]
architecture = Architecture.assemble({"image": Input((32, 32, 3))}, nodes, {"label": "b"})
summarize(architecture), describe(architecture), sketch(architecture), architecture.fingerprint
assert not {"keras", "tensorflow"} & sys.modules.keys()
"""
    run = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr


def test_interchangeable_branches_are_assembled(net: Any) -> None:
    """A search over all orders of 32 equal branches would never end."""
    branches = []
    for _ in range(32):
        x = net("conv", net("relu", net("conv", "image", filters=4)), filters=4)
        branches.append(net("bn", x))
    out = net("head", net("add", *branches), units=1)
    architecture = Architecture.assemble({"image": Input((8, 8, 3))}, net.nodes, {"y": out})
    assert len(architecture.nodes) == 32 * 4 + 2


def test_the_table_shows_every_layer_with_its_shape_and_cost(make_residual: Any) -> None:
    architecture = make_residual(stages=(8,), blocks=1)
    lines = describe(architecture).splitlines()
    assert lines[0].split() == ["layer", "operation", "output", "parameters", "FLOPs"]
    assert lines[2].split() == ["image", "input", "(uint8)", "28x28x1"]
    assert lines[3].split() == ["stem", "conv", "8,", "use_bias=False", "28x28x8", "72", "112,896"]
    assert len(lines) == 4 + 1 + len(architecture.nodes)
    summary = summarize(architecture)
    assert lines[-1].split() == ["total", "depth", "4", f"{summary.parameters:,}", f"{summary.flops:,}"]
    assert len({len(line) for line in lines if line.startswith("-")}) == 1


def test_a_shared_layer_shows_its_key(net: Any) -> None:
    x = net("dense", net("dense", "facts", units=4, weights="k"), units=4, weights="k")
    text = describe(Architecture.assemble({"facts": Input((4,))}, net.nodes, {"y": x}))
    assert "20 (w0)" in text
    assert " 0 (w0)" in text


def test_a_sketch_tells_the_network_in_a_line(make_residual: Any, net: Any) -> None:
    assert sketch(make_residual(stages=(24, 48, 96))) == "conv24 > 3 stages (24-48-96) > gap > softmax10"
    words = net("embed", "words", dim=16, vocabulary=100)
    words = net("last", net("rnn", words, units=8, cell="gru", bidirectional=True))
    out = net("head", net("dense", words, units=4), units=1)
    inputs = {"words": Input((20,), "int32")}
    assert sketch(Architecture.assemble(inputs, net.nodes, {"y": out})) == (
        "embed16 > bigru8 > last > dense4 > linear1"
    )


def test_a_sketch_knows_transformers_and_towers(net: Any) -> None:
    x = net("posembed", net("patchify", "image", dim=32, size=4))
    x = net("add", x, net("attention", net("ln", x), heads=4))
    out = net("head", net("concat", net("gap", x), net("gap", net("conv", "image", filters=4))), units=2)
    assert sketch(Architecture.assemble({"image": Input((32, 32, 3))}, net.nodes, {"y": out})) == (
        "patchify32 > attention4 > gap > conv4 > gap > linear2"
    )


def test_a_long_sketch_is_cut_to_sixty_characters_and_keeps_its_end(net: Any) -> None:
    x = "a"
    for i in range(20):
        x = net("dense", x, units=100 + i)
    out = net("head", net("concat", x, "b"), units=3, activation="softmax")
    text = sketch(Architecture.assemble({"a": Input((4,)), "b": Input((2,))}, net.nodes, {"y": out}))
    assert text.startswith("2 inputs > dense100 > ")
    assert text.endswith(" > ... > softmax3")
    assert len(text) <= 60
