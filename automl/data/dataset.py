"""Data that was read once: inputs and targets in ``.npy`` files that every process maps into its memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from automl.data.forecast.contract import ForecastContract
from automl.data.forecast.windows import open_windows
from automl.data.forecast.windows import stored as stored_windows
from automl.data.kinds import InputContract, read_input
from automl.data.targets import Label, TargetContract, classes_of, read_target
from automl.errors import DataError

CACHE_FORMAT = 2
Array = NDArray[Any]

_CHUNK_BYTES = 1 << 24
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows in a folder of the cache: named inputs, named targets, and perhaps weights.

    Attributes:
        directory: Holds ``dataset.json``, ``names.json``, ``x.<input>.npy``, ``y.<target>.npy`` and maybe
            ``weights.npy`` and ``groups.npy``.
        digest: SHA-256 of arrays and contracts: equal data has equal digests, wherever it came from.
        rows: How many.
        inputs: Contract of every input by name.
        targets: Contract of every target by name.
        weighted: Whether rows have weights.
        skipped: (file, reason) of what was left out because it cannot be read.
        notes: What reading found that people should know, one sentence each.
        reused: Whether it was found in the cache rather than read now.
    """

    directory: Path
    digest: str
    rows: int
    inputs: Mapping[str, InputContract]
    targets: Mapping[str, TargetContract]
    weighted: bool = False
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    reused: bool = field(default=False, compare=False)

    def input(self, name: str) -> Array:
        """The working form of an input, (rows, ...), memory-mapped."""
        contract = self.inputs[name]
        if isinstance(contract, ForecastContract):  # rows overlap: they are cut from the series when they are read
            return cast(Array, open_windows(self.directory, name, contract))
        return open_array(self.directory / f"x.{name}.npy")

    def target(self, name: str) -> Array:
        """Codes (rows,) int64 of classes, or numbers (rows, k) float64."""
        return np.asarray(np.load(self.directory / f"y.{name}.npy", allow_pickle=False))

    @property
    def weights(self) -> Array | None:
        """How much each row counts, (rows,) float32; None when all count alike."""
        if not self.weighted:
            return None
        return np.asarray(np.load(self.directory / "weights.npy", allow_pickle=False))

    @property
    def groups(self) -> Array | None:
        """Number of the group of each row, (rows,) int64; None where rows are of no groups."""
        file = self.directory / "groups.npy"
        return np.asarray(np.load(file, allow_pickle=False)) if file.exists() else None

    @property
    def x(self) -> Array:
        """The only input."""
        return self.input(only(self.inputs, "inputs")[0])

    @property
    def y(self) -> Array:
        """The only target."""
        return self.target(only(self.targets, "targets")[0])

    @property
    def contract(self) -> InputContract:
        """What the only input is."""
        return only(self.inputs, "inputs")[1]

    @property
    def classes(self) -> tuple[Label, ...]:
        """What the codes of the only target stand for."""
        return classes_of(only(self.targets, "targets")[1])

    @property
    def names(self) -> tuple[str, ...]:
        """File of each row, relative to the folder that was read; empty where rows have no files."""
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
            whole = all(_agrees(dataset.input(name), dataset.rows, c) for name, c in dataset.inputs.items())
            whole = whole and all(_agrees(dataset.target(name), dataset.rows, c) for name, c in dataset.targets.items())
            whole = whole and (dataset.weights is None or dataset.weights.shape == (dataset.rows,))
            (directory / "names.json").stat()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"cannot open the prepared data at {directory}: {error}") from error
        if not whole:
            raise DataError(f"the prepared data at {directory} is damaged: its arrays do not fit its description")
        return dataset


def only(named: Mapping[str, _T], what: str) -> tuple[str, _T]:
    """Name and value of the only entry.

    Raises:
        DataError: There are several, or none.
    """
    if len(named) != 1:
        raise DataError(f"there are {len(named)} {what} ({', '.join(named) or 'none'}), and exactly one is needed here")
    return next(iter(named.items()))


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
    inputs: Mapping[str, InputContract],
    targets: Mapping[str, TargetContract],
    names: Sequence[str] = (),
    skipped: Sequence[tuple[str, str]] = (),
    notes: Sequence[str] = (),
    source: str = "",
) -> None:
    """Describe the arrays that stand in ``directory``, which makes it a dataset.

    ``x.<input>.npy`` and ``y.<target>.npy`` must be there, and ``weights.npy`` where rows have weights.
    """
    arrays = [array for name, contract in inputs.items() for array in _stored(directory, name, contract)]
    arrays += [open_array(directory / f"y.{name}.npy") for name in targets]
    weighted = (directory / "weights.npy").exists()
    if weighted:
        arrays.append(open_array(directory / "weights.npy"))
    contracts = {
        "inputs": {name: contract.to_json() for name, contract in inputs.items()},
        "targets": {name: contract.to_json() for name, contract in targets.items()},
    }
    rows = len(open_array(directory / f"y.{next(iter(targets))}.npy")) if targets else len(arrays[0])
    digest = hashlib.sha256(json.dumps([contracts, rows, weighted], sort_keys=True).encode())
    for array in arrays:
        for piece in chunks(array):
            digest.update(np.ascontiguousarray(piece).data)
    document = {
        "cache_format": CACHE_FORMAT,
        "digest": digest.hexdigest(),
        "rows": rows,
        **contracts,
        "weighted": weighted,
        "skipped": [list(item) for item in skipped],
        "notes": list(notes),
        "source": source,
    }
    (directory / "names.json").write_text(json.dumps(list(names)), "utf-8")
    (directory / "dataset.json").write_text(json.dumps(document, indent=1), "utf-8")


def _stored(directory: Path, name: str, contract: InputContract) -> tuple[Array, ...]:
    """What there is on the disk of an input."""
    if isinstance(contract, ForecastContract):
        return stored_windows(directory, name)
    return (open_array(directory / f"x.{name}.npy"),)


def _agrees(array: Array, rows: int, contract: InputContract | TargetContract) -> bool:
    return bool(array.shape == (rows, *contract.shape) and array.dtype == np.dtype(contract.dtype))


def _from_json(directory: Path, document: Mapping[str, Any], *, reused: bool) -> Dataset:
    if document["cache_format"] != CACHE_FORMAT:
        raise ValueError(f"cache_format is {document['cache_format']!r}, expected {CACHE_FORMAT}")
    return Dataset(
        directory=directory,
        digest=document["digest"],
        rows=document["rows"],
        inputs={name: read_input(contract) for name, contract in document["inputs"].items()},
        targets={name: read_target(contract) for name, contract in document["targets"].items()},
        weighted=document["weighted"],
        skipped=tuple((name, reason) for name, reason in document["skipped"]),
        notes=tuple(document["notes"]),
        reused=reused,
    )
