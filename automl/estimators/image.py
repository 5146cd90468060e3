"""Pictures in, labels out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin

from automl.estimators.base import SearchEstimator, as_array

if TYPE_CHECKING:
    from automl.export import Bundle


class ImageClassifier(ClassifierMixin, SearchEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Finds, trains and is the best network for pictures and their classes.

    ``X`` is an array (n, height, width) or (n, height, width, channels) of any numeric dtype; ``y`` has n labels,
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

    Attributes:
        classes_: The labels (k,), in the order of the probabilities' columns.
        keras_model_: The trained ``keras.Model``.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import ImageClassifier
        >>> classifier = ImageClassifier(time_budget="2m", random_state=1)
        >>> classifier.get_params()["time_budget"]
        '2m'
    """

    _task: ClassVar[str] = "image-classify"
    classes_: np.ndarray

    def fit(self, X: Any, y: Any, validation_data: tuple[Any, Any] | None = None) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: Pictures (n, height, width[, channels]), any numeric dtype.
            y: Labels (n,).
            validation_data: (X, y) to validate on; None splits off a stratified part of the rows.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            SpaceError: The search space is not valid.
            DataError: The arrays cannot be used as given.
            SearchError: No trial succeeded.
        """
        return self._search(X, y, validation_data)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable label of each picture.

        Args:
            X: Pictures (n, height, width[, channels]).

        Returns:
            Labels (n,) of ``classes_``' dtype.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The pictures do not have the shape that was learned.
        """
        return self._model().predict(as_array(X, "X"))

    def predict_proba(self, X: Any) -> np.ndarray:
        """How probable each class is for each picture.

        Args:
            X: Pictures (n, height, width[, channels]).

        Returns:
            float32 (n, k); columns follow ``classes_``, rows sum to 1.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The pictures do not have the shape that was learned.
        """
        return self._model().predict_proba(as_array(X, "X"))

    def _describe(self, bundle: Bundle) -> None:
        self.classes_ = next(iter(bundle.manifest.outputs.values())).labels()

    def __sklearn_tags__(self) -> Any:
        """Pictures are no tables."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.non_deterministic = True
        return tags
