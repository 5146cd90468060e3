"""Data that was read once: pixels and labels in ``.npy`` files that every process maps into its memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.contract import ImageContract
from automl.errors import DataError

CACHE_FORMAT = 1
Label = str | int | bool
Array = NDArray[Any]

_CHUNK_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Dataset:
    """Pictures with labels, decoded to one shape, in a folder of the cache.

    Attributes:
        directory: Holds ``dataset.json``, ``x.npy``, ``y.npy`` and ``names.json``.
        digest: SHA-256 of pixels, labels, classes and contract: equal data has equal digests, wherever it came from.
        rows: How many pictures.
        classes: Sorted; what the codes in ``y`` stand for.
        contract: Shape and meaning of the pixels.
        skipped: (file, reason) of files that were left out because they are no pictures.
        reused: Whether it was found in the cache rather than read now.
    """

    directory: Path
    digest: str
    rows: int
    classes: tuple[Label, ...]
    contract: ImageContract
    skipped: tuple[tuple[str, str], ...] = ()
    reused: bool = field(default=False, compare=False)

    @property
    def x(self) -> Array:
        """Pixels, (rows, height, width, channels), uint8 or float32, memory-mapped."""
        return open_array(self.directory / "x.npy")

    @property
    def y(self) -> Array:
        """Codes, (rows,), int64: positions in ``classes``."""
        return np.asarray(np.load(self.directory / "y.npy", allow_pickle=False))

    @property
    def names(self) -> tuple[str, ...]:
        """File of each row, relative to the folder that was read; empty for arrays."""
        return tuple(json.loads((self.directory / "names.json").read_text("utf-8")))

    @classmethod
    def load(cls, directory: Path, *, reused: bool = False) -> Dataset:
        """Open a dataset's folder and check that it is whole.

        Raises:
            DataError: It is missing, incomplete, of another format or damaged.
        """
        try:
            document = json.loads((directory / "dataset.json").read_text("utf-8"))
            dataset = _from_json(directory, document, reused=reused)
            shape = (dataset.rows, *dataset.contract.shape)
            whole = (dataset.x.shape, dataset.x.dtype, dataset.y.shape) == (
                shape,
                np.dtype(dataset.contract.dtype),
                (dataset.rows,),
            )
            (directory / "names.json").stat()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"cannot open the prepared data at {directory}: {error}") from error
        if not whole:
            raise DataError(f"the prepared data at {directory} is damaged: its arrays do not fit its description")
        return dataset


def open_array(path: Path) -> Array:
    """A ``.npy`` file mapped read-only into memory."""
    array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def chunks(array: Array) -> Iterator[Array]:
    """Consecutive pieces of an array along its rows, about 16 MB each."""
    step = max(1, _CHUNK_BYTES // max(1, array[:1].nbytes))
    for start in range(0, len(array), step):
        yield array[start : start + step]


def finish(
    directory: Path,
    *,
    classes: Sequence[Label],
    contract: ImageContract,
    names: Sequence[str] = (),
    skipped: Sequence[tuple[str, str]] = (),
    source: str = "",
) -> None:
    """Describe the ``x.npy`` and ``y.npy`` that stand in ``directory``, which makes it a dataset."""
    x, y = open_array(directory / "x.npy"), open_array(directory / "y.npy")
    digest = hashlib.sha256(json.dumps([list(classes), contract.to_json(), len(x)], sort_keys=True).encode())
    for piece in (*chunks(x), y):
        digest.update(np.ascontiguousarray(piece).data)
    document = {
        "cache_format": CACHE_FORMAT,
        "digest": digest.hexdigest(),
        "rows": len(x),
        "classes": list(classes),
        "contract": contract.to_json(),
        "skipped": [list(item) for item in skipped],
        "source": source,
    }
    (directory / "names.json").write_text(json.dumps(list(names)), "utf-8")
    (directory / "dataset.json").write_text(json.dumps(document, indent=1), "utf-8")


def _from_json(directory: Path, document: Mapping[str, Any], *, reused: bool) -> Dataset:
    if document["cache_format"] != CACHE_FORMAT:
        raise ValueError(f"cache_format is {document['cache_format']!r}, expected {CACHE_FORMAT}")
    return Dataset(
        directory=directory,
        digest=document["digest"],
        rows=document["rows"],
        classes=tuple(document["classes"]),
        contract=ImageContract.from_json(document["contract"]),
        skipped=tuple((name, reason) for name, reason in document["skipped"]),
        reused=reused,
    )
