"""Data that is ready for trials: a folder that says which rows of which datasets train and validate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from automl.data.contract import ImageContract
from automl.data.dataset import Array, Dataset, Label
from automl.data.split import Indices, Split
from automl.errors import DataError
from automl.files import whole_folder

PREPARED_FORMAT = 1

Which = Literal["train", "validation", "all"]


class RowView:
    """Chosen rows of one or several memory-mapped arrays, read when they are asked for.

    ``view[5]``, ``view[2:9]`` and ``view[indices]`` give NumPy arrays in memory, ``np.asarray(view)`` all of them.

    Args:
        parts: Arrays of equal trailing shape; row numbers run through them one after the other.
        index: Row numbers, (n,) int64.
    """

    __slots__ = ("_index", "_offsets", "_parts")

    def __init__(self, parts: Sequence[Array], index: Indices) -> None:
        self._parts = tuple(parts)
        self._index = index
        self._offsets = np.cumsum([0, *(len(part) for part in parts)])

    @property
    def shape(self) -> tuple[int, ...]:
        """(rows, height, width, channels)."""
        return (len(self._index), *self._parts[0].shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """What the pixels are."""
        return self._parts[0].dtype

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, key: int | slice | NDArray[Any] | Sequence[int]) -> Array:
        rows = self._index[key]
        return self._gather(np.atleast_1d(rows))[0] if np.ndim(rows) == 0 else self._gather(rows)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("rows are read from the disk: they cannot be an array without a copy")
        return self[:] if dtype is None else self[:].astype(dtype)

    def _gather(self, rows: Indices) -> Array:
        if len(self._parts) == 1:
            return np.asarray(self._parts[0][rows])
        out = np.empty((len(rows), *self.shape[1:]), self.dtype)
        for part, start, stop in zip(self._parts, self._offsets, self._offsets[1:], strict=False):
            here = (rows >= start) & (rows < stop)
            out[here] = part[rows[here] - start]
        return out


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """Pictures and their labels.

    Attributes:
        x: (n, height, width, channels), uint8 or float32, lazily read.
        y: Class codes, (n,) int64, in memory.
    """

    x: RowView
    y: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True, eq=False, slots=True)
class PreparedData:
    """What a worker opens by path.

    Row numbers run through all rows of the first dataset, then through those of the second.

    Attributes:
        directory: Holds ``prepared.json`` and ``split.npz``, which point to the datasets' folders in the cache.
        datasets: The data; or training and validation data when they were given apart.
        split: Which rows train and which validate.
        preprocessing: For every input a list of ops with constants fitted on the training rows; they become a part of
            the model: ``{"image": [{"op": "normalize", "args": {"mean": [...], "variance": [...]}}]}``.
        traits: What was found out about the data, such as ``{"mirror": True}``.
    """

    directory: Path
    datasets: tuple[Dataset, ...]
    split: Split
    preprocessing: Mapping[str, Sequence[Mapping[str, Any]]]
    traits: Mapping[str, bool]

    @property
    def classes(self) -> tuple[Label, ...]:
        """What the codes stand for, sorted."""
        return self.datasets[0].classes

    @property
    def contract(self) -> ImageContract:
        """Shape and meaning of the pixels."""
        return self.datasets[0].contract

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """Name, shape and dtype of every input: ``{"image": {"shape": [28, 28, 1], "dtype": "uint8"}}``."""
        return {"image": {"shape": list(self.contract.shape), "dtype": self.contract.dtype}}

    @property
    def digest(self) -> str:
        """SHA-256 of the datasets and the split: what decides a score, apart from the network and its training."""
        sha = hashlib.sha256("".join(dataset.digest for dataset in self.datasets).encode())
        sha.update(self.split.train.astype("<i8").tobytes() + b"|" + self.split.validation.astype("<i8").tobytes())
        return sha.hexdigest()

    def rows(self, which: Which) -> Rows:
        """The training rows, the validation rows, or both (which is what the final model is trained on)."""
        parts = {"train": (self.split.train,), "validation": (self.split.validation,)}
        index = np.concatenate(parts.get(which, (self.split.train, self.split.validation)))
        y = np.concatenate([dataset.y for dataset in self.datasets])
        return Rows(x=RowView([dataset.x for dataset in self.datasets], index), y=y[index])

    def save(self) -> None:
        """Write the folder, whole or not at all; an older one at its place is replaced."""
        document = {
            "prepared_format": PREPARED_FORMAT,
            "datasets": [{"directory": str(d.directory.resolve()), "digest": d.digest} for d in self.datasets],
            "preprocessing": self.preprocessing,
            "traits": dict(self.traits),
            "inputs": self.inputs,
            "classes": list(self.classes),
            "digest": self.digest,
        }
        with whole_folder(self.directory) as aside:
            (aside / "prepared.json").write_text(json.dumps(document, indent=1), "utf-8")
            np.savez(aside / "split.npz", train=self.split.train, validation=self.split.validation)

    @classmethod
    def load(cls, directory: Path) -> PreparedData:
        """Open a folder that ``save`` wrote.

        Raises:
            DataError: It is no such folder, it is of another version, or the cache it points to was cleared or changed.
        """
        directory = Path(directory)
        try:
            document = json.loads((directory / "prepared.json").read_text("utf-8"))
            version = document["prepared_format"]
            if version != PREPARED_FORMAT:
                raise DataError(f"the prepared data at {directory} has format {version!r}; expected {PREPARED_FORMAT}")
            datasets = tuple(_dataset(entry) for entry in document["datasets"])
            with np.load(directory / "split.npz", allow_pickle=False) as arrays:
                split = Split(train=arrays["train"], validation=arrays["validation"])
            return cls(directory, datasets, split, document["preprocessing"], document["traits"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"cannot open the prepared data at {directory}: {error}") from error


def _dataset(entry: Mapping[str, str]) -> Dataset:
    directory = Path(entry["directory"])
    if not directory.is_dir():
        raise DataError(f"the prepared data at {directory} is gone; prepare it again from the original data")
    dataset = Dataset.load(directory)
    if dataset.digest != entry["digest"]:
        raise DataError(f"the prepared data at {directory} has changed; prepare it again from the original data")
    return dataset
