"""Tables into classes or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from automl.arch import Architecture, Input, Node
from automl.config import Arrays, SearchConfig
from automl.data import Dataset, NumberTarget, PreparedData, Rows, Split, TableContract, split_rows
from automl.data.tables.fit import balanced, fit_scale, fit_tidy
from automl.data.tables.read import INPUT, Answer, Given, read_table
from automl.data.tables.source import table_part
from automl.data.tables.warn import equal_rows, leaking
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.metrics import DIRECTIONS, OF_CLASSES, OF_NUMBERS, score
from automl.tasks.base import Direction, Task

_SMALLEST_BATCH = 16
_FEWEST_STEPS = 32


def _objectives(metrics: tuple[str, ...]) -> Mapping[str, Direction]:
    of_metrics = {f"val_{name}": DIRECTIONS[name] for name in metrics}
    return MappingProxyType({"val_loss": "minimize", **of_metrics})


class _Tabular(Task):
    """What both tasks of tables share."""

    default_space: ClassVar[str] = "tabular"
    answer: ClassVar[Answer]
    output: ClassVar[str]

    def prepare(self, config: SearchConfig, directory: Path, events: Events) -> PreparedData:
        """Read the table into the cache, split it, fit preprocessing, and write ``directory``."""
        self._check(config)
        training = self._read(config.data, config, events)
        validation = self._read_validation(config, training, events)
        datasets = (training,) if validation is None else (training, validation)
        split = self._split(datasets, config.seed)
        prepared = PreparedData(directory, datasets, split, preprocessing={}, traits={})
        rows, contract = prepared.rows("train"), _contract(prepared)
        for warning in leaking(rows, contract, seed=config.seed):
            events.warning(warning)
        _warn_of_equal_rows(rows, prepared.rows("validation"), events)
        prepared = replace(
            prepared,
            preprocessing={INPUT: [fit_tidy(rows.x, contract, seed=config.seed)]},
            fronts={INPUT: front(contract)},
            **self._fitted(prepared, rows, config),
        )
        prepared.save()
        return prepared

    def inputs(self, prepared: PreparedData) -> Mapping[str, Input]:
        """A row of numbers, of columns that say where some are missing, and of codes."""
        contract = _contract(prepared)
        gaps = len(prepared.preprocessing[INPUT][0]["args"]["gaps"])
        return {INPUT: Input((contract.shape[0] + gaps,), codes=contract.codes)}

    def baseline(self, prepared: PreparedData) -> dict[str, float]:
        """Scores of guessing the most frequent class, or the mean, on the validation rows."""
        training, validation = prepared.rows("train"), prepared.rows("validation")
        guess = np.tile(self._guess(training, prepared), (len(validation), 1))
        return {
            f"val_{name}": score(name, validation.y, guess, validation.weights)
            for name in self.metrics
            if name not in ("log_loss", "auc")
        }

    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """Rows, columns with what they are and why, and what guessing would score."""
        contract = _contract(prepared)
        return {
            "task": self.name,
            "rows": sum(dataset.rows for dataset in prepared.datasets),
            "training_rows": len(prepared.split.train),
            "validation_rows": len(prepared.split.validation),
            "columns": {column.name: {"kind": column.kind, "reason": column.reason} for column in contract.columns},
            "left_out": {each.name: each.reason for each in contract.left_out},
            "numbers": len(contract.numbers),
            "categories": len(contract.categories),
            "baseline": self.baseline(prepared),
            **self._found(prepared),
            "from_cache": all(dataset.reused for dataset in prepared.datasets),
        }

    def _check(self, config: SearchConfig) -> None:
        """Refuse options that make no sense for the task."""

    def _fitted(self, prepared: PreparedData, rows: Rows, config: SearchConfig) -> dict[str, Any]:
        """What else is fitted on the training rows."""
        raise NotImplementedError

    def _guess(self, rows: Rows, prepared: PreparedData) -> NDArray[Any]:
        """The answer to every row of who knows nothing of it."""
        raise NotImplementedError

    def _found(self, prepared: PreparedData) -> dict[str, object]:
        """What people want to know of the answers."""
        raise NotImplementedError

    def _split(self, datasets: tuple[Dataset, ...], seed: int) -> Split:
        if len(datasets) == 1:
            return self._split_one(datasets[0], seed)
        first, second = (dataset.rows for dataset in datasets)
        return Split(train=np.arange(first), validation=np.arange(first, first + second))

    def _split_one(self, dataset: Dataset, seed: int) -> Split:
        raise NotImplementedError

    def _read(self, source: Any, config: SearchConfig, events: Events, *, like: Dataset | None = None) -> Dataset:
        given = None
        if isinstance(source, Arrays):
            given = Given(source.y, source.weights)
            source = source.x
        dataset = read_table(
            source,
            answer=self.answer,
            output=self.output,
            columns=config.columns,
            given=given,
            like=like,
            cache_dir=config.cache_dir,
            on_progress=lambda done, total: events.preparing("rows", done, total),
        )
        for note in dataset.notes:
            events.warning(note)
        return dataset

    def _read_validation(self, config: SearchConfig, training: Dataset, events: Events) -> Dataset | None:
        source = config.validation
        if source is None and isinstance(config.data, Path):
            source = table_part(config.data, "validation")
        return None if source is None else self._read(source, config, events, like=training)


class TabularClassify(_Tabular):
    """A CSV or Parquet file, a data frame or an array; every row is of one class."""

    name: ClassVar[str] = "tabular-classify"
    objectives: ClassVar[Mapping[str, Direction]] = _objectives(OF_CLASSES)
    default_objective: ClassVar[str] = "val_accuracy"
    loss: ClassVar[str] = "sparse_categorical_crossentropy"
    metrics: ClassVar[tuple[str, ...]] = OF_CLASSES
    answer: ClassVar[Answer] = "classes"
    output: ClassVar[str] = "label"

    def heads(self, prepared: PreparedData) -> Mapping[str, dict[str, Any]]:
        """A probability for every class; two classes get two, so that all models answer alike."""
        return {self.output: {"units": len(prepared.classes), "activation": "softmax"}}

    def settle(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Small tables get small batches; there is nothing to augment."""
        return training.model_copy(update={"batch_size": _batch_size(training.batch_size, prepared)})

    def _split_one(self, dataset: Dataset, seed: int) -> Split:
        counts = np.bincount(dataset.y, minlength=len(dataset.classes))
        single = [dataset.classes[code] for code in np.flatnonzero(counts < 2).tolist()]
        if single:
            raise DataError(
                f"class {single[0]!r} has only one row; at least two are needed, one to train and one to validate on: "
                "add rows, remove the class, or give validation data"
            )
        return split_rows(dataset.y, seed=seed)

    def _fitted(self, prepared: PreparedData, rows: Rows, config: SearchConfig) -> dict[str, Any]:
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

    def _guess(self, rows: Rows, prepared: PreparedData) -> NDArray[Any]:
        counts = np.bincount(rows.y, minlength=len(prepared.classes))
        guess: NDArray[Any] = np.eye(len(counts))[counts.argmax()]
        return guess

    def _found(self, prepared: PreparedData) -> dict[str, object]:
        y = np.concatenate([dataset.y for dataset in prepared.datasets])
        counts = np.bincount(y, minlength=len(prepared.classes)).tolist()
        return {
            "classes": len(prepared.classes),
            "class_counts": {str(name): count for name, count in zip(prepared.classes, counts, strict=True)},
        }


class TabularRegress(_Tabular):
    """A CSV or Parquet file, a data frame or an array; every row has one number or several."""

    name: ClassVar[str] = "tabular-regress"
    objectives: ClassVar[Mapping[str, Direction]] = _objectives(OF_NUMBERS)
    default_objective: ClassVar[str] = "val_rmse"
    loss: ClassVar[str] = "mean_squared_error"
    metrics: ClassVar[tuple[str, ...]] = OF_NUMBERS
    answer: ClassVar[Answer] = "numbers"
    output: ClassVar[str] = "value"

    def heads(self, prepared: PreparedData) -> Mapping[str, dict[str, Any]]:
        """A number for every column to predict."""
        return {self.output: {"units": prepared.targets[self.output].shape[0], "activation": "linear"}}

    def settle(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Small tables get small batches; numbers have no labels to smooth."""
        batch_size = _batch_size(training.batch_size, prepared)
        return training.model_copy(update={"batch_size": batch_size, "label_smoothing": 0.0})

    def _check(self, config: SearchConfig) -> None:
        if config.class_weight is not None:
            raise ConfigError(f"class weights are for classes, and {self.name} predicts numbers; give rows weights")

    def _split_one(self, dataset: Dataset, seed: int) -> Split:
        """By ranges of the (first) number, so that both sides have large and small ones."""
        if dataset.rows < 2:
            raise DataError(f"{dataset.rows} row(s) (n_samples=1): two are needed, one to train and one to validate on")
        ranges = max(1, min(10, dataset.rows // 10))
        order = dataset.y[:, 0].argsort(kind="stable").argsort(kind="stable")
        return split_rows((order * ranges // dataset.rows).astype(np.int64), seed=seed)

    def _fitted(self, prepared: PreparedData, rows: Rows, config: SearchConfig) -> dict[str, Any]:  # noqa: ARG002
        return {"scales": {self.output: fit_scale(rows.y)}}

    def _guess(self, rows: Rows, prepared: PreparedData) -> NDArray[Any]:  # noqa: ARG002
        return np.average(rows.y, axis=0, weights=rows.weights)

    def _found(self, prepared: PreparedData) -> dict[str, object]:
        target = prepared.targets[self.output]
        assert isinstance(target, NumberTarget)
        return {"targets": list(target.columns)}


def front(contract: TableContract) -> dict[str, Any]:
    """The architecture that makes the working form of raw numbers and texts; see ``PreparedData.fronts``."""
    inputs, nodes, parts = dict[str, Input](), list[Node](), list[str]()
    if contract.numbers:
        inputs["numbers"] = Input((len(contract.numbers),))
        parts.append("numbers")
    if contract.categories:
        inputs["categories"] = Input((len(contract.categories),), "string")
        values = [list(column.values) for column in contract.categories]
        nodes.append(Node("codes", "lookup", {"values": values}, ("categories",)))
        parts.append("codes")
    if len(parts) == 2:
        nodes.append(Node("row", "concat", {}, tuple(parts)))
    return Architecture.assemble(inputs, nodes, {INPUT: "row" if len(parts) == 2 else parts[0]}).to_json()


def _batch_size(wanted: int, prepared: PreparedData) -> int:
    """A power of two with which an epoch has at least 32 steps, but no less than 16 rows, and no more than wanted."""
    rows = len(prepared.split.train)
    return min(wanted, max(_SMALLEST_BATCH, 1 << max(0, (rows // _FEWEST_STEPS).bit_length() - 1)))


def _contract(prepared: PreparedData) -> TableContract:
    contract = prepared.contract
    if not isinstance(contract, TableContract):
        raise DataError(f"a table is needed, and the data is of the kind {contract.kind!r}")
    return contract


def _warn_of_equal_rows(training: Rows, validation: Rows, events: Events) -> None:
    count = equal_rows(training, validation)
    if count:
        events.warning(
            f"{count} of {len(validation)} validation rows are equal to training rows, answer and all: "
            "the score is too good by as much as a network remembers them"
        )
