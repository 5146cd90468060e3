from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.search.costs import PASSES, Costs, Load

loads = st.builds(
    Load, flops=st.integers(10_000, 10**10), parameters=st.integers(100, 10**7), rows=st.integers(1, 1024)
)


def learned(law, *loads: Load) -> Costs:
    costs = Costs()
    for load in loads:
        costs.learn(load, step_seconds=law(load), build_seconds=2.0)
    return costs


@given(load=loads)
def test_with_nothing_measured_there_is_a_guess(load: Load) -> None:
    assert 0 < Costs().step_seconds(load) < math.inf
    assert Costs().build_seconds() > 0


@given(known=loads, factor=st.floats(0.2, 20))
def test_one_trial_says_what_its_own_network_takes(known: Load, factor: float) -> None:
    costs = learned(lambda load: factor * load.guess, known)
    assert costs.step_seconds(known) == pytest.approx(factor * known.guess, rel=0.15)


@given(known=st.lists(loads, min_size=2, max_size=6), asked=loads, factor=st.floats(0.2, 20))
def test_a_machine_that_is_so_many_times_as_fast_is_so_for_every_network(known, asked: Load, factor: float) -> None:
    costs = learned(lambda load: factor * load.guess, *known)
    assert costs.step_seconds(asked) == pytest.approx(factor * asked.guess, rel=0.6)


def test_many_trials_teach_a_law_of_its_own() -> None:
    def law(load: Load) -> float:
        return 2e-9 * (PASSES * load.flops * load.rows) ** 0.9

    known = [Load(flops=2**power, parameters=1000, rows=64) for power in range(16, 30)]
    costs = learned(law, *known)
    for load in (Load(flops=3 * 2**18, parameters=1000, rows=64), Load(flops=3 * 2**26, parameters=1000, rows=64)):
        assert costs.step_seconds(load) == pytest.approx(law(load), rel=0.5)


def test_what_was_not_measured_teaches_nothing() -> None:
    costs, load = Costs(), Load(flops=1000, parameters=10, rows=8)
    costs.learn(load, step_seconds=math.nan, build_seconds=1.0)
    costs.learn(load, step_seconds=0.0, build_seconds=1.0)
    assert costs.known == 0
