"""What distinguishes two networks, and how far they are apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.arch import Architecture, Input, Node, diff, distance


def chain(*layers: tuple[str, dict[str, object]], names: bool = True, shape=(16, 16, 3)) -> Architecture:
    nodes, before = [], "image"
    for number, (op, args) in enumerate(layers):
        nodes.append(Node(f"x{number}", op, args, (before,), f"{op}.{number}" if names else ""))
        before = f"x{number}"
    return Architecture.assemble({"image": Input(shape)}, nodes, {"label": before})


CONV, RELU, GAP, HEAD = ("conv", {"filters": 8}), ("relu", {}), ("gap", {}), ("head", {"units": 3})


def test_an_argument_that_differs_is_told_with_both_values() -> None:
    found = diff(chain(CONV, RELU, HEAD), chain(("conv", {"filters": 16, "kernel": 5}), RELU, HEAD))
    assert [dict(each.args) for each in found.changed] == [{"filters": (8, 16), "kernel": (3, 5)}]
    assert "~ conv.0: filters 8 -> 16, kernel 3 -> 5" in str(found)
    assert (found.removed, found.added, found.same) == ((), (), 2)


@pytest.mark.parametrize("names", [True, False])
def test_layers_that_one_has_and_the_other_has_not_are_told(names: bool) -> None:
    before, after = chain(CONV, RELU, HEAD, names=names), chain(CONV, ("bn", {}), RELU, GAP, HEAD, names=names)
    found = diff(before, after)
    assert sorted(node.op for node in found.added) == ["bn", "gap"]
    assert found.removed == ()
    assert found.same == 3
    back = diff(after, before)
    assert sorted(node.op for node in back.removed) == ["bn", "gap"]


def test_other_inputs_of_a_layer_are_told(net) -> None:
    def wired(second: str) -> Architecture:
        nodes = [
            Node("a", "conv", {"filters": 3}, ("image",), "a"),
            Node("b", "conv", {"filters": 3, "kernel": 5}, ("image" if second == "image" else "a",), "b"),
            Node("c", "add", {}, ("a", "b"), "c"),
        ]
        return Architecture.assemble({"image": Input((8, 8, 3))}, nodes, {"y": "c"})

    found = diff(wired("image"), wired("a"))
    assert [(each.after.name, each.rewired) for each in found.changed] == [("b", True)]
    assert "~ b: other inputs or sharers" in str(found)


def test_sharing_weights_is_a_difference() -> None:
    def twice(key: str | None) -> Architecture:
        nodes = [
            Node(f"x{n}", "conv", {"filters": 3}, (source,), f"c.{n}", key) for n, source in ((0, "image"), (1, "x0"))
        ]
        return Architecture.assemble({"image": Input((8, 8, 3))}, nodes, {"y": "x1"})

    found = diff(twice(None), twice("same"))
    assert len(found.changed) == 2
    assert found.parameters == (168, 84)
    assert "parameters: 168 -> 84 (-50 %)" in str(found)
    assert distance(twice(None), twice("same")) > 0


def test_inputs_and_outputs_that_differ_are_told() -> None:
    found = diff(chain(CONV, HEAD), chain(CONV, HEAD, shape=(32, 32, 3)))
    assert found.ports == ("input image: 16x16x3 float32 -> 32x32x3 float32",)


OPS = st.sampled_from(
    [CONV, ("conv", {"filters": 4}), RELU, ("bn", {}), ("maxpool", {"size": 2}), ("dense", {"units": 4})]
)
NETS = st.builds(lambda layers, names: chain(*layers, HEAD, names=names), st.lists(OPS, max_size=5), st.booleans())


@given(NETS, NETS)
def test_the_distance_is_a_symmetric_share_and_zero_for_equal_networks_only(a: Architecture, b: Architecture) -> None:
    found = distance(a, b)
    assert found == distance(b, a)
    assert 0 <= found <= 1
    assert (found == 0) == (a == b)
    assert distance(a, a) == 0


@given(NETS, NETS)
def test_every_layer_is_removed_or_added_or_changed_or_the_same(a: Architecture, b: Architecture) -> None:
    found = diff(a, b)
    assert len(found.removed) + len(found.changed) + found.same == len(a.nodes)
    assert len(found.added) + len(found.changed) + found.same == len(b.nodes)


def test_nearer_networks_have_a_smaller_distance() -> None:
    base = chain(CONV, RELU, CONV, RELU, GAP, HEAD)
    near = chain(CONV, RELU, ("conv", {"filters": 16}), RELU, GAP, HEAD)
    far = chain(("dense", {"units": 3}), ("bn", {}), HEAD)
    assert 0 < distance(base, near) < distance(base, far) < 1
    assert np.isclose(distance(base, near), 1 / 12)
