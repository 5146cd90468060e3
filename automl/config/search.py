"""What a person asked for: one frozen ``SearchConfig``, validated."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from numbers import Real
from pathlib import Path
from typing import Any, Literal

from automl.config.parsing import parse_count, parse_duration, parse_size
from automl.config.several import Port
from automl.errors import ConfigError
from automl.files import STUDY_NAME

MOST_NETWORKS = 16
"""In one final model."""


def draw_seed() -> int:
    """A seed for whoever named none, from 0 to 4294967295."""
    return secrets.randbelow(2**32)


@dataclass(frozen=True, eq=False, slots=True)
class Arrays:
    """Data handed over in memory.

    Attributes:
        x: Inputs, first axis the rows; for images (n, h, w) or (n, h, w, c) of any numeric dtype, for tables
            (n, columns) or a data frame.
        y: Labels, (n,), integers, strings or booleans, or numbers (n,) or (n, k); None where only a prediction is
            wanted, or where they are columns of a data frame.
        weights: How much each row counts, (n,); None when all count alike.
        groups: Whom or what each row is of, (n,); rows of one group train together or validate together.
    """

    x: Any
    y: Any = None
    weights: Any = None
    groups: Any = None


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table's columns are for, and how its file is read.

    Attributes:
        target: Columns to predict.
        weight: Column that says how much each row counts.
        ignore: Columns to leave out.
        encoding: Of a text file; None for UTF-8.
        drop_missing_labels: Whether rows without an answer are left out rather than refused.
        group: Column that says whom or what a row is of; a group is never on both sides of a split.
        text: Column that is the text, where texts are classified or scored; None finds it.
        path: Column that has the paths of pictures; None finds it.
        multi_label: Whether a row has any number of labels rather than one class.
        inputs: Several inputs by name, for the task ``multi``.
        outputs: Several outputs by name.
        share: Names of inputs that go through one and the same tower, group by group.
        time: Column with the time stamps of series to forecast; None finds it.
        series: Column that says which series a row is of; None where there is one.
        past: Columns beside those to forecast that are known up to now.
        known: Columns that are known of the future, too.
        horizon: Steps to forecast.
        lookback: Steps to look back on for that; None leaves it to the data.
    """

    target: tuple[str, ...] = ()
    weight: str | None = None
    ignore: tuple[str, ...] = ()
    encoding: str | None = None
    drop_missing_labels: bool = False
    group: str | None = None
    text: str | None = None
    path: str | None = None
    multi_label: bool = False
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    share: tuple[tuple[str, ...], ...] = ()
    time: str | None = None
    series: str | None = None
    past: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    horizon: int | None = None
    lookback: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a trial, a worker and a run may use at most; None leaves it to the machine.

    Attributes:
        trial_seconds: Wall seconds of a trial; the schedule is fitted to them, and a trial that does not come back is
            ended by force.
        memory: Resident bytes of a worker with its children; a trial that needs more is ended.
        worker_memory: Resident bytes of a worker between two trials from which on a fresh one takes its place.
        disk: Bytes of the run's folder; no further trial starts when it holds more.
        parameters: Weights of a network; a larger one is not trained.
        flops: Floating-point operations of one row through a network; a more expensive one is not trained.
    """

    trial_seconds: float | None = None
    memory: int | None = None
    worker_memory: int | None = None
    disk: int | None = None
    parameters: int | None = None
    flops: int | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            name = f"limit on {item.name.replace('_', ' ')}"
            _check(value is None or (math.isfinite(value) and value > 0), name, value, "a positive number")

    @classmethod
    def parse(
        cls,
        *,
        trial_timeout: str | float | None = None,
        memory_limit: str | int | None = None,
        worker_memory: str | int | None = None,
        disk_limit: str | int | None = None,
        max_params: str | float | None = None,
        max_flops: str | float | None = None,
    ) -> Limits:
        """The limits as people type them: a time such as ``5m``, sizes such as ``4GB``, numbers such as ``3M``.

        >>> Limits.parse(memory_limit="4GB", max_params="3M").memory
        4000000000

        Raises:
            ConfigError: One cannot be read.
        """
        return cls(
            trial_seconds=None if trial_timeout is None else parse_duration(trial_timeout),
            memory=None if memory_limit is None else parse_size(memory_limit),
            worker_memory=None if worker_memory is None else parse_size(worker_memory),
            disk=None if disk_limit is None else parse_size(disk_limit),
            parameters=None if max_params is None else parse_count(max_params),
            flops=None if max_flops is None else parse_count(max_flops),
        )

    def overridden_by(self, other: Limits) -> Limits:
        """These limits, with the ones that ``other`` sets in their place.

        >>> Limits(memory=4, flops=9).overridden_by(Limits(memory=8))
        Limits(trial_seconds=None, memory=8, worker_memory=None, disk=None, parameters=None, flops=9)
        """
        said = {item.name: getattr(other, item.name) for item in fields(other)}
        return replace(self, **{name: value for name, value in said.items() if value is not None})


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """One search, fully said.

    Attributes:
        task: Name of the task, such as ``image-classify``.
        data: A folder, a file or arrays.
        validation: Rows to validate on; None splits them off ``data``.
        folds: Parts of the data, each of which validates once while the others train; None for a single split.
        space: Name of a shipped space, a file, a ``Space``, or None for the task's own.
        max_trials: Trials that train at least one epoch, over all sessions; None for no limit.
        time_budget: Seconds for everything from ``started`` to the exported model, summed over sessions; None for no
            limit.
        more_trials: Trials beyond those that an earlier session trained; 0 for no change.
        more_time: Seconds beyond those that earlier sessions used; 0 for no change.
        max_epochs: Upper bound of epochs a trial; None leaves it to the space and the clock.
        ensemble: Networks in the final model at the most; None: two where several workers train and nothing limits how
            large a network is, else one.
        refit: Whether the final model is trained again on all rows; None: where the time allows it.
        objective: Metric to improve, such as ``val_accuracy``; None for the task's own.
        seed: Seeds the split, the sampler and every trial; drawn when none is given, and the run records which.
        seeded: Whether the person chose the seed; a drawn one gives way to the one of a run that is continued.
        out: The run's folder; None makes ``<runs>/<task>-<date>``.
        runs: Where folders without a name of their own go.
        storage: SQLAlchemy URL of the study; None for ``study.db`` in the run's folder.
        study: Name of the study; None takes the run folder's name.
        workers: Worker processes; 0 trains in this process, None leaves the number to the machine.
        gpus: Numbers of the GPUs to use, one worker each; None for all of them.
        limits: What trials, workers and the run may use at most.
        early_discard: Whether trials that are behind others after as many epochs wait, most of them for ever.
        adopt: Whether a run whose space has changed begins a new study, with the old trials that are still valid.
        imports: Modules with the person's own layers that a continuation must import first.
        on_bad_file: What to do about a file that is no picture.
        columns: What a table's columns are for.
        class_weight: ``balanced`` lets every class count alike in training, whatever its number of rows; a mapping
            says what a row of each class counts; None: every row counts alike.
        loss: What to learn by: Keras' name of a loss, or ``module:function``; None for the task's own.
        metrics: Further scores to tell: their names, or ``module:function``.
        cache_dir: Where prepared data is kept; None for the user's cache folder.
        preset: Name of the preset that was asked for; what it sets is set here already.
        origins: Where each value comes from that is not a default, by the option's name without its dashes: ``flag``,
            ``environment NAME``, ``FILE:LINE``, ``preset NAME`` or ``argument``, of a call from Python.
        started: ``time.monotonic()`` of the person's command, from which the budget counts.

    Raises:
        ConfigError: A value is out of range.
    """

    task: str
    data: Path | Arrays
    validation: Path | Arrays | None = None
    folds: int | None = None
    space: Any = None
    max_trials: int | None = None
    time_budget: float | None = None
    more_trials: int = 0
    more_time: float = 0.0
    max_epochs: int | None = None
    ensemble: int | None = None
    refit: bool | None = None
    objective: str | None = None
    seed: int = field(default_factory=draw_seed)
    seeded: bool = False
    out: Path | None = None
    runs: Path = Path("automl-runs")
    storage: str | None = None
    study: str | None = None
    workers: int | None = None
    gpus: tuple[int, ...] | None = None
    limits: Limits = field(default_factory=Limits)
    early_discard: bool = True
    adopt: bool = False
    imports: tuple[str, ...] = ()
    on_bad_file: Literal["error", "skip"] = "error"
    columns: Columns = field(default_factory=Columns)
    class_weight: Any = None
    loss: str | None = None
    metrics: tuple[str, ...] = ()
    cache_dir: Path | None = None
    preset: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        _check(self.max_trials is None or self.max_trials >= 1, "trials", self.max_trials, "at least 1")
        _check(self.max_epochs is None or self.max_epochs >= 1, "max epochs", self.max_epochs, "at least 1")
        most = self.ensemble is None or 1 <= self.ensemble <= MOST_NETWORKS
        _check(most, "ensemble", self.ensemble, f"from 1 to {MOST_NETWORKS}")
        _check(self.workers is None or self.workers >= 0, "workers", self.workers, "0 (this process) or more")
        _check(self.more_trials >= 0, "more trials", self.more_trials, "0 or more")
        _check(math.isfinite(self.more_time) and self.more_time >= 0, "more time", self.more_time, "0 or more seconds")
        _check(0 <= self.seed < 2**32, "seed", self.seed, "from 0 to 4294967295")
        weighing = "'balanced', or a mapping of classes (of several outputs: of outputs) to numbers"
        _check(_are_weights(self.class_weight), "class weight", self.class_weight, weighing)
        _check(self.on_bad_file in ("error", "skip"), "on-bad-file", self.on_bad_file, "'error' or 'skip'")
        several = self.folds is None or (isinstance(self.folds, int) and self.folds >= 2)
        _check(several, "folds", self.folds, "a whole number, at least 2")
        if self.folds is not None and self.validation is not None:
            raise ConfigError(
                f"folds ({self.folds}) split the data, and validation rows are given: leave out --folds or --val"
            )
        if self.time_budget is not None:
            enough = math.isfinite(self.time_budget) and self.time_budget > 0
            _check(enough, "time budget", self.time_budget, "a positive number of seconds")
        if self.study is not None and not STUDY_NAME.fullmatch(self.study):
            raise ConfigError(f"study name {self.study!r}: use 1 to 100 letters, digits, '.', '_' or '-'")

    def require_limit(self) -> None:
        """Refuse a new search that nothing would end.

        Raises:
            ConfigError: Neither a number of trials nor a time budget is given.
        """
        if self.max_trials is None and self.time_budget is None:
            raise ConfigError("no limit is given: set a time budget, a number of trials, or both")


def _are_weights(said: object) -> bool:
    if isinstance(said, Mapping):
        return all(isinstance(each, str | Real) or _are_weights(each) for each in said.values())
    return said is None or isinstance(said, str)


def _check(holds: bool, what: str, value: object, wanted: str) -> None:
    if not holds:
        raise ConfigError(f"{what} is {value!r}; it must be {wanted}")
