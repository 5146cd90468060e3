"""Parts, one an input, put together: one dataset whose arrays are the parts' own files wherever the disk allows."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.cache import cached
from automl.data.dataset import CACHE_FORMAT, Dataset, finish, only
from automl.data.several.given import Given
from automl.data.targets import TargetContract
from automl.errors import DataError

Kept = Mapping[str, tuple[TargetContract, NDArray[Any]]]


def join(parts: Mapping[str, Dataset], kept: Kept, given: Given, *, cache_dir: Path | None = None) -> Dataset:
    """The dataset with every part's input and all answers.

    Args:
        parts: By input a dataset with it alone, of the same rows in the same order.
        kept: By output its contract and what is kept of its answers.
        given: For weights and groups.
        cache_dir: Where the cache is; None for the user's cache folder.

    Raises:
        DataError: The parts have different numbers of rows, or the cache cannot be written.
    """
    for name, part in parts.items():
        if part.rows != given.rows:
            raise DataError(f"the input {name!r} has {part.rows} rows, and there are {given.rows}")

    def write(aside: Path) -> None:
        for name, part in parts.items():
            _link(part.directory / f"x.{only(part.inputs, 'inputs')[0]}.npy", aside / f"x.{name}.npy")
        for name, (_, values) in kept.items():
            np.save(aside / f"y.{name}.npy", values)
        if given.weights is not None:
            np.save(aside / "weights.npy", given.weights.astype(np.float32))
        if given.groups is not None:
            np.save(aside / "groups.npy", given.groups)
        finish(
            aside,
            inputs={name: part.contract for name, part in parts.items()},
            targets={name: target for name, (target, _) in kept.items()},
            notes=[f"{name}: {note}" for name, part in parts.items() for note in part.notes],
            source=given.name,
        )

    return cached(_key(parts, kept, given), write, cache_dir=cache_dir)


def _key(parts: Mapping[str, Dataset], kept: Kept, given: Given) -> str:
    document = {
        "cache_format": CACHE_FORMAT,
        "kind": "several",
        "inputs": {name: [part.digest, part.contract.to_json()] for name, part in parts.items()},
        "outputs": {name: target.to_json() for name, (target, _) in kept.items()},
    }
    sha = hashlib.sha256(json.dumps(document, sort_keys=True).encode())
    for array in (*(values for _, values in kept.values()), given.weights, given.groups):
        sha.update(b"|" if array is None else np.ascontiguousarray(array).data)
    return sha.hexdigest()[:40]


def _link(source: Path, target: Path) -> None:
    """A second name for the file; a copy where the disk has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
