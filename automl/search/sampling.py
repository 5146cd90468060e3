"""The samplers of a study, and why these.

Every trial has a sampler of its own, seeded by the trial's place in the search: what is proposed is a function of the
study's records and the seed, however often the search was interrupted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

# Trials before TPE has a model of the space; random until then.
STARTUP_TRIALS = 8


def make_sampler(seed: int, *, parallel: bool = False) -> BaseSampler:
    """TPE (Bergstra et al., 2011), multivariate and aware of constraints.

    Args:
        seed: From 0 to 4294967295.
        parallel: Whether several trials run at the same time; those that run are then taken for bad ("constant liar",
            Ginsbourger et al., 2010), so that no other is proposed beside them. Optuna keeps more about a trial that it
            proposed in this process than about one that runs again after a crash; so a search of one trial at a time,
            which must not depend on that, does without.
    """
    return _Sampler(seed=seed, n_startup_trials=STARTUP_TRIALS, constant_liar=parallel)


def make_random_sampler(seed: int) -> BaseSampler:
    """Uniform over the whole space."""
    return RandomSampler(seed=seed)


class Given(BaseSampler):
    """Answers with what it was given, so that Optuna keeps a point that was found without it like one of its own.

    Attributes:
        answers: Name -> value as Optuna keeps it; it may be given after a trial was asked for.
    """

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.answers = dict(answers or {})

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:  # noqa: ARG002
        """Nothing: every question is answered alone."""
        return {}

    def sample_relative(
        self,
        study: optuna.Study,  # noqa: ARG002
        trial: FrozenTrial,  # noqa: ARG002
        search_space: dict[str, BaseDistribution],  # noqa: ARG002
    ) -> dict[str, Any]:
        """Nothing."""
        return {}

    def sample_independent(
        self,
        study: optuna.Study,  # noqa: ARG002
        trial: FrozenTrial,  # noqa: ARG002
        param_name: str,
        param_distribution: BaseDistribution,  # noqa: ARG002
    ) -> Any:
        """The answer that was given."""
        return self.answers[param_name]


class _Sampler(TPESampler):
    """TPE that finds the parameters which all trials share without comparing equal distributions that are one object.

    A study keeps one object for them; comparing them by their values is a quarter of the time of a proposal.
    """

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:  # noqa: ARG002
        """The distributions that all finished trials have in common, by name, but for those with a single value."""
        finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
        common = dict(sorted(finished[-1].distributions.items())) if finished else {}
        for other in finished:
            for name in [name for name, one in common.items() if not _same(one, other.distributions.get(name))]:
                del common[name]
        return {name: distribution for name, distribution in common.items() if not distribution.single()}


def _same(one: BaseDistribution, other: BaseDistribution | None) -> bool:
    return one is other or one == other
