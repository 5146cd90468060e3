"""Series in folds: each validates on steps that come after all those it trains on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from automl.data import folds
from automl.data.dataset import Dataset
from automl.data.folds import folds_of_time
from automl.data.forecast.contract import ForecastContract
from automl.data.forecast.segments import MOST_VALIDATION, evenly
from automl.data.forecast.series import Series
from automl.errors import DataError

_CODES, _STATISTICS = "folds.npy", "folds.json"


class Window(NamedTuple):
    """Steps to look back on and steps to forecast."""

    lookback: int
    horizon: int


def fold_parts(series: Sequence[Series], count: int, shape: Window) -> list[list[tuple[int, int]]]:
    """Where in each series each fold's validation rows begin and end; none in a series that is too short: it trains.

    Raises:
        DataError: No series is long enough.
    """
    lookback, horizon = shape
    found = [folds_of_time(each.rows, count, first=lookback + horizon, least=horizon) for each in series]
    if not any(found):
        longest = max(each.rows for each in series)
        raise DataError(
            f"{count} folds were asked for, the longest series has {longest:,} rows, and "
            f"{lookback + (count + 1) * horizon:,} are needed: {lookback:,} to look back on, {horizon:,} to learn to "
            f"forecast and {horizon:,} to validate in every fold; fewer folds, a shorter --horizon or --lookback need "
            "fewer"
        )
    return found


def fold_windows(
    series: Sequence[Series], parts: Sequence[Sequence[tuple[int, int]]], starts: NDArray[np.int64], shape: Window
) -> NDArray[np.uint8]:
    """For every fold and each window whether it trains, validates or neither, (folds, n); see ``automl.data.folds``.

    Args:
        series: The series in the order in which they were laid end to end.
        parts: See ``fold_parts``.
        starts: First step of each window, (n,).
        shape: Of the windows.
    """
    count = max(len(each) for each in parts)
    codes = np.full((count, len(starts)), folds.TRAIN, np.uint8)
    begin = 0
    for each, own in zip(series, parts, strict=True):
        here = np.flatnonzero((starts >= begin) & (starts < begin + len(each.times)))
        asked = starts[here] - begin + shape.lookback  # the first step to forecast
        for fold, (first, end) in enumerate(own):
            within = (asked >= first) & (asked + shape.horizon <= end)
            codes[fold, here] = np.where(
                within, folds.VALIDATION, np.where(asked + shape.horizon <= first, folds.TRAIN, folds.NEITHER)
            )
        begin += len(each.times)
    for code in codes:
        validating = np.flatnonzero(code == folds.VALIDATION)
        code[np.setdiff1d(validating, evenly(validating, MOST_VALIDATION))] = folds.NEITHER
    return codes


def write_folds(directory: Path, codes: NDArray[np.uint8], statistics: Sequence[Mapping[str, Any]]) -> None:
    """Keep beside the windows which are of which part in every fold, and what its training rows are like.

    Args:
        directory: Of the dataset.
        codes: See ``fold_windows``.
        statistics: Of each fold, by the names of the contract's attributes.
    """
    np.save(directory / _CODES, codes)
    (directory / _STATISTICS).write_text(json.dumps(list(statistics)), "utf-8")


def folds_of(dataset: Dataset) -> list[tuple[NDArray[np.uint8], ForecastContract]]:
    """Of each fold which windows train and validate, and the contract with the statistics of its training rows."""
    contract = dataset.contract
    assert isinstance(contract, ForecastContract), "folds of other data are made elsewhere"
    codes: NDArray[np.uint8] = np.load(dataset.directory / _CODES, allow_pickle=False)
    statistics = json.loads((dataset.directory / _STATISTICS).read_text("utf-8"))
    contracts = [contract.model_copy(update={name: tuple(v) for name, v in each.items()}) for each in statistics]
    return list(zip(codes, contracts, strict=True))
