"""One input or one output of several, as the code for one input and one output sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data.dataset import Array, Dataset, open_array
from automl.data.kinds import InputContract
from automl.data.prepared import PreparedData
from automl.data.split import ranges_of
from automl.data.targets import ClassTarget, TargetContract

ROWS = "label"
"""Name of the target that parts are read and fitted with."""


@dataclass(frozen=True, slots=True)
class View(Dataset):
    """A dataset with fewer inputs and targets, under other names.

    Attributes:
        called: Name here to the name in the folder.
        as_classes: Whether the target is told as classes, whatever it is: numbers by their range, labels by the first.
    """

    called: Mapping[str, str] = field(default_factory=dict)
    as_classes: bool = False

    def input(self, name: str) -> Array:
        """See ``Dataset``."""
        return open_array(self.directory / f"x.{self.called.get(name, name)}.npy")

    def target(self, name: str) -> Array:
        """See ``Dataset``."""
        found = np.asarray(np.load(self.directory / f"y.{self.called.get(name, name)}.npy", allow_pickle=False))
        return codes_of(found) if self.as_classes else found


def codes_of(y: NDArray[Any]) -> NDArray[np.int64]:
    """Answers as codes (n,): classes as they are, numbers by their range, labels by the first of them.

    >>> codes_of(np.array([[1, 0], [0, 1]], np.uint8)).tolist()
    [1, 0]
    """
    if y.ndim == 1:
        return y.astype(np.int64)
    return ranges_of(y[:, 0]) if y.dtype.kind == "f" else y[:, 0].astype(np.int64)


def part_view(dataset: Dataset, name: str, called: str, target: TargetContract) -> View:
    """One input of a dataset, under the name that its kind knows it by, and a target that is known to its reader."""
    return _view(dataset, {called: dataset.inputs[name]}, {ROWS: target}, {called: name})


def input_view(prepared: PreparedData, name: str) -> PreparedData:
    """One input, under the name that its kind knows it by, with what was fitted on it; the target is told as classes.

    Args:
        prepared: With several inputs and targets.
        name: Of the input.
    """
    contract = prepared.contracts[name]
    called, output = contract.kind, leading(prepared.targets)
    target = _classes(prepared, output)
    prefix = f"{name}."
    return PreparedData(
        prepared.directory,
        tuple(
            _view(each, {called: contract}, {ROWS: target}, {called: name, ROWS: output}, as_classes=True)
            for each in prepared.datasets
        ),
        prepared.split,
        preprocessing={called: prepared.preprocessing[name]} if name in prepared.preprocessing else {},
        traits={trait.removeprefix(prefix): v for trait, v in prepared.traits.items() if trait.startswith(prefix)},
        fronts={called: prepared.fronts[name]} if name in prepared.fronts else {},
    )


def output_view(prepared: PreparedData, name: str, called: str) -> PreparedData:
    """All inputs and one target, under the name that its kind knows it by."""
    return PreparedData(
        prepared.directory,
        tuple(dataset_view(each, name, called) for each in prepared.datasets),
        prepared.split,
        preprocessing={},
        traits={},
    )


def dataset_view(dataset: Dataset, name: str, called: str) -> View:
    """All inputs of a dataset and one target, under another name."""
    return _view(dataset, dataset.inputs, {called: dataset.targets[name]}, {called: name})


def leading(targets: Mapping[str, TargetContract]) -> str:
    """The output whose answers say how rows are split: the first one of classes, else the first one."""
    of_classes = [name for name, target in targets.items() if isinstance(target, ClassTarget)]
    return next(iter(of_classes or targets))


def _classes(prepared: PreparedData, output: str) -> ClassTarget:
    target = prepared.targets[output]
    if isinstance(target, ClassTarget):
        return target
    most = max(int(codes_of(each.target(output)).max()) for each in prepared.datasets)
    return ClassTarget(classes=tuple(range(max(2, most + 1))))


def _view(
    dataset: Dataset,
    inputs: Mapping[str, InputContract],
    targets: Mapping[str, TargetContract],
    called: Mapping[str, str],
    *,
    as_classes: bool = False,
) -> View:
    own: Iterable[str] = (item.name for item in fields(Dataset) if item.name not in ("inputs", "targets", "notes"))
    kept = {name: getattr(dataset, name) for name in own}
    prefixes = tuple(f"{called.get(name, name)}: " for name in inputs)
    notes = tuple(note.partition(": ")[2] for note in dataset.notes if note.startswith(prefixes))
    return View(**kept, notes=notes, inputs=inputs, targets=targets, called=called, as_classes=as_classes)
