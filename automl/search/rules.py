"""What a search obeys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from automl.config import Limits
from automl.jobs import Objective
from automl.search.clock import Clock
from automl.search.plan import Plan

# Seconds between looks at the clock and at signals while nothing happens.
TICK = 0.2


@dataclass(frozen=True, slots=True)
class Rules:
    """What the loop and the final training obey.

    Attributes:
        task: Name of the task, for the jobs.
        data: The prepared-data folder, for the jobs.
        objective: What is improved.
        max_trials: Trials that train at least one epoch, over all sessions, or None.
        plan: How the time is divided.
        clock: The time.
        checkpoints: Folder of the trials' models.
        limits: What trials and the run may use.
        run_dir: The run's folder, which ``limits.disk`` is about.
        early_discard: Whether trials that are behind others wait, and most of them for ever.
        ensemble: Networks in the final model at the most.
        refit: Whether they are trained again on all rows; None: where the time allows it.
    """

    task: str
    data: Path
    objective: Objective
    max_trials: int | None
    plan: Plan
    clock: Clock
    checkpoints: Path
    limits: Limits
    run_dir: Path
    early_discard: bool = True
    ensemble: int = 1
    refit: bool | None = None
