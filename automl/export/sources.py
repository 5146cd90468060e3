"""Where a model's pictures come from: arrays, or files that are read batch by batch."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from automl.data import ImageContract
from automl.data.folder import list_class_folder, list_pictures
from automl.data.images.arrays import conform
from automl.data.images.pictures import PictureError, bombs_are_errors, decode_picture
from automl.data.labels import as_labels
from automl.data.npz import read_npz
from automl.errors import DataError

log = logging.getLogger("automl.export")

OnBadFile = Literal["error", "skip"]

_MOST_READERS = 4


class Source(Protocol):
    """Rows with names, to be run through once.

    Attributes:
        column: What the names are.
    """

    column: Literal["path", "row"]

    @property
    def skipped(self) -> Sequence[str]:
        """Files found to be no pictures; complete after ``batches``."""

    def batches(self, size: int) -> Iterator[Any]:
        """The rows, at most ``size`` at a time, in order: pictures (m, h, w, c), or a ``RawTable``."""

    def kept(self) -> np.ndarray:
        """Which rows the batches held, (m,) int64; known after ``batches``."""

    def names(self) -> tuple[str, ...] | tuple[int, ...]:
        """Names of the kept rows."""


class ArraySource:
    """Pictures in memory; a row's name is its number.

    Args:
        x: (n, h, w) or (n, h, w, c).
        contract: What the model takes.
        labels: (n,) or None.

    Raises:
        DataError: They do not fit the contract, or labels are of another length.
    """

    column: Literal["path", "row"] = "row"
    skipped: Sequence[str] = ()

    def __init__(self, x: Any, contract: ImageContract, *, labels: Any = None) -> None:
        self._pictures = conform(x, contract)
        self.labels = None if labels is None else as_labels(labels, rows=len(self._pictures))

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Slices."""
        for start in range(0, len(self._pictures), size):
            yield self._pictures[start : start + size]

    def kept(self) -> np.ndarray:
        """All of them."""
        return np.arange(len(self._pictures))

    def names(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0."""
        return tuple(range(len(self._pictures)))


class FileSource:
    """Picture files, decoded when their batch comes, so that memory does not grow with their number.

    Args:
        files: What to read.
        contract: What the model takes.
        labels: (n,) or None.
        on_bad_file: ``error`` raises the PictureError; ``skip`` leaves the file out and names it in ``skipped``.
    """

    column: Literal["path", "row"] = "path"

    def __init__(
        self, files: Sequence[Path], contract: ImageContract, *, labels: Any = None, on_bad_file: OnBadFile = "error"
    ) -> None:
        self._files = files
        self._contract = contract
        self._on_bad_file = on_bad_file
        self._kept: list[int] = []
        self.labels = None if labels is None else np.asarray(labels)
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
        """Paths as they were given."""
        return tuple(str(self._files[row]) for row in self._kept)

    def _read(self, path: Path) -> np.ndarray | None:
        try:
            return decode_picture(path, self._contract)
        except PictureError as error:
            if self._on_bad_file == "error":
                raise
            log.info("left out: %s", error)
            return None


def open_source(
    data: Path, contract: ImageContract, *, labelled: bool, on_bad_file: OnBadFile = "error"
) -> ArraySource | FileSource:
    """The pictures that a path stands for: an ``.npz``, a folder, or one picture.

    Of data that comes in parts (``train``, ``val``, ``test``) it is the test part.

    Args:
        data: A file or folder.
        contract: What the model takes.
        labelled: Whether labels are needed; otherwise sub-folders mean nothing.
        on_bad_file: What to do about a file that is no picture.

    Raises:
        DataError: There is nothing, nothing that can be read, or no labels where they are needed.
    """
    if data.suffix.lower() == ".npz":
        arrays = read_npz(data, part="test")
        if labelled and arrays.y is None:
            raise DataError(f"{data} has no labels: an array y (or y_test) is needed beside x")
        return ArraySource(arrays.x, contract, labels=arrays.y if labelled else None)
    if labelled:
        listing = list_class_folder(data, part="test")
        return FileSource(listing.files, contract, labels=listing.labels, on_bad_file=on_bad_file)
    if not data.exists():
        raise DataError(f"no such file or folder: {data}")
    return FileSource(list_pictures(data), contract, on_bad_file=on_bad_file)
