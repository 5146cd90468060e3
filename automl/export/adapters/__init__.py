"""Raw data of every kind on its way into a model that was handed over."""

from __future__ import annotations

from automl.data import ForecastContract, ImageContract, InputContract, TableContract
from automl.data.series.contract import SeriesContract
from automl.data.texts.contract import TextContract
from automl.export.adapters.base import Adapter, OnBadFile, Reading, Source
from automl.export.adapters.forecast import ForecastAdapter
from automl.export.adapters.pictures import PictureAdapter
from automl.export.adapters.series import SeriesAdapter
from automl.export.adapters.tables import TableAdapter
from automl.export.adapters.text import TextAdapter

__all__ = ["Adapter", "OnBadFile", "Reading", "Source", "make_adapter"]


def make_adapter(contract: InputContract) -> Adapter:
    """The adapter of a kind of input."""
    match contract:
        case ForecastContract():
            return ForecastAdapter(contract)
        case ImageContract():
            return PictureAdapter(contract)
        case SeriesContract():
            return SeriesAdapter(contract)
        case TableContract():
            return TableAdapter(contract)
        case TextContract():
            return TextAdapter(contract)
