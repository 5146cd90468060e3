"""Time series in, classes or numbers out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from automl.estimators.answers import Classifies, Regresses
from automl.estimators.base import SearchEstimator


class _TimeSeries(SearchEstimator):
    """Reads an array of series, or a list of them."""

    def _rows(self, X: Any, *, first: bool = False) -> Any:  # noqa: ARG002
        """Series of unequal lengths are an array of arrays."""
        if not isinstance(X, list | tuple):
            return np.asarray(X)
        if len({np.shape(each) for each in X}) <= 1:
            return np.asarray(X)
        several = np.empty(len(X), dtype=object)
        several[:] = [np.asarray(each) for each in X]
        return several

    def __sklearn_tags__(self) -> Any:
        """X has three axes, or is a list."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        return tags


class TimeSeriesClassifier(Classifies, _TimeSeries):
    """Finds, trains and is the best network for time series and their classes.

    ``X`` is an array (n, time) or (n, time, channels), or a list of n arrays (time,) or (time, channels) of any
    lengths, NaN where a number is missing; ``y`` has n labels, strings, integers or booleans.

    Args:
        time_budget: Time for a whole ``fit``: seconds, or a text such as ``"10m"``; None for no limit.
        max_trials: Networks to train at most; None for no limit. At least one limit is needed.
        max_epochs: Epochs of one network at most.
        space: Name of a shipped search space, a YAML file, a ``Space``; None for the task's own.
        objective: Metric to improve; None for ``val_accuracy``.
        workers: Worker processes; None for what suits the machine (one where the search is repeatable), 0 to train in
            this process.
        directory: Parent of the run folders, one a ``fit``; None for ``automl-runs`` in the current folder.
        random_state: Seed or ``RandomState``; with ``max_trials`` and without a time budget the search is repeatable.
        verbose: 0 shows nothing at all.
        loss: What to learn by: Keras' name of a loss, or a function of a module; None for the task's own.
        metrics: Further scores to tell: names of ``automl.metrics``, or functions of a module
            ``(y_true, y_pred[, sample_weight])``.
        folds: Parts of the rows, each of which validates once while the others train; scores are means then. None
            splits off a part once.
        ensemble: Networks that answer together in the model, at the most; None for two where several workers train.
        refit: Whether the model is trained again on all rows; ``"auto"``: where the time allows it.
        preset: ``"quick"``, ``"medium"`` or ``"best"``: the time budget and the ensemble of these, where they are left
            at their defaults.
        class_weight: ``"balanced"``, or what a series of each class counts in training: ``{"fault": 5}``.

    Attributes:
        classes_: The labels (k,), in the order of the probabilities' columns.
        keras_model_: The trained ``keras.Model``: raw steps in, probabilities out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import TimeSeriesClassifier
        >>> classifier = TimeSeriesClassifier(time_budget="2m", class_weight="balanced")
        >>> classifier.get_params()["class_weight"]
        'balanced'
    """

    _task: ClassVar[str] = "series-classify"


class TimeSeriesRegressor(Regresses, _TimeSeries):
    """Finds, trains and is the best network for time series and a number, or several, of each.

    ``X`` is an array (n, time) or (n, time, channels), or a list of n arrays (time,) or (time, channels) of any
    lengths, NaN where a number is missing; ``y`` has n numbers, or k of them a row.

    Args:
        time_budget: Time for a whole ``fit``: seconds, or a text such as ``"10m"``; None for no limit.
        max_trials: Networks to train at most; None for no limit. At least one limit is needed.
        max_epochs: Epochs of one network at most.
        space: Name of a shipped search space, a YAML file, a ``Space``; None for the task's own.
        objective: Metric to improve; None for ``val_rmse``.
        workers: Worker processes; None for what suits the machine (one where the search is repeatable), 0 to train in
            this process.
        directory: Parent of the run folders, one a ``fit``; None for ``automl-runs`` in the current folder.
        random_state: Seed or ``RandomState``; with ``max_trials`` and without a time budget the search is repeatable.
        verbose: 0 shows nothing at all.
        loss: What to learn by: Keras' name of a loss, or a function of a module; None for the task's own.
        metrics: Further scores to tell: names of ``automl.metrics``, or functions of a module
            ``(y_true, y_pred[, sample_weight])``.
        folds: Parts of the rows, each of which validates once while the others train; scores are means then. None
            splits off a part once.
        ensemble: Networks that answer together in the model, at the most; None for two where several workers train.
        refit: Whether the model is trained again on all rows; ``"auto"``: where the time allows it.
        preset: ``"quick"``, ``"medium"`` or ``"best"``: the time budget and the ensemble of these, where they are left
            at their defaults.

    Attributes:
        keras_model_: The trained ``keras.Model``: raw steps in, numbers out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import TimeSeriesRegressor
        >>> TimeSeriesRegressor(time_budget="2m").get_params()["objective"] is None
        True
    """

    _task: ClassVar[str] = "series-regress"
