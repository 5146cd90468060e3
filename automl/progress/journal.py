"""Every event as a line of JSON, for programs that follow a search; ``docs/watching.md`` describes them for people."""

# ruff: noqa: D102  the hooks are described by Events

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

from automl.errors import ConfigError
from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport

# Counts on when a field changes its meaning; new fields and new events do not change it.
FORMAT = 1
_PAUSE = 1.0  # seconds between two lines about the data that is read


class Journal(Events):
    """Appends to a file, one whole line an event: ``{"time": ..., "event": ..., ...}``.

    A search that is continued goes on in the same file; its first line says ``session_started`` again.

    Args:
        path: The file. Its folder is made at the first event where there is none: it may be the run's, which a new
            search makes itself.

    Raises:
        ConfigError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spoke = -math.inf
        self._file: FileIO | None = None
        if not path.parent.exists():
            return
        try:
            self._open()
        except OSError as error:
            if self._file is not None:
                self._file.close()
            raise ConfigError(f"cannot write events into {path}: {error.strerror}") from None

    def preparing(self, what: str, done: int, total: int) -> None:
        if done == total or time.monotonic() - self._spoke >= _PAUSE:
            self._spoke = time.monotonic()
            self._write("preparing", what=what, done=done, total=total)

    def data_ready(self, summary: Mapping[str, object]) -> None:
        self._write("data_ready", data=summary)

    def search_started(self, start: SearchStart) -> None:
        self._write("search_started", **_fields(start))

    def trial_started(self, number: int, description: str) -> None:
        self._write("trial_started", trial=number, network=description)

    def epoch_ended(self, number: int, report: EpochReport) -> None:
        self._write("epoch_ended", trial=number, **_epoch(report))

    def trial_retried(self, number: int | None, reason: str) -> None:
        self._write("trial_retried", trial=number, reason=reason)

    def trial_ended(self, end: TrialEnd) -> None:
        self._write("trial_ended", **_trial(end))

    def final_started(self, epochs: int) -> None:
        self._write("final_started", planned_epochs=epochs)

    def final_epoch_ended(self, report: EpochReport) -> None:
        self._write("final_epoch_ended", **_epoch(report))

    def warning(self, message: str) -> None:
        self._write("warning", message=message)

    def stopping(self, reason: str) -> None:
        self._write("stopping", reason=reason)

    def closed(self) -> None:
        if self._file is None or self._file.closed:
            return
        try:
            self._write("session_ended")
        finally:
            self._file.close()

    def _open(self) -> FileIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(self._path, "a")
        self._write("session_started", format=FORMAT)
        return self._file

    def _write(self, event: str, **facts: Any) -> None:
        file = self._file or self._open()
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **_plain(facts)}
        file.write((json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace"))


def _fields(start: SearchStart) -> dict[str, Any]:
    """What a search says of itself, with its best trials as every trial is told."""
    told = {item.name: getattr(start, item.name) for item in dataclasses.fields(start)}
    return {**told, "best": [_trial(end) for end in start.best]}


def _trial(end: TrialEnd) -> dict[str, Any]:
    return {
        "trial": end.number,
        "state": end.state,
        "value": end.value,
        "epochs": end.epochs,
        "seconds": end.seconds,
        "parameters": end.parameters,
        "reason": end.reason,
        "network": end.description,
    }


def _epoch(report: EpochReport) -> dict[str, Any]:
    return {
        "epoch": report.epoch,
        "planned_epochs": report.planned_epochs,
        "metrics": report.metrics,
        "learning_rate": report.learning_rate,
        "seconds": report.seconds,
        "best": report.best,
    }


def _plain(value: Any) -> Any:
    """``value`` as JSON can say it; a number that is not finite is null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    return _plain(value.item()) if hasattr(value, "item") else str(value)
