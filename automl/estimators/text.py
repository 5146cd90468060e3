"""Texts in, classes or numbers out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin

from automl.config import Arrays, Columns
from automl.estimators.base import SearchEstimator
from automl.tasks import is_label_sets

if TYPE_CHECKING:
    from automl.export import Bundle


class _Text(SearchEstimator):
    """What both estimators of texts share."""

    def _fit(self, X: Any, y: Any, weights: Any, validation: tuple[Any, Any] | None, *, several: bool = False) -> Self:
        if y is None:
            raise ValueError(f"This {type(self).__name__} estimator requires y to be passed, but the target y is None")
        config = self._config(X, y, validation)
        data = replace(config.data, weights=weights) if isinstance(config.data, Arrays) else config.data
        return self._run_search(
            replace(config, data=data, class_weight=self._class_weight(), columns=Columns(multi_label=several))
        )

    def _data(self, x: Any, y: Any) -> Arrays:
        """A list, a Series or a data frame is handed on as it is."""
        return Arrays(x, y)

    def _class_weight(self) -> Any:
        return None

    def __sklearn_tags__(self) -> Any:
        """X is a list of text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        return tags


class TextClassifier(ClassifierMixin, _Text):  # type: ignore[misc]  # scikit-learn has no types
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
        )
        self.class_weight = class_weight
        self.multi_label = multi_label

    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation_data: tuple[Any, Any] | None = None) -> Self:
        """Search, train the best network on all texts, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: Texts (n,).
            y: Classes (n,); or labels: sets or lists, texts such as "a|b", or rows (n, k) of 0 and 1.
            sample_weight: How much each text counts, (n,).
            validation_data: (X, y) to validate on; None splits off a stratified part of the texts.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            ValueError: There is no ``y``.
            DataError: The data cannot be used as given.
            SearchError: No trial succeeded.
        """
        several = y is not None and (is_label_sets(y) if self.multi_label is None else self.multi_label)
        return self._fit(X, y, sample_weight, validation_data, several=several)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable label of each text.

        Args:
            X: Texts (n,); a missing one counts as empty, and of long ones the first words count.

        Returns:
            Labels (n,) of ``classes_``' dtype.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: They are no texts.
        """
        return self._model().predict(X)

    def predict_proba(self, X: Any) -> np.ndarray:
        """How probable each class is for each text.

        Returns:
            float32 (n, k); columns follow ``classes_``, rows sum to 1.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: They are no texts.
        """
        return self._model().predict_proba(X)

    def _class_weight(self) -> Any:
        return self.class_weight

    def _describe(self, bundle: Bundle) -> None:
        self.classes_ = next(iter(bundle.manifest.outputs.values())).labels()


class TextRegressor(RegressorMixin, _Text):  # type: ignore[misc]  # scikit-learn has no types
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

    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation_data: tuple[Any, Any] | None = None) -> Self:
        """Search, train the best network on all texts, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: Texts (n,).
            y: Numbers (n,) or (n, k).
            sample_weight: How much each text counts, (n,).
            validation_data: (X, y) to validate on; None splits off a part of the texts.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            ValueError: There is no ``y``.
            DataError: The data cannot be used as given.
            SearchError: No trial succeeded.
        """
        return self._fit(X, y, sample_weight, validation_data)

    def predict(self, X: Any) -> np.ndarray:
        """The numbers of each text; see ``TextClassifier.predict`` for what ``X`` may be.

        Returns:
            float32 (n,) or (n, k).

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: They are no texts.
        """
        return self._model().predict(X)

    def __sklearn_tags__(self) -> Any:
        """It takes several numbers a row."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
