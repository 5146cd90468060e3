"""The samplers and the pruner of a study, and why these.

Every trial has a sampler of its own, seeded by the trial's place in the search: what is proposed is a function of the
study's records and the seed, however often the search was interrupted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optuna import create_study
from optuna.distributions import BaseDistribution
from optuna.pruners import BasePruner, MedianPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

if TYPE_CHECKING:
    from optuna.study import Study

# Trials before TPE has a model of the space; random until then.
STARTUP_TRIALS = 8
# Finished trials and epochs before a trial may be pruned.
PRUNE_AFTER_TRIALS = 4
PRUNE_AFTER_EPOCHS = 2


def make_sampler(seed: int, *, parallel: bool = False) -> BaseSampler:
    """TPE (Bergstra et al., 2011), multivariate and aware of constraints.

    Args:
        seed: From 0 to 4294967295.
        parallel: Whether several trials run at the same time; those that run are then taken for bad ("constant liar",
            Ginsbourger et al., 2010), so that no other is proposed beside them. Optuna keeps more about a trial that it
            proposed in this process than about one that runs again after a crash; so a search of one trial at a time,
            which must not depend on that, does without.
    """
    return TPESampler(seed=seed, n_startup_trials=STARTUP_TRIALS, constant_liar=parallel)


def make_random_sampler(seed: int) -> BaseSampler:
    """Uniform over the whole space."""
    return RandomSampler(seed=seed)


def make_pruner() -> BasePruner:
    """Stops a trial that is worse than the median of those before it after as many epochs (Golovin et al., 2017)."""
    return MedianPruner(n_startup_trials=PRUNE_AFTER_TRIALS, n_warmup_steps=PRUNE_AFTER_EPOCHS)


class Unaware(BaseSampler):
    """Another sampler, asked as if one trial were not over yet.

    A proposal is made while the trial before it still trains. One that is made later, since the search was interrupted
    or is extended, must come out the same.

    Args:
        sampler: Is asked.
        number: The trial whose end it must not know.
    """

    def __init__(self, sampler: BaseSampler, number: int) -> None:
        self._sampler, self._number = sampler, number
        self._view: Study | None = None

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """The other sampler's answer."""
        return self._sampler.infer_relative_search_space(self._before(study), trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """The other sampler's answer."""
        return self._sampler.sample_relative(self._before(study), trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """The other sampler's answer."""
        return self._sampler.sample_independent(self._before(study), trial, param_name, param_distribution)

    def _before(self, study: Study) -> Study:
        if self._view is None:
            self._view = create_study(direction=study.direction)
            ended = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
            self._view.add_trials([trial for trial in ended if trial.number != self._number])
        return self._view
