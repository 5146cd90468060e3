"""Windows of series, cut when they are asked for: the series themselves are kept once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.forecast.contract import ForecastContract

Array = NDArray[Any]


class Windows:
    """Rows (lookback, channels) of what stands in one array of steps.

    ``windows[rows]`` and ``windows[2:9]`` give NumPy arrays in memory, ``np.asarray(windows)`` all of them.

    Args:
        steps: (T, channels) of all series one after the other, the last ``coming`` channels known of the future.
        starts: First step of each window, (n,) int64.
        lookback: Steps of a window.
        horizon: Steps behind it.
        coming: Channels that are added once more, of ``horizon`` steps later.

    >>> steps = np.arange(12, dtype=np.float32).reshape(6, 2)
    >>> Windows(steps, np.array([0, 2]), lookback=2, horizon=2, coming=1)[1].tolist()
    [[4.0, 5.0, 9.0], [6.0, 7.0, 11.0]]
    """

    __slots__ = ("_coming", "_horizon", "_lookback", "_starts", "_steps")

    def __init__(self, steps: Array, starts: NDArray[np.int64], *, lookback: int, horizon: int, coming: int) -> None:
        self._steps = steps
        self._starts = starts
        self._lookback = lookback
        self._horizon = horizon
        self._coming = coming

    @property
    def shape(self) -> tuple[int, int, int]:
        """(windows, lookback, channels)."""
        return (len(self._starts), self._lookback, self._steps.shape[1] + self._coming)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the steps."""
        return self._steps.dtype

    @property
    def ndim(self) -> int:
        """3."""
        return 3

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, key: int | slice | NDArray[Any] | Sequence[int]) -> Array:
        starts = self._starts[key]
        windows = self._cut(np.atleast_1d(starts))
        return np.asarray(windows[0]) if np.ndim(starts) == 0 else windows

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("windows are cut from the disk: they cannot be an array without a copy")
        return self[:] if dtype is None else self[:].astype(dtype)

    def _cut(self, starts: NDArray[np.int64]) -> Array:
        places = starts[:, np.newaxis] + np.arange(self._lookback)
        if not self._coming:
            return np.asarray(self._steps[places])
        out = np.empty((len(starts), *self.shape[1:]), self.dtype)
        channels = self._steps.shape[1]
        out[..., :channels] = self._steps[places]
        out[..., channels:] = self._steps[places + self._horizon, channels - self._coming :]
        return out


def open_windows(directory: Path, name: str, contract: ForecastContract) -> Windows:
    """The windows that ``write_windows`` wrote, memory-mapped."""
    steps, starts = stored(directory, name)
    return Windows(
        steps,
        np.asarray(starts),
        lookback=contract.lookback,
        horizon=contract.horizon,
        coming=len(contract.coming),
    )


def write_windows(directory: Path, name: str, steps: Array, starts: NDArray[np.int64]) -> None:
    """Keep the steps of all series, and where each window begins."""
    np.save(directory / f"x.{name}.npy", steps.astype(np.float32))
    np.save(directory / f"at.{name}.npy", starts.astype(np.int64))


def stored(directory: Path, name: str) -> tuple[Array, Array]:
    """What there is on the disk of an input: steps and starts."""
    steps: Array = np.load(directory / f"x.{name}.npy", mmap_mode="r", allow_pickle=False)
    starts: Array = np.load(directory / f"at.{name}.npy", mmap_mode="r", allow_pickle=False)
    return steps, starts
