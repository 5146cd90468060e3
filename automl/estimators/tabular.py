"""Tables in; classes, labels or numbers out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.utils.validation import check_array, validate_data

from automl.estimators.answers import Classifies, Regresses
from automl.estimators.base import SearchEstimator


class _Tabular(SearchEstimator):
    """Reads a data frame, or an array of rows."""

    @property
    def _strict(self) -> bool:
        return True

    def _rows(self, X: Any, *, first: bool = False) -> Any:
        """A data frame as it is, anything else as an array; as scikit-learn checks it."""
        if not first and not hasattr(self, "n_features_in_"):  # loaded from a run: the model itself says what it takes
            return X
        if hasattr(X, "iloc") and hasattr(X, "columns"):
            validate_data(self, X, reset=first, skip_check_array=True)
            if len(X) == 0 or X.shape[1] == 0:
                check_array(X, dtype=None, ensure_all_finite=False)  # says how much is needed
            return X
        found = check_array(X, dtype=None, ensure_all_finite="allow-nan", estimator=self)
        validate_data(self, found, reset=first, skip_check_array=True)
        return found

    def _validation_rows(self, X: Any) -> Any:
        """Columns are found by their names, in any order."""
        return X

    def __sklearn_tags__(self) -> Any:
        """Cells may be numbers, text and missing."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


class TabularClassifier(Classifies, _Tabular):
    """Finds, trains and is the best network for a table whose rows are of classes.

    ``X`` is a data frame (numbers, text, categories, booleans, dates, missing cells) or an array (n, columns); ``y``
    has n labels, strings, integers or booleans.

    Args:
        time_budget: Time for a whole ``fit``: seconds, or a text such as ``"10m"``; None for no limit.
        max_trials: Networks to train at most; None for no limit. At least one limit is needed.
        max_epochs: Epochs of one network at most.
        space: Name of a shipped search space, a YAML file, a ``Space``; None for the task's own.
        objective: Metric to improve; None for ``val_accuracy``.
        workers: Worker processes; None for one, 0 to train in this process.
        directory: Parent of the run folders, one a ``fit``; None for ``automl-runs`` in the current folder.
        random_state: Seed or ``RandomState``; with ``max_trials`` and without a time budget the search is repeatable.
        verbose: 0 shows nothing at all.
        drop_missing_labels: Whether rows without a label are left out rather than refused.
        loss: What to learn by: Keras' name of a loss, or a function of a module; None for the task's own.
        metrics: Further scores to tell: names of ``automl.metrics``, or functions of a module
            ``(y_true, y_pred[, sample_weight])``.
        folds: Parts of the rows, each of which validates once while the others train; scores are means then. None
            splits off a part once.
        ensemble: Networks that answer together in the model, at the most; None for two where several workers train.
        refit: Whether the model is trained again on all rows; ``"auto"``: where the time allows it.
        preset: ``"quick"``, ``"medium"`` or ``"best"``: the time budget and the ensemble of these, where they are left
            at their defaults.
        class_weight: ``"balanced"``, or what a row of each class counts in training: ``{"spam": 5}``.
        multi_label: Whether a row has any number of labels; None lets ``y`` say so: it does where it has sets or lists,
            or rows of 0 and 1 that are not one-hot. They are answered as they were given.

    Attributes:
        classes_: The labels (k,), in the order of the probabilities' columns.
        n_features_in_: Columns of ``X``.
        feature_names_in_: Their names, where ``X`` was a data frame.
        keras_model_: The trained ``keras.Model``: raw numbers and texts in, probabilities out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import TabularClassifier
        >>> classifier = TabularClassifier(time_budget="2m", class_weight="balanced")
        >>> classifier.get_params()["class_weight"]
        'balanced'
    """

    _task: ClassVar[str] = "tabular-classify"

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
        drop_missing_labels: bool = False,
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
        self.drop_missing_labels = drop_missing_labels
        self.multi_label = multi_label


class TabularRegressor(Regresses, _Tabular):
    """Finds, trains and is the best network for a table whose rows have a number, or several.

    ``X`` is a data frame (numbers, text, categories, booleans, dates, missing cells) or an array (n, columns); ``y``
    has n numbers, or k of them a row.

    Args:
        time_budget: Time for a whole ``fit``: seconds, or a text such as ``"10m"``; None for no limit.
        max_trials: Networks to train at most; None for no limit. At least one limit is needed.
        max_epochs: Epochs of one network at most.
        space: Name of a shipped search space, a YAML file, a ``Space``; None for the task's own.
        objective: Metric to improve; None for ``val_rmse``.
        workers: Worker processes; None for one, 0 to train in this process.
        directory: Parent of the run folders, one a ``fit``; None for ``automl-runs`` in the current folder.
        random_state: Seed or ``RandomState``; with ``max_trials`` and without a time budget the search is repeatable.
        verbose: 0 shows nothing at all.
        drop_missing_labels: Whether rows without a number to learn are left out rather than refused.
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
        n_features_in_: Columns of ``X``.
        feature_names_in_: Their names, where ``X`` was a data frame.
        keras_model_: The trained ``keras.Model``: raw numbers and texts in, numbers out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import TabularRegressor
        >>> TabularRegressor(time_budget="2m").get_params()["objective"] is None
        True
    """

    _task: ClassVar[str] = "tabular-regress"

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
        drop_missing_labels: bool = False,
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
        )
        self.drop_missing_labels = drop_missing_labels
