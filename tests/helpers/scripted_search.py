"""Jobs that are played from a script, and a study whose process can be killed: for tests of the search."""

from __future__ import annotations

import json
import zipfile
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl.events import Events
from automl.execution import Event
from automl.failures import Failure
from automl.jobs import Comparison, EnsembleJob, EpochReport, Job, Reply, TrialJob, TrialResult, answers_file
from automl.search.engine import Engine
from automl.search.interrupt import Interrupt
from automl.search.rules import Rules
from automl.study import Study

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

# What a job does: its validation accuracies, epoch by epoch; a failure among them ends it, transient ones once each.
Script = Callable[[TrialJob], Sequence[float | Failure] | Failure]


class Killed(BaseException):
    """The process that searches is gone."""


@dataclass
class Played:
    """A job that runs.

    Attributes:
        job: It.
        script: What it does.
        done: Accuracies of the epochs it has reported.
        again: Epochs of its state that it has yet to report once more.
    """

    job: TrialJob
    script: list[float | Failure]
    done: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)


class ScriptedExecutor:
    """Plays jobs epoch by epoch, several at a time in turn, each with a state to go on from.

    Attributes:
        jobs: What was submitted, in order.
        replies: What was answered, in order.
        most: How many ran at the same time at the most.
        ensembles: What was to be chosen or joined.
        chosen: How much the candidates for an ensemble count; none: that fails.
        compared: What jobs say of their rivals.
    """

    def __init__(self, script: Script, capacity: int = 1) -> None:
        self.capacity = capacity
        self._script = script
        self._events: deque[Event] = deque()
        self._running: dict[str, Played] = {}
        self._failed: set[tuple[str, int]] = set()
        self.jobs: list[TrialJob] = []
        self.replies: list[tuple[str, str]] = []
        self.most = 0
        self.ensembles: list[EnsembleJob] = []
        self.chosen: tuple[int, ...] = ()
        self.compared: dict[str, Comparison] = {}

    def start(self) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> ScriptedExecutor:
        return self

    def __exit__(self, *_: object) -> None: ...

    def ready(self) -> bool:
        return len(self._running) < self.capacity

    def submit(self, job: Job) -> str:
        assert len(self._running) < self.capacity
        assert job.job_id not in self._running
        if isinstance(job, EnsembleJob):
            self.ensembles.append(job)
            self._events.append(self._joined(job) if job.most is None else self._chosen(job))
            return "worker-1"
        self.jobs.append(job)
        script = self._script(job)
        played = Played(job, [script] if isinstance(script, Failure) else list(script))
        if job.resume and Path(job.state_file).is_file():
            played.again = json.loads(Path(job.state_file).read_text())
        self._running[job.job_id] = played
        self.most = max(self.most, len(self._running))
        self._go_on(played)
        return f"worker-{len(self._running)}"

    def poll(self, timeout: float) -> list[Event]:
        return [self._events.popleft()] if self._events else []

    def reply(self, job_id: str, reply: Reply) -> None:
        played = self._running[job_id]
        self.replies.append((job_id, reply.action))
        over = not played.again and len(played.done) == len(played.script)
        if reply.action == "continue" and not over:
            self._go_on(played)
        else:
            self._finish(played, "complete" if over else {"stop": "stopped", "pause": "paused"}[reply.action])

    def _chosen(self, job: EnsembleJob) -> TrialResult:
        if not self.chosen:
            failure = Failure(kind="train_error", message="no choice")
            return TrialResult(job_id=job.job_id, status="failed", failure=failure)
        weights = (*self.chosen, *[0] * len(job.members))[: len(job.members)]
        return TrialResult(job_id=job.job_id, status="complete", metrics={"val_accuracy": 0.97}, weights=weights)

    def _joined(self, job: EnsembleJob) -> TrialResult:
        with zipfile.ZipFile(job.model_file, "w") as archive:
            archive.writestr("job", " + ".join(f"{m.weight} x {made_by(Path(m.model_file))}" for m in job.members))
        return TrialResult(job_id=job.job_id, status="complete", parameters=2, model_file=job.model_file)

    def fail(self, job_id: str, failure: Failure) -> None:
        """End a job that runs."""
        played = self._running.pop(job_id)
        epochs, planned = len(played.done), len(played.script)
        self._events.append(
            TrialResult(job_id=job_id, status="failed", epochs=epochs, planned_epochs=planned, failure=failure)
        )

    def _go_on(self, played: Played) -> None:
        job, epoch = played.job, len(played.done)
        while isinstance(step := played.script[epoch], Failure):
            if not played.again and not self._is_over(step, job, epoch):
                self.fail(job.job_id, step)
                return
            played.script.pop(epoch)
        value = played.again.pop(0) if played.again else step
        played.done.append(value)
        if not played.again and job.state_file:
            Path(job.state_file).parent.mkdir(parents=True, exist_ok=True)
            Path(job.state_file).write_text(json.dumps(played.done))
        metrics = {"loss": 1 - value} | ({"val_accuracy": value} if job.data.rows == "train" else {})
        report = EpochReport(
            job_id=job.job_id,
            epoch=epoch + 1,
            planned_epochs=len(played.script),
            metrics=metrics,
            learning_rate=0.1,
            seconds=0.1,
            saved=bool(job.state_file),
        )
        self._events.append(report)

    def _is_over(self, failure: Failure, job: TrialJob, epoch: int) -> bool:
        """Whether a failure that may pass has come once already."""
        known = (job.job_id, epoch) in self._failed
        self._failed.add((job.job_id, epoch))
        return failure.transient and known

    def _finish(self, played: Played, status: Any) -> None:
        job, best = played.job, int(np.argmax(played.done))
        del self._running[job.job_id]
        Path(job.model_file).parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(job.model_file, "w") as archive:
            archive.writestr("job", job.job_id)
        if job.data.rows == "train":
            answers_file(Path(job.model_file)).write_text("answers")
        if status != "paused":
            Path(job.state_file).unlink(missing_ok=True)
        self._events.append(
            TrialResult(
                job_id=job.job_id,
                status=status,
                epochs=len(played.done),
                planned_epochs=len(played.script),
                best_epoch=best + 1,
                metrics={"val_accuracy": played.done[best]} if job.data.rows == "train" else {"loss": 0.1},
                parameters=1,
                seconds={"build": 1.0, "train": 2.0},
                step_seconds=0.1,
                steps_per_epoch=3,
                model_file=job.model_file,
                comparison=self.compared.get(job.job_id),
            )
        )


@dataclass
class Watcher(Events):
    """Writes down what it is told."""

    ended: list[tuple[int, str]] = field(default_factory=list)
    retried: list[tuple[int | None, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stopped: str = ""

    def trial_ended(self, end) -> None:
        self.ended.append((end.number, end.state))

    def trial_retried(self, number: int | None, reason: str) -> None:
        self.retried.append((number, reason))

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    def stopping(self, reason: str) -> None:
        self.stopped = reason


@dataclass
class Search:
    """An engine and everything around it."""

    engine: Engine
    executor: ScriptedExecutor
    study: Study
    rules: Rules
    events: Watcher
    interrupt: Interrupt


def kill() -> None:
    """What ``kill -9`` does, as far as the search can see it."""
    raise Killed


class MortalStudy(Study):
    """A study in the midst of whose calls something happens.

    Attributes:
        left: Moments until then, two for each call: before and after it; None for ever.
        strike: What happens.
    """

    left: int | None = None
    strike: Callable[[], None] = staticmethod(kill)

    def pulse(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left == -1:
            self.strike()


def _mortal(name: str) -> Callable[..., Any]:
    def call(self: MortalStudy, *args: Any, **kwargs: Any) -> Any:
        self.pulse()
        answer = getattr(Study, name)(self, *args, **kwargs)
        self.pulse()
        return answer

    return call


CALLS = (
    "ask", "enqueue", "begin", "assign", "retrain", "epoch", "pause", "unpause", "complete", "prune", "infeasible",
    "duplicate", "fail", "discard",
)  # fmt: skip
for _name in CALLS:
    setattr(MortalStudy, _name, _mortal(_name))


def made_by(model_file: Path) -> str:
    """Name of the job that made a model file."""
    with zipfile.ZipFile(model_file) as archive:
        return archive.read("job").decode()


def units(job: TrialJob) -> int:
    """How wide the network of a job is."""
    return next(node["args"]["units"] for node in job.architecture["nodes"] if node["op"] == "dense")


def rising(job: TrialJob) -> list[float | Failure]:
    """Wider is better."""
    return [units(job) / 100 + epoch / 1000 for epoch in range(job.training.epochs)]
