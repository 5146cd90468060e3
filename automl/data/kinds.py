"""The kinds of inputs: each has a contract, and a working form that is kept as one array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.data.forecast.contract import ForecastContract
from automl.data.images.contract import ImageContract
from automl.data.series.contract import SeriesContract
from automl.data.tables.contract import TableContract
from automl.data.texts.contract import TextContract

InputContract = ImageContract | TableContract | SeriesContract | TextContract | ForecastContract
"""A contract has ``kind``, and ``shape`` and ``dtype`` of one row's working form."""

_KINDS: Mapping[str, type[InputContract]] = {
    "forecast": ForecastContract,
    "image": ImageContract,
    "series": SeriesContract,
    "table": TableContract,
    "text": TextContract,
}


def read_input(document: Mapping[str, Any]) -> InputContract:
    """A contract from its ``to_json``; one without ``kind`` is of a picture, as the first version wrote it.

    Raises:
        ValueError: The kind is unknown, or a field is unknown, missing or out of range.
    """
    kind = document.get("kind", "image")
    if kind not in _KINDS:
        raise ValueError(f"unknown kind of input {kind!r}; known: {', '.join(_KINDS)}")
    return _KINDS[kind].from_json(document)
