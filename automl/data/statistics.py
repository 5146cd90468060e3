"""Constants that are fitted on the training rows and become a part of every model."""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.data.prepared import RowView

_CHUNK_PIXELS = 1 << 20


def fit_normalization(x: RowView) -> dict[str, Any]:
    """The ``normalize`` op that gives every channel mean 0 and variance 1 over these rows.

    Means and variances of pieces are merged in float64 (Chan, Golub & LeVeque, 1979), so neither memory nor precision
    depends on how many rows there are. A constant channel gets variance 1.

    Args:
        x: (n, height, width, channels).

    Returns:
        ``{"op": "normalize", "args": {"mean": [...], "variance": [...]}}``, one number a channel.
    """
    channels = x.shape[-1]
    count, mean, squares = 0, np.zeros(channels), np.zeros(channels)
    step = max(1, _CHUNK_PIXELS // int(np.prod(x.shape[1:])))
    for start in range(0, len(x), step):
        piece = x[start : start + step].reshape(-1, channels).astype(np.float64)
        piece_mean = piece.mean(axis=0)
        delta = piece_mean - mean
        total = count + len(piece)
        squares += np.square(piece - piece_mean).sum(axis=0) + delta**2 * (count * len(piece) / total)
        mean += delta * (len(piece) / total)
        count = total
    variance = squares / count
    variance[variance == 0] = 1.0
    return {"op": "normalize", "args": {"mean": mean.tolist(), "variance": variance.tolist()}}
