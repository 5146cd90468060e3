"""Data that is ready for trials: a folder that says which rows of which datasets train and validate."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from automl.data.dataset import Array, Dataset, only
from automl.data.folds import codes_of, split_of
from automl.data.kinds import InputContract
from automl.data.split import Indices, Split
from automl.data.targets import Label, TargetContract, classes_of
from automl.errors import DataError
from automl.files import whole_folder

PREPARED_FORMAT = 2

_FITTED = ("preprocessing", "traits", "fronts", "scales", "class_weights")
_CHOSEN = ("losses", "metrics", "loss_weights")
_PARTS = ("train", "validation", "between")

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
        """(rows, ...): of pictures (rows, height, width, channels)."""
        return (len(self._index), *self._parts[0].shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the stored values."""
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
    """Rows to learn from or to be scored on.

    Attributes:
        inputs: By name the working form (n, ...), lazily read.
        targets: By name class codes (n,) int64 or numbers (n, k) float64, in memory.
        weights: How much each row counts, (n,) float32; None when all count alike.
        by_target: The same by target, where there are several and rows count for each as their class in it does; else
            empty.
    """

    inputs: Mapping[str, RowView]
    targets: Mapping[str, NDArray[Any]]
    weights: NDArray[np.float32] | None = None
    by_target: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def x(self) -> RowView:
        """The only input."""
        return only(self.inputs, "inputs")[1]

    @property
    def y(self) -> NDArray[Any]:
        """The only target."""
        return only(self.targets, "targets")[1]

    def __len__(self) -> int:
        return len(next(iter(self.targets.values())))


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
        fronts: For inputs whose raw form is not what is kept here: the architecture, as JSON, that brings one to the
            other. It stands before the preprocessing of a model that is handed over.
        scales: For every target of numbers ``{"mean": [...], "scale": [...]}`` of the training rows: networks learn
            (number - mean) / scale, and a model that is handed over answers with numbers.
        class_weights: For every target of classes what a row of each class counts in training.
        losses: For targets whose loss a person chose: Keras' name of it, or ``module:function``.
        metrics: For targets for which a person asked for more scores than are told anyway: their names, or
            ``module:function``.
        loss_weights: Of several targets how much the loss of each counts.
        folds: Of a validation in folds, for each of them the same data with its own split and what was fitted on its
            training rows; here all rows train then, and none validates.
    """

    directory: Path
    datasets: tuple[Dataset, ...]
    split: Split
    preprocessing: Mapping[str, Sequence[Mapping[str, Any]]]
    traits: Mapping[str, bool]
    fronts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scales: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)
    class_weights: Mapping[str, Sequence[float]] = field(default_factory=dict)
    losses: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    loss_weights: Mapping[str, float] = field(default_factory=dict)
    folds: tuple[PreparedData, ...] = ()

    @property
    def contracts(self) -> Mapping[str, InputContract]:
        """Contract of every input by name."""
        return self.datasets[0].inputs

    @property
    def targets(self) -> Mapping[str, TargetContract]:
        """Contract of every target by name."""
        return self.datasets[0].targets

    @property
    def classes(self) -> tuple[Label, ...]:
        """What the codes of the only target stand for, sorted."""
        return classes_of(only(self.targets, "targets")[1])

    @property
    def contract(self) -> InputContract:
        """What the only input is."""
        return only(self.contracts, "inputs")[1]

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """Shape and dtype of every input's rows: ``{"image": {"shape": [28, 28, 1], "dtype": "uint8"}}``."""
        return {name: {"shape": list(c.shape), "dtype": c.dtype} for name, c in self.contracts.items()}

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides a score but network and training: data, splits, class weights, the loss."""
        sha = hashlib.sha256("".join(dataset.digest for dataset in self.datasets).encode())
        sha.update(self.split.train.astype("<i8").tobytes() + b"|" + self.split.validation.astype("<i8").tobytes())
        if len(self.split.between):
            sha.update(b"|" + self.split.between.astype("<i8").tobytes())
        for fold in self.folds:
            sha.update(b"|fold|" + codes_of(fold.split).tobytes())
        for decided in (self.class_weights, self.losses, self.loss_weights):
            if decided:
                sha.update(json.dumps(dict(decided), sort_keys=True).encode())
        return sha.hexdigest()

    def rows(self, which: Which) -> Rows:
        """The training rows, the validation rows, or both (which is what the final model is trained on).

        Weights of rows to train on have the mean 1, so that it does not matter how large they are. Class weights count
        for them, and not for ``validation``, where every row says as much as its own weight.
        """
        parts = {"train": (self.split.train,), "validation": (self.split.validation,)}
        every = (self.split.train, self.split.between, self.split.validation)
        index = np.concatenate(parts.get(which, every))
        inputs = {name: RowView([each.input(name) for each in self.datasets], index) for name in self.contracts}
        targets = {name: np.concatenate([each.target(name) for each in self.datasets])[index] for name in self.targets}
        weights = self._weights(index)
        if which == "validation":
            return Rows(inputs, targets, weights)
        weights = None if weights is None else weights / weights.mean()
        counted = {
            name: np.asarray(by_class, np.float32)[targets[name]] * (1 if weights is None else weights)
            for name, by_class in self.class_weights.items()
        }
        if len(targets) == 1:
            return Rows(inputs, targets, next(iter(counted.values()), weights))
        plain = np.ones(len(index), np.float32) if weights is None else weights
        return Rows(inputs, targets, weights, {name: counted.get(name, plain) for name in targets} if counted else {})

    def _weights(self, index: Indices) -> NDArray[np.float32] | None:
        if not any(each.weighted for each in self.datasets):
            return None
        found = [np.ones(each.rows, np.float32) if each.weights is None else each.weights for each in self.datasets]
        return np.concatenate(found)[index]

    def save(self) -> None:
        """Write the folder, whole or not at all; an older one at its place is replaced."""
        document = {
            "prepared_format": PREPARED_FORMAT,
            "datasets": [{"directory": str(d.directory.resolve()), "digest": d.digest} for d in self.datasets],
            "preprocessing": self.preprocessing,
            "traits": dict(self.traits),
            "fronts": self.fronts,
            "scales": self.scales,
            "class_weights": self.class_weights,
            "losses": self.losses,
            "metrics": self.metrics,
            "loss_weights": self.loss_weights,
            "inputs": self.inputs,
            "targets": {name: target.to_json() for name, target in self.targets.items()},
            "digest": self.digest,
            "folds": [{name: getattr(fold, name) for name in _FITTED} for fold in self.folds],
        }
        with whole_folder(self.directory) as aside:
            (aside / "prepared.json").write_text(json.dumps(document, indent=1), "utf-8")
            parts: dict[str, Any] = {name: getattr(self.split, name) for name in _PARTS}
            parts.update({f"fold_{place}": codes_of(fold.split) for place, fold in enumerate(self.folds)})
            np.savez(aside / "split.npz", **parts)

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
            split_file = directory / "split.npz"
            with split_file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                split = Split(**{name: arrays[name] for name in arrays.files if name in _PARTS})
                parts = [split_of(arrays[f"fold_{place}"]) for place in range(len(document.get("folds", ())))]
            chosen = {name: document.get(name, {}) for name in _CHOSEN}
            fitted = [{name: each[name] for name in _FITTED} for each in (document, *document.get("folds", ()))]
            folds = tuple(
                cls(directory, datasets, part, **own, **chosen) for part, own in zip(parts, fitted[1:], strict=True)
            )
            return cls(directory, datasets, split, **fitted[0], **chosen, folds=folds)
        except DataError:
            raise
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise DataError(f"cannot open the prepared data at {directory}: {error}") from error


def _dataset(entry: Mapping[str, str]) -> Dataset:
    directory = Path(entry["directory"])
    if not directory.is_dir():
        raise DataError(f"the prepared data at {directory} is gone; prepare it again from the original data")
    dataset = Dataset.load(directory)
    if dataset.digest != entry["digest"]:
        raise DataError(f"the prepared data at {directory} has changed; prepare it again from the original data")
    return dataset
