"""Pictures of networks: well-formed, complete, nothing on top of something else."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.arch import Architecture, Input, Node, draw
from automl.arch.layout import Size, lay_out

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)


def texts(svg: ET.Element) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text")]


def test_a_picture_tells_layers_shapes_parameters_and_cost(make_residual) -> None:
    svg = parsed(draw(make_residual(), title='resnet <small> & "quick"'))
    said = texts(svg)
    assert said[0] == 'resnet <small> & "quick"'
    assert "parameters · " in said[1]
    assert "conv 8 · bn · relu" in said
    assert "28x28x8 · 72 parameters" in said
    assert {"image", "28x28x1 uint8", "label", "output"} <= set(said)


def test_every_layer_is_in_the_picture(make_residual) -> None:
    net = make_residual()
    told = "".join(each.text or "" for each in parsed(draw(net)).iter(f"{SVG}title"))
    assert all(f"{node.name or node.id}: {node.op}" in told for node in net.nodes)


def test_shortcuts_have_a_colour_of_their_own(make_residual) -> None:
    paths = [each.get("class") for each in parsed(draw(make_residual())).iter(f"{SVG}path")]
    assert paths.count("l") >= 3
    assert paths.count("e") > paths.count("l")


def test_several_inputs_and_outputs_and_shared_weights_are_drawn() -> None:
    nodes = [
        Node("a", "conv", {"filters": 4}, ("left",), "eye", "eye"),
        Node("b", "conv", {"filters": 4}, ("right",), "eye", "eye"),
        Node("c", "concat", {}, ("a", "b"), "both"),
        Node("d", "head", {"units": 2}, ("c",), "same"),
        Node("e", "head", {"units": 3, "activation": "softmax"}, ("c",), "kind"),
    ]
    inputs = {"left": Input((8, 8, 1)), "right": Input((8, 8, 1))}
    svg = parsed(draw(Architecture.assemble(inputs, nodes, {"same": "d", "kind": "e"})))
    said = texts(svg)
    assert {"left", "right", "same", "kind"} <= set(said)
    assert sum("shared w0" in line for line in said) == 2
    bars = [each.get("fill") for each in svg.iter(f"{SVG}rect") if each.get("width") == "5"]
    assert len(bars) == 2
    assert len(set(bars)) == 1


def test_a_network_that_is_its_input_can_be_drawn() -> None:
    assert "image" in texts(parsed(draw(Architecture.assemble({"image": Input((4,))}, [], {"y": "image"}))))


@st.composite
def graphs(draw_: st.DrawFn) -> tuple[dict[str, Size], list[tuple[str, str]]]:
    names = [f"b{n}" for n in range(draw_(st.integers(1, 9)))]
    sizes = {name: Size(draw_(st.integers(20, 200)), draw_(st.integers(20, 60))) for name in names}
    pairs = [(a, b) for n, b in enumerate(names) for a in names[:n]]
    edges = draw_(st.lists(st.sampled_from(pairs), unique=True, max_size=14)) if pairs else []
    return sizes, edges


@given(graphs())
def test_boxes_do_not_overlap_and_edges_go_down_beside_them(
    graph: tuple[dict[str, Size], list[tuple[str, str]]],
) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    boxes = [(*layout.boxes[name], *sizes[name]) for name in sizes]
    for number, (x, y, width, height) in enumerate(boxes):
        assert width / 2 - 1e-6 <= x <= layout.size.width - width / 2 + 1e-6
        assert height / 2 - 1e-6 <= y <= layout.size.height - height / 2 + 1e-6
        for other_x, other_y, other_width, other_height in boxes[:number]:
            apart_x = abs(x - other_x) >= (width + other_width) / 2 - 1e-6
            assert apart_x or abs(y - other_y) >= (height + other_height) / 2 - 1e-6
    for source, target in edges:
        points = layout.edges[source, target]
        assert all(a.y <= b.y for a, b in itertools.pairwise(points))
        for point in points[1:-1]:
            inside = [
                b for b in boxes if abs(point.x - b[0]) < b[2] / 2 - 1e-6 and abs(point.y - b[1]) < b[3] / 2 - 1e-6
            ]
            assert not inside


@pytest.mark.parametrize("depth", [200])
def test_a_deep_network_is_drawn_at_once(depth: int) -> None:
    nodes = [Node(f"x{n}", "conv", {"filters": 3}, (f"x{n - 1}" if n else "image",)) for n in range(depth)]
    net = Architecture.assemble({"image": Input((8, 8, 3))}, nodes, {"y": f"x{depth - 1}"})
    assert len(draw(net)) > 10_000
