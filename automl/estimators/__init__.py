"""scikit-learn's way in: ``fit(X, y)`` becomes a search, and the estimator is the network it found."""

from __future__ import annotations

from automl.estimators.image import ImageClassifier
from automl.estimators.resume import resume_search
from automl.estimators.series import TimeSeriesClassifier, TimeSeriesRegressor
from automl.estimators.tabular import TabularClassifier, TabularRegressor

__all__ = [
    "ImageClassifier",
    "TabularClassifier",
    "TabularRegressor",
    "TimeSeriesClassifier",
    "TimeSeriesRegressor",
    "resume_search",
]
