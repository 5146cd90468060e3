"""Training: one ``TrialJob`` becomes epochs, a model file and a ``TrialResult``; an ``EnsembleJob`` joins such models.

Nothing here knows of Optuna, of the database or of where the job runs, and nothing but :mod:`.session` knows which
backend Keras runs on.
"""

from __future__ import annotations

from automl.training.ensemble import run_ensemble
from automl.training.job import run_job

__all__ = ["run_ensemble", "run_job"]
