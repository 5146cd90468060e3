"""Series as arrays: what people hand over, and rows of one length that a network takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.series.contract import SeriesContract
from automl.errors import DataError

Steps = NDArray[np.float32]
"""One series, (time, channels); NaN where a number is missing."""

LARGEST = float(np.finfo(np.float32).max) ** 0.5  # a variance is a square
_TIMES = "series have shape (n, time) or (n, time, channels), or are a list of arrays (time,) or (time, channels)"


def as_series(x: Any) -> list[Steps]:
    """Series in memory, one array (time, channels) each.

    Args:
        x: (n, time) or (n, time, channels) of numbers, a data frame with a series a row, or a sequence of n arrays
            (time,) or (time, channels) of any lengths.

    Raises:
        DataError: No series, another number of axes, no numbers, infinite or too large ones, or series with different
            numbers of channels.
    """
    whole = _as_array(x)
    if whole is not None:
        _check_axes(whole, (2, 3), "x")
        found = list(_floats(whole if whole.ndim == 3 else whole[..., np.newaxis], "x"))
    else:
        found = [_one(row, each) for row, each in enumerate(x)]
    check_series(found)
    return found


def check_series(series: Sequence[Steps]) -> None:
    """Refuse what nothing can be learned from; see ``as_series`` for what is raised."""
    if not series:
        raise DataError("there are no series (Found array with 0 sample(s)); at least two are needed")
    channels = series[0].shape[1]
    if channels == 0 or max(len(each) for each in series) == 0:
        raise DataError("the series have no steps (0 feature(s))")
    for row, each in enumerate(series):
        if each.shape[1] != channels:
            raise DataError(f"series 0 has {channels} channels and series {row} has {each.shape[1]}; all need the same")
        with np.errstate(invalid="ignore"):
            bad = np.abs(each) > LARGEST
        if bad.any():
            step, channel = (int(place) for place in np.argwhere(bad)[0])
            raise DataError(
                f"series {row} (counted from 0) has {each[step, channel]:g} at step {step}, channel {channel}: numbers "
                f"are finite and at most {LARGEST:.1e}; replace it, by NaN where it is not known"
            )


def check_fits(series: Sequence[Steps], contract: SeriesContract) -> int:
    """How many series are longer than what the network takes, and are cut.

    Raises:
        DataError: Another number of channels, or a series that is too long where all that were learned from have one
            length.
    """
    cut = 0
    for row, each in enumerate(series):
        if each.shape[1] != contract.channels:
            raise DataError(f"series {row} has {each.shape[1]} channels, the model learned from {contract.channels}")
        if len(each) <= contract.length or (steps := known_steps(each)) <= contract.length:
            continue
        if contract.equal:
            raise DataError(
                f"series {row} (counted from 0) has {steps} steps, and the model learned from series of exactly "
                f"{contract.length}; cut it, or bring it to that length"
            )
        cut += 1
    return cut


def padded(series: Sequence[Steps], contract: SeriesContract) -> Steps:
    """Series that fit as rows for a network, float32 (n, length, channels).

    A shorter one has NaN after its end; of a longer one the first steps count.

    >>> contract = SeriesContract(length=3, channels=1, shortest=2)
    >>> padded([np.ones((2, 1), np.float32)], contract).ravel().tolist()
    [1.0, 1.0, nan]
    """
    out = np.full((len(series), *contract.shape), np.nan, np.float32)
    for row, each in enumerate(series):
        out[row, : len(each)] = each[: contract.length]
    return out


def as_float32(values: NDArray[Any]) -> Steps:
    """Numbers as they are kept; what is too large becomes infinite, which ``check_series`` refuses."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32, copy=False)


def known_steps(series: Steps) -> int:
    """Steps up to the last one that has a number; NaN after it is no part of the series.

    >>> known_steps(np.array([[1], [np.nan], [2], [np.nan]], np.float32))
    3
    """
    known = np.flatnonzero(~np.isnan(series).all(axis=1))
    return int(known[-1]) + 1 if len(known) else 0


def _as_array(x: Any) -> NDArray[Any] | None:
    """All series as one array; None where they are of different lengths."""
    if isinstance(x, np.ndarray) and x.dtype != object:
        return x
    try:
        found = np.asarray(x)
    except ValueError:  # NumPy's word for rows of different lengths
        return None
    if found.dtype != object:
        return found
    if all(np.ndim(each) == 0 for each in found.ravel()[:100]):
        return _numbers(found, "x")
    return None


def _one(row: int, each: Any) -> Steps:
    try:
        found = np.asarray(each)
    except ValueError as error:
        raise DataError(f"series {row} is no array: {error}; {_TIMES}") from error
    name = f"series {row}"
    found = _numbers(found, name) if found.dtype == object else found
    _check_axes(found, (1, 2), name)
    return _floats(found if found.ndim == 2 else found[:, np.newaxis], name)


def _numbers(values: NDArray[Any], name: str) -> NDArray[np.float64]:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} holds something that is no number: {error}") from error


def _floats(values: NDArray[Any], name: str) -> Steps:
    if values.dtype.kind not in "biuf":
        raise DataError(f"{name} has dtype {values.dtype}; the steps of a series are numbers")
    return as_float32(values)


def _check_axes(values: NDArray[Any], wanted: tuple[int, ...], name: str) -> None:
    if values.ndim not in wanted:
        hint = "; one series alone is x[np.newaxis]" if values.ndim == 1 else ""
        raise DataError(f"{name} has shape {values.shape}; {_TIMES}{hint}")
