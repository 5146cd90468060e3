"""Pictures in; classes, labels or numbers out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted, column_or_1d, validate_data

from automl.config import Arrays, Columns
from automl.errors import ConfigError, DataError
from automl.estimators.base import SearchEstimator, as_array
from automl.tasks import is_label_sets
from automl.tasks.image import is_stream, stays_as_it_is

if TYPE_CHECKING:
    from automl.export import Bundle

_LEARNED = ("n_features_in_", "feature_names_in_")


class _Image(SearchEstimator):
    """What both estimators of pictures share."""

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
        image_shape: tuple[int, ...] | None = None,
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
        self.image_shape = image_shape

    def _fit(self, X: Any, y: Any, weights: Any, validation: Any, **changes: Any) -> Self:
        pictures = self._rows(X, first=True)
        learned = {name: value for name, value in self.__dict__.items() if name in _LEARNED}
        if self.image_shape is not None:
            check_consistent_length(pictures, y)
        if weights is not None:
            if is_stream(pictures):
                raise ConfigError("sample_weight is for pictures in memory; a data set gives (x, y, weights)")
            weights = _weights(weights, len(pictures))
        if is_stream(validation):
            validation = (validation, None)
        elif validation is not None and self.image_shape is not None and len(validation) == 2:
            validation = (self._rows(validation[0], first=False), validation[1])
        config = self._config(pictures, y, validation)
        assert isinstance(config.data, Arrays)
        self._run_search(replace(config, data=replace(config.data, weights=weights), **changes))
        self.__dict__.update(learned)
        return self

    def _data(self, x: Any, y: Any) -> Arrays:
        return Arrays(x if stays_as_it_is(x) else as_array(x, "X"), y)

    def _rows(self, X: Any, *, first: bool) -> Any:
        """What is given as it is; rows of a table as pictures, where their shape was said."""
        if not first:
            check_is_fitted(self)
        if self.image_shape is None:
            return X if stays_as_it_is(X) else as_array(X, "X")
        if first:
            for name in _LEARNED:
                self.__dict__.pop(name, None)
        if first or hasattr(self, "n_features_in_"):
            rows = validate_data(self, X, reset=first, dtype="numeric")
        else:  # loaded from a run: the model itself says what it takes
            rows = check_array(X, dtype="numeric")
        return _shaped(rows, self.image_shape)

    def __sklearn_tags__(self) -> Any:
        """Pictures are no tables, unless the shape of a picture is said."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self.image_shape is not None
        tags.input_tags.three_d_array = self.image_shape is None
        tags.non_deterministic = True
        return tags


class ImageClassifier(ClassifierMixin, _Image):  # type: ignore[misc]  # scikit-learn has no types
    """Finds, trains and is the best network for pictures and their classes, or any number of labels.

    ``X`` is an array (n, height, width) or (n, height, width, channels) of any numeric dtype; paths of n files; a data
    frame with a column of paths; or a ``tf.data.Dataset`` or ``keras.utils.PyDataset``, which gives ``y`` too. ``y``
    has n classes (strings, integers, booleans, or one-hot rows); or labels: n sets or lists of them, or rows (n, k) of
    0 and 1.

    Args:
        time_budget: Time for a whole ``fit``: seconds, or a text such as ``"10m"``; None for no limit.
        max_trials: Networks to train at most; None for no limit. At least one limit is needed.
        max_epochs: Epochs of one network at most.
        space: Name of a shipped search space, a YAML file, a ``Space``; None for the task's own.
        objective: Metric to improve; None for ``val_accuracy``, of labels ``val_f1_micro``.
        workers: Worker processes; None for what suits the machine (one where the search is repeatable), 0 to train in
            this process.
        directory: Parent of the run folders, one a ``fit``; None for ``automl-runs`` in the current folder.
        random_state: Seed or ``RandomState``; with ``max_trials`` and without a time budget the search is repeatable.
        verbose: 0 shows nothing at all.
        image_shape: (height, width) or (height, width, channels), one of them perhaps -1, where ``X`` is flat, (n,
            height * width * channels), as scikit-learn's tools want it.
        class_weight: ``"balanced"``, or what a picture of each class counts in training: ``{"rare": 5}``.
        multi_label: Whether a picture has any number of labels; None lets ``y`` say so: it does where it has sets or
            lists, or rows of 0 and 1 that are not one-hot.

    Attributes:
        classes_: The classes or labels (k,), in the order of the probabilities' columns.
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
        image_shape: tuple[int, ...] | None = None,
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
            image_shape=image_shape,
        )
        self.class_weight = class_weight
        self.multi_label = multi_label

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, validation_data: Any = None) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: Pictures, see above.
            y: Classes (n,) or labels; None where ``X`` gives them.
            sample_weight: How much each picture counts, (n,); in training, and in the scores of validation rows.
            validation_data: (X, y), or a data set, to validate on; None splits off a stratified part of the rows.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            SpaceError: The search space is not valid.
            DataError: The pictures or answers cannot be used as given; it is a ``ValueError``.
            SearchError: No trial succeeded.
        """
        several = bool(self.multi_label) or (self.multi_label is None and y is not None and is_label_sets(y))
        if self.image_shape is not None and not several:
            y = self._classes(y)
        columns = Columns(multi_label=several)
        return self._fit(X, y, sample_weight, validation_data, columns=columns, class_weight=self.class_weight)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class of each picture, or its labels: those of a probability of at least one half.

        Args:
            X: Pictures as for ``fit``, of the size that was learned where they are arrays.

        Returns:
            Classes (n,) of ``classes_``' dtype; of labels sets, (n,) of objects, or rows of 0 and 1 (n, k), whichever
            ``fit`` was given.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The pictures do not have the shape that was learned.
        """
        rows = self._rows(X, first=False)
        return self._model().predict(rows)

    def predict_proba(self, X: Any) -> np.ndarray:
        """How probable each class or label is for each picture.

        Args:
            X: Pictures as for ``predict``.

        Returns:
            float32 (n, k); columns follow ``classes_``; of classes rows sum to 1.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The pictures do not have the shape that was learned.
        """
        rows = self._rows(X, first=False)
        return self._model().predict_proba(rows)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Share of the pictures whose class is right, or whose labels all are."""
        rows = self._rows(X, first=False)
        model = self._model()
        if model.output.several or is_stream(X):
            if sample_weight is not None:
                raise ConfigError("sample_weight is for single classes of pictures in memory")
            found = model.evaluate(rows, y).metrics
            return float(found["subset_accuracy" if model.output.several else "accuracy"])
        return float(accuracy_score(y, model.predict(rows), sample_weight=sample_weight))

    def _classes(self, y: Any) -> Any:
        """Checked as everywhere in scikit-learn."""
        if y is None:
            raise ValueError("This ImageClassifier estimator requires y to be passed, but the target y is None")
        if not hasattr(y, "iloc"):
            y = column_or_1d(y, warn=True)
            check_classification_targets(y)
        return y

    def _describe(self, bundle: Bundle) -> None:
        self.classes_ = next(iter(bundle.manifest.outputs.values())).labels()


class ImageRegressor(RegressorMixin, _Image):  # type: ignore[misc]  # scikit-learn has no types
    """Finds, trains and is the best network for pictures and a number for each, or several.

    ``X`` is what ``ImageClassifier`` takes; ``y`` has n numbers, or k of them a picture.

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
        image_shape: As for ``ImageClassifier``.

    Attributes:
        keras_model_: The trained ``keras.Model``: raw pixels in, numbers out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import ImageRegressor
        >>> ImageRegressor(time_budget="2m").get_params()["image_shape"] is None
        True
    """

    _task: ClassVar[str] = "image-regress"

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, validation_data: Any = None) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: Pictures, see above.
            y: Numbers (n,) or (n, k); None where ``X`` gives them.
            sample_weight: How much each picture counts, (n,); in training, and in the scores of validation rows.
            validation_data: (X, y), or a data set, to validate on; None splits off a part of the rows.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            SpaceError: The search space is not valid.
            DataError: The pictures or numbers cannot be used as given; it is a ``ValueError``.
            SearchError: No trial succeeded.
        """
        if self.image_shape is not None:
            if y is None:
                raise ValueError("This ImageRegressor estimator requires y to be passed, but the target y is None")
            y = check_array(y, ensure_2d=False, dtype="numeric", input_name="y")
            if y.ndim == 2 and y.shape[1] == 1:
                y = column_or_1d(y, warn=True)
        return self._fit(X, y, sample_weight, validation_data)

    def predict(self, X: Any) -> np.ndarray:
        """The numbers of each picture.

        Returns:
            float32 (n,) or (n, k).

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The pictures do not have the shape that was learned.
        """
        rows = self._rows(X, first=False)
        return self._model().predict(rows)

    def __sklearn_tags__(self) -> Any:
        """It takes several numbers a picture."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _shaped(X: Any, shape: Any) -> np.ndarray:
    """Flat rows as pictures."""
    plain = isinstance(shape, tuple | list) and all(isinstance(side, int | np.integer) for side in shape)
    if not plain or len(shape) not in (2, 3) or min(shape) < -1 or 0 in shape or list(shape).count(-1) > 1:
        raise ConfigError(f"image_shape is {shape!r}; it must be (height, width) or (height, width, channels)")
    rows = np.asarray(X)
    try:
        return rows.reshape(len(rows), *shape)
    except ValueError:
        raise DataError(f"X has {rows.shape[1]} columns, which make no picture of the shape {tuple(shape)}") from None


def _weights(weights: Any, rows: int) -> np.ndarray:
    found = np.asarray(check_array(weights, ensure_2d=False, dtype=np.float64, input_name="sample_weight"))
    if found.shape != (rows,):
        raise ValueError(f"sample_weight.shape == {found.shape}, expected {(rows,)}!")
    if not (found >= 0).all() or not found.any():
        raise ValueError("sample_weight must be at least 0 in every row, and not all weights may be zero")
    return found
