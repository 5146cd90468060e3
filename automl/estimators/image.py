"""Pictures in; classes, labels or numbers out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.utils.validation import check_array, validate_data

from automl.config import Arrays
from automl.errors import ConfigError, DataError
from automl.estimators.answers import Classifies, Regresses
from automl.estimators.base import SearchEstimator, as_array
from automl.tasks.image import is_stream, stays_as_it_is


class _Image(SearchEstimator):
    """Reads arrays of pictures, paths of files, a data frame of paths, or a data set; or flat rows of a known shape."""

    image_shape: tuple[int, ...] | None

    @property
    def _strict(self) -> bool:
        return self.image_shape is not None

    def _rows(self, X: Any, *, first: bool = False) -> Any:
        """What is given as it is; rows of a table as pictures, where their shape was said."""
        if self.image_shape is None:
            return X if stays_as_it_is(X) else as_array(X, "X")
        if first or hasattr(self, "n_features_in_"):
            rows = validate_data(self, X, reset=first, dtype="numeric")
        else:  # loaded from a run: the model itself says what it takes
            rows = check_array(X, dtype="numeric")
        return _shaped(rows, self.image_shape)

    def _lacks_answers(self, y: Any) -> bool:
        return y is None and self._strict

    def _validating(self, validation: Any) -> Arrays | None:
        return Arrays(validation) if is_stream(validation) else super()._validating(validation)

    def __sklearn_tags__(self) -> Any:
        """Pictures are no tables, unless the shape of a picture is said."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self.image_shape is not None
        tags.input_tags.three_d_array = self.image_shape is None
        tags.non_deterministic = True
        return tags


class ImageClassifier(Classifies, _Image):
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
        loss: What to learn by: Keras' name of a loss, or a function of a module; None for the task's own.
        metrics: Further scores to tell: names of ``automl.metrics``, or functions of a module
            ``(y_true, y_pred[, sample_weight])``.
        folds: Parts of the rows, each of which validates once while the others train; scores are means then. None
            splits off a part once.
        ensemble: Networks that answer together in the model, at the most; None for two where several workers train.
        refit: Whether the model is trained again on all rows; ``"auto"``: where the time allows it.
        preset: ``"quick"``, ``"medium"`` or ``"best"``: the time budget and the ensemble of these, where they are left
            at their defaults.
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
            loss=loss,
            metrics=metrics,
            folds=folds,
            ensemble=ensemble,
            refit=refit,
            preset=preset,
            class_weight=class_weight,
        )
        self.image_shape = image_shape
        self.multi_label = multi_label


class ImageRegressor(Regresses, _Image):
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
        loss: What to learn by: Keras' name of a loss, or a function of a module; None for the task's own.
        metrics: Further scores to tell: names of ``automl.metrics``, or functions of a module
            ``(y_true, y_pred[, sample_weight])``.
        folds: Parts of the rows, each of which validates once while the others train; scores are means then. None
            splits off a part once.
        ensemble: Networks that answer together in the model, at the most; None for two where several workers train.
        refit: Whether the model is trained again on all rows; ``"auto"``: where the time allows it.
        preset: ``"quick"``, ``"medium"`` or ``"best"``: the time budget and the ensemble of these, where they are left
            at their defaults.
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
            loss=loss,
            metrics=metrics,
            folds=folds,
            ensemble=ensemble,
            refit=refit,
            preset=preset,
        )
        self.image_shape = image_shape


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
