"""AutoML and architecture search for Keras.

>>> from automl import ImageClassifier
>>> ImageClassifier(time_budget="5m")
ImageClassifier(time_budget='5m')
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from automl.errors import (
        AutoMLError,
        ConfigError,
        DataError,
        ExportError,
        SearchError,
        ShapeError,
        SpaceError,
        StudyError,
    )
    from automl.estimators import (
        AutoModel,
        ImageClassifier,
        ImageRegressor,
        TabularClassifier,
        TabularRegressor,
        TextClassifier,
        TextRegressor,
        TimeSeriesClassifier,
        TimeSeriesForecaster,
        TimeSeriesRegressor,
        resume_search,
    )
    from automl.insights.study import Study
    from automl.space import Space

    __version__: str

__all__ = [
    "AutoMLError",
    "AutoModel",
    "ConfigError",
    "DataError",
    "ExportError",
    "ImageClassifier",
    "ImageRegressor",
    "SearchError",
    "ShapeError",
    "Space",
    "SpaceError",
    "Study",
    "StudyError",
    "TabularClassifier",
    "TabularRegressor",
    "TextClassifier",
    "TextRegressor",
    "TimeSeriesClassifier",
    "TimeSeriesForecaster",
    "TimeSeriesRegressor",
    "__version__",
    "resume_search",
]

_HOMES = {
    "AutoModel": "automl.estimators",
    "ImageClassifier": "automl.estimators",
    "ImageRegressor": "automl.estimators",
    "Space": "automl.space",
    "Study": "automl.insights.study",
    "TabularClassifier": "automl.estimators",
    "TabularRegressor": "automl.estimators",
    "TextClassifier": "automl.estimators",
    "TextRegressor": "automl.estimators",
    "TimeSeriesClassifier": "automl.estimators",
    "TimeSeriesForecaster": "automl.estimators",
    "TimeSeriesRegressor": "automl.estimators",
    "resume_search": "automl.estimators",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``import automl`` and the command line start at once."""
    if name == "__version__":
        from importlib.metadata import version

        return version("automl")
    if name not in __all__:
        raise AttributeError(f"module 'automl' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES.get(name, "automl.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
