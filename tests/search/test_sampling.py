"""The search's sampler answers as Optuna's own."""

from __future__ import annotations

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.samplers import TPESampler
from optuna.trial import Trial, TrialState

from automl.search.sampling import STARTUP_TRIALS, make_sampler


def suggest(trial: Trial) -> float:
    """Parameters of which some are there only sometimes, one has a range that moves, and one has a single value."""
    kind = trial.suggest_categorical("kind", ["conv", "dense"])
    value = trial.suggest_float("lr", 1e-4, 1.0, log=True) + trial.suggest_int("only", 3, 3)
    if kind == "conv":
        value += trial.suggest_int("kernel", 1, 5, step=2)
    width = trial.suggest_int("width", 1, 3)
    return value + trial.suggest_int("units", 1, 10 * width) / 30


@settings(max_examples=5)
@given(seed=st.integers(0, 1000), lost=st.sets(st.integers(0, 24), max_size=8), liar=st.booleans())
@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_proposals_are_those_of_optuna(seed: int, lost: set[int], liar: bool) -> None:
    def proposals(sampler: TPESampler) -> list[dict[str, object]]:
        study = optuna.create_study(sampler=sampler)
        for number in range(STARTUP_TRIALS + 17):
            trial = study.ask()
            value = suggest(trial)
            trial.report(value, 1)
            if number in lost:
                study.tell(trial, state=(TrialState.PRUNED, TrialState.FAIL)[number % 2])
            else:
                study.tell(trial, value)
        return [trial.params for trial in study.get_trials()]

    ours = make_sampler(seed, parallel=liar)
    optunas = TPESampler(seed=seed, n_startup_trials=STARTUP_TRIALS, constant_liar=liar)
    assert proposals(ours) == proposals(optunas)
