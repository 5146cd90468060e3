"""What a sampler sees, and that it sees the same after a search was continued."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from typing import Any

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.trial import FrozenTrial, TrialState, create_trial

from automl.study import Study, TrialDraft, TrialOutcome
from automl.study import mirror as mirror_module
from automl.study.mirror import Mirror, seen
from tests.study.conftest import crash, make_draft

OVER = (TrialState.COMPLETE, TrialState.PRUNED)
ENDS = st.tuples(st.sampled_from([*OVER, TrialState.RUNNING, TrialState.FAIL]), st.integers(0, 5))


def made(ends: Sequence[tuple[TrialState, int]]) -> Mirror:
    mirror = Mirror("maximize")
    for number, (state, value) in enumerate(ends):
        trial = create_trial(state=state, value=value if state is TrialState.COMPLETE else None)
        mirror.add(number, trial)
    return mirror


@given(st.lists(ENDS, max_size=30), st.booleans())
def test_seen_are_the_latest_the_best_before_them_and_all_that_run(ends: list, maximize: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mirror_module, "BEST", 3)
        patch.setattr(mirror_module, "LATEST", 5)
        mirror = made(ends)
        trials = [mirror.get(n) for n in range(len(mirror)) if mirror.get(n).state is not TrialState.FAIL]
        chosen = seen(trials, maximize=maximize)
    assert [t.number for t in chosen] == sorted({t.number for t in chosen}), "each once, in their order"
    numbers = {t.number for t in chosen}
    over = [t for t in trials if t.state in OVER]
    assert {t.number for t in trials if t.state is TrialState.RUNNING} <= numbers
    assert {t.number for t in over[-5:]} <= numbers
    kept = [t for t in over[:-5] if t.number in numbers]
    lost = [t for t in over[:-5] if t.number not in numbers and t.state is TrialState.COMPLETE]
    assert len(kept) <= 3
    assert all(t.state is TrialState.COMPLETE for t in kept)
    sign = 1 if maximize else -1
    assert all(sign * k.value >= sign * x.value for k in kept for x in lost)
    assert not lost or len(kept) == 3


def test_a_sampler_sees_no_more_than_so_many_trials() -> None:
    count = mirror_module.BEST + mirror_module.LATEST
    mirror, spy = made([(TrialState.COMPLETE, 1)] * (count + 50)), Spy()
    trial = mirror.ask(spy)
    trial.suggest_float("x", 0, 1)
    assert trial.number == count + 50
    assert len(spy.saw) == count + 1  # itself too


def test_a_trial_of_which_a_sampler_must_not_know_is_not_there() -> None:
    mirror, spy = made([(TrialState.COMPLETE, value) for value in range(4)]), Spy()
    mirror.ask(spy, unknown=2).suggest_float("x", 0, 1)
    assert [trial.value for trial in spy.saw] == [0, 1, 3, None]


def test_what_one_trial_answers_another_sees_only_once_it_is_taken_over() -> None:
    mirror, spy = made([]), Spy()
    first = mirror.ask(optuna.samplers.RandomSampler(seed=0))
    first.suggest_float("x", 0, 1)
    second = mirror.ask(spy)
    second.suggest_float("y", 0, 1)
    assert [trial.params for trial in spy.saw] == [{}, {}]
    mirror.answer(first)
    spy = Spy()
    mirror.ask(spy).suggest_float("x", 0, 1)
    assert [trial.params for trial in spy.saw] == [first.params, {}, {}]


class Spy(optuna.samplers.RandomSampler):
    """Notes what it sees."""

    saw: list[FrozenTrial]

    def sample_independent(self, study: Any, trial: Any, name: str, distribution: Any) -> Any:
        self.saw = study.get_trials()
        return super().sample_independent(study, trial, name, distribution)


STOPS = st.sampled_from(["asked", "begun", "epoch", "paused", "ended"])


TRIALS = 12


@settings(max_examples=4, deadline=None)
@given(st.dictionaries(st.integers(0, TRIALS - 1), STOPS, min_size=2, max_size=5))
def test_a_search_that_was_killed_proposes_what_an_undisturbed_one_does(stops: dict[int, str]) -> None:
    assert _searched(stops) == _undisturbed()


@cache
def _undisturbed() -> list[tuple[dict[str, Any], float]]:
    return _searched({})


def _searched(stops: dict[int, str]) -> list[tuple[dict[str, Any], float]]:
    """Parameters and value of the trials in the order of their ends; after each key the process dies there, once."""
    stops, ended = dict(stops), []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/study.db"
        study = Study.create(url, "s", run=make_draft())
        for x in (0.5, 0.25, 0.75):
            study.enqueue({"x": x, "kind": "sin"})
        while len(ended) < TRIALS:
            stop = stops.pop(len(ended), "")
            if _trained(study, stop, ended):
                crash(study)
                study = Study.open(url, "s")
        study.close()
    return ended


def _trained(study: Study, stop: str, ended: list[tuple[dict[str, Any], float]]) -> bool:
    """Train the next trial; whether it was stopped."""
    if paused := study.paused():
        number, params = paused[0].number, dict(paused[0].params)
        study.unpause(number)
    else:
        trial = study.ask(optuna.samplers.TPESampler(seed=study.position, n_startup_trials=4, constant_liar=False))
        number, params = trial.number, _answers(trial)
        if stop == "asked":
            return True
        study.begin(number, TrialDraft(params=params))
    if stop == "begun":
        return True
    value = params["x"] + params.get("shift", 0.0)
    for epoch in (1, 2):
        metrics = {"val_accuracy": value - 0.1 * (2 - epoch)}
        study.epoch(number, epoch=epoch, metrics=metrics, learning_rate=0.1, seconds=1)
        if epoch == 1 and stop == "epoch":
            return True
    if stop == "paused":
        study.pause(number, TrialOutcome(value=value, epochs=2))
        return True
    ended.append((params, value))
    if params["x"] < 0.2:
        study.infeasible(number, reason="small", violations={"x": 0.2 - params["x"]})
    elif params["x"] < 0.4:
        study.prune(number, TrialOutcome(), reason="slow")
    else:
        study.complete(number, TrialOutcome(value=value, epochs=2))
    return stop == "ended"


def _answers(trial: optuna.trial.Trial) -> dict[str, Any]:
    if trial.suggest_categorical("kind", ["sin", "cos"]) == "cos":
        trial.suggest_float("shift", 0, 1)
    trial.suggest_float("x", 0, 1)
    return dict(trial.params)


def test_equal_distributions_of_a_parameter_are_one_object() -> None:
    mirror = Mirror("maximize")
    for number in range(3):
        asked = mirror.ask(optuna.samplers.RandomSampler(seed=number))
        asked.suggest_float("x", 0, 1)
        asked.suggest_int("y", 0, 1 + number // 2)
        mirror.answer(asked)
    first, second, third = (mirror.get(number).distributions for number in range(3))
    assert first["x"] is second["x"] is third["x"]
    assert first["y"] is second["y"]
    assert third["y"].high == 2
    again = mirror.reordered([2, 1, 0])
    assert again.get(0).distributions["x"] is again.get(2).distributions["x"]
