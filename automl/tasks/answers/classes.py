"""One of several classes a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from automl.config import SearchConfig
from automl.data import Dataset, PreparedData, Rows, Split, TargetContract, check_splittable, classes_of, split_rows
from automl.errors import ConfigError
from automl.metrics import OF_CLASSES
from automl.tasks.answers.base import Answers, Kind


class Classes(Answers):
    """A probability for every class; two classes get two, so that all models answer alike."""

    kind: ClassVar[Kind] = "classes"
    output: ClassVar[str] = "label"
    loss: ClassVar[str] = "sparse_categorical_crossentropy"
    metrics: ClassVar[tuple[str, ...]] = OF_CLASSES
    default_objective: ClassVar[str] = "val_accuracy"
    unguessable: ClassVar[tuple[str, ...]] = ("log_loss", "auc")

    def head(self, target: TargetContract) -> dict[str, Any]:
        """A unit a class."""
        return {"units": len(classes_of(target)), "activation": "softmax"}

    def split(self, dataset: Dataset, seed: int) -> Split:
        """Stratified: every class gives its share."""
        check_splittable(dataset.y, dataset.classes)
        return split_rows(dataset.y, seed=seed)

    def guess(self, rows: Rows, target: TargetContract) -> NDArray[Any]:
        """All of it on the most frequent class."""
        counts = np.bincount(rows.y, minlength=len(classes_of(target)))
        guess: NDArray[Any] = np.eye(len(counts))[counts.argmax()]
        return guess

    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """How many classes, and how many rows each has."""
        y = np.concatenate([dataset.y for dataset in prepared.datasets])
        counts = np.bincount(y, minlength=len(prepared.classes)).tolist()
        return {
            "classes": len(prepared.classes),
            "class_counts": {str(name): count for name, count in zip(prepared.classes, counts, strict=True)},
        }

    def fitted(self, prepared: PreparedData, rows: Rows, config: SearchConfig) -> dict[str, Any]:
        """What a row of each class counts, where that was asked for."""
        wanted, classes = config.class_weight, prepared.classes
        if wanted is None:
            return {}
        if wanted == "balanced":
            return {"class_weights": {self.output: balanced(rows.y, len(classes))}}
        if not isinstance(wanted, Mapping):
            raise ConfigError(f"class weight is {wanted!r}; it must be 'balanced' or a mapping of classes to numbers")
        by_name = {str(name): float(weight) for name, weight in wanted.items()}
        unknown = by_name.keys() - {str(name) for name in classes}
        if unknown:
            known = ", ".join(map(str, classes))
            raise ConfigError(f"class weight names {min(unknown)!r}, and the classes are {known}")
        return {"class_weights": {self.output: [by_name.get(str(name), 1.0) for name in classes]}}


def balanced(codes: NDArray[np.int64], classes: int) -> list[float]:
    """Weights with which every class counts alike: n / (k * rows of the class); 1 for one without rows.

    >>> balanced(np.array([0, 0, 0, 1]), 2)
    [0.6666666666666666, 2.0]
    """
    counts = np.bincount(codes, minlength=classes)
    weights = len(codes) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return [float(weight) for weight in np.where(counts == 0, 1.0, weights)]
