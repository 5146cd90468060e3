"""Sampling, mutation and crossover give valid points, whatever the space."""

from __future__ import annotations

import copy
import os
import pickle
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from automl.arch import Input, summarize
from automl.errors import SpaceError
from automl.space import Domain, ReplayDecider, Space, made_up_data, shipped_spaces
from automl.space.outline import Outline, unfold

TIMES = 1000 if os.environ.get("TEST_FULL") else 100

KINDS = """
model:
  - name: kind
    choice:
      a: {name: inner, choice: {x: {dropout: {choice: [0.1, 0.2]}}, y: {dropout: {choice: [0.3, 0.4]}}}}
      b: {repeat: {times: {int: [1, 3]}, do: {conv: {pow2: [4, 32]}}}}
  - head
"""


class Nobody:
    def decide(self, name: str, domain: Domain) -> Any:
        raise AssertionError(f"{name} is left open")


@lru_cache
def space_and_data(name: str) -> tuple[Space, dict[str, Any]]:
    space = Space.load(name)
    inputs, heads = made_up_data(space)
    return space, {"inputs": inputs, "heads": heads}


def assert_valid(space: Space, params: dict[str, Any], data: dict[str, Any]) -> None:
    """It answers what it must and nothing else, fits the data, and meets the constraints."""
    candidate = space.interpret(ReplayDecider(params, Nobody()), **data)
    assert candidate.params == params
    assert not space.violations(summarize(candidate.architecture))


@pytest.mark.parametrize("name", shipped_spaces())
def test_samples_mutations_and_crossovers_of_shipped_spaces_are_valid(name: str) -> None:
    space, data = space_and_data(name)
    rng = np.random.default_rng(1)
    other = space.sample(rng, **data).params
    for _ in range(TIMES):
        point = space.sample(rng, **data).params
        mutated = space.mutate(point, rng, **data)
        mixed = space.crossover(point, other, rng, **data)
        assert any(mutated[key] != value for key, value in point.items() if key in mutated)
        assert_valid(space, mutated, data)
        assert_valid(space, mixed, data)
        other = mutated


@pytest.mark.parametrize("name", shipped_spaces())
def test_without_data_points_are_complete(name: str) -> None:
    space, data = space_and_data(name)
    rng = np.random.default_rng(2)
    point = other = space.mutate({}, rng, inputs=data["inputs"])
    for _ in range(TIMES):
        mutated = space.mutate(point, rng, inputs=data["inputs"])
        mixed = space.crossover(mutated, other, rng, inputs=data["inputs"])
        for params in (mutated, mixed):
            outline = Outline(space, ReplayDecider(params, Nobody()), data["inputs"])
            unfold(space, outline)
            assert outline.params == params
        assert any(mutated[key] != value for key, value in point.items() if key in mutated)
        point, other = mutated, point


def test_a_mutation_changes_one_decision_and_what_depends_on_it() -> None:
    space, rng = Space.parse(KINDS), np.random.default_rng(3)
    point = {"kind": "a", "kind=a/inner": "x", "kind=a/inner=x/dropout/rate": 0.2}
    seen = set()
    for _ in range(100):
        mutated = space.mutate(point, rng)
        kept = {key for key, value in mutated.items() if point.get(key) == value}
        if mutated["kind"] == "b":
            assert kept == set()
        elif mutated["kind=a/inner"] == "y":
            assert kept == {"kind"}
        else:
            assert mutated == point | {"kind=a/inner=x/dropout/rate": 0.1}
        seen.add(tuple(mutated))
    assert len(seen) > 3


def test_what_a_point_does_not_need_is_left_out_and_what_it_lacks_has_its_default() -> None:
    space = Space.parse(KINDS)
    mutated = space.mutate({"kind=b/repeat/times": 3}, np.random.default_rng(1))
    assert not any(key.startswith("kind=b") for key in mutated) or mutated["kind"] == "b"


def test_a_crossover_takes_every_decision_from_one_of_two() -> None:
    space, rng = (
        Space.parse("model: [{conv: {pow2: [4, 64]}}, {dropout: {float: [0, 0.9]}}, head]"),
        np.random.default_rng(1),
    )
    a, b = ({"conv/filters": width, "dropout/rate": rate} for width, rate in ((4, 0.1), (64, 0.9)))
    mixed = {tuple(space.crossover(a, b, rng).values()) for _ in range(50)}
    assert mixed == {(4, 0.1), (4, 0.9), (64, 0.1), (64, 0.9)}


def test_samples_that_no_constraint_allows_name_the_one_that_failed_most(interpret: Any) -> None:
    text = "model: [{conv: {int: [4, 64]}}, head]\nconstraints: {params: 10, depth: 1}"
    space = Space.parse(text)
    data = {"inputs": {"image": Input((16, 16, 3))}, "heads": {"label": {"units": 3}}}
    with pytest.raises(
        SpaceError, match=r"none of 50 random points is allowed; most often \(50 times\): the constraint params"
    ):
        space.sample(np.random.default_rng(1), tries=50, **data)
    with pytest.raises(SpaceError, match=r"none of 50 mutations is allowed"):
        space.mutate({}, np.random.default_rng(1), tries=50, **data)


def test_a_space_without_a_choice_cannot_be_mutated() -> None:
    with pytest.raises(SpaceError, match="nothing can be changed"):
        Space.parse("model: [{conv: 8}, head]").mutate({}, np.random.default_rng(1))


def test_a_wrong_answer_is_refused() -> None:
    with pytest.raises(SpaceError, match="7 is not between 1 and 3"):
        Space.parse(KINDS).mutate({"kind": "b", "kind=b/repeat/times": 7}, np.random.default_rng(1))


def test_what_depends_on_the_data_needs_the_data() -> None:
    space = Space.parse("model: [{repeat: {times: =input_height // 8, do: {optional: relu}}}, head]")
    with pytest.raises(SpaceError, match="give 'inputs'"):
        space.mutate({}, np.random.default_rng(1))
    mutated = space.mutate({}, np.random.default_rng(1), inputs={"image": Input((16, 16, 3))})
    assert sorted(mutated) == ["repeat.0/optional", "repeat.1/optional"]


def test_the_same_seed_gives_the_same_points() -> None:
    space, data = space_and_data("cnn")
    first, second = (space.sample(np.random.default_rng(5), **data) for _ in range(2))
    assert first == second
    assert first != space.sample(np.random.default_rng(6), **data)


def test_what_is_computed_from_the_data_but_asks_nothing_needs_none() -> None:
    space = Space.load("cnn")
    assert space.mutate({"width": 32}, np.random.default_rng(1))
    by = "{choice: {small: bn, large: []}, by: ='small' if a < 5 else 'large'}"
    text = f"vars: {{a: =input_height // 8}}\nmodel: [{{dropout: {{choice: [0.1, 0.2]}}}}, {by}, head]"
    assert Space.parse(text).mutate({}, np.random.default_rng(1)) == {"dropout/rate": 0.2}


USES = [
    "repeat: {times: =b, do: {optional: bn}}",
    "choice: {small: {optional: bn}, large: []}, by: ='small' if b < 5 else 'large'",
]


@pytest.mark.parametrize("use", USES)
def test_what_asks_needs_it_over_other_variables_too(use: str) -> None:
    text = f"vars: {{a: =input_height // 8, b: =a + 0 if a > 1 else a}}\nmodel: [{{{use}}}, head]"
    with pytest.raises(SpaceError, match=r"the input has no 'input_height', or none that is always .*; give 'inputs'"):
        Space.parse(text, "s.yaml").mutate({}, np.random.default_rng(1))


def test_a_copy_of_a_space_is_a_space_of_its_own() -> None:
    space = Space.load("cnn")
    params = space.mutate({"width": 32}, np.random.default_rng(1))
    for again in (copy.deepcopy(space), pickle.loads(pickle.dumps(space))):
        assert again == space
        assert not again.notes
        assert again.mutate({"width": 32}, np.random.default_rng(1)) == params
