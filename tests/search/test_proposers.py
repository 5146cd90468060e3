"""Laws of everything that proposes points, on a space in which the truth is known."""

from __future__ import annotations

import numpy as np
import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.config import Limits
from automl.search.deciders import TrialDecider, kept
from automl.search.proposers import (
    Chance,
    Evolution,
    Ground,
    History,
    Known,
    Policy,
    Surrogate,
    Tpe,
    answers_key,
)
from automl.search.sampling import Given
from automl.space import ReplayDecider, Space, made_up_data

NESTED = """
version: 1
name: nested
task: image-classify
vars: {width: {choice: [4, 8, 16], default: 4}}
model:
  - flatten
  - name: layer
    repeat:
      times: {int: [1, 3]}
      do:
        - dense: {units: {pow2: [4, 32]}}
        - {optional: {dropout: {rate: {float: [0.1, 0.5]}}}, name: drop}
  - dense: {units: =width}
  - head
train: {lr: {float: [0.001, 0.1], log: true, default: 0.01}}
constraints: {params: 80000}
"""


def make_ground(text: str = NESTED, **options) -> Ground:
    space = Space.parse(text)
    inputs, heads = made_up_data(space)
    return Ground(space, inputs=inputs, heads=heads, **options)


def truth(answers) -> float:
    """Best with one wide layer, the widest end, and a rate of 0.01."""
    rate = abs(np.log10(answers["train/lr"]) + 2)
    return answers["width"] / 16 - 0.3 * answers["layer/times"] - rate + answers["layer.0/dense/units"] / 64


def make_history(ground: Ground, count: int, seed: int = 0, states: str = "") -> History:
    """Random trials; a letter a trial says what became of it: judged, failed, pending or rejected."""
    trials: list[Known] = []
    study = optuna.create_study(direction="maximize", sampler=Given())
    while len(trials) < count:
        point = Chance(ground).propose(History(tuple(trials)), np.random.default_rng([seed, len(trials)]))
        answers = point.looked.answers
        state = {"f": "failed", "p": "pending", "r": "rejected"}.get(states[len(trials) : len(trials) + 1], "judged")
        value = truth(answers) if state == "judged" else None
        trials.append(Known(len(trials), answers, state, value, point.looked.key))
        study.sampler = Given({name: kept(each, point.looked.domains[name]) for name, each in answers.items()})
        trial = study.ask()
        for name, domain in point.looked.domains.items():
            TrialDecider(trial).decide(name, domain)
        if value is not None:
            study.tell(trial, value)
    return History(tuple(trials), study)


TWO_POINTS = """
version: 1
name: two
task: image-classify
model: [flatten, {dense: {choice: [2, 4]}}, head]
"""
GROUND = make_ground()
PROPOSERS = {
    "random": Chance(GROUND),
    "evolution": Evolution(GROUND),
    "tpe": Tpe(GROUND),
    "surrogate": Surrogate(GROUND),
    "policy": Policy.on(GROUND),
}


@pytest.mark.parametrize("name", PROPOSERS)
@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
@settings(max_examples=4)
@given(seed=st.integers(0, 1000), states=st.text("jjjfpr", min_size=12, max_size=12))
def test_what_is_proposed_is_new_allowed_and_a_function_of_what_is_known(name: str, seed: int, states: str) -> None:
    history, again = (make_history(GROUND, 12, seed, states) for _ in range(2))
    point = PROPOSERS[name].propose(history, np.random.default_rng(seed))
    if point is None:
        assert len(history.judged) < 4
        return
    assert not history.knows(point.looked)
    assert GROUND.broken(point.looked.summary) == []
    assert GROUND.look(ReplayDecider(point.looked.answers)).answers == point.looked.answers
    assert point.parent is None or history.trials[point.parent].state == "judged"
    same = PROPOSERS[name].propose(again, np.random.default_rng(seed))
    assert (same.looked.answers, same.proposed_by, same.parent) == (
        point.looked.answers,
        point.proposed_by,
        point.parent,
    )


@given(renamed=st.permutations(range(12)))
@settings(max_examples=4)
def test_numbers_of_trials_are_only_names(renamed) -> None:
    history = make_history(GROUND, 12)
    other = History(
        tuple(Known(n, t.answers, t.state, t.value, t.key) for n, t in zip(renamed, history.trials, strict=True))
    )
    for proposer in (Evolution(GROUND), Surrogate(GROUND)):
        one, same = (proposer.propose(each, np.random.default_rng(1)) for each in (history, other))
        assert one.looked.answers == same.looked.answers
        assert one.parent is None or renamed[one.parent] == same.parent


def test_the_surrogate_finds_better_points_than_chance_does() -> None:
    def mean(proposer, seed: int) -> float:
        trials = list(make_history(GROUND, 8, seed).trials)
        for number in range(8, 18):
            point = proposer.propose(History(tuple(trials)), np.random.default_rng([seed, number]))
            trials.append(Known(number, point.looked.answers, "judged", truth(point.looked.answers), point.looked.key))
        return float(np.mean([trial.value for trial in trials[8:]]))

    assert all(mean(Surrogate(GROUND), seed) > mean(Chance(GROUND), seed) + 0.2 for seed in range(2))


def test_the_child_of_an_evolution_is_its_parent_but_for_one_answer_and_what_depends_on_it() -> None:
    history = make_history(GROUND, 1)
    for seed in range(5):
        point = Evolution(GROUND).propose(history, np.random.default_rng(seed))
        assert point.parent == 0
        parent = history.trials[0].answers
        changed = [name for name, value in point.looked.answers.items() if parent.get(name, value) != value]
        assert len(changed) <= 1


def test_beside_a_pending_trial_the_surrogate_proposes_another_one() -> None:
    history = make_history(GROUND, 10)
    first = Surrogate(GROUND).propose(history, np.random.default_rng(3))
    waiting = Known(10, first.looked.answers, "pending", None, first.looked.key)
    second = Surrogate(GROUND).propose(History((*history.trials, waiting)), np.random.default_rng(3))
    assert answers_key(second.looked.answers) != answers_key(first.looked.answers)


def test_nothing_above_a_limit_is_proposed() -> None:
    small = make_ground(limits=Limits(parameters=40000))
    sizes = [trial.answers for trial in make_history(small, 10).trials]
    assert all(small.look(ReplayDecider(answers)).summary.parameters <= 40000 for answers in sizes)
    assert any(looked.summary.parameters > 40000 for looked in map(GROUND.look, map(ReplayDecider, TOO_LARGE)))


TOO_LARGE = [{"layer.0/dense/units": 32}]


def test_where_all_is_known_nothing_is_proposed() -> None:
    ground = make_ground(TWO_POINTS)
    trials = [
        Known(
            number,
            {"dense/units": units},
            "judged",
            1.0 * number,
            ground.look(ReplayDecider({"dense/units": units})).key,
        )
        for number, units in enumerate((2, 4))
    ]
    history = History(tuple(trials))
    assert Policy.on(ground).propose(history, np.random.default_rng(0)) is None


def test_the_policy_begins_with_chance_and_hands_over_to_the_model() -> None:
    by = []
    for count in range(14):
        history = make_history(GROUND, count)
        by.append(Policy.on(GROUND).propose(history, np.random.default_rng(count)).proposed_by)
    assert by[0] == "random"
    assert set(by[:5]) == {"random", "evolution"}
    assert set(by[5:]) == {"surrogate", "tpe", "evolution"}
    assert by[5:].count("surrogate") > 6
