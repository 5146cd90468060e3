"""A search whose jobs are played from a script: everything real but the training."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from automl import tasks
from automl.config import Arrays, SearchConfig
from automl.data import PreparedData
from automl.events import Events
from automl.execution import Event
from automl.failures import Failure
from automl.jobs import EpochReport, Reply, TrialJob, TrialResult
from automl.search.clock import Clock
from automl.search.engine import Engine, Rules
from automl.search.interrupt import Interrupt
from automl.search.plan import Plan
from automl.search.proposer import Proposer
from automl.search.sampling import make_pruner, make_sampler
from automl.space import Space
from automl.study import RunDraft, Study, quiet_optuna

SPACE = """
version: 1
name: tiny
task: image-classify
vars:
  units: {int: [1, 40], default: 8}
model:
  - flatten
  - dense: {units: =units, activation: relu}
  - head
train: {epochs: 6, lr: {float: [0.001, 0.1], log: true, default: 0.01}}
constraints: {params: 1100}
seeds:
  - {units: 16}
"""

Curve = Callable[[TrialJob], Sequence[float] | Failure]


class ScriptedExecutor:
    """Plays each job's validation accuracies one epoch at a time; a failure instead of them fails the job.

    Attributes:
        jobs: What was submitted, in order.
    """

    capacity = 1

    def __init__(self, curve: Curve) -> None:
        self._curve = curve
        self._events: deque[Event] = deque()
        self._left: deque[float] = deque()
        self._done: list[float] = []
        self.jobs: list[TrialJob] = []

    def start(self) -> None: ...

    def close(self) -> None: ...

    def ready(self) -> bool:
        return True

    def submit(self, job: TrialJob) -> str:
        self.jobs.append(job)
        played = self._curve(job)
        if isinstance(played, Failure):
            self._events.append(TrialResult(job_id=job.job_id, status="failed", failure=played))
        else:
            self._left, self._done = deque(played), []
            self._next_epoch()
        return "worker-1"

    def poll(self, timeout: float) -> list[Event]:
        events = list(self._events)
        self._events.clear()
        return events

    def reply(self, job_id: str, reply: Reply) -> None:
        if reply.action == "stop":
            self._finish("stopped")
        elif self._left:
            self._next_epoch()
        else:
            self._finish("complete")

    def _next_epoch(self) -> None:
        job, value = self.jobs[-1], self._left.popleft()
        self._done.append(value)
        metrics = {"loss": 1 - value} | ({"val_accuracy": value} if job.data.rows == "train" else {})
        epoch = len(self._done)
        report = EpochReport(
            job_id=job.job_id,
            epoch=epoch,
            planned_epochs=epoch + len(self._left),
            metrics=metrics,
            learning_rate=0.1,
            seconds=0.1,
        )
        self._events.append(report)

    def _finish(self, status: str) -> None:
        job, best = self.jobs[-1], int(np.argmax(self._done))
        Path(job.model_file).parent.mkdir(parents=True, exist_ok=True)
        Path(job.model_file).write_text(job.job_id)
        self._events.append(
            TrialResult(
                job_id=job.job_id,
                status=status,
                epochs=len(self._done),
                planned_epochs=len(self._done) + len(self._left),
                best_epoch=best + 1,
                metrics={"val_accuracy": self._done[best]},
                parameters=1,
                seconds={"build": 1.0, "train": 2.0},
                step_seconds=0.1,
                steps_per_epoch=3,
                model_file=job.model_file,
            )
        )


@dataclass
class Watcher(Events):
    """Writes down what it is told."""

    ended: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def trial_ended(self, end) -> None:
        self.ended.append((end.number, end.state))

    def warning(self, message: str) -> None:
        self.warnings.append(message)


@dataclass
class Search:
    """An engine and everything around it."""

    engine: Engine
    executor: ScriptedExecutor
    study: Study
    rules: Rules
    events: Watcher
    interrupt: Interrupt


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> PreparedData:
    rng = np.random.default_rng(0)
    arrays = Arrays(rng.integers(0, 255, (60, 8, 8), dtype=np.uint8), np.arange(60) % 3)
    folder = tmp_path_factory.mktemp("prepared")
    config = SearchConfig("image-classify", arrays, max_trials=1, seed=0, cache_dir=folder / "cache")
    return tasks.get("image-classify").prepare(config, folder / "run", Events())


@pytest.fixture
def make_search(tmp_path, prepared):
    """``make_search(curve, space=..., max_trials=..., budget=...)``; studies are closed at the end."""
    studies: list[Study] = []

    def make(curve: Curve, *, space: str = SPACE, max_trials: int | None = 4, budget: float | None = None) -> Search:
        task = tasks.get("image-classify")
        objective = task.objective()
        draft = RunDraft(task=task.name, objective=objective.metric, direction=objective.direction, seed=1)
        with quiet_optuna():
            sampler, pruner = make_sampler(1), make_pruner()
        url = f"sqlite:///{tmp_path}/study.db"
        study = Study.create(url, "s", run=draft, sampler=sampler, pruner=pruner)
        studies.append(study)
        rules = Rules(
            task=task.name,
            data=tmp_path,
            objective=objective,
            max_trials=max_trials,
            plan=Plan(budget),
            clock=Clock(time.monotonic(), budget),
            checkpoints=tmp_path / "checkpoints",
        )
        proposer = Proposer(Space.parse(space), task=task, prepared=prepared, study=study, seed=1, max_epochs=None)
        executor, events, interrupt = ScriptedExecutor(curve), Watcher(), Interrupt()
        engine = Engine(rules, proposer=proposer, study=study, executor=executor, events=events, interrupt=interrupt)
        return Search(engine, executor, study, rules, events, interrupt)

    yield make
    for study in studies:
        study.close()
