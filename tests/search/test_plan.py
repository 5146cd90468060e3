from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.search.plan import (
    CLOSING_SECONDS,
    FINAL_SHARE,
    LEAST_PATIENCE,
    LONGEST_ALONE,
    PATIENCE,
    SHORTEST,
    TRIAL_SHARE,
    Plan,
    TrialCost,
    final_epochs,
)

costs = st.builds(
    TrialCost,
    build_seconds=st.floats(0.1, 10),
    epoch_seconds=st.floats(0.01, 100),
    epochs=st.integers(1, 100),
    trial_seconds=st.floats(0.5, 1000),
)


def test_without_a_budget_nothing_is_limited() -> None:
    plan = Plan(budget=None)
    assert plan.trial_seconds(float("inf"), None) is None
    assert plan.final_limit(float("inf")) is None


@given(budget=st.floats(1, 1e5), used=st.floats(0, 1.2))
def test_the_first_trial_always_gets_time(budget: float, used: float) -> None:
    seconds = Plan(budget).trial_seconds(budget * (1 - used), None)
    assert seconds is not None
    assert seconds >= SHORTEST


@given(budget=st.floats(10, 1e5), used=st.floats(0, 1), cost=costs)
def test_a_later_trial_leaves_the_final_training_its_time(budget: float, used: float, cost: TrialCost) -> None:
    plan, remaining = Plan(budget), budget * (1 - used)
    seconds = plan.trial_seconds(remaining, cost)
    assert seconds is not None
    assert seconds <= max(TRIAL_SHARE * budget, cost.trial_seconds)
    if seconds > 0:
        assert remaining - seconds >= plan.final_seconds(cost) - 1e-6


def test_a_budget_too_short_to_train_twice_is_for_the_first_trial() -> None:
    assert Plan(30).trial_seconds(26, None) == 26 - CLOSING_SECONDS


@given(budget=st.floats(10, 1e5), cost=costs)
def test_the_final_share_is_never_more_than_it_needs(budget: float, cost: TrialCost) -> None:
    plan = Plan(budget, growth=1.25)
    need = cost.build_seconds + cost.epochs * cost.epoch_seconds * 1.25
    assert plan.final_seconds(cost) <= need + CLOSING_SECONDS + 1e-6


@given(budget=st.floats(60, 1e5), used=st.floats(0, 0.5))
def test_the_first_trial_may_use_all_the_time_before_the_final_training(budget: float, used: float) -> None:
    plan, remaining = Plan(budget), budget * (1 - used)
    assert plan.trial_seconds(remaining, None) == pytest.approx(
        max(SHORTEST, remaining - FINAL_SHARE * budget - CLOSING_SECONDS)
    )


@pytest.mark.parametrize(
    ("budget", "fitting", "wanted"),
    [(120, 5, 100 - CLOSING_SECONDS), (120, 10, None), (LONGEST_ALONE + 1, 5, None), (None, 5, None)],
)
def test_where_two_trainings_would_both_be_short_the_first_gets_all_the_time(budget, fitting: int, wanted) -> None:
    assert Plan(budget).all_seconds(100, fitting=fitting, full=25) == wanted


def test_the_final_training_can_use_time_that_it_lacks() -> None:
    cost = TrialCost(build_seconds=2, epoch_seconds=2, epochs=25, trial_seconds=52)
    assert [Plan(budget).final_is_covered(cost) for budget in (90, 300)] == [False, True]
    assert Plan(300).rest_seconds(200, cost) == 200 - Plan(300).final_seconds(cost)


def test_a_cheap_network_leaves_nearly_all_the_budget_to_the_search() -> None:
    cheap = TrialCost(build_seconds=2, epoch_seconds=0.2, epochs=25, trial_seconds=7)
    assert Plan(600).trial_seconds(30, cheap) == pytest.approx(30 - 2 - 25 * 0.25 - CLOSING_SECONDS)


@pytest.mark.parametrize(
    ("best", "planned", "full", "wanted"),
    [(18, 25, 25, 18), (5, 5, 25, 25), (3, 6, 24, 12), (1, 1, 25, 25), (1, 25, 25, 1)],
)
def test_final_epochs_follow_the_best_epoch(best: int, planned: int, full: int, wanted: int) -> None:
    assert final_epochs(best_epoch=best, planned=planned, full=full) == wanted


@given(seconds=st.floats(0.5, 1e5), remaining=st.floats(-10, 1e6), winner=st.booleans())
def test_a_job_has_more_time_before_it_is_ended_by_force(seconds: float, remaining: float, winner: bool) -> None:
    timeout = Plan(600).timeout(seconds, remaining, winner=winner)
    assert seconds + LEAST_PATIENCE <= timeout
    if not winner:
        assert timeout >= seconds + PATIENCE


@given(seconds=st.floats(0.5, 1e3), rest=st.floats(10, 1e3))
def test_with_something_to_deliver_a_job_that_hangs_leaves_the_time_to_do_so(seconds: float, rest: float) -> None:
    remaining = seconds + rest
    assert Plan(1e4).timeout(seconds, remaining, winner=True) <= remaining - CLOSING_SECONDS + 1e-6


def test_without_a_limit_nothing_is_ended_by_force() -> None:
    assert Plan(None).timeout(None, float("inf"), winner=True) is None
