"""One of several classes a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from automl.config import SearchConfig
from automl.data import (
    Dataset,
    PreparedData,
    Rows,
    Split,
    TargetContract,
    check_splittable,
    classes_of,
    folds_of_classes,
    folds_of_groups,
    split_groups,
    split_rows,
)
from automl.errors import ConfigError
from automl.metrics import FEW, MORE_OF_CLASSES, OF_CLASSES
from automl.tasks.answers.base import Answers, Kind


class Classes(Answers):
    """A probability for every class; two classes get two, so that all models answer alike."""

    kind: ClassVar[Kind] = "classes"
    output: ClassVar[str] = "label"
    loss: ClassVar[str] = "sparse_categorical_crossentropy"
    metrics: ClassVar[tuple[str, ...]] = OF_CLASSES
    default_objective: ClassVar[str] = "val_accuracy"
    unguessable: ClassVar[tuple[str, ...]] = ("log_loss", "auc")
    more: ClassVar[tuple[str, ...]] = MORE_OF_CLASSES
    losses: ClassVar[tuple[str, ...]] = (
        "sparse_categorical_crossentropy",
        "categorical_crossentropy",
        "categorical_focal_crossentropy",
        "categorical_hinge",
        "kl_divergence",
        "mean_squared_error",
    )

    def head(self, target: TargetContract) -> dict[str, Any]:
        """A unit a class."""
        return {"units": len(classes_of(target)), "activation": "softmax"}

    def split(self, dataset: Dataset, seed: int) -> Split:
        """Stratified: every class gives its share."""
        if dataset.groups is not None:
            return split_groups(dataset.y, dataset.groups, seed=seed)
        check_splittable(dataset.y, dataset.classes)
        return split_rows(dataset.y, seed=seed)

    folded_by: ClassVar[str] = "every class gives its share to each"

    def folds(self, dataset: Dataset, count: int, seed: int) -> list[Split]:
        """Stratified: every class gives its share to every fold."""
        if dataset.groups is not None:
            return folds_of_groups(dataset.y, dataset.groups, count, seed=seed)
        return folds_of_classes(dataset.y, count, seed=seed, names=dataset.classes)

    def doubts(self, prepared: PreparedData) -> Iterator[str]:
        """A class on one side only is either not learned, or not validated."""
        training, validation = prepared.rows("train").y, prepared.rows("validation").y
        for here, there, what in (
            (validation, training, "has no row to train on: it is never right"),
            (training, validation, "has no row to validate on: the scores say nothing of it"),
        ):
            missing = sorted(set(here.tolist()) - set(there.tolist()))
            if missing:
                also = f" (and {len(missing) - 1} more such classes)" if len(missing) > 1 else ""
                yield f"class {prepared.classes[missing[0]]!r}{also} {what}"

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

    def goals(self, config: SearchConfig, target: TargetContract, *, weighted: bool) -> dict[str, Any]:
        """See ``Answers``; five guesses are always right where there are only five classes."""
        found = super().goals(config, target, weighted=weighted)
        classes = len(classes_of(target))
        if "top_5" in found["metrics"].get(self.output, ()) and classes <= FEW:
            raise ConfigError(f"top_5 of {classes} classes is always 1; it needs more than {FEW}")
        return found

    def fitted(self, prepared: PreparedData, rows: Rows, config: SearchConfig) -> dict[str, Any]:
        """What a row of each class counts, where that was asked for."""
        wanted, classes = config.class_weight, prepared.classes
        if wanted is None:
            return {}
        if wanted == "balanced":
            return {"class_weights": {self.output: balanced(rows.y, len(classes))}}
        if not isinstance(wanted, Mapping):
            raise ConfigError(f"class weight is {wanted!r}; it must be 'balanced' or a mapping of classes to numbers")
        by_name = {str(name): _number(weight, name) for name, weight in wanted.items()}
        unknown = by_name.keys() - {str(name) for name in classes}
        if unknown:
            known = ", ".join(map(str, classes))
            raise ConfigError(f"class weight names {min(unknown)!r}, and the classes are {known}")
        found = [by_name.get(str(name), 1.0) for name in classes]
        if not any(found):
            raise ConfigError("the class weights are all 0: there is nothing to learn")
        return {"class_weights": {self.output: found}}


def _number(weight: Any, name: object) -> float:
    if isinstance(weight, bool) or not isinstance(weight, int | float | np.number) or not 0 <= weight < np.inf:
        raise ConfigError(f"the class weight of {name!r} is {weight!r}; it must be a number of at least 0")
    return float(weight)


def balanced(codes: NDArray[np.int64], classes: int) -> list[float]:
    """Weights with which every class counts alike: n / (k * rows of the class); 1 for one without rows.

    >>> balanced(np.array([0, 0, 0, 1]), 2)
    [0.6666666666666666, 2.0]
    """
    counts = np.bincount(codes, minlength=classes)
    weights = len(codes) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return [float(weight) for weight in np.where(counts == 0, 1.0, weights)]
