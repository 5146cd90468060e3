"""Where a model's pictures come from: arrays, files and data sets, read batch by batch."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np

from automl.data import ImageContract, PictureError, conform, decode_picture
from automl.data.images.pictures import bombs_are_errors
from automl.data.images.stream import elements
from automl.data.npz import NpzArray, open_npz
from automl.errors import DataError
from automl.export.adapters.base import OnBadFile

log = logging.getLogger("automl.export")

_MOST_READERS = 4


class ArraySource:
    """Pictures in memory, or in an ``.npz`` file; a row's name is its number.

    Args:
        x: (n, h, w) or (n, h, w, c); or such an array in a file, which is checked piece by piece.
        contract: What the model takes.

    Raises:
        DataError: They do not fit the contract.
    """

    column: Literal["path", "row"] = "row"
    skipped: Sequence[str] = ()

    def __init__(self, x: Any, contract: ImageContract) -> None:
        self._contract = contract
        self._pictures = x if isinstance(x, NpzArray) else conform(x, contract)
        self.rows = int(self._pictures.shape[0])

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Slices."""
        if isinstance(self._pictures, NpzArray):
            for piece in self._pictures.pieces(size):
                yield conform(piece, self._contract)
            return
        for start in range(0, self.rows, size):
            yield self._pictures[start : start + size]

    def kept(self) -> np.ndarray:
        """All of them."""
        return np.arange(self.rows)

    def names(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0."""
        return tuple(range(self.rows))


class FileSource:
    """Picture files, decoded when their batch comes, so that memory does not grow with their number.

    Args:
        files: What to read.
        contract: What the model takes.
        names: What to call them; None for their paths.
        on_bad_file: ``error`` raises the PictureError; ``skip`` leaves the file out and names it in ``skipped``.
    """

    column: Literal["path", "row"] = "path"

    def __init__(
        self,
        files: Sequence[Path],
        contract: ImageContract,
        *,
        names: Sequence[str] | None = None,
        on_bad_file: OnBadFile = "error",
    ) -> None:
        self._files = files
        self._names = [str(file) for file in files] if names is None else names
        self._contract = contract
        self._on_bad_file = on_bad_file
        self._kept: list[int] = []
        self.rows = len(files)
        self.skipped: list[str] = []

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Decode by several threads; Pillow lets go of the interpreter's lock while it decodes."""
        readers = max(1, min(_MOST_READERS, os.cpu_count() or 1))
        with bombs_are_errors(), ThreadPoolExecutor(readers, thread_name_prefix="automl-decode") as pool:
            for start in range(0, len(self._files), size):
                files = self._files[start : start + size]
                found = list(pool.map(self._read, files))
                self._kept += [start + place for place, pixels in enumerate(found) if pixels is not None]
                self.skipped += [str(file) for file, pixels in zip(files, found, strict=True) if pixels is None]
                pictures = [pixels for pixels in found if pixels is not None]
                if pictures:
                    yield np.stack(pictures)

    def kept(self) -> np.ndarray:
        """Those that are pictures."""
        return np.array(self._kept, dtype=np.int64)

    def names(self) -> tuple[str, ...]:
        """As they were given."""
        return tuple(self._names[row] for row in self._kept)

    def _read(self, path: Path) -> np.ndarray | None:
        try:
            return decode_picture(path, self._contract)
        except PictureError as error:
            if self._on_bad_file == "error":
                raise
            log.info("left out: %s", error)
            return None


class StreamSource:
    """A ``tf.data.Dataset`` or ``PyDataset``, gone through once; a row's name is its number."""

    column: Literal["path", "row"] = "row"
    skipped: Sequence[str] = ()

    def __init__(self, stream: Any, contract: ImageContract) -> None:
        self._stream = stream
        self._contract = contract
        self._answers: list[np.ndarray] = []
        self.rows = 0

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Its own batches, or parts of them; single rows are gathered."""
        waiting: list[np.ndarray] = []
        for x, y, _ in elements(self._stream):
            waiting.append(conform(x, self._contract))
            self.rows += len(x)
            if y is not None:
                self._answers.append(y)
            if sum(map(len, waiting)) >= size:
                yield from _parted(np.concatenate(waiting), size)
                waiting = []
        if waiting:
            yield from _parted(np.concatenate(waiting), size)

    def kept(self) -> np.ndarray:
        """All of them; known after ``batches``."""
        return np.arange(self.rows)

    def names(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0."""
        return tuple(range(self.rows))

    def answers(self) -> np.ndarray:
        """What it gave beside the pictures; known after ``batches``.

        Raises:
            DataError: Nothing.
        """
        if not self._answers:
            raise DataError("evaluation needs labels: the data set gives no (x, y), only x")
        return np.concatenate(self._answers)


def open_arrays(path: Path, contract: ImageContract) -> tuple[ArraySource, Any]:
    """The pictures of an ``.npz`` file, of its test part where it has parts, and the answers to them or None.

    Raises:
        DataError: It cannot be read, or they are not what the model takes.
    """
    found, given = open_npz(path, part="test")
    if found is None:
        return ArraySource(given.x, contract), given.y
    if found.shape[1:] not in (contract.shape, contract.shape[:2]) or (
        found.shape[1:] == contract.shape[:2] and contract.shape[2] != 1
    ):
        conform(np.zeros((1, *found.shape[1:]), found.dtype), contract)  # says what is wrong
    return ArraySource(found, contract), given.y


def _parted(rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
