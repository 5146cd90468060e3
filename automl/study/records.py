"""What a study knows, as plain frozen values: drafts go in, records come out.

Times are UTC. A number that is not finite is kept as None: neither JSON nor every database knows NaN.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast, get_args

from automl.study.facts import machine_facts, package_versions

TrialState = Literal[
    "queued", "running", "paused", "complete", "pruned", "infeasible", "duplicate", "failed", "orphaned"
]
Direction = Literal["maximize", "minimize"]

TRIAL_STATES: tuple[str, ...] = get_args(TrialState)
ENDED: frozenset[str] = frozenset(TRIAL_STATES) - {"queued", "running", "paused"}


class _Record:
    """A record that can be shown as JSON."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """The same as a dictionary that ``json.dumps(..., allow_nan=False)`` takes."""
        record = cast("Any", self)
        return {item.name: _plain(getattr(self, item.name)) for item in dataclasses.fields(record)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDraft:
    """What is known of a search when it starts.

    Attributes:
        task: Name of the task, such as ``image-classify``.
        objective: Metric that is improved, as it stands in every epoch's metrics.
        direction: Optuna's word.
        seed: From which every trial's seed is drawn.
        space_name: Name of the search space.
        space_text: Its source as it was loaded.
        command: The configuration, JSON-able; passwords in URLs are masked when it is written.
        data_digest: Digest of the prepared data.
        data_summary: Rows, classes, shape, for people.
        budget_seconds: Time budget, or None.
        seconds_used: Seconds of the budget used before the study existed, reading the data for example.
        versions: Of Python and the packages that matter.
        machine: Host, platform, processors, memory in bytes.
    """

    task: str
    objective: str
    direction: Direction
    seed: int
    space_name: str = ""
    space_text: str = ""
    command: Mapping[str, Any] = field(default_factory=dict)
    data_digest: str = ""
    data_summary: Mapping[str, Any] = field(default_factory=dict)
    budget_seconds: float | None = None
    seconds_used: float = 0.0
    versions: Mapping[str, str] = field(default_factory=package_versions)
    machine: Mapping[str, Any] = field(default_factory=machine_facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord(RunDraft, _Record):
    """A search as it is kept: its draft and what came of it.

    Attributes:
        id: Primary key of its row in ``automl_run``.
        study: Name of the study, also Optuna's.
        started: When the study was created.
        ended: When the search said it was over; None while it runs or after a crash.
        result: What the search said about its end.
    """

    id: int
    study: str
    started: datetime
    ended: datetime | None = None
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDraft:
    """What is known of a trial before it trains.

    Attributes:
        params: The answers the sampler gave, by path.
        architecture: The network's canonical JSON; None when the answers fit no network.
        fingerprint: SHA-256 of the architecture.
        job_key: SHA-256 of what decides its score up to chance; equal keys are duplicates.
        parameters: Weights of the network.
        flops: Of one row through it.
        training: The training settings.
        proposed_by: ``default``, ``seed``, ``tpe``, ...
        description: The network in a few words.
        parent: Number of the trial it was made from, or None.
        planned_epochs: How many epochs there will be if nothing stops it.
        worker: Which worker trains it.
        seed: Seeds weights, order and augmentation.
    """

    params: Mapping[str, Any]
    architecture: Mapping[str, Any] | None = None
    fingerprint: str | None = None
    job_key: str | None = None
    parameters: int | None = None
    flops: int | None = None
    training: Mapping[str, Any] | None = None
    proposed_by: str = ""
    description: str = ""
    parent: int | None = None
    planned_epochs: int | None = None
    worker: str = ""
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOutcome:
    """What a trial gave; whatever is None keeps what the draft or the epochs said.

    Attributes:
        value: The objective at the best epoch.
        epochs: Epochs trained.
        planned_epochs: Epochs the schedule was laid out for in the end.
        best_epoch: 1-based.
        metrics: Of the best epoch.
        seconds: Seconds by phase, such as ``build`` and ``train``; ``total``: of the whole trial by a steady clock.
        parameters: Weights of the network as Keras counts them.
        step_seconds: Median seconds of one training step.
        steps_per_epoch: Training steps one epoch takes.
    """

    value: float | None = None
    epochs: int = 0
    planned_epochs: int | None = None
    best_epoch: int | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    parameters: int | None = None
    step_seconds: float | None = None
    steps_per_epoch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRecord(_Record):
    """A trial as it is kept, without its large parts; see ``TrialDraft`` and ``TrialOutcome``.

    Attributes:
        number: Optuna's number, from 0.
        state: One of ``TRIAL_STATES``.
        value: The objective at the best epoch; None unless running, complete, pruned or a duplicate.
        duplicate_of: Number of the trial whose value a duplicate has.
        reason: Why it ended as it did; empty for an ordinary end.
        failure_kind: A word such as ``crashed``; empty unless the trial failed, is infeasible or was orphaned.
        failure_message: What happened.
        failure_advice: What can be done about it.
        violations: Of an infeasible trial: by how much each limit is passed, as a share of it.
        created: When it was asked for or queued.
        started: When it began.
        ended: When it was over.
    """

    number: int
    state: TrialState
    value: float | None
    params: Mapping[str, Any]
    fingerprint: str | None
    job_key: str | None
    parameters: int | None
    flops: int | None
    training: Mapping[str, Any] | None
    proposed_by: str
    description: str
    parent: int | None
    duplicate_of: int | None
    reason: str
    failure_kind: str
    failure_message: str
    failure_advice: str
    violations: Mapping[str, float]
    epochs: int
    planned_epochs: int | None
    best_epoch: int | None
    seconds: Mapping[str, float]
    metrics: Mapping[str, float | None]
    step_seconds: float | None
    steps_per_epoch: int | None
    worker: str
    seed: int | None
    created: datetime
    started: datetime | None
    ended: datetime | None

    @property
    def trained(self) -> bool:
        """Whether at least one epoch was trained, which is what ``--trials N`` counts."""
        return self.epochs >= 1

    @property
    def total_seconds(self) -> float:
        """Seconds it took: what a steady clock measured, else the time between its beginning and its end.

        0 before it ended. ``seconds["total"]`` is the steady clock's, summed over retries and continuations.
        """
        if (total := self.seconds.get("total")) is not None:
            return total
        if self.started is None or self.ended is None:
            return 0.0
        return max(0.0, (self.ended - self.started).total_seconds())

    @property
    def phase_seconds(self) -> Mapping[str, float]:
        """Seconds by phase, such as ``build`` and ``train``, without their ``total``."""
        return {phase: seconds for phase, seconds in self.seconds.items() if phase != "total"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDetail(TrialRecord):
    """A trial with its large parts.

    Attributes:
        architecture: The network's canonical JSON, or None when the parameters fit no network.
        failure_traceback: Where a failed trial failed.
    """

    architecture: Mapping[str, Any] | None
    failure_traceback: str


class Orphan(NamedTuple):
    """A trial whose process went away while it ran.

    Attributes:
        number: Of the trial.
        queued: Number of the trial that tries its parameters once more; None where there is none.
    """

    number: int
    queued: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRecord(_Record):
    """One epoch of a trial; a metric that was not finite is None."""

    trial: int
    epoch: int
    metrics: Mapping[str, float | None]
    learning_rate: float | None
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRecord(_Record):
    """A file that belongs to a trial, or to the run when ``trial`` is None; ``size`` is in bytes."""

    trial: int | None
    kind: str
    path: str
    size: int
    sha256: str
    created: datetime


def finite(value: Any) -> float | None:
    """The number as a float, or None when there is none or it is not finite.

    >>> finite("0.5"), finite(float("nan")), finite(None)
    (0.5, None, None)
    """
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return finite(value) if isinstance(value, float) else value
