"""Which parameters decide."""

from __future__ import annotations

import dataclasses
import random

import pytest

from automl.study import StudyReader
from automl.study.importance import FEWEST, parameter_importance


@pytest.fixture
def made_up(lived_once):
    """``made_up(params, values)``: complete trials."""
    with StudyReader.open(lived_once) as study:
        pattern = study.leaderboard(1)[0]

    def make(params, values):
        each = enumerate(zip(params, values, strict=True))
        return [dataclasses.replace(pattern, number=n, params=p, value=v) for n, (p, v) in each]

    return make


def test_the_parameter_that_decides_comes_first(made_up):
    rng = random.Random(3)
    params = [
        {"lr": 10 ** rng.uniform(-4, -1), "units": rng.choice([16, 32]), "kind": rng.choice("ab")} for _ in range(40)
    ]
    found = parameter_importance(made_up(params, [each["lr"] for each in params]))
    assert next(iter(found)) == "lr"
    assert found["lr"] > 0.8
    assert sum(found.values()) == pytest.approx(1)


def test_a_parameter_of_one_branch_is_compared_with_the_others(made_up):
    params = [{"kind": "sep", "kind=sep/kernel": 3 + n % 2} if n % 2 else {"kind": "conv"} for n in range(20)]
    found = parameter_importance(made_up(params, [0.9 if each["kind"] == "sep" else 0.1 for each in params]))
    assert set(found) <= {"kind", "kind=sep/kernel"}


def test_equal_values_and_few_trials_say_nothing(made_up):
    params = [{"lr": 0.1 * n} for n in range(1, 9)]
    assert parameter_importance(made_up(params, [0.5] * 8)) == {}
    few = params[: FEWEST - 1]
    assert parameter_importance(made_up(few, [each["lr"] for each in few])) == {}
    assert parameter_importance(made_up([{"lr": 0.1}] * 8, [0.1 * n for n in range(8)])) == {}


def test_the_same_trials_give_the_same_shares(made_up):
    params = [{"lr": 0.1 * n, "units": n % 3} for n in range(1, 13)]
    trials = made_up(params, [each["lr"] for each in params])
    assert parameter_importance(trials) == parameter_importance(trials)
