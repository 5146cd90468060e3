"""The learning rate as a function of how far the training is, from 0 to 1."""

from __future__ import annotations

import math

from automl.jobs import TrainingSettings


def learning_rate(progress: float, settings: TrainingSettings) -> float:
    """Linear warm-up from zero, then a cosine to zero or no change.

    The cosine is that of Loshchilov & Hutter, 2017 (https://arxiv.org/abs/1608.03983), without restarts. It
    knows progress and not steps, so the same curve fits a number of epochs and a number of seconds.

    Args:
        progress: Share of the training that is done, 0 to 1.
        settings: Peak, schedule and warm-up. A warm-up never takes more than half of the training.

    Returns:
        The rate, at least 0.

    >>> settings = TrainingSettings(lr=0.1, epochs=10, warmup_epochs=2)
    >>> [round(learning_rate(p, settings), 4) for p in (0.0, 0.1, 0.2, 0.6, 1.0)]
    [0.0, 0.05, 0.1, 0.05, 0.0]
    """
    progress = min(max(progress, 0.0), 1.0)
    warm_up = min(settings.warmup_epochs / settings.epochs, 0.5)
    if progress < warm_up:
        return settings.lr * progress / warm_up
    if settings.schedule == "constant":
        return settings.lr
    return settings.lr * 0.5 * (1.0 + math.cos(math.pi * (progress - warm_up) / (1.0 - warm_up)))
