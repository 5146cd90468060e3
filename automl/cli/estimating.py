"""What ``automl plan`` works out: the data, the default network, and how long things may take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from automl.cli.checking import Listener

if TYPE_CHECKING:
    from automl.arch import Summary
    from automl.config import SearchConfig
    from automl.execution import Crew

# Share of a budget that trials may use: the rest is the final training's and for closing (see automl.search.plan).
_FOR_TRIALS = 0.35
# Whole networks reach about half the speed of bare convolutions, and a step of theirs begins eight times as many small
# operations as the measured one (2 cores, 3.4M FLOPs, batches of 64: 23 to 29 ms a step, 70 GFLOPs a second measured).
_REACHED, _BEGUN = 0.5, 8
# Validation, which is inference on fewer rows, and saving, as a share of a training epoch.
_BESIDE = 0.15
# Seconds to build a network and to trace its first step: some, and more for each layer.
_BUILD, _BUILD_A_LAYER = 0.8, 0.12


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long things may take, from FLOPs and a measured speed.

    Attributes:
        flops_a_second: Measured on convolutions, forward and backward.
        epoch_seconds: Of the default network on the training rows, of folds of all together.
        trial_seconds: Of its whole training, building included.
        trials: Such trainings that fit into the time for trials, all workers together; None without a time budget.
    """

    flops_a_second: float
    epoch_seconds: float
    trial_seconds: float
    trials: int | None

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a search would begin with.

    Attributes:
        summary: Of the data.
        warnings: What a search would warn of.
        search: Objective, space, default network, training and workers.
        estimate: Of times; None where nothing was measured.
    """

    summary: Mapping[str, Any]
    warnings: list[str]
    search: Mapping[str, Any]
    estimate: Estimate | None


def look(config: SearchConfig, *, measure: bool) -> Outlook:
    """Do what a search does before its first trial, in a folder that goes again.

    Raises:
        AutoMLError: What would end the search before its first trial.
    """
    from automl import tasks
    from automl.arch import sketch, summarize
    from automl.execution import plan_crew
    from automl.imports import import_modules
    from automl.space import DefaultDecider, Space

    import_modules(config.imports)
    task, listener = tasks.get(config.task, multi_label=config.columns.multi_label), Listener()
    task.check_goals(config)
    objective = task.objective(config.objective, config.metrics)
    config = task.with_space(config)
    space = config.space if isinstance(config.space, Space) else Space.load(config.space or task.default_space)
    crew = plan_crew(config.workers, config.gpus, repeatable=config.seeded and config.time_budget is None)
    with TemporaryDirectory(prefix="automl-plan-") as folder:
        prepared = task.prepare(config, Path(folder) / "prepared", listener)
        inputs = task.inputs(prepared)
        found = space.interpret(DefaultDecider(), inputs=inputs, heads=task.heads(prepared))
        costs, summary = summarize(found.architecture), task.summary(prepared)
        size = space.size(inputs)
        rows = sum(len(each.split.train) for each in prepared.folds or (prepared,))  # a trial trains every fold
    training = found.training
    epochs = min(training.epochs, config.max_epochs or training.epochs)
    search = {
        "objective": objective.metric,
        "direction": objective.direction,
        "space": space.name,
        "size": str(size),
        "discrete": size.discrete,
        "continuous": size.continuous,
        "network": sketch(found.architecture),
        **{name: getattr(costs, name) for name in ("parameters", "flops", "activations", "depth")},
        "epochs": epochs,
        "optimizer": training.optimizer,
        "batch_size": training.batch_size,
        "workers": crew.workers,
        "threads": crew.threads,
        "gpus": list(crew.gpus or ()),
    }
    steps = math.ceil(rows / training.batch_size)
    estimate = _estimate(config, crew, costs, rows=rows, steps=steps, epochs=epochs) if measure else None
    return Outlook(summary, listener.warnings, search, estimate)


def _estimate(
    config: SearchConfig, crew: Crew, costs: Summary, *, rows: int, steps: int, epochs: int
) -> Estimate | None:
    from automl.execution.machine import visible_gpus
    from automl.execution.probe import ask

    names = visible_gpus()
    gpus = None if crew.gpus is None else ",".join(names[gpu] for gpu in crew.gpus[:1])
    measured = ask("speed", str(crew.threads or 0), gpus=gpus)
    if measured is None:
        return None
    speed, overhead = measured["flops_a_second"], measured["step_seconds"]
    folds = config.folds or 1  # a network each, one after the other
    epoch = folds * (3 * costs.flops * rows / (_REACHED * speed) + steps * _BEGUN * overhead) * (1 + _BESIDE)
    trial = folds * (_BUILD + _BUILD_A_LAYER * len(costs.layers)) + epochs * epoch
    seconds = config.time_budget
    trials = None if seconds is None else int(_FOR_TRIALS * seconds * max(1, crew.workers) / trial)
    return Estimate(speed, epoch, trial, trials)
