"""Several inputs and several outputs, of any kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from automl.arch import Input
from automl.config import SearchConfig
from automl.data import Dataset, PreparedData, Split
from automl.data.several.answers import KINDS
from automl.data.several.views import dataset_view, input_view, leading, output_view
from automl.errors import ConfigError
from automl.events import Events
from automl.jobs import Objective, TrainingSettings
from automl.metrics import Direction
from automl.tasks.answers import Answers
from automl.tasks.base import Goal, Task
from automl.tasks.chosen import check_chosen, goals_of, objective_of
from automl.tasks.folds import all_train, doubts_of, in_folds, mean_scores, rows_found
from automl.tasks.fronts import named_front
from automl.tasks.gather import Reader, plain
from automl.tasks.heard import Of
from automl.tasks.ports import Ports, ports_of, with_space
from automl.tasks.rows import RowsTask


class Multi(Task):
    """Rows of several inputs, each read by its own kind, and several answers to each row.

    Args:
        kinds: Kind of input to the task that reads it.
        answers: Kind of target to what knows such answers.
    """

    name: ClassVar[str] = "multi"
    default_space: ClassVar[str] = "multimodal"
    several: ClassVar[bool] = True

    def __init__(self, kinds: Mapping[str, RowsTask], answers: Mapping[str, Answers]) -> None:
        self._kinds = MappingProxyType(dict(kinds))
        self._answers = MappingProxyType(dict(answers))

    @property
    def objectives(self) -> Mapping[str, Direction]:
        """Those of every search; each output has its own beside, such as ``val_price_rmse``."""
        return MappingProxyType({"val_loss": "minimize"})

    @property
    def default_objective(self) -> str:
        """The weighted sum of the outputs' plain losses."""
        return "val_loss"

    @property
    def loss(self) -> str:
        """Each output has its own, see ``goals``."""
        return ""

    @property
    def metrics(self) -> tuple[str, ...]:
        """Each output has its own, see ``goals``."""
        return ()

    def objective(self, name: str | None = None, metrics: Sequence[str] = ()) -> Objective:
        """``val_loss``, ``val_<output>_loss`` or ``val_<output>_<metric>``; ``prepare`` knows the outputs.

        Raises:
            ConfigError: It is none of them.
        """
        if name in (None, self.default_objective):
            return super().objective(name, metrics)
        return objective_of(str(name), metrics)

    def with_space(self, config: SearchConfig) -> SearchConfig:
        """With a space written for the inputs and outputs where none is given."""
        return with_space(config)

    def prepare(self, config: SearchConfig, directory: Path, events: Events) -> PreparedData:
        """Read every input by its own kind, put the rows together, split them, fit, and write ``directory``."""
        ports = ports_of(config)
        self._check(config, ports)
        reader = Reader(self._kinds, ports, config, events)
        training = reader.read(config.data)
        validation = reader.read_validation(training)
        datasets = (training,) if validation is None else (training, validation)
        fit = partial(self._fitted, config=config, ports=ports)
        if config.folds is None:
            split = self._split(datasets, config)
            prepared = fit(PreparedData(directory, datasets, split, preprocessing={}, traits={}), events)
        else:
            whole = PreparedData(directory, datasets, all_train(training), preprocessing={}, traits={})
            prepared = in_folds(whole, self._folds(whole, config.folds, config.seed), fit, events)
        for doubt in doubts_of(prepared, self._doubts):
            events.warning(doubt)
        prepared.save()
        return prepared

    def inputs(self, prepared: PreparedData) -> Mapping[str, Input]:
        """What each kind says of its input."""
        found = {}
        for name, kind in self._inputs(prepared):
            (found[name],) = kind.inputs(input_view(prepared, name)).values()
        return found

    def heads(self, prepared: PreparedData) -> Mapping[str, dict[str, Any]]:
        """A head an output."""
        return {name: answers.head(prepared.targets[name]) for name, answers in self._outputs(prepared)}

    def goals(self, prepared: PreparedData) -> Mapping[str, Goal]:
        """The loss, scores and weight of every output."""
        return {
            name: Goal(
                loss=prepared.losses.get(name, answers.loss),
                metrics=(*answers.metrics, *prepared.metrics.get(name, ())),
                weight=prepared.loss_weights.get(name, 1.0),
            )
            for name, answers in self._outputs(prepared)
        }

    def settle(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Batches as small as the smallest that a kind wants; pictures are mirrored where all of them may be."""
        settled = [
            (kind, kind.settle_inputs(training, input_view(prepared, name))) for name, kind in self._inputs(prepared)
        ]
        decided = [each.augment for _, each in settled if each.augment.flip != "auto"]
        shift = min((each.augment.shift for _, each in settled), default=0)
        flip = bool(decided) and all(each.flip is True for each in decided)
        settings = training.model_copy(
            update={
                "batch_size": min(each.batch_size for _, each in settled),
                "augment": training.augment.model_copy(update={"flip": flip, "shift": shift}),
            }
        )
        smoothed = any(answers.settle(settings).label_smoothing for _, answers in self._outputs(prepared))
        return settings if smoothed else settings.model_copy(update={"label_smoothing": 0.0})

    def baseline(self, prepared: PreparedData) -> dict[str, float]:
        """What guessing scores at every output, under the output's name; of several folds the means."""
        return mean_scores(prepared, self._guessing)

    def _guessing(self, prepared: PreparedData) -> dict[str, float]:
        found = {}
        for name, answers in self._outputs(prepared):
            view = output_view(prepared, name, answers.output)
            scores = answers.baseline(view.rows("train"), view.rows("validation"), prepared.targets[name])
            found.update({f"val_{name}_{metric.removeprefix('val_')}": value for metric, value in scores.items()})
        return found

    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """Rows, what was found of every input and output, and what guessing would score."""
        inputs = {
            name: {"kind": prepared.contracts[name].kind, **kind.found(input_view(prepared, name))}
            for name, kind in self._inputs(prepared)
        }
        outputs = {
            name: {"kind": answers.kind, **answers.summary(output_view(prepared, name, answers.output))}
            for name, answers in self._outputs(prepared)
        }
        grouped = prepared.datasets[0].groups is not None
        leader = self._answers[prepared.targets[leading(prepared.targets)].kind]
        return {
            "task": self.name,
            **rows_found(prepared, "all rows of a group are in one" if grouped else leader.folded_by),
            "inputs": inputs,
            "outputs": outputs,
            "baseline": self.baseline(prepared),
            "from_cache": all(dataset.reused for dataset in prepared.datasets),
        }

    def check_goals(self, config: SearchConfig) -> None:
        """Losses, scores and class weights are chosen an output; ``prepare`` checks them, when the outputs are known.

        Raises:
            ConfigError: One column is asked for as the answer.
        """
        if config.columns.target:
            raise ConfigError("--target is for one output; name every output: --output price=regression:PRICE")

    def _check(self, config: SearchConfig, ports: Ports) -> None:
        self.check_goals(config)
        for port in ports.inputs:
            if port.kind not in self._kinds:
                raise ConfigError(f"inputs of the kind {port.kind!r} cannot be read; {', '.join(self._kinds)} can")
        check_chosen(config, ports.outputs, {port.name: self._answers[KINDS[port.kind]] for port in ports.outputs})

    def _inputs(self, prepared: PreparedData) -> Iterator[tuple[str, RowsTask]]:
        for name, contract in prepared.contracts.items():
            yield name, self._kinds["tabular" if contract.kind == "table" else contract.kind]

    def _outputs(self, prepared: PreparedData) -> Iterator[tuple[str, Answers]]:
        for name, target in prepared.targets.items():
            yield name, self._answers[target.kind]

    def _doubts(self, prepared: PreparedData) -> Iterator[str]:
        for name, answers in self._outputs(prepared):
            for doubt in answers.doubts(output_view(prepared, name, answers.output)):
                yield f"{name}: {doubt}"

    def _fitted(self, prepared: PreparedData, events: Events, *, config: SearchConfig, ports: Ports) -> PreparedData:
        """The data with everything fitted on its training rows."""
        return replace(
            prepared,
            **self._fit(prepared, config, events),
            **goals_of(prepared, config, ports.outputs, dict(self._outputs(prepared))),
        )

    def _folds(self, whole: PreparedData, count: int, seed: int) -> list[PreparedData]:
        """The data in each of ``count`` folds, with nothing fitted yet."""
        (dataset,) = whole.datasets
        name = leading(dataset.targets)
        answers = self._answers[dataset.targets[name].kind]
        splits = answers.folds(dataset_view(dataset, name, answers.output), count, seed)
        return [replace(whole, split=split) for split in splits]

    def _split(self, datasets: tuple[Dataset, ...], config: SearchConfig) -> Split:
        if len(datasets) == 2:
            if datasets[0].groups is not None:
                raise ConfigError("groups say how to split, and validation rows are given: leave out one of both")
            first, second = (dataset.rows for dataset in datasets)
            return Split(train=np.arange(first), validation=np.arange(first, first + second))
        (dataset,) = datasets
        name = leading(dataset.targets)
        answers = self._answers[dataset.targets[name].kind]
        return answers.split(dataset_view(dataset, name, answers.output), config.seed)

    def _fit(self, prepared: PreparedData, config: SearchConfig, events: Events) -> dict[str, Any]:
        """What every kind fits on its input, under the input's name."""
        found: dict[str, dict[str, Any]] = {"preprocessing": {}, "fronts": {}, "traits": {}}
        for name, kind in self._inputs(prepared):
            view = input_view(prepared, name)
            fitted = kind.fit(view, view.rows("train"), plain(config), Of(events, f"{name} alone"))
            for steps in fitted.get("preprocessing", {}).values():
                found["preprocessing"][name] = steps
            for front in fitted.get("fronts", {}).values():
                found["fronts"][name] = named_front(front, name)
            found["traits"].update({f"{name}.{trait}": value for trait, value in fitted.get("traits", {}).items()})
        return found
