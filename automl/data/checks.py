"""Checks of data that need no reader's knowledge; each failure is one sentence."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from automl.data.targets import Label
from automl.errors import DataError


def check_classes(labels: Iterable[object], *, left: Iterable[object] | None = None) -> None:
    """There is something to tell apart, and skipping files has emptied no class.

    Args:
        labels: The label of every row.
        left: The labels of the rows that are left after skipping.

    Raises:
        DataError: There is one class only, or a class has lost all its rows.
    """
    classes = set(labels)
    if len(classes) < 2:
        raise DataError(f"all rows are of one class, {next(iter(classes), None)!r}; at least two classes are needed")
    emptied = classes - set(classes if left is None else left)
    if emptied:
        raise DataError(f"no file of class {sorted(map(str, emptied))[0]!r} is a usable picture")


def check_splittable(y: NDArray[np.int64], classes: Sequence[Label]) -> None:
    """Some class has a row to train and a row to validate on.

    Raises:
        DataError: Every class has a single row.
    """
    if np.bincount(y, minlength=len(classes)).max() < 2:
        raise DataError(
            f"every class has only one example ({len(y)} rows); at least two are needed of one, to train and to "
            "validate on: add examples, or give validation data"
        )


def check_room(folder: Path, size: int) -> None:
    """The disk has room for ``size`` bytes: better here than as a bus error in a memory-mapped write.

    Raises:
        DataError: It has not.
    """
    free = shutil.disk_usage(folder).free
    if size > free:
        raise DataError(
            f"prepared data needs {size / 1e6:,.0f} MB and {folder.parent} has {free / 1e6:,.0f} MB free; "
            "make room or choose another cache folder"
        )
