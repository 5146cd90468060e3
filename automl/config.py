"""What a person asked for: one frozen ``SearchConfig``, validated, and the small parsers behind it."""

from __future__ import annotations

import math
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from automl.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[smhd])+")
_STUDY_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


def draw_seed() -> int:
    """A seed for whoever named none, from 0 to 4294967295."""
    return secrets.randbelow(2**32)


@dataclass(frozen=True, eq=False, slots=True)
class Arrays:
    """Data handed over in memory.

    Attributes:
        x: Inputs, first axis the rows; for images (n, h, w) or (n, h, w, c) of any numeric dtype.
        y: Labels, (n,), integers, strings or booleans; None where only a prediction is wanted.
    """

    x: np.ndarray
    y: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """One search, fully said.

    Attributes:
        task: Name of the task, such as ``image-classify``.
        data: A folder, a file or arrays.
        validation: Rows to validate on; None splits them off ``data``.
        space: Name of a shipped space, a file, a ``Space``, or None for the task's own.
        max_trials: Trials that train at least one epoch; None for no limit.
        time_budget: Seconds for everything from ``started`` to the exported model; None for no limit.
        max_epochs: Upper bound of epochs a trial; None leaves it to the space and the clock.
        objective: Metric to improve, such as ``val_accuracy``; None for the task's own.
        seed: Seeds the split, the sampler and every trial; drawn when none is given, and the run records which.
        out: The run's folder; None makes ``<runs>/<task>-<date>``.
        runs: Where folders without a name of their own go.
        storage: SQLAlchemy URL of the study; None for ``study.db`` in the run's folder.
        study: Name of the study; None takes the run folder's name.
        workers: Worker processes; 0 trains in this process.
        on_bad_file: What to do about a file that is no picture.
        cache_dir: Where prepared data is kept; None for the user's cache folder.
        started: ``time.monotonic()`` of the person's command, from which the budget counts.

    Raises:
        ConfigError: A value is out of range, or no limit is given at all.
    """

    task: str
    data: Path | Arrays
    validation: Path | Arrays | None = None
    space: Any = None
    max_trials: int | None = None
    time_budget: float | None = None
    max_epochs: int | None = None
    objective: str | None = None
    seed: int = field(default_factory=draw_seed)
    out: Path | None = None
    runs: Path = Path("automl-runs")
    storage: str | None = None
    study: str | None = None
    workers: int = 1
    on_bad_file: Literal["error", "skip"] = "error"
    cache_dir: Path | None = None
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        _check(self.max_trials is None or self.max_trials >= 1, "trials", self.max_trials, "at least 1")
        _check(self.max_epochs is None or self.max_epochs >= 1, "max epochs", self.max_epochs, "at least 1")
        _check(self.workers >= 0, "workers", self.workers, "0 (this process) or more")
        _check(0 <= self.seed < 2**32, "seed", self.seed, "from 0 to 4294967295")
        _check(self.on_bad_file in ("error", "skip"), "on-bad-file", self.on_bad_file, "'error' or 'skip'")
        if self.time_budget is not None:
            enough = math.isfinite(self.time_budget) and self.time_budget > 0
            _check(enough, "time budget", self.time_budget, "a positive number of seconds")
        if self.study is not None and not _STUDY_NAME.fullmatch(self.study):
            raise ConfigError(f"study name {self.study!r}: use 1 to 100 letters, digits, '.', '_' or '-'")
        if self.max_trials is None and self.time_budget is None:
            raise ConfigError("no limit is given: set a time budget, a number of trials, or both")


def parse_duration(value: str | float) -> float:
    """Seconds from a number or a text such as ``90``, ``90s``, ``10m``, ``1h30m``.

    >>> parse_duration("1h30m")
    5400.0
    >>> parse_duration(90)
    90.0

    Raises:
        ConfigError: It is no duration, or not positive.
    """
    text = str(value).strip().lower().replace(" ", "")
    try:
        seconds = float(text)
    except ValueError:
        if not _DURATION.fullmatch(text):
            raise ConfigError(f"cannot read {value!r} as a duration; write seconds (90), 90s, 10m or 1h30m") from None
        seconds = sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)([smhd])", text))
    if not (math.isfinite(seconds) and seconds > 0):
        raise ConfigError(f"a duration must be positive, got {value!r}; write for example 10m")
    return seconds


def parse_list(text: str, convert: Callable[[str], str] = str.strip) -> tuple[str, ...]:
    """The items of a comma-separated option, empty ones left out.

    >>> parse_list("keras, savedmodel")
    ('keras', 'savedmodel')
    """
    return tuple(item for item in map(convert, text.split(",")) if item)


def _check(holds: bool, what: str, value: object, wanted: str) -> None:
    if not holds:
        raise ConfigError(f"{what} is {value!r}; it must be {wanted}")
