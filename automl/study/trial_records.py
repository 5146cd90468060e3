"""What a study knows of a trial: a draft before it trains, an outcome after it, and the record that is kept of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from automl.study.records import Record

TrialState = Literal[
    "queued", "running", "paused", "complete", "pruned", "infeasible", "duplicate", "failed", "orphaned"
]

TRIAL_STATES: tuple[str, ...] = get_args(TrialState)
ENDED: frozenset[str] = frozenset(TRIAL_STATES) - {"queued", "running", "paused"}


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
        proposed_by: ``default``, ``seed``, ``surrogate``, ...
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


class Timed(Record):
    """What a trial's numbers say about how long it took and how far it came."""

    __slots__ = ()

    epochs: int
    seconds: Mapping[str, float]
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
class TrialLine(Timed):
    """A trial as a long list shows it; see ``TrialRecord``."""

    number: int
    state: TrialState
    value: float | None
    epochs: int
    seconds: Mapping[str, float]
    parameters: int | None
    flops: int | None
    description: str
    reason: str
    proposed_by: str
    parent: int | None
    duplicate_of: int | None
    failure_kind: str
    started: datetime | None
    ended: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRecord(Timed):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDetail(TrialRecord):
    """A trial with its large parts.

    Attributes:
        architecture: The network's canonical JSON, or None when the parameters fit no network.
        failure_traceback: Where a failed trial failed.
    """

    architecture: Mapping[str, Any] | None
    failure_traceback: str
