"""The sampler and the pruner of a study, and why these."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import optuna

# Trials before TPE has a model of the space; random until then.
STARTUP_TRIALS = 8
# Finished trials and epochs before a trial may be pruned.
PRUNE_AFTER_TRIALS = 4
PRUNE_AFTER_EPOCHS = 2


def make_sampler(seed: int) -> optuna.samplers.BaseSampler:
    """TPE (Bergstra et al., 2011), multivariate, aware of pending trials and of constraints."""
    import optuna

    return optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP_TRIALS)


def make_pruner() -> optuna.pruners.BasePruner:
    """Stops a trial that is worse than the median of those before it after as many epochs (Golovin et al., 2017)."""
    import optuna

    return optuna.pruners.MedianPruner(n_startup_trials=PRUNE_AFTER_TRIALS, n_warmup_steps=PRUNE_AFTER_EPOCHS)
