"""The two kinds of answers an estimator gives, whatever it reads: classes or labels, and numbers."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, column_or_1d

from automl.estimators.base import SearchEstimator
from automl.tasks import is_label_sets

if TYPE_CHECKING:
    from automl.export import Bundle


class Classifies(ClassifierMixin, SearchEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Answers with one of several classes, or with any number of labels.

    Attributes:
        multi_label: Whether a row has any number of labels; an argument where there may be some.
    """

    classes_: np.ndarray
    multi_label: bool | None = False

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
        self.class_weight = class_weight

    def fit(
        self, X: Any, y: Any = None, sample_weight: Any = None, validation_data: Any = None, groups: Any = None
    ) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: Rows (n, ...), see the class.
            y: Classes (n,): strings, integers, booleans; where the estimator takes labels also sets or lists of them,
                texts such as "a|b", or rows (n, k) of 0 and 1. None where ``X`` gives them.
            sample_weight: How much each row counts, (n,); in training, and in the scores of validation rows.
            validation_data: (X, y) or (X, y, sample_weight) to validate on, of pictures also a data set; None splits
                off some rows, stratified.
            groups: Whom or what each row is of, (n,): rows of a group train together, or validate together.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            SpaceError: The search space is not valid.
            ValueError: There is no ``y``, or it does not fit ``X``.
            DataError: The data cannot be used as given; it is a ``ValueError``.
            SearchError: No trial succeeded.
        """
        if self._lacks_answers(y):
            raise ValueError(_NO_ANSWERS.format(type(self).__name__))
        several = self._several(y)
        if self._strict and not several and not hasattr(y, "iloc"):
            y = column_or_1d(y, warn=True)
            if not self.drop_missing_labels:
                check_classification_targets(y)
        columns = replace(self._columns(), multi_label=several)
        return self._fit(X, y, sample_weight, validation_data, groups, columns=columns)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class of each row, or its labels: those of a probability of at least one half.

        Args:
            X: Rows like those that were learned from, see the class.

        Returns:
            Classes (n,) of ``classes_``' dtype; of labels sets, (n,) of objects, or rows of 0 and 1 (n, k), whichever
            ``fit`` was given.

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: The rows are not like those that were learned from; a ``DataError`` says so.
        """
        model = self._model()
        return model.predict(self._rows(X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """How probable each class or label is for each row.

        Args:
            X: Rows as for ``predict``.

        Returns:
            float32 (n, k); columns follow ``classes_``; of classes rows sum to 1.

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: The rows are not like those that were learned from; a ``DataError`` says so.
        """
        model = self._model()
        return model.predict_proba(self._rows(X))

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Share of the rows whose class is right, or whose labels all are.

        Args:
            X: Rows as for ``predict``.
            y: Their classes or labels; None where ``X`` gives them.
            sample_weight: How much each row counts, (n,).
        """
        model, rows = self._model(), self._rows(X)
        if model.output.several or y is None or np.ndim(y) > 1:
            found = model.evaluate(rows, y, weights=sample_weight).metrics
            return float(found["subset_accuracy" if model.output.several else "accuracy"])
        return float(accuracy_score(y, model.predict(rows), sample_weight=sample_weight))

    def _several(self, y: Any) -> bool:
        if self.multi_label is None:
            return y is not None and bool(is_label_sets(y))
        return bool(self.multi_label)

    def _class_weight(self) -> Any:
        return self.class_weight

    def _describe(self, bundle: Bundle) -> None:
        self.classes_ = next(iter(bundle.manifest.outputs.values())).labels()


class Regresses(RegressorMixin, SearchEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Answers with a number, or with several."""

    def fit(
        self, X: Any, y: Any = None, sample_weight: Any = None, validation_data: Any = None, groups: Any = None
    ) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: Rows (n, ...), see the class.
            y: Numbers (n,) or (n, k); None where ``X`` gives them.
            sample_weight: How much each row counts, (n,); in training, and in the scores of validation rows.
            validation_data: (X, y) or (X, y, sample_weight) to validate on, of pictures also a data set; None splits
                off some rows.
            groups: Whom or what each row is of, (n,): rows of a group train together, or validate together.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            SpaceError: The search space is not valid.
            ValueError: There is no ``y``, or it does not fit ``X``.
            DataError: The data cannot be used as given; it is a ``ValueError``.
            SearchError: No trial succeeded.
        """
        if self._lacks_answers(y):
            raise ValueError(_NO_ANSWERS.format(type(self).__name__))
        if self._strict and not hasattr(y, "iloc"):
            finite: Any = "allow-nan" if self.drop_missing_labels else True
            y = check_array(y, ensure_2d=False, dtype="numeric", ensure_all_finite=finite, input_name="y")
            if y.ndim == 2 and y.shape[1] == 1:
                y = column_or_1d(y, warn=True)
        return self._fit(X, y, sample_weight, validation_data, groups, columns=self._columns())

    def predict(self, X: Any) -> np.ndarray:
        """The numbers of each row.

        Args:
            X: Rows like those that were learned from, see the class.

        Returns:
            float64 (n,) or (n, k).

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: The rows are not like those that were learned from; a ``DataError`` says so.
        """
        model = self._model()
        return model.predict(self._rows(X)).astype(np.float64)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """The share of the variance that is explained (R2).

        Args:
            X: Rows as for ``predict``.
            y: Their numbers; None where ``X`` gives them.
            sample_weight: How much each row counts, (n,).
        """
        if y is None:
            model = self._model()
            return float(model.evaluate(self._rows(X), weights=sample_weight).metrics["r2"])
        return float(super().score(X, y, sample_weight))

    def __sklearn_tags__(self) -> Any:
        """It takes several numbers a row."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


_NO_ANSWERS = "This {} estimator requires y to be passed, but the target y is None"
