"""Pictures that come one after the other: a ``tf.data.Dataset``, a ``keras.utils.PyDataset``.

Neither TensorFlow nor Keras is imported here: whoever hands one over has done that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np

from automl.config import Arrays
from automl.data.checks import check_room
from automl.data.dataset import Array, open_array
from automl.data.npy import writing_rows
from automl.errors import DataError

Count = Callable[[int, int], None]
Element = tuple[Array, Array | None, Array | None]

_CHECK_ROOM_EVERY = 256


def is_stream(x: Any) -> bool:
    """Whether rows, with their answers, come from iterating over this."""
    return _is_tf_data(x) or _is_py_dataset(x)


def elements(stream: Any) -> Iterator[Element]:
    """Batches (x, y, weights): pictures (n, height, width, channels), and what stands beside them or None.

    Args:
        stream: Gives (x, y) or (x, y, weights) or x alone: batches, or single rows (recognised by the number of axes).

    Raises:
        DataError: It never ends, is empty, holds something else than pictures of one size, or raises.
    """
    parts = _safely(_parts(stream, length(stream)), stream)
    first = next(parts, None)
    if first is None:
        raise DataError(f"{_called(stream)} is empty: it gives no element")
    single = _is_single(first[0], first[1])
    shape, rows = _pictures(first[0], single).shape[1:], 0
    for given in chain([first], parts):
        x = _pictures(given[0], single)
        if x.shape[1:] != shape:
            raise DataError(
                f"row {rows} has shape {x.shape[1:]}, and those before have {shape}; resize pictures to one size"
            )
        y, weights = (part if part is None or not single else part[np.newaxis] for part in given[1:])
        for part in (y, weights):
            if part is not None and len(part) != len(x):
                raise DataError(
                    f"an element has {len(x)} pictures and {len(part)} answers or weights, from row {rows} on"
                )
        rows += len(x)
        yield x, y, weights


def unroll(stream: Any, folder: Path, *, on_progress: Count | None = None) -> Arrays:
    """Iterate over a data set once, in this process, and keep its pictures in ``folder``.

    Args:
        stream: See ``elements``.
        folder: Where ``pictures.npy`` is written.
        on_progress: Called with how many elements of how many are read, where their number is known.

    Returns:
        ``x`` mapped from the file, ``y`` and ``weights`` in memory or None.

    Raises:
        DataError: See ``elements``; or there is no room left on the disk.
    """
    total, found = length(stream), elements(stream)
    first = next(found)
    beside: tuple[list[Array], list[Array]] = ([], [])
    path = folder / "pictures.npy"
    with writing_rows(path, first[0].shape[1:], first[0].dtype) as out:
        for number, (x, *parts) in enumerate(chain([first], found), start=1):
            out.write(x)
            for part, kept in zip(parts, beside, strict=True):
                if part is not None:
                    kept.append(part)
            if number % _CHECK_ROOM_EVERY == 0:
                check_room(folder, x.nbytes * _CHECK_ROOM_EVERY)
            if on_progress is not None and total:
                on_progress(min(number, total), total)
    y, weights = (np.concatenate(kept) if kept else None for kept in beside)
    return Arrays(open_array(path), y, weights)


def length(stream: Any) -> int | None:
    """How many elements there will be; None where nobody knows.

    Raises:
        DataError: They never end.
    """
    if _is_tf_data(stream):
        count = int(stream.cardinality())  # -1 is infinite, -2 unknown
        if count != -1:
            return count if count >= 0 else None
    else:
        batches = stream.num_batches
        if batches is not None:
            return int(batches)
    raise DataError(f"{_called(stream)} never ends; leave out repeat(), or say how many with take(n)")


def _is_tf_data(x: Any) -> bool:
    return hasattr(x, "as_numpy_iterator") and hasattr(x, "element_spec")


def _is_py_dataset(x: Any) -> bool:
    return hasattr(x, "num_batches") and hasattr(x, "__getitem__") and hasattr(x, "on_epoch_end")


def _called(stream: Any) -> str:
    return f"the data set ({type(stream).__name__})"


def _parts(stream: Any, total: int | None) -> Iterator[Element]:
    """Elements as (x, y, weights)."""
    elements = stream.as_numpy_iterator() if _is_tf_data(stream) else (stream[place] for place in range(total or 0))
    for element in elements:
        if isinstance(element, Mapping):
            raise DataError(f"{_called(stream)} gives a dictionary; pictures are one array: give (x, y)")
        if isinstance(element, tuple | list):
            if not 1 <= len(element) <= 3:
                raise DataError(f"{_called(stream)} gives {len(element)} parts; give (x, y) or (x, y, weights)")
            x, y, weights = (*element, None, None)[:3]
        else:
            x, y, weights = element, None, None
        yield tuple(None if part is None else np.asarray(part) for part in (x, y, weights))  # type: ignore[misc]


def _safely(parts: Iterator[Element], stream: Any) -> Iterator[Element]:
    """The elements; what one of them raises is told with its number."""
    for number in count():
        try:
            part = next(parts, None)
        except DataError:
            raise
        except Exception as error:  # it is someone else's program
            raise DataError(f"{_called(stream)} failed at element {number}: {type(error).__name__}: {error}") from error
        if part is None:
            return
        yield part


def _is_single(x: Array, y: Array | None) -> bool:
    """Whether an element is one row and not a batch."""
    if x.ndim in (2, 4):
        return x.ndim == 2
    if x.ndim != 3:
        raise DataError(
            f"an element has shape {x.shape}; pictures are (height, width[, channels]), alone or in batches"
        )
    if y is None or y.ndim == 0:
        return True
    return len(y) != len(x)


def _pictures(x: Array, single: bool) -> Array:
    x = x[np.newaxis] if single else x
    if x.dtype.kind not in "biuf":
        raise DataError(f"the pictures have dtype {x.dtype}; pixels are numbers or booleans")
    return x if x.ndim == 4 else x[..., np.newaxis]
