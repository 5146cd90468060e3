from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import SpaceError
from automl.space import Categorical, DefaultDecider, Domain, FloatRange, IntRange, PowerOfTwo, ReplayDecider

DOMAINS: list[Domain] = [
    Categorical(("relu", 3, 0.5, True, None), 3),
    IntRange(1, 9, 2, default=5),
    IntRange(1, 1000, log=True),
    FloatRange(0.0, 0.5, step=0.1, default=0.3),
    FloatRange(1e-4, 1e-1, log=True, default=1e-3),
    FloatRange(-1, 1),
    PowerOfTwo(16, 256, default=64),
]


@given(st.sampled_from(DOMAINS), st.integers(0, 2**32))
def test_draws_and_defaults_belong_to_their_domain(domain: Domain, seed: int) -> None:
    drawn = domain.sample(np.random.default_rng(seed))
    assert domain.settle(drawn) == drawn
    assert domain.settle(domain.default) == domain.default
    assert all(domain.settle(corner) == corner for corner in domain.corners())


@pytest.mark.parametrize("domain", DOMAINS)
def test_draws_are_plain_python(domain: Domain) -> None:
    rng = np.random.default_rng(0)
    assert all(type(domain.sample(rng)) in (int, float, str, bool, type(None)) for _ in range(20))


def test_a_small_domain_is_drawn_from_whole() -> None:
    rng = np.random.default_rng(0)
    assert {IntRange(1, 9, 2).sample(rng) for _ in range(200)} == {1, 3, 5, 7, 9}
    assert {PowerOfTwo(16, 64).sample(rng) for _ in range(200)} == {16, 32, 64}
    assert {FloatRange(0, 0.5, step=0.1).sample(rng) for _ in range(200)} == {0.0, 0.1, 0.2, 0.3, 0.4, 0.5}
    assert {IntRange(1, 4, log=True).sample(rng) for _ in range(200)} == {1, 2, 3, 4}


def test_rounding_errors_of_a_grid_are_removed() -> None:
    assert FloatRange(0.0, 0.5, step=0.1).settle(0.1 * 3) == 0.3


def test_one_and_true_are_not_the_same_answer() -> None:
    with pytest.raises(SpaceError):
        Categorical((False, True), False).settle(1)
    with pytest.raises(SpaceError):
        IntRange(0, 3).settle(True)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "3", None, 2, 10, 1.5, True])
def test_what_is_outside_is_refused(value: Any) -> None:
    for domain in (IntRange(3, 9, 2), PowerOfTwo(4, 8), FloatRange(3, 9, step=0.4)):
        with pytest.raises(SpaceError):
            domain.settle(value)


def test_replay_answers_what_it_knows_and_asks_otherwise() -> None:
    decider = ReplayDecider({"a": 7}, DefaultDecider())
    assert decider.decide("a", IntRange(1, 9)) == 7
    assert decider.decide("b", IntRange(1, 9, default=4)) == 4
    with pytest.raises(SpaceError, match="a: 7 is not between 1 and 5"):
        decider.decide("a", IntRange(1, 5))
