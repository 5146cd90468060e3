"""The samplers and the pruner of a study, and why these.

Every trial has a sampler of its own, seeded by the trial's place in the search: what is proposed is a function of the
study's records and the seed, however often the search was interrupted.
"""

from __future__ import annotations

from optuna.pruners import BasePruner, MedianPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

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
