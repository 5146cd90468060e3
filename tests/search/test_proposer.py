from __future__ import annotations

import optuna
from hypothesis import given
from hypothesis import strategies as st

from automl.search.deciders import Transcript, TrialDecider
from automl.search.proposer import trial_seed
from automl.space import Categorical, FloatRange, IntRange, PowerOfTwo, ReplayDecider

DOMAINS = {
    "kind": Categorical(("a", "b", 3), "a"),
    "depth": IntRange(1, 9, 2, False, 3),
    "lr": FloatRange(1e-4, 1.0, None, True, 0.1),
    "units": PowerOfTwo(8, 512, 64),
}
answers = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["a", "b", 3]),
        "depth": st.sampled_from([1, 3, 5, 7, 9]),
        "lr": st.floats(1e-4, 1.0),
        "units": st.sampled_from([8, 16, 32, 64, 128, 256, 512]),
    }
)


@given(params=answers)
def test_what_is_written_down_for_optuna_comes_back_from_a_trial(params) -> None:
    transcript = Transcript(ReplayDecider(params))
    for name, domain in DOMAINS.items():
        transcript.decide(name, domain)
    trial = optuna.trial.FixedTrial(transcript.answers)
    assert {name: TrialDecider(trial).decide(name, domain) for name, domain in DOMAINS.items()} == params


def test_powers_of_two_are_searched_by_their_exponent() -> None:
    trial = optuna.trial.FixedTrial({"units": 6})
    assert TrialDecider(trial).decide("units", DOMAINS["units"]) == 64
    assert trial.distributions["units"] == optuna.distributions.IntDistribution(3, 9)


@given(seed=st.integers(0, 2**32 - 1), number=st.integers(0, 10_000))
def test_trials_of_a_search_have_different_seeds(seed: int, number: int) -> None:
    assert trial_seed(seed, number) == trial_seed(seed, number) != trial_seed(seed, number + 1)
    assert 0 <= trial_seed(seed, number) < 2**32
