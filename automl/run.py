"""The one story told once: open the data, search, train the best on all rows, write the bundle.

The command line and the estimators both call :func:`run_search`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl import tasks
from automl.arch import summarize
from automl.config import Arrays, SearchConfig
from automl.errors import AutoMLError, ConfigError, SpaceError
from automl.events import Events, SearchStart
from automl.execution import Crew, Executor, make_executor
from automl.export import Manifest, Output, write_bundle
from automl.jobs import Objective
from automl.ops import own_layers
from automl.search.clock import Clock
from automl.search.engine import Engine, Rules, Winner
from automl.search.final import FinalModel, train_final
from automl.search.interrupt import Interrupt
from automl.search.plan import Plan
from automl.search.proposer import Proposer
from automl.search.sampling import make_pruner, make_sampler
from automl.space import DefaultDecider, Space
from automl.study import RunDraft, RunFolder, Study, quiet_optuna

if TYPE_CHECKING:
    from automl.data import PreparedData
    from automl.tasks import Task

log = logging.getLogger("automl.run")

# A budget overrun by more than this share was too short to begin with, and the person should know.
OVERRUN = 0.1


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search leaves behind.

    Attributes:
        run_dir: The run's folder.
        model_dir: The bundle in it.
        study_name: Name of the study in the run's database.
        task: Name of the task.
        objective: Metric that was improved.
        value: Its best value, on the validation rows.
        metrics: All metrics of the validated model.
        refit: Whether the delivered model was trained on all rows.
        epochs: Epochs of the delivered model.
        trials: Trials that trained at least one epoch.
        best_trial: Number of the best one.
        description: Its network in a few words.
        parameters: Its weights.
        classes: Labels in the order of the model's probabilities.
        seconds: From the command's start to the written bundle.
        interrupted: Whether Ctrl-C ended it.
    """

    run_dir: Path
    model_dir: Path
    study_name: str
    task: str
    objective: str
    value: float
    metrics: Mapping[str, float]
    refit: bool
    epochs: int
    trials: int
    best_trial: int
    description: str
    parameters: int
    classes: tuple[Any, ...]
    seconds: float
    interrupted: bool


def run_search(config: SearchConfig, events: Events | None = None) -> SearchResult:
    """Search, train the winner on all rows, and write the bundle.

    The first Ctrl-C (in the main thread) ends the search after the running epoch and delivers the best model so far.

    Args:
        config: What is wanted.
        events: Who watches.

    Raises:
        ConfigError: An unknown task or objective, or a contradiction.
        SpaceError: The search space is not valid, or its default does not fit the data.
        DataError: The data cannot be used; no run is left behind.
        SearchError: No trial succeeded.
        StudyError: The run's folder cannot be used.
    """
    events = events or Events()
    try:
        return _run(config, events)
    finally:
        events.closed()


def _run(config: SearchConfig, events: Events) -> SearchResult:
    task = tasks.get(config.task)
    objective = task.objective(config.objective)
    space = _load_space(config, task)
    config.require_limit()
    config = _where_layers_allow(config, events)
    folder = RunFolder.create(
        config.out, task=task.name, storage=config.storage, study=config.study, default_parent=config.runs
    )
    # From here to the first trial nothing of worth is in the folder: whatever goes wrong takes it away again.
    try:
        crew = Crew(1 if config.workers is None else config.workers)
        with make_executor(crew, log_dir=folder.logs, limits=config.limits) as executor:
            prepared = task.prepare(config, folder.prepared, events)
            _check_default(space, task, prepared)
            search = _Search(config, task, space, prepared, folder, objective)
            with Interrupt() as interrupt:  # until here Ctrl-C ends everything: there is nothing to deliver
                return search.run(executor, events, interrupt)
    except BaseException:
        _discard_if_empty(folder)
        raise


@dataclass(frozen=True, slots=True)
class _Search:
    """One search with everything decided."""

    config: SearchConfig
    task: Task
    space: Space
    prepared: PreparedData
    folder: RunFolder
    objective: Objective

    def run(self, executor: Executor, events: Events, interrupt: Interrupt) -> SearchResult:
        config, clock = self.config, Clock(self.config.started, self.config.time_budget)
        events.data_ready(self.task.summary(self.prepared))
        events.search_started(self._start(clock))
        growth = len(self.prepared.rows("all")) / len(self.prepared.rows("train"))
        rules = Rules(
            task=self.task.name,
            data=self.folder.prepared,
            objective=self.objective,
            max_trials=config.max_trials,
            plan=Plan(config.time_budget, growth),
            clock=clock,
            checkpoints=self.folder.checkpoints,
        )
        with self._open_study(clock) as study:
            proposer = Proposer(
                self.space,
                task=self.task,
                prepared=self.prepared,
                study=study,
                seed=self.config.seed,
                max_epochs=config.max_epochs,
            )
            engine = Engine(
                rules, proposer=proposer, study=study, executor=executor, events=events, interrupt=interrupt
            )
            winner = engine.search()
            final = train_final(winner, rules, executor=executor, events=events, interrupt=interrupt)
            manifest = self._write_bundle(winner, final, study)
            result = self._result(winner, final, manifest, engine.trained, clock, interrupt)
            study.finish_run(_document(result))
        if clock.remaining() < -OVERRUN * clock.elapsed():
            events.warning(
                f"this took {clock.elapsed():.0f} s of a budget of {config.time_budget:.0f} s: starting up and a first "
                "epoch need longer here; such a short training says little about the data"
            )
        return result

    def _start(self, clock: Clock) -> SearchStart:
        return SearchStart(
            run_dir=str(self.folder.path),
            task=self.task.name,
            space=self.space.name,
            objective=self.objective.metric,
            maximize=self.objective.direction == "maximize",
            time_budget=self.config.time_budget,
            elapsed=clock.elapsed(),
            max_trials=self.config.max_trials,
        )

    def _open_study(self, clock: Clock) -> Study:
        draft = RunDraft(
            task=self.task.name,
            objective=self.objective.metric,
            direction=self.objective.direction,
            seed=self.config.seed,
            space_name=self.space.name,
            space_text=self.space.source,
            command=_command(self.config),
            data_digest=self.prepared.digest,
            data_summary=self.task.summary(self.prepared),
            budget_seconds=self.config.time_budget,
            seconds_used=clock.elapsed(),
        )
        with quiet_optuna():
            sampler, pruner = make_sampler(self.config.seed), make_pruner()
        return Study.create(self.folder.storage_url, self.folder.study, run=draft, sampler=sampler, pruner=pruner)

    def _write_bundle(self, winner: Winner, final: FinalModel, study: Study) -> Manifest:
        proposal = winner.proposal
        manifest = Manifest(
            task=self.task.name,
            name=self.space.name,
            inputs={name: contract.to_json() for name, contract in self.prepared.contracts.items()},
            outputs={name: Output.to_predict(target) for name, target in self.prepared.targets.items()},
            baseline=self.task.baseline(self.prepared),
            validation=dict(final.metrics),
            refit=final.refit,
            epochs=final.epochs,
            training=proposal.training,
            parameters=winner.result.parameters or proposal.summary.parameters,
            fingerprint=proposal.architecture.fingerprint,
            layers=proposal.architecture.origins,
            trial=proposal.number,
            study=self.folder.study,
        )
        written = write_bundle(
            self.folder.model,
            model_file=final.model_file,
            manifest=manifest,
            space_text=self.space.source,
            architecture=proposal.architecture.to_json(),
        )
        if final.refit:
            final.model_file.unlink()  # the bundle holds the only copy anyone needs
        study.add_artifact("model", self.folder.model / "model.keras", root=self.folder.path)
        return written

    def _result(
        self, winner: Winner, final: FinalModel, manifest: Manifest, trials: int, clock: Clock, interrupt: Interrupt
    ) -> SearchResult:
        return SearchResult(
            run_dir=self.folder.path,
            model_dir=self.folder.model,
            study_name=self.folder.study,
            task=self.task.name,
            objective=self.objective.metric,
            value=winner.value,
            metrics=dict(final.metrics),
            refit=final.refit,
            epochs=final.epochs,
            trials=trials,
            best_trial=winner.proposal.number,
            description=winner.proposal.sketch,
            parameters=manifest.parameters,
            classes=tuple(getattr(next(iter(self.prepared.targets.values())), "classes", ())),
            seconds=clock.elapsed(),
            interrupted=interrupt.requested,
        )


def _load_space(config: SearchConfig, task: Task) -> Space:
    space = config.space if isinstance(config.space, Space) else Space.load(config.space or task.default_space)
    if space.task is not None and space.task != task.name:
        raise ConfigError(f"the space {space.name!r} is for the task {space.task!r}, and {task.name!r} was asked for")
    return space


def _where_layers_allow(config: SearchConfig, events: Events) -> SearchConfig:
    """The configuration, with training in this process where a worker could not import a person's own layer."""
    bound = [op for op in own_layers() if not op.travels]
    if not bound or config.workers == 0:
        return config
    names = ", ".join(f"{op.name!r} ({op.origin})" for op in bound)
    events.warning(f"training in this process: a worker cannot import {names}; a module of its own would change that")
    return replace(config, workers=0)


def _check_default(space: Space, task: Task, prepared: PreparedData) -> None:
    """Refuse a space whose default does not fit the data before anything is trained."""
    try:
        candidate = space.interpret(DefaultDecider(), inputs=task.inputs(prepared), heads=task.heads(prepared))
        summarize(candidate.architecture)
    except SpaceError as error:
        shapes = ", ".join(f"{name} {tuple(i.shape)}" for name, i in task.inputs(prepared).items())
        error.message = f"{error.message} (the default of {space.name!r} for {shapes})"
        raise


def _discard_if_empty(folder: RunFolder) -> None:
    try:
        folder.discard()
    except (AutoMLError, OSError) as error:  # what went wrong before this is what the person must read
        log.debug("kept %s: %s", folder.path, error)


def _command(config: SearchConfig) -> dict[str, Any]:
    """The configuration as the study keeps it: JSON-able, arrays and spaces by name only."""

    def name(value: object) -> object:
        if isinstance(value, Arrays):
            return f"{type(value.x).__name__} {getattr(value.x, 'shape', '')}"
        if isinstance(value, Space):
            return value.name
        return str(value) if isinstance(value, Path) else value

    fields = ("task", "data", "validation", "space", "max_trials", "time_budget", "max_epochs", "objective", "seed")
    more = ("out", "storage", "study", "workers", "on_bad_file")
    return {field: name(getattr(config, field)) for field in fields + more}


def _document(result: SearchResult) -> dict[str, Any]:
    return {
        "best_trial": result.best_trial,
        "value": result.value,
        "metrics": dict(result.metrics),
        "refit": result.refit,
        "epochs": result.epochs,
        "trials": result.trials,
        "seconds": result.seconds,
        "interrupted": result.interrupted,
    }
