"""Pictures into classes: one label a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from automl.arch import Input
from automl.config import Arrays, SearchConfig
from automl.data import (
    Dataset,
    ImageContract,
    Part,
    PreparedData,
    Split,
    check_splittable,
    fit_normalization,
    may_mirror,
    parts_of,
    read_arrays,
    read_images,
    split_rows,
)
from automl.errors import DataError
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.tasks.base import Direction, Task


class ImageClassify(Task):
    """A folder with one sub-folder a class, an ``.npz`` file, or arrays; every picture is of one class."""

    name: ClassVar[str] = "image-classify"
    default_space: ClassVar[str] = "cnn"
    objectives: ClassVar[Mapping[str, Direction]] = MappingProxyType(
        {"val_accuracy": "maximize", "val_loss": "minimize"}
    )
    default_objective: ClassVar[str] = "val_accuracy"
    loss: ClassVar[str] = "sparse_categorical_crossentropy"
    metrics: ClassVar[tuple[str, ...]] = ("accuracy",)

    def prepare(self, config: SearchConfig, directory: Path, events: Events) -> PreparedData:
        """Read pictures and labels into the cache, split them, fit preprocessing, and write ``directory``."""
        seed = config.seed
        training = _read(config.data, config, events)
        validation = _read_validation(config, training, events)
        datasets = (training,) if validation is None else (training, validation)
        prepared = PreparedData(directory, datasets, _split(datasets, seed), preprocessing={}, traits={})
        rows = prepared.rows("train")
        prepared = PreparedData(
            directory,
            datasets,
            prepared.split,
            preprocessing={"image": [fit_normalization(rows.x)]},
            traits={"mirror": may_mirror(rows, seed=seed)},
        )
        prepared.save()
        return prepared

    def inputs(self, prepared: PreparedData) -> Mapping[str, Input]:
        """One picture, as float32 after preprocessing."""
        return {name: Input(shape=tuple(found["shape"])) for name, found in prepared.inputs.items()}

    def heads(self, prepared: PreparedData) -> Mapping[str, dict[str, Any]]:
        """A probability for every class; two classes get two, so that all models answer alike."""
        return {"label": {"units": len(prepared.classes), "activation": "softmax"}}

    def baseline(self, prepared: PreparedData) -> dict[str, float]:
        """Share of the most frequent training class among the validation rows."""
        guess = np.bincount(prepared.rows("train").y).argmax()
        return {"val_accuracy": float((prepared.rows("validation").y == guess).mean())}

    def settle(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Mirror where the pictures allow it, and shift by no more than an eighth of the shorter side.

        Measured with a small residual network on the 8 x 8 digits, validation accuracy over four splits: 0.988 without
        shifts, 0.986 with one pixel, 0.974 with two.
        """
        augment = training.augment
        height, width, _ = _pictures(prepared).shape
        flip = prepared.traits["mirror"] if augment.flip == "auto" else augment.flip
        shift = min(augment.shift, min(height, width) // 8)
        return training.model_copy(update={"augment": augment.model_copy(update={"flip": flip, "shift": shift})})

    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """Rows, classes and how many of each, shape, and what was skipped or found out."""
        y = np.concatenate([dataset.y for dataset in prepared.datasets])
        counts = np.bincount(y, minlength=len(prepared.classes)).tolist()
        return {
            "task": self.name,
            "rows": len(y),
            "training_rows": len(prepared.split.train),
            "validation_rows": len(prepared.split.validation),
            "classes": len(prepared.classes),
            "class_counts": {str(name): count for name, count in zip(prepared.classes, counts, strict=True)},
            "shape": list(prepared.contract.shape),
            "mode": _pictures(prepared).mode,
            "dtype": prepared.contract.dtype,
            "mirror": prepared.traits["mirror"],
            "baseline": self.baseline(prepared),
            "skipped_files": sum(len(dataset.skipped) for dataset in prepared.datasets),
            "from_cache": all(dataset.reused for dataset in prepared.datasets),
        }


def _pictures(prepared: PreparedData) -> ImageContract:
    contract = prepared.contract
    if not isinstance(contract, ImageContract):
        raise DataError(f"pictures are needed, and the data is of the kind {contract.kind!r}")
    return contract


def _read(
    source: Path | Arrays, config: SearchConfig, events: Events, *, part: Part = "train", like: Dataset | None = None
) -> Dataset:
    if isinstance(source, Arrays):
        return read_arrays(source.x, source.y, like=like, cache_dir=config.cache_dir)
    dataset = read_images(
        source,
        part=part,
        like=like,
        cache_dir=config.cache_dir,
        on_bad_file=config.on_bad_file,
        on_progress=lambda done, total: events.preparing("pictures", done, total),
    )
    if dataset.skipped:
        name, reason = dataset.skipped[0]
        total = dataset.rows + len(dataset.skipped)
        events.warning(
            f"{len(dataset.skipped)} of {total} files in {source} are left out; the first: {name} ({reason})"
        )
    return dataset


def _read_validation(config: SearchConfig, training: Dataset, events: Events) -> Dataset | None:
    """Validation data that was given, or that lies beside the training data; None when it is to be split off."""
    source = config.validation
    if source is None and isinstance(config.data, Path) and "validation" in parts_of(config.data):
        source = config.data
    return None if source is None else _read(source, config, events, part="validation", like=training)


def _split(datasets: tuple[Dataset, ...], seed: int) -> Split:
    if len(datasets) == 1:
        check_splittable(datasets[0].y, datasets[0].classes)
        return split_rows(datasets[0].y, seed=seed)
    first, second = (dataset.rows for dataset in datasets)
    return Split(train=np.arange(first), validation=np.arange(first, first + second))
