"""One network, one form: laws that hold for any graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from automl.arch import Architecture, Input, Node

INPUTS = {"a": Input((6, 6, 4)), "b": Input((6, 6, 4))}
UNARY = st.sampled_from(
    [("conv", {"filters": 4}), ("conv", {"filters": 4, "kernel": 5}), ("relu", {}), ("bn", {}), ("dwconv", {})]
)
MERGES = st.sampled_from(["add", "multiply", "maximum"])
Drawing = tuple[list[Node], dict[str, str]]


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Nodes that keep 6x6x4, many of them alike, some sharing weights; every output has a head."""
    known = ["a", "b"]
    nodes: list[Node] = []
    for index in range(draw(st.integers(1, 12))):
        near = st.sampled_from(known)
        if draw(st.booleans()):
            op, args = draw(UNARY)
            key = draw(st.sampled_from([None, None, "left", "right"])) if args else None
            weights = key and f"{key}-{op}-{args}"
            nodes.append(Node(f"x{index}", op, args, (draw(near),), weights=weights))
        else:
            inputs = tuple(draw(st.lists(near, min_size=2, max_size=3)))
            nodes.append(Node(f"x{index}", draw(MERGES), {}, inputs))
        known.append(f"x{index}")
    outputs = {}
    for name in draw(st.sampled_from([["y"], ["y", "z"]])):
        source = known[-1] if name == "y" else draw(st.sampled_from(known))
        nodes.append(Node(f"head_{name}", "head", {"units": 2}, (source,)))
        outputs[name] = f"head_{name}"
    return nodes, outputs


def assembled(nodes: list[Node], outputs: Mapping[str, str]) -> Architecture:
    return Architecture.assemble(INPUTS, nodes, outputs)


laws = settings(deadline=None, max_examples=150)


@laws
@given(drawings(), st.randoms(use_true_random=False))
def test_the_order_and_the_ids_of_the_nodes_do_not_matter(drawing: Drawing, random: Any) -> None:
    nodes, outputs = drawing
    names = [node.id for node in nodes]
    renamed = dict(zip(names, random.sample([f"id {i}" for i in range(len(names))], len(names)), strict=True))
    shuffled = [
        replace(
            node,
            id=renamed[node.id],
            inputs=tuple(renamed.get(name, name) for name in node.inputs),
            weights=node.weights and node.weights[::-1],
        )
        for node in nodes
    ]
    random.shuffle(shuffled)
    other = assembled(shuffled, {name: renamed[source] for name, source in outputs.items()})
    assert other.canonical() == assembled(nodes, outputs).canonical()


@laws
@given(drawings(), st.randoms(use_true_random=False))
def test_the_order_of_commutative_inputs_does_not_matter(drawing: Drawing, random: Any) -> None:
    nodes, outputs = drawing
    swapped = [
        replace(node, inputs=tuple(random.sample(node.inputs, len(node.inputs))))
        if node.op in ("add", "multiply", "maximum")
        else node
        for node in nodes
    ]
    assert assembled(swapped, outputs).fingerprint == assembled(nodes, outputs).fingerprint


@laws
@given(drawings(), st.data())
def test_identities_and_dead_nodes_do_not_matter(drawing: Drawing, data: st.DataObject) -> None:
    nodes, outputs = drawing
    place = data.draw(st.integers(0, len(nodes) - 1))
    reader = nodes[place]
    nothing = Node("nothing", *data.draw(st.sampled_from([("identity", {}), ("dropout", {"rate": 0})])))
    nothing = replace(nothing, inputs=(reader.inputs[0],), name="nothing at all")
    dead = Node("dead", "conv", {"filters": 99}, ("nothing",), weights=reader.weights)
    longer = [*nodes, nothing, dead]
    longer[place] = replace(reader, inputs=("nothing", *reader.inputs[1:]))
    assert assembled(longer, outputs) == assembled(nodes, outputs)


@laws
@given(drawings())
def test_a_document_is_read_back_as_it_was_written(drawing: Drawing) -> None:
    architecture = assembled(*drawing)
    again = Architecture.from_json(architecture.to_json())
    assert again.to_json() == architecture.to_json()
    assert again == architecture
    assert hash(again) == hash(architecture)


@laws
@given(drawings())
def test_each_node_comes_after_all_that_it_reads(drawing: Drawing) -> None:
    architecture = assembled(*drawing)
    seen = set(architecture.inputs)
    for index, node in enumerate(architecture.nodes):
        assert node.id == f"n{index}"
        assert set(node.inputs) <= seen
        seen.add(node.id)
    assert set(architecture.outputs.values()) <= seen


@laws
@given(drawings(), st.data())
def test_changing_an_argument_changes_the_fingerprint(drawing: Drawing, data: st.DataObject) -> None:
    architecture = assembled(*drawing)
    nodes = list(architecture.nodes)
    place = data.draw(st.integers(0, len(nodes) - 1))
    node = nodes[place]
    change = {"conv": ("kernel", 7), "dwconv": ("kernel", 7), "bn": ("momentum", 0.5), "head": ("units", 3)}
    assume(node.op in change and node.weights is None)
    argument, value = change[node.op]
    nodes[place] = replace(node, args={**node.args, argument: value})
    assert assembled(nodes, architecture.outputs).fingerprint != architecture.fingerprint


def twins(*, shared: bool, crossed: bool = False) -> Architecture:
    """Two equal towers of two layers on one input, multiplied; ``crossed``: told apart by what reads them only."""
    keys = ["k", "k"] if shared else [None, None]
    nodes = [
        Node("p", "conv", {"filters": 4}, ("a",), weights=keys[0]),
        Node("q", "conv", {"filters": 4}, ("a",), weights=keys[1]),
        Node("pp", "relu" if not crossed else "tanh", {}, ("p",)),
        Node("qq", "tanh" if not crossed else "relu", {}, ("q",)),
        Node("both", "multiply", {}, ("pp", "qq")),
        Node("first", "concat", {}, ("both", "p" if not crossed else "q")),
        Node("out", "head", {"units": 2}, ("first",)),
    ]
    return assembled(nodes, {"y": "out"})


def test_one_shared_layer_and_two_equal_layers_differ() -> None:
    assert twins(shared=True) != twins(shared=False)


def test_equal_layers_are_told_apart_by_what_reads_them() -> None:
    assert twins(shared=False) == twins(shared=False, crossed=True)


def test_interchangeable_branches_give_one_form() -> None:
    """Six equal layers, each added to the next in a ring: no node differs from another, whichever comes first."""

    def ring(order: list[int]) -> Architecture:
        nodes = [Node(f"c{i}", "conv", {"filters": 4}, ("a",)) for i in range(6)]
        nodes += [Node(f"s{i}", "add", {}, (f"c{i}", f"c{(i + 1) % 6}")) for i in range(6)]
        nodes = [nodes[i] for i in order] + [nodes[6 + i] for i in order]
        nodes += [Node("sum", "multiply", {}, tuple(f"s{i}" for i in order)), Node("y", "head", {"units": 1}, ("sum",))]
        return assembled(nodes, {"y": "y"})

    first = ring([0, 1, 2, 3, 4, 5])
    assert first == ring([3, 0, 5, 2, 4, 1])
    assert first == ring([5, 4, 3, 2, 1, 0])
    assert first == ring([2, 5, 0, 4, 1, 3])


def test_names_and_defaults_said_or_not_do_not_matter() -> None:
    plain = [Node("c", "conv", {"filters": 8}, ("a",)), Node("h", "head", {"units": 2}, ("c",))]
    said = [
        Node("h", "head", {"units": 2, "activation": "linear"}, ("c",), name="out"),
        Node("c", "conv", {"filters": 8, "kernel": [3, 3], "padding": "same"}, ("a",), name="stem", weights="alone"),
    ]
    assert assembled(plain, {"y": "h"}) == assembled(said, {"y": "h"})
    assert assembled(said, {"y": "h"}).nodes[0].name == "stem"


def test_the_fingerprint_does_not_change_between_versions() -> None:
    """Duplicates are looked for in old studies too. Change this value only together with a migration."""
    nodes = [Node("c", "conv", {"filters": 8}, ("a",)), Node("h", "head", {"units": 2}, ("c",))]
    expected = "bb2cdf8337c5c7d837416d92798752ac5e2ed15431c0625ae0dad8bc21793476"
    assert assembled(nodes, {"y": "h"}).fingerprint == expected
