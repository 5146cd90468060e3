"""Pictures that come one after the other: a ``tf.data.Dataset``, a ``keras.utils.PyDataset``.

Neither TensorFlow nor Keras is imported here: whoever hands one over has done that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from automl.config import Arrays
from automl.data.checks import check_room
from automl.data.dataset import Array, open_array
from automl.data.npy import RowWriter, writing_rows
from automl.errors import DataError

Count = Callable[[int, int], None]

_CHECK_ROOM_EVERY = 256
_CHANNELS = (1, 3, 4)


def is_stream(x: Any) -> bool:
    """Whether rows, with their answers, come from iterating over this."""
    return _is_tf_data(x) or _is_py_dataset(x)


def unroll(stream: Any, folder: Path, *, on_progress: Count | None = None) -> Arrays:
    """Iterate over a data set once, in this process, and keep its pictures in ``folder``.

    Args:
        stream: Gives (x, y) or (x, y, weights) or x alone: batches, or single rows (recognised by the number of axes).
        folder: Where ``pictures.npy`` is written.
        on_progress: Called with how many batches of how many are read, where their number is known.

    Returns:
        ``x`` mapped from the file, ``y`` and ``weights`` in memory or None.

    Raises:
        DataError: It never ends, is empty, holds something else than pictures of one size, or raises.
    """
    total = _length(stream)
    parts = _parts(stream, total)
    try:
        first = next(parts, None)
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"{_called(stream)} failed at its first element: {type(error).__name__}: {error}") from error
    if first is None:
        raise DataError(f"{_called(stream)} is empty: it gives no element")
    single = _is_single(*first)
    x = _pictures(first[0], single)
    answers, weights = list[Array](), list[Array]()
    path = folder / "pictures.npy"
    with writing_rows(path, x.shape[1:], x.dtype) as out:
        for number, part in enumerate(_after(first, parts, stream), start=1):
            _keep(part, single, out, answers, weights)
            if number % _CHECK_ROOM_EVERY == 0:
                check_room(folder, 4 * len(answers) * x.nbytes // _CHECK_ROOM_EVERY)
            if on_progress is not None and total:
                on_progress(min(number, total), total)
    return Arrays(open_array(path), _joined(answers), _joined(weights))


def _is_tf_data(x: Any) -> bool:
    return hasattr(x, "as_numpy_iterator") and hasattr(x, "element_spec")


def _is_py_dataset(x: Any) -> bool:
    return hasattr(x, "num_batches") and hasattr(x, "__getitem__") and hasattr(x, "on_epoch_end")


def _called(stream: Any) -> str:
    return f"the data set ({type(stream).__name__})"


def _length(stream: Any) -> int | None:
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


def _parts(stream: Any, total: int | None) -> Iterator[tuple[Any, Any, Any]]:
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


def _after(first: Any, parts: Iterator[Any], stream: Any) -> Iterator[Any]:
    """All elements; what one of them raises is told with its number."""
    yield first
    number = 1
    while True:
        try:
            part = next(parts, None)
        except DataError:
            raise
        except Exception as error:
            raise DataError(f"{_called(stream)} failed at element {number}: {type(error).__name__}: {error}") from error
        if part is None:
            return
        yield part
        number += 1


def _is_single(x: Array, y: Array | None, _weights: Array | None) -> bool:
    """Whether an element is one row and not a batch."""
    if x.ndim in (2, 4):
        return x.ndim == 2
    if x.ndim != 3:
        raise DataError(
            f"an element has shape {x.shape}; pictures are (height, width[, channels]), alone or in batches"
        )
    if y is None or y.ndim == 0:
        return True
    return not (len(y) == len(x) and x.shape[-1] not in _CHANNELS)


def _pictures(x: Array, single: bool) -> Array:
    x = x[np.newaxis] if single else x
    if x.dtype.kind not in "biuf":
        raise DataError(f"the pictures have dtype {x.dtype}; pixels are numbers or booleans")
    return x if x.ndim == 4 else x[..., np.newaxis]


def _keep(part: Any, single: bool, out: RowWriter, answers: list[Array], weights: list[Array]) -> None:
    x = _pictures(part[0], single)
    if x.shape[1:] != out.shape:
        raise DataError(
            f"row {out.rows} has shape {x.shape[1:]}, and those before have {out.shape}; resize pictures to one size"
        )
    for given, kept in ((part[1], answers), (part[2], weights)):
        if given is None:
            continue
        values = given[np.newaxis] if single else given
        if len(values) != len(x):
            raise DataError(
                f"an element has {len(x)} pictures and {len(values)} answers or weights, from row {out.rows} on"
            )
        kept.append(values)
    out.write(x)


def _joined(parts: list[Array]) -> Array | None:
    return np.concatenate(parts) if parts else None
