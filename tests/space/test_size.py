"""The size of a space is what going through all its points gives."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.errors import SpaceError
from automl.space import Domain, Space, shipped_spaces
from automl.space.builders import block, bool_, choice, expr, if_, int_, min_
from automl.space.outline import Outline, unfold
from automl.space.tally import tally_of, values_of

MOST = 3000


class Enough(Exception):
    pass


class Known:
    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def decide(self, name: str, domain: Domain) -> Any:
        if name not in self.answers:
            raise LookupError(name, domain)
        return self.answers[name]


def points(space: Space) -> set[tuple[tuple[str, Any], ...]]:
    """Every point, by interpreting the space with every answer."""
    found: set[tuple[tuple[str, Any], ...]] = set()
    waiting: list[dict[str, Any]] = [{}]
    while waiting:
        known = waiting.pop()

        outline = Outline(space, Known(known))
        try:
            unfold(space, outline)
        except LookupError as question:
            name, domain = question.args
            continuous = next(iter(tally_of(domain).values()))[1]
            values = [domain.default] if continuous else values_of(domain, name)
            waiting += [{**known, name: value} for value in values]
        else:
            found.add(tuple(outline.params.items()))
        if len(found) + len(waiting) > MOST:
            raise Enough
    return found


@block
def unit(n, kind="a"):
    return [
        {"repeat": {"times": n, "do": [{"dropout": {"choice": [0.1, 0.2]}}, {"tie": "t", "optional": "relu"}]}},
        choice({"a": "bn", "b": {"dropout": {"choice": [0.1, 0.2, 0.3]}}}, by=kind),
        {"tie": "t", "optional": "relu"},
    ]


TIED = {"tie": "k", "dropout": {"choice": [0.1, 0.2]}}
GATE = {"tie": "o", "optional": {"dropout": {"choice": [0.1, 0.2]}}}
deep, many = bool_("deep", True), int_("many", 0, 2)
LEAVES: Any = st.sampled_from(
    [
        "relu",
        {"dropout": {"choice": [0.1, 0.2]}},
        {"dropout": {"float": [0.0, 0.5]}},
        {"optional": "bn"},
        [TIED, TIED],
        [TIED, {"choice": {"a": TIED, "b": "relu"}}],
        [GATE, {"parallel": {"merge": "add", "do": {"a": GATE, "b": []}}}],
        unit(int_(0, 1)),
        unit(many, kind=choice(["a", "b"])),
        [],
    ]
)


def shapes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    body = st.lists(inner, max_size=3)
    counts = st.sampled_from([2, int_(0, 2), many, if_(deep, 2, many), min_(many, 1)])
    shares = st.sampled_from(["none", "choices", "weights"])
    return st.one_of(
        st.builds(lambda a, b: {"choice": {"a": a, "b": b}}, body, body),
        st.builds(lambda a, b: choice({"True": a, "False": b}, by=deep), body, body),
        st.builds(lambda do: {"optional": do}, body),
        st.builds(
            lambda times, share, do: {"repeat": {"times": times, "share": share, "do": do}}, counts, shares, body
        ),
        st.builds(_indexed, shares, body, body),
        st.builds(lambda do: {"residual": {"do": do, "merge": {"choice": ["add", "maximum"]}}}, body),
        st.builds(lambda do, own: {"residual": {"do": do, "shortcut": own or ["relu"]}}, body, body),
        st.builds(
            lambda a, b: {"parallel": {"merge": {"choice": ["add", "maximum"]}, "do": {"a": a, "b": b}}}, body, body
        ),
        st.builds(_graph, body, body, body),
    )


def _indexed(share: str, first: Any, others: Any) -> Any:
    """Copies whose structure depends on their number."""
    do = {"choice": {"a": first, "b": others}, "by": "='a' if i == 0 else 'b'"}
    return {"repeat": {"times": 2, "index": "i", "share": share, "do": do}}


def _graph(a: Any, b: Any, c: Any) -> Any:
    """Nodes of which some may not be needed."""
    return {
        "graph": {
            "a": {"from": "input", "do": a},
            "b": {"from": {"choice": ["input", "a"]}, "do": b},
            "c": {"from": {"subset": ["a", "b"], "min": 1}, "merge": "add", "do": c},
        }
    }


def _space(model: Any) -> Space | None:
    try:
        return Space("small", model=[*model, "head"], train={"lr": {"float": [0.1, 0.2]}, "batch_size": expr("32")})
    except SpaceError as error:
        if "index 'i' hides" in error.message or "ties nothing" in error.message:
            return None
        raise


@settings(max_examples=1500 if os.environ.get("TEST_FULL") else 60, deadline=None)
@given(st.lists(st.recursive(LEAVES, shapes, max_leaves=6), min_size=1, max_size=3))
def test_the_size_is_the_number_of_points(model: Any) -> None:
    space = _space(model)
    if space is None:
        return
    try:
        found = points(space)
    except Enough:
        return
    assert space.size().discrete == len(found)


def test_a_cell_is_counted_without_going_through_it() -> None:
    small = "model: [{cell: {nodes: 2, inputs: 1, ops: {a: relu, b: {dropout: {choice: [0.1, 0.2]}}}}}, head]"
    assert Space.parse(small).size().discrete == len(points(Space.parse(small))) == (2 * 3) * (3 * 3)
    large = small.replace("nodes: 2, inputs: 1", "nodes: 5, inputs: 2")
    expected = 1
    for number in range(5):
        expected *= ((2 + number) * 3) ** 2
    assert Space.parse(large).size().discrete == expected


def test_continuous_values_are_counted_apart() -> None:
    text = (
        "model: [{optional: {dropout: {float: [0, 0.5]}}}, {conv: {int: [1, 4]}}, head]\ntrain: {lr: {float: [0.1, 1]}}"
    )
    size = Space.parse(text).size()
    assert (size.discrete, size.continuous) == (8, 2)
    assert str(size) == "8 points, and 2 continuous values"


def test_what_depends_on_the_data_needs_the_data() -> None:
    from automl.arch import Input

    text = "model: [{repeat: {times: =input_height // 8, do: {optional: relu}}}, head]"
    with pytest.raises(SpaceError, match=r"depends on the data: the input has no 'input_height'.*; give 'inputs'"):
        Space.parse(text).size()
    assert Space.parse(text).size({"image": Input((16, 16, 3))}).discrete == 4


def test_what_depends_on_a_continuous_value_cannot_be_counted() -> None:
    text = "vars: {x: {float: [0, 1]}}\nmodel: [{repeat: {times: =int(x * 2), do: {optional: relu}}}, head]"
    with pytest.raises(SpaceError, match=r"cannot count the points: what is asked depends on 'x', which is continuous"):
        Space.parse(text).size()


@pytest.mark.parametrize("name", shipped_spaces())
def test_shipped_spaces_are_counted_at_once(name: str) -> None:
    assert Space.load(name).size().discrete > 1000
