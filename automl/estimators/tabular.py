"""Tables in, classes or numbers out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from automl.config import Arrays, Columns
from automl.errors import ConfigError
from automl.estimators.base import SearchEstimator
from automl.imports import reference_to
from automl.tasks import is_label_sets

if TYPE_CHECKING:
    from automl.export import Bundle


_LEARNED = ("n_features_in_", "feature_names_in_")


class _Tabular(SearchEstimator):
    """What both estimators of tables share."""

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
        drop_missing_labels: bool = False,
        loss: str | Callable[..., Any] | None = None,
        metrics: Sequence[str | Callable[..., Any]] = (),
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
        )
        self.drop_missing_labels = drop_missing_labels
        self.loss = loss
        self.metrics = metrics

    def _checked(self, X: Any, *, first: bool) -> Any:
        """A data frame as it is, anything else as an array; as scikit-learn checks it."""
        if first:
            for name in _LEARNED:
                self.__dict__.pop(name, None)
        if hasattr(X, "iloc") and hasattr(X, "columns"):
            validate_data(self, X, reset=first, skip_check_array=True)
            if len(X) == 0 or X.shape[1] == 0:
                check_array(X, dtype=None, ensure_all_finite=False)  # says how much is needed
            return X
        found = check_array(X, dtype=None, ensure_all_finite="allow-nan", estimator=self)
        validate_data(self, found, reset=first, skip_check_array=True)
        return found

    def _fit(self, X: Any, y: Any, weights: Any, validation: Any, groups: Any, *, several: bool = False) -> Self:
        frame = self._checked(X, first=True)
        learned = {name: value for name, value in self.__dict__.items() if name in _LEARNED}
        check_consistent_length(frame, y)
        if weights is not None:
            weights = _checked_weights(weights, len(frame))
        if groups is not None:
            check_consistent_length(frame, groups)
        weighted = isinstance(validation, tuple | list) and len(validation) == 3
        config = self._config(frame, y, validation[:2] if weighted else validation)
        config = replace(
            config,
            data=replace(_arrays(config.data), weights=weights, groups=groups),
            columns=Columns(drop_missing_labels=self.drop_missing_labels, multi_label=several),
            class_weight=self._class_weight(),
            loss=None if self.loss is None else _by_name(self.loss),
            metrics=_all_by_name(self.metrics),
        )
        if weighted:
            validating = _arrays(config.validation)
            checked = _checked_weights(validation[2], len(validating.x))
            config = replace(config, validation=replace(validating, weights=checked))
        self._run_search(config)
        self.__dict__.update(learned)
        return self

    def _data(self, x: Any, y: Any) -> Arrays:
        return Arrays(x, y)

    def _class_weight(self) -> Any:
        return None

    def _rows(self, X: Any) -> Any:
        check_is_fitted(self)
        if not hasattr(self, "n_features_in_"):  # loaded from a run: the model itself says what it takes
            return X
        return self._checked(X, first=False)

    def _describe(self, bundle: Bundle) -> None:
        """See ``SearchEstimator``."""

    def __sklearn_tags__(self) -> Any:
        """Cells may be numbers, text and missing."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def _arrays(data: object) -> Arrays:
    assert isinstance(data, Arrays)
    return data


def _by_name(goal: str | Callable[..., Any]) -> str:
    """A loss or score by the name that a worker finds it by."""
    return goal if isinstance(goal, str) else reference_to(goal)


def _all_by_name(metrics: Any) -> tuple[str, ...]:
    if isinstance(metrics, str) or callable(metrics):
        raise ConfigError(f"metrics is {metrics!r}; it must be a list of names or functions")
    return tuple(map(_by_name, metrics))


def _checked_weights(weights: Any, rows: int) -> np.ndarray:
    if isinstance(weights, Number):
        weights = np.full(rows, weights)
    found = np.asarray(check_array(weights, ensure_2d=False, dtype=np.float64, input_name="sample_weight"))
    if found.ndim != 1:
        raise ValueError(f"Sample weights must be 1D array or scalar, got shape {found.shape}")
    if len(found) != rows:
        raise ValueError(f"sample_weight.shape == {found.shape}, expected {(rows,)}!")
    if not (found >= 0).all() or not found.any():
        raise ValueError("sample_weight must be at least 0 in every row, and not all weights may be zero")
    return found


class TabularClassifier(ClassifierMixin, _Tabular):  # type: ignore[misc]  # scikit-learn has no types
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
    classes_: np.ndarray

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
        drop_missing_labels: bool = False,
        loss: str | Callable[..., Any] | None = None,
        metrics: Sequence[str | Callable[..., Any]] = (),
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
            drop_missing_labels=drop_missing_labels,
            loss=loss,
            metrics=metrics,
        )
        self.class_weight = class_weight
        self.multi_label = multi_label

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        validation_data: Sequence[Any] | None = None,
        groups: Any = None,
    ) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: A data frame or an array (n, columns).
            y: Classes (n,); or labels: sets or lists, texts such as "a|b", or rows (n, k) of 0 and 1.
            sample_weight: How much each row counts, (n,); in training, and in the scores of validation rows.
            validation_data: (X, y) or (X, y, sample_weight) to validate on; None splits off some rows, stratified.
            groups: Whom or what each row is of, (n,): rows of a group train together, or validate together.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            ValueError: The arrays do not fit together, as everywhere in scikit-learn.
            DataError: The data cannot be used as given.
            SearchError: No trial succeeded.
        """
        if y is None:
            raise ValueError("This TabularClassifier estimator requires y to be passed, but the target y is None")
        several = is_label_sets(y) if self.multi_label is None else self.multi_label
        if not several and not hasattr(y, "iloc"):
            y = column_or_1d(y, warn=True)
            if not self.drop_missing_labels:
                check_classification_targets(y)
        return self._fit(X, y, sample_weight, validation_data, groups, several=several)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class of each row, or its labels: those of a probability of at least one half.

        Returns:
            Classes (n,) of ``classes_``' dtype; of labels sets, (n,) of objects, or rows of 0 and 1 (n, k).

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: The columns are not those that were learned from.
        """
        rows = self._rows(X)
        return self._model().predict(rows)

    def predict_proba(self, X: Any) -> np.ndarray:
        """How probable each class is for each row.

        Returns:
            float32 (n, k); columns follow ``classes_``, rows sum to 1.

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: The columns are not those that were learned from.
        """
        rows = self._rows(X)
        return self._model().predict_proba(rows)

    def _class_weight(self) -> Any:
        return self.class_weight

    def _describe(self, bundle: Bundle) -> None:
        self.classes_ = next(iter(bundle.manifest.outputs.values())).labels()


class TabularRegressor(RegressorMixin, _Tabular):  # type: ignore[misc]  # scikit-learn has no types
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

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        validation_data: Sequence[Any] | None = None,
        groups: Any = None,
    ) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: A data frame or an array (n, columns).
            y: Numbers (n,) or (n, k).
            sample_weight: How much each row counts, (n,); in training, and in the scores of validation rows.
            validation_data: (X, y) or (X, y, sample_weight) to validate on; None splits off a part of the rows.
            groups: Whom or what each row is of, (n,): rows of a group train together, or validate together.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            ValueError: The arrays do not fit together, as everywhere in scikit-learn.
            DataError: The data cannot be used as given.
            SearchError: No trial succeeded.
        """
        if y is None:
            raise ValueError("This TabularRegressor estimator requires y to be passed, but the target y is None")
        if not hasattr(y, "iloc"):
            finite: Any = "allow-nan" if self.drop_missing_labels else True
            y = check_array(y, ensure_2d=False, dtype="numeric", ensure_all_finite=finite, input_name="y")
            if y.ndim == 2 and y.shape[1] == 1:
                y = column_or_1d(y, warn=True)
        return self._fit(X, y, sample_weight, validation_data, groups)

    def predict(self, X: Any) -> np.ndarray:
        """The numbers of each row.

        Returns:
            float64 (n,) or (n, k).

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: The columns are not those that were learned from.
        """
        rows = self._rows(X)
        return self._model().predict(rows).astype(np.float64)

    def __sklearn_tags__(self) -> Any:
        """It takes several numbers a row."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
