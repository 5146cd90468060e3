"""Texts in; classes, labels or numbers out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from automl.estimators.answers import Classifies, Regresses
from automl.estimators.base import SearchEstimator


class _Text(SearchEstimator):
    """Reads a list, an array or a Series of texts, or a data frame with a column of them."""

    def __sklearn_tags__(self) -> Any:
        """X is a list of text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        return tags


class TextClassifier(Classifies, _Text):
    """Finds, trains and is the best network for texts and their classes.

    ``X`` is a list, an array or a Series of n texts, or a data frame with a column of them; ``y`` has n labels,
    strings, integers or booleans.

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
        class_weight: ``"balanced"``, or what a text of each class counts in training: ``{"spam": 5}``.
        multi_label: Whether a text has any number of labels; None lets ``y`` say so: it does where it has sets, lists
            or rows of 0 and 1 that are not one-hot. They are answered as they were given.

    Attributes:
        classes_: The labels (k,), in the order of the probabilities' columns.
        keras_model_: The trained ``keras.Model``: raw text in, probabilities out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import TextClassifier
        >>> classifier = TextClassifier(time_budget="2m", class_weight="balanced")
        >>> classifier.get_params()["class_weight"]
        'balanced'
    """

    _task: ClassVar[str] = "text-classify"

    def __init__(
        self,
        *,
        time_budget: str | float | None = "10m",
        max_trials: int | None = None,
        max_epochs: int | None = None,
        space: Any = None,
        objective: str | None = None,
        workers: int | None = None,
        directory: str | Path | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 1,
        loss: Any = None,
        metrics: Any = (),
        folds: int | None = None,
        ensemble: int | None = None,
        refit: bool | Literal["auto"] = "auto",
        preset: str | None = None,
        class_weight: Any = None,
        multi_label: bool | None = None,
    ) -> None:
        super().__init__(
            time_budget=time_budget,
            max_trials=max_trials,
            max_epochs=max_epochs,
            space=space,
            objective=objective,
            workers=workers,
            directory=directory,
            random_state=random_state,
            verbose=verbose,
            loss=loss,
            metrics=metrics,
            folds=folds,
            ensemble=ensemble,
            refit=refit,
            preset=preset,
            class_weight=class_weight,
        )
        self.multi_label = multi_label


class TextRegressor(Regresses, _Text):
    """Finds, trains and is the best network for texts and a number, or several, of each.

    ``X`` is a list, an array or a Series of n texts, or a data frame with a column of them; ``y`` has n numbers, or k
    of them a text.

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
        keras_model_: The trained ``keras.Model``: raw text in, numbers out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import TextRegressor
        >>> TextRegressor(time_budget="2m").get_params()["objective"] is None
        True
    """

    _task: ClassVar[str] = "text-regress"
