"""Logs for TensorBoard, one run a trial, written without TensorFlow."""

# ruff: noqa: D102  the hooks are described by Events

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from automl.errors import ConfigError
from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport

_FINAL = "final"
_SEARCH = "search"


class Board(Events):
    """Writes ``DIR/trial-0012`` and ``DIR/final`` with every metric by epoch, and ``DIR/search`` with values by trial.

    A search that is continued adds to the same folders.

    Args:
        directory: Where to. It is made, at the first epoch where the folder around it is not there either: that may be
            the run's, which a new search makes itself.

    Raises:
        ConfigError: It cannot be written, or tensorboardX is not installed.
    """

    def __init__(self, directory: Path) -> None:
        try:
            import tensorboardX  # noqa: F401
        except ImportError:
            raise ConfigError("--tensorboard needs tensorboardX: pip install 'automl[tensorboard]'") from None
        try:
            if directory.parent.exists():
                directory.mkdir(exist_ok=True)
        except OSError as error:
            raise ConfigError(f"cannot write into {directory}: {error.strerror}") from None
        self._directory = directory
        self._writers: dict[str, Any] = {}
        self._maximize = True
        self._best: float | None = None

    def search_started(self, start: SearchStart) -> None:
        self._maximize = start.maximize
        self._best = start.best[0].value if start.best else None

    def trial_started(self, number: int, description: str) -> None:
        self._writer(_folder(number)).add_text("network", description, 0)

    def epoch_ended(self, number: int, report: EpochReport) -> None:
        self._add(_folder(number), report)

    def trial_ended(self, end: TrialEnd) -> None:
        if (writer := self._writers.pop(_folder(end.number), None)) is not None:
            writer.close()
        if end.state != "complete" or end.value is None:
            return
        better = max if self._maximize else min
        self._best = end.value if self._best is None else better(self._best, end.value)
        search = self._writer(_SEARCH)
        search.add_scalar("value", end.value, end.number)
        search.add_scalar("best_value", self._best, end.number)
        search.flush()

    def final_epoch_ended(self, report: EpochReport) -> None:
        self._add(_FINAL, report)

    def closed(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def _add(self, name: str, report: EpochReport) -> None:
        writer = self._writer(name)
        told = {**report.metrics, "learning_rate": report.learning_rate, "epoch_seconds": report.seconds}
        for metric, value in told.items():
            if math.isfinite(value):
                writer.add_scalar(metric, value, report.epoch)
        writer.flush()

    def _writer(self, name: str) -> Any:
        from tensorboardX import SummaryWriter

        if name not in self._writers:
            self._writers[name] = SummaryWriter(str(self._directory / name), write_to_disk=True)
        return self._writers[name]


def _folder(number: int) -> str:
    return f"trial-{number:04}"
