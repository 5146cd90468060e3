"""A task whose rows stand on their own: a kind of data, and a kind of answer to each row."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from automl.config import Arrays, SearchConfig
from automl.data import Dataset, Part, PreparedData, Rows, Split
from automl.errors import ConfigError
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.metrics import Direction
from automl.tasks.answers import Answers
from automl.tasks.base import Task
from automl.tasks.folds import all_train, doubts_of, in_folds, mean_scores, refuse_validation_part, rows_found

_OF_FORECASTS = ("time", "series", "past", "known", "horizon", "lookback")


class RowsTask(Task):
    """What all such tasks share; a kind of data says how it is read and fitted, ``answers`` what is predicted.

    Attributes:
        answers: What is predicted.
        forecasts: Whether it reads the columns and lengths that only forecasts have.
    """

    answers: ClassVar[Answers]
    forecasts: ClassVar[bool] = False

    @property
    def objectives(self) -> Mapping[str, Direction]:
        """Those of the answers."""
        return self.answers.objectives

    @property
    def default_objective(self) -> str:
        """That of the answers."""
        return self.answers.default_objective

    @property
    def loss(self) -> str:
        """That of the answers."""
        return self.answers.loss

    @property
    def metrics(self) -> tuple[str, ...]:
        """Those of the answers."""
        return self.answers.metrics

    def check_goals(self, config: SearchConfig) -> None:
        """Losses and scores may be chosen; ``prepare`` checks them, when the answers are known."""

    @abstractmethod
    def read(
        self, source: Any, config: SearchConfig, events: Events, *, part: Part = "train", like: Dataset | None = None
    ) -> Dataset:
        """Read rows with their answers into the cache.

        Args:
            source: A folder, a file or ``Arrays``.
            config: Says how to read it.
            events: Is told of the progress, and warned.
            part: Which part is wanted of data that comes in parts.
            like: Training data that this is validation data for; it gives the contracts.

        Raises:
            DataError: It cannot be used.
        """

    @abstractmethod
    def has_validation(self, source: Path) -> bool:
        """Whether the data comes with a validation part of its own."""

    @abstractmethod
    def fit(self, prepared: PreparedData, rows: Rows, config: SearchConfig, events: Events) -> dict[str, Any]:
        """What is fitted on the training rows' inputs, by the names of ``PreparedData``'s attributes.

        Args:
            prepared: The data, split, with nothing fitted yet.
            rows: Its training rows.
            config: What was asked for.
            events: Is warned of what people should know.
        """

    @abstractmethod
    def found(self, prepared: PreparedData) -> dict[str, object]:
        """What people want to know of the inputs."""

    def settle_inputs(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:  # noqa: ARG002
        """Training settings with everything decided that the space left to the inputs."""
        return training

    def prepare(self, config: SearchConfig, directory: Path, events: Events) -> PreparedData:
        """Read the data into the cache, split it, fit preprocessing, and write ``directory``."""
        for option in _OF_FORECASTS:
            if getattr(config.columns, option) and not self.forecasts:
                raise ConfigError(f"--{option} is for series-forecast, and the task is {self.name}; leave it out")
        self.answers.check(config)
        training = self.read(config.data, config, events)
        validation = self._read_validation(config, training, events)
        datasets = (training,) if validation is None else (training, validation)
        fit = partial(self._fitted, config=config)
        if config.folds is None:
            split = self._split(datasets, config)
            prepared = fit(PreparedData(directory, datasets, split, preprocessing={}, traits={}), events)
        else:
            self._check_groups(training, config)
            whole = PreparedData(directory, datasets, all_train(training), preprocessing={}, traits={})
            prepared = in_folds(whole, self.folds(whole, config.folds, config.seed), fit, events)
        for doubt in doubts_of(prepared, self.answers.doubts):
            events.warning(doubt)
        prepared.save()
        return prepared

    def folds(self, whole: PreparedData, count: int, seed: int) -> list[PreparedData]:
        """The data in each of ``count`` folds, with nothing fitted yet.

        Raises:
            DataError: There are too few rows, or groups.
        """
        return [replace(whole, split=split) for split in self.answers.folds(whole.datasets[0], count, seed)]

    def heads(self, prepared: PreparedData) -> Mapping[str, dict[str, Any]]:
        """The only output."""
        return {name: self.answers.head(target) for name, target in prepared.targets.items()}

    def settle(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """First what the inputs say, then the answers."""
        return self.answers.settle(self.settle_inputs(training, prepared))

    def baseline(self, prepared: PreparedData) -> dict[str, float]:
        """Scores of guessing without a look at the inputs; of several folds their means."""
        return mean_scores(prepared, self.guessing)

    def guessing(self, prepared: PreparedData) -> dict[str, float]:
        """What guessing scores on the validation rows of one split."""
        (target,) = prepared.targets.values()
        return self.answers.baseline(prepared.rows("train"), prepared.rows("validation"), target)

    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """Rows, what was found of inputs and answers, and what guessing would score."""
        grouped = prepared.datasets[0].groups is not None
        return {
            "task": self.name,
            **rows_found(prepared, "all rows of a group are in one" if grouped else self.answers.folded_by),
            **self.found(prepared),
            **self.answers.summary(prepared),
            "baseline": self.baseline(prepared),
            "from_cache": all(dataset.reused for dataset in prepared.datasets),
        }

    def _fitted(self, prepared: PreparedData, events: Events, *, config: SearchConfig) -> PreparedData:
        """The data with everything fitted on its training rows."""
        rows, (target,) = prepared.rows("train"), prepared.targets.values()
        return replace(
            prepared,
            **self.answers.goals(config, target, weighted=any(each.weighted for each in prepared.datasets)),
            **self.fit(prepared, rows, config, events),
            **self.answers.fitted(prepared, rows, config),
        )

    def _check_groups(self, training: Dataset, config: SearchConfig) -> None:
        if config.columns.group is not None and training.groups is None:
            raise ConfigError(
                f"{self.name} does not read groups from such data; leave out --group {config.columns.group}"
            )

    def _split(self, datasets: tuple[Dataset, ...], config: SearchConfig) -> Split:
        self._check_groups(datasets[0], config)
        if len(datasets) == 1:
            return self.answers.split(datasets[0], config.seed)
        if datasets[0].groups is not None:
            raise ConfigError("groups say how to split, and validation rows are given: leave out one of both")
        first, second = (dataset.rows for dataset in datasets)
        return Split(train=np.arange(first), validation=np.arange(first, first + second))

    def _read_validation(self, config: SearchConfig, training: Dataset, events: Events) -> Dataset | None:
        """Validation data that was given, or that lies beside the training data; None when it is to be split off."""
        source: Path | Arrays | None = config.validation
        if source is None and isinstance(config.data, Path) and self.has_validation(config.data):
            source = config.data
        if source is None:
            return None
        refuse_validation_part(config)
        return self.read(source, config, events, part="validation", like=training)
