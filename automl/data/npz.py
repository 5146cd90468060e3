"""``.npz`` files: ``x`` and ``y``, or ``x_train``, ``y_train``, ``x_val``, ``y_val``, ``x_test``, ``y_test``."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from automl.config import Arrays
from automl.data.folder import Part
from automl.errors import DataError

_SUFFIXES: dict[Part, tuple[str, ...]] = {
    "train": ("_train",),
    "validation": ("_val", "_validation"),
    "test": ("_test",),
}


def npz_parts(path: Path) -> frozenset[Part]:
    """Parts that the file holds by name; none when it has plain ``x`` and ``y``.

    Raises:
        DataError: The file cannot be read.
    """
    with _opened(path) as arrays:
        keys = frozenset(arrays.files)
    return frozenset(part for part in _SUFFIXES if _suffix(part, keys) is not None)


def read_npz(path: Path, *, part: Part = "train") -> Arrays:
    """Pictures and, where they are there, labels. Nothing pickled is loaded.

    Args:
        path: The file.
        part: Which part is meant where the file has parts; plain ``x`` and ``y`` are the only part of a file.

    Raises:
        DataError: The file cannot be read, or has no such arrays.
    """
    with _opened(path) as arrays:
        keys = frozenset(arrays.files)
        suffix = _suffix(part, keys)
        if suffix is None and "x" not in keys:
            wanted = f"x{_SUFFIXES[part][0]}"
            raise DataError(f"{path} has no array {wanted!r} or 'x'; it has {', '.join(sorted(keys)) or 'none'}")
        x, y = f"x{suffix or ''}", f"y{suffix or ''}"
        try:
            return Arrays(x=arrays[x], y=arrays[y] if y in keys else None)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise DataError(f"cannot read {x!r} and {y!r} of {path}: {error}") from error


def _suffix(part: Part, keys: Collection[str]) -> str | None:
    return next((suffix for suffix in _SUFFIXES[part] if f"x{suffix}" in keys), None)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[np.lib.npyio.NpzFile]:
    if not path.exists():
        raise DataError(f"no such file: {path}")
    with contextlib.ExitStack() as stack:
        try:  # opened here, because NumPy leaves a damaged archive open that it opened itself
            arrays = np.load(stack.enter_context(path.open("rb")), allow_pickle=False)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise DataError(f"{path} is no .npz file that can be read: {error}") from error
        if not isinstance(arrays, np.lib.npyio.NpzFile):
            raise DataError(f"{path} holds a single array; save an .npz with 'x' and 'y'")
        yield stack.enter_context(arrays)
