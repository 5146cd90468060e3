"""Pictures given as arrays: what they may be, and how they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from automl.data.dataset import Array, chunks
from automl.data.images.contract import ImageContract, mode_of
from automl.data.npy import writing_rows
from automl.errors import DataError

_LARGEST = float(np.finfo(np.float32).max) ** 0.5  # a variance is a square


def as_pictures(x: Any) -> Array:
    """Pictures as (n, height, width, channels) of their own dtype; (n, height, width) gets one channel.

    Raises:
        DataError: No rows, another number of axes, or no numbers.
    """
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise DataError(f"x is no array of pictures of one size: {error}") from error
    if array.dtype.kind not in "biuf":
        raise DataError(f"x has dtype {array.dtype}; pixels are numbers or booleans")
    if array.ndim not in (3, 4):
        raise DataError(
            f"x has shape {array.shape}; pictures have shape (n, height, width) or (n, height, width, channels), "
            "so reshape flattened rows first"
        )
    if 0 in array.shape:
        raise DataError(f"x has shape {array.shape}: there are no {'rows' if len(array) == 0 else 'pixels'} in it")
    return array if array.ndim == 4 else array[..., np.newaxis]


def contract_of(x: Array) -> ImageContract:
    """What arrays from ``as_pictures`` are kept as: uint8 where they are whole numbers from 0 to 255, else float32.

    Raises:
        DataError: A pixel is NaN, infinite, or so large that its square is too large for float32.
    """
    _check_finite(x)
    low, high = float(x.min()), float(x.max())
    if max(-low, high) > _LARGEST:
        raise DataError(
            f"x has values from {low:g} to {high:g}, and their squares are more than float32 can hold; scale it first"
        )
    whole = x.dtype.kind in "biu" and low >= 0 and high <= 255
    height, width, channels = x.shape[1:]
    return ImageContract(
        shape=(height, width, channels),
        mode=mode_of(channels),
        dtype="uint8" if whole else "float32",
        value_range=(low, high),
    )


def write_pixels(x: Array, path: Path, contract: ImageContract) -> None:
    """Keep arrays as a ``.npy`` file of the contract's dtype, piece by piece."""
    with writing_rows(path, contract.shape, contract.dtype) as out:
        for piece in chunks(x):
            out.write(piece)


def check_fits(x: Any, contract: ImageContract) -> Array:
    """Arrays for a model with this contract: checked, of their own dtype.

    Args:
        x: (n, height, width[, channels]) of any numeric dtype.
        contract: What the model takes.

    Returns:
        (n, height, width, channels).

    Raises:
        DataError: Another shape, NaN or infinite pixels, or values that the contract's dtype cannot hold.
    """
    pictures = as_pictures(x)
    if pictures.shape[1:] != contract.shape:
        raise DataError(
            f"pictures have shape {pictures.shape[1:]}, the model takes {contract.shape} (height, width, channels)"
        )
    _check_finite(pictures)
    if contract.dtype == "uint8" and pictures.dtype != np.uint8:
        _check_bytes(pictures, contract)
    return pictures


def conform(x: Any, contract: ImageContract) -> Array:
    """``check_fits``, converted to the contract's dtype without changing a value."""
    return check_fits(x, contract).astype(contract.dtype, copy=False)


def _check_finite(x: Array) -> None:
    if x.dtype.kind != "f":
        return
    count, first, start = 0, -1, 0
    for piece in chunks(x):
        bad = ~np.isfinite(piece)
        if bad.any():
            first = start + int(np.argmax(bad.any(axis=(1, 2, 3)))) if first < 0 else first
            count += int(bad.sum())
        start += len(piece)
    if count:
        raise DataError(f"{count} pixels are NaN or infinite, the first in row {first}; replace them or drop the rows")


def _check_bytes(x: Array, contract: ImageContract) -> None:
    """Whole numbers from 0 to 255 may come as any dtype; other values are on another scale than the model's."""
    for piece in chunks(x):
        if piece.min() < 0 or piece.max() > 255 or (piece.dtype.kind == "f" and (piece != np.floor(piece)).any()):
            low, high = contract.value_range
            raise DataError(
                f"pixels are {x.dtype} values from {x.min():g} to {x.max():g}, the model takes whole numbers "
                f"from {low:g} to {high:g}; give them on that scale"
            )
