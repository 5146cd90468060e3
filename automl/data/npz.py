"""``.npz`` files: ``x`` and ``y``, or ``x_train``, ``y_train``, ``x_val``, ``y_val``, ``x_test``, ``y_test``."""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from automl.config import Arrays
from automl.data.folder import Part
from automl.errors import DataError

_SUFFIXES: dict[Part, tuple[str, ...]] = {
    "train": ("_train",),
    "validation": ("_val", "_validation"),
    "test": ("_test",),
}
_DAMAGED = (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class NpzArray:
    """An array of an ``.npz`` file that is read piece by piece, whether it is compressed or not.

    Attributes:
        path: The file.
        name: Of the array in it.
        shape: Of the whole array.
        dtype: Of its values.
    """

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def pieces(self, rows: int) -> Iterator[NDArray[Any]]:
        """Consecutive rows, at most so many at a time.

        Raises:
            DataError: The file is damaged.
        """
        one = int(np.prod(self.shape[1:])) * self.dtype.itemsize
        with _reading(self.path, self.name) as file:
            _header(file)
            for start in range(0, self.shape[0], rows):
                count = min(rows, self.shape[0] - start)
                content = file.read(count * one)
                if len(content) != count * one:
                    raise EOFError(f"it ends in row {start + len(content) // max(1, one)} of {self.shape[0]}")
                yield np.frombuffer(content, self.dtype).reshape(count, *self.shape[1:])
            file.read()  # to the end, where the checksum is compared


def npz_parts(path: Path) -> frozenset[Part]:
    """Parts that the file holds by name; none when it has plain ``x`` and ``y``.

    Raises:
        DataError: The file cannot be read.
    """
    with _opened(path) as arrays:
        keys = frozenset(arrays.files)
    return frozenset(part for part in _SUFFIXES if _suffix(part, keys) is not None)


def read_npz(path: Path, *, part: Part = "train") -> Arrays:
    """Inputs and, where they are there, answers. Nothing pickled is loaded.

    Args:
        path: The file.
        part: Which part is meant where the file has parts; plain ``x`` and ``y`` are the only part of a file.

    Raises:
        DataError: The file cannot be read, or has no such arrays.
    """
    with _opened(path) as arrays:
        x, y = _names(path, part, frozenset(arrays.files))
        try:
            return Arrays(x=arrays[x], y=None if y is None else arrays[y])
        except _DAMAGED as error:
            raise DataError(f"cannot read {x!r} and {y!r} of {path}: {error}") from error


def open_npz(path: Path, *, part: Part = "train") -> tuple[NpzArray | None, Arrays]:
    """As ``read_npz``, but inputs that can be read piece by piece are left in the file.

    Returns:
        The inputs in the file, and the answers alone; or None, and inputs and answers in memory (inputs in Fortran's
        order have no consecutive rows).

    Raises:
        DataError: The file cannot be read, or has no such arrays.
    """
    with _opened(path) as arrays:
        x, y = _names(path, part, frozenset(arrays.files))
        try:
            answers = None if y is None else arrays[y]
        except _DAMAGED as error:
            raise DataError(f"cannot read {y!r} of {path}: {error}") from error
    with _reading(path, x) as file:
        shape, fortran, dtype = _header(file)
    if fortran or dtype.hasobject or not shape:
        return None, read_npz(path, part=part)
    return NpzArray(path, x, shape, dtype), Arrays(x=None, y=answers)


def _names(path: Path, part: Part, keys: Collection[str]) -> tuple[str, str | None]:
    suffix = _suffix(part, keys)
    if suffix is None and "x" not in keys:
        wanted = f"x{_SUFFIXES[part][0]}"
        raise DataError(f"{path} has no array {wanted!r} or 'x'; it has {', '.join(sorted(keys)) or 'none'}")
    y = f"y{suffix or ''}"
    return f"x{suffix or ''}", y if y in keys else None


def _suffix(part: Part, keys: Collection[str]) -> str | None:
    return next((suffix for suffix in _SUFFIXES[part] if f"x{suffix}" in keys), None)


@contextlib.contextmanager
def _reading(path: Path, name: str) -> Iterator[IO[bytes]]:
    """The bytes of one array; whatever goes wrong inside the block is about that file."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
            yield file
    except (*_DAMAGED, KeyError) as error:
        raise DataError(f"cannot read {name!r} of {path}: {error}") from error


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(file)
    raise ValueError(f"it is of version {version} of NumPy's format, which is for records with names")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[np.lib.npyio.NpzFile]:
    if not path.exists():
        raise DataError(f"no such file: {path}")
    with contextlib.ExitStack() as stack:
        try:  # opened here, because NumPy leaves a damaged archive open that it opened itself
            arrays = np.load(stack.enter_context(path.open("rb")), allow_pickle=False)
        except _DAMAGED as error:
            raise DataError(f"{path} is no .npz file that can be read: {error}") from error
        if not isinstance(arrays, np.lib.npyio.NpzFile):
            raise DataError(f"{path} holds a single array; save an .npz with 'x' and 'y'")
        yield stack.enter_context(arrays)
