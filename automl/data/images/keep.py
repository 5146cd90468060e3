"""Pixels that are in memory, in an ``.npz`` file or come from iterating: into the cache, piece by piece."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from automl.config import Arrays
from automl.data import labels as names
from automl.data.cache import cache_root, cached
from automl.data.checks import check_classes, check_room
from automl.data.dataset import CACHE_FORMAT, Array, Dataset, chunks, finish, open_array
from automl.data.folder import Part
from automl.data.images import arrays as pixels
from automl.data.images.asked import INPUT, Reading
from automl.data.images.contract import ImageContract
from automl.data.images.read_files import image_contract, write_beside
from automl.data.images.stream import unroll
from automl.data.label_sets import as_flags, is_one_hot, label_sets
from automl.data.npy import writing_rows
from automl.data.npz import NpzArray, open_npz
from automl.data.tables.answers import number_columns
from automl.data.tables.beside import checked_weights, group_numbers
from automl.data.targets import ClassTarget, LabelTarget, TargetContract
from automl.errors import DataError

_BYTES_AT_ONCE = 1 << 24
_UNPACKED = ".unpacked."
_HELD = ".lock"


def keep_stream(stream: Any, groups: Any, reading: Reading, source: str) -> Dataset:
    """Keep what a data set gives when it is iterated over.

    Raises:
        DataError: See ``unroll``; or it gives no answers.
    """
    with _scratch(reading.cache_dir) as folder:
        given = unroll(stream, folder, on_progress=reading.on_progress)
        if given.y is None:
            raise DataError("labels are missing: the data set gives no (x, y), only x")
        return keep_arrays(given.x, replace(given, groups=groups), reading, source)


def keep_npz(source: Path, part: Part, reading: Reading) -> Dataset:
    """Unpack an array piece by piece, and keep it: a compressed one is never in memory as a whole."""
    found, given = open_npz(source, part=part)
    if given.y is None:
        raise DataError(f"labels are missing: {source} has no y beside its x")
    if found is None:
        return keep_arrays(given.x, given, reading, str(source))
    with _scratch(reading.cache_dir) as folder:
        return keep_arrays(_unpacked(found, folder / "x.npy"), given, reading, str(source))


def _unpacked(found: NpzArray, path: Path) -> Array:
    check_room(path.parent, int(np.prod(found.shape)) * found.dtype.itemsize)
    row = max(1, int(np.prod(found.shape[1:])) * found.dtype.itemsize)
    with writing_rows(path, found.shape[1:], found.dtype) as out:
        for piece in found.pieces(max(1, _BYTES_AT_ONCE // row)):
            out.write(piece)
    return open_array(path)


def keep_arrays(x: Any, given: Arrays, reading: Reading, source: str) -> Dataset:
    """Keep pixels with their answers."""
    like, asked = reading.like, reading.asked
    pictures = pixels.as_pictures(x) if like is None else pixels.check_fits(x, image_contract(like))
    target, values = _answers(given.y, len(pictures), reading)
    weights = None if given.weights is None else checked_weights(given.weights, len(pictures))
    groups = None if given.groups is None else group_numbers(given.groups, len(pictures))
    if weights is not None and not weights.all():  # a row that counts nothing is as good as none
        kept = weights > 0
        pictures, values, weights = pictures[kept], values[kept], weights[kept]
        groups = None if groups is None else groups[kept]
    contract = pixels.contract_of(pictures) if like is None else image_contract(like)

    def write(aside: Path) -> None:
        check_room(aside, pictures.size * np.dtype(contract.dtype).itemsize)
        pixels.write_pixels(pictures, aside / f"x.{INPUT}.npy", contract)
        write_beside(aside, asked.output, values, weights=weights, groups=groups)
        finish(aside, inputs={INPUT: contract}, targets={asked.output: target}, source=source)

    return cached(_array_key(pictures, (values, weights, groups), target, contract), write, cache_dir=reading.cache_dir)


def _answers(y: Any, rows: int, reading: Reading) -> tuple[TargetContract, NDArray[Any]]:
    """Answers that were handed over beside pixels."""
    like = reading.like_target
    if reading.asked.kind == "labels":
        return label_sets(y, rows=rows, like=like if isinstance(like, LabelTarget) else None)
    if y is None:
        raise DataError("labels are missing: y is needed beside x")
    if reading.asked.kind == "numbers":
        return number_columns(reading.asked.columns_of(y, rows))
    flags = as_flags(y)
    if flags is not None and flags.shape[1] > 1:
        y = _of_one_hot(y, flags)
    labels = names.as_labels(y, rows=rows)
    if isinstance(like, ClassTarget):
        return like, names.encode_as(labels, like.classes)
    check_classes(labels.tolist())
    classes, codes = names.encode(labels)
    return ClassTarget(classes=classes), codes


def _of_one_hot(y: Any, flags: NDArray[Any]) -> NDArray[Any]:
    """The class of each one-hot row: the name of its column, where there are names."""
    if not is_one_hot(flags):
        raise DataError(
            "y has rows of 0 and 1, and not one 1 in each: if those are labels, any number of them a row, say so "
            "(--multi-label, multi_label=True)"
        )
    codes = flags.argmax(axis=1)
    return np.asarray(np.asarray(y.columns)[codes] if isinstance(y, pd.DataFrame) else codes)


@contextmanager
def _scratch(cache_dir: Path | None) -> Iterator[Path]:
    """A folder for what must be unpacked first, where prepared data is kept: there is room for that."""
    root = cache_root(cache_dir)
    try:
        root.mkdir(parents=True, exist_ok=True)
        _clear_unpacked(root)
        folder = TemporaryDirectory(prefix=_UNPACKED, dir=root)
        held = FileLock(Path(folder.name, _HELD))
        held.acquire()
    except OSError as error:
        raise DataError(f"cannot write prepared data to {root}: {error}; choose another cache folder") from error
    with folder as place:
        try:
            yield Path(place)
        finally:
            held.release()


def _clear_unpacked(root: Path) -> None:
    """Delete what processes that were killed had unpacked: nobody holds it any more."""
    for left in root.glob(f"{_UNPACKED}*"):
        with suppress(Timeout), FileLock(left / _HELD, timeout=0):
            shutil.rmtree(left, ignore_errors=True)


def _array_key(pictures: Array, beside: Sequence[Array | None], target: TargetContract, contract: ImageContract) -> str:
    config = {
        "cache_format": CACHE_FORMAT,
        "kind": "arrays",
        "target": target.to_json(),
        "contract": contract.to_json(),
        "dtype": pictures.dtype.str,
        "shape": pictures.shape,
    }
    sha = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for piece in (*chunks(pictures), *(b"" if each is None else each for each in beside)):
        sha.update(b"|" if isinstance(piece, bytes) else np.ascontiguousarray(piece).data)
    return sha.hexdigest()[:40]
