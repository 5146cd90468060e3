"""What is fitted on the training rows of a table: scales, and where cells are missing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.prepared import RowView
from automl.data.tables.contract import TableContract

MOST_ROWS = 100_000  # quantiles of more say the same
LIMIT = 3.0
_ROUNDING = 1e-6  # of weights in float32


def fit_tidy(
    x: RowView, contract: TableContract, *, weights: NDArray[Any] | None = None, seed: int = 0
) -> dict[str, Any]:
    """The ``tidy`` op for these rows.

    The center is the median and the scale the distance of the quartiles; where that is 0 (most cells are equal) half
    the range; 1 for a constant column (Holzmüller et al., 2024: "Better by default").

    Args:
        x: Training rows in the working form (n, F + C).
        contract: What its columns are.
        weights: How much each row counts, (n,); None when all count alike.
        seed: Which rows are looked at when there are more than 100,000.
    """
    count = len(contract.numbers)
    rows = np.arange(len(x))
    if len(x) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(x), MOST_ROWS, replace=False))
    values = x[rows][:, :count].astype(np.float64)
    counts = np.ones(len(rows)) if weights is None else weights[rows].astype(np.float64)
    fitted = [_center_and_scale(values[:, place], counts) for place in range(count)]
    gaps = np.flatnonzero(np.isnan(values).any(axis=0)).tolist()
    args = {
        "center": [center for center, _ in fitted],
        "scale": [scale for _, scale in fitted],
        "gaps": gaps,
        "codes": len(contract.categories),
        "limit": LIMIT,
    }
    return {"op": "tidy", "args": args}


def _center_and_scale(values: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    filled = ~np.isnan(values)
    there = values[filled]
    if not len(there):
        return 0.0, 1.0
    low, center, high = _quantiles(there, weights[filled])
    scale = high - low
    if not scale > 0:
        scale = (float(there.max()) - float(there.min())) / 2
    # float32 cannot tell values apart that differ by less
    return center, scale if scale > 1e-7 * abs(center) else 1.0


def _quantiles(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[float]:
    """The quartiles; a row of weight 2 is as good as two rows, so that what lies between two rows is their mean."""
    order = values.argsort(kind="stable")
    below = weights[order].cumsum()
    wanted = np.array((0.25, 0.5, 0.75)) * below[-1]
    low, high = (values[order][np.searchsorted(below, wanted * factor)] for factor in (1 - _ROUNDING, 1 + _ROUNDING))
    return [float(value) for value in (low + high) / 2]
