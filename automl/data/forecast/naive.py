"""Forecasts that need no network: the line to beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from automl.data.forecast.contract import ForecastContract

LAST = "last value"


def repeated(windows: NDArray[np.float64], contract: ForecastContract) -> dict[str, NDArray[np.float64]]:
    """Forecasts (n, horizon * targets) that repeat the last step, and the last season where it lies in the window.

    Args:
        windows: The columns to forecast, (n, lookback, targets).
        contract: Says the horizon and the season.

    >>> contract = ForecastContract(lookback=3, horizon=4, targets=("a",), season=2, mean=(0,), scale=(1,), naive=(1,))
    >>> for name, answer in repeated(np.array([[[1.0], [2.0], [3.0]]]), contract).items():
    ...     print(name, answer.tolist())
    last value [[3.0, 3.0, 3.0, 3.0]]
    season of 2 [[2.0, 3.0, 2.0, 3.0]]
    """
    ahead = np.arange(contract.horizon)
    found = {LAST: windows[:, np.full(contract.horizon, -1)]}
    if 1 < contract.season <= windows.shape[1]:
        places = windows.shape[1] - contract.season + ahead % contract.season
        found[f"season of {contract.season}"] = windows[:, places]
    return {name: each.reshape(len(windows), -1) for name, each in found.items()}
