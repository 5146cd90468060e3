"""What a study knows, as plain frozen values: drafts go in, records come out.

Times are UTC. A number that is not finite is kept as None: neither JSON nor every database knows NaN.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast

from automl.study.facts import machine_facts, package_versions

Direction = Literal["maximize", "minimize"]


class Record:
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
class RunRecord(RunDraft, Record):
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


class Orphan(NamedTuple):
    """A trial whose process went away while it ran.

    Attributes:
        number: Of the trial.
        queued: Number of the trial that tries its parameters once more; None where there is none.
    """

    number: int
    queued: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRecord(Record):
    """One epoch of a trial; a metric that was not finite is None."""

    trial: int
    epoch: int
    metrics: Mapping[str, float | None]
    learning_rate: float | None
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRecord(Record):
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
