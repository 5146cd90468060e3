"""scikit-learn's way in: ``fit(X, y)`` becomes a search, and the estimator is the network it found."""

from __future__ import annotations

from automl.estimators.forecast import TimeSeriesForecaster
from automl.estimators.image import ImageClassifier, ImageRegressor
from automl.estimators.multi import AutoModel
from automl.estimators.resume import resume_search
from automl.estimators.series import TimeSeriesClassifier, TimeSeriesRegressor
from automl.estimators.tabular import TabularClassifier, TabularRegressor
from automl.estimators.text import TextClassifier, TextRegressor

__all__ = [
    "AutoModel",
    "ImageClassifier",
    "ImageRegressor",
    "TabularClassifier",
    "TabularRegressor",
    "TextClassifier",
    "TextRegressor",
    "TimeSeriesClassifier",
    "TimeSeriesForecaster",
    "TimeSeriesRegressor",
    "resume_search",
]
