"""Progress for logs and pipes: one plain line for each thing that matters."""

# ruff: noqa: ARG002, D102  the hooks are described by Events

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport
from automl.progress.words import continued, duration, facts, plural, retried, score

_PATIENCE = 10.0  # seconds between two lines about the same thing


class LineProgress(Events):
    """Writes a line when the data is ready, for every trial, for the final training, for warnings and the stop.

    Args:
        stream: Where to; None for whatever ``sys.stderr`` is at that moment.
        now: The clock, in seconds.
    """

    def __init__(self, stream: TextIO | None = None, *, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._now = now
        self._spoke = now()
        self._start: SearchStart | None = None
        self._best: float | None = None
        self._running: dict[int, EpochReport | None] = {}

    def preparing(self, what: str, done: int, total: int) -> None:
        if self._now() - self._spoke >= _PATIENCE:
            self._say(f"reading {what}: {done:,} of {total:,}")

    def data_ready(self, summary: Mapping[str, object]) -> None:
        self._say(f"data: {facts(summary)}")

    def search_started(self, start: SearchStart) -> None:
        self._start = start
        limits = [duration(start.time_budget)] if start.time_budget else []
        limits += [plural(start.max_trials, "trial")] if start.max_trials else []
        workers = f", {start.workers} workers" if start.workers > 1 else ""
        self._say(f"search: {start.task}, space {start.space}, {start.objective}, {' or '.join(limits)}{workers}")
        if start.best:
            self._best = start.best[0].value
        if line := continued(start):
            self._say(line)

    def trial_started(self, number: int, description: str) -> None:
        self._running[number] = None

    def epoch_ended(self, number: int, report: EpochReport) -> None:
        self._running[number] = report
        if self._now() - self._spoke >= _PATIENCE:
            self._say("; ".join(self._reached()))

    def trial_retried(self, number: int | None, reason: str) -> None:
        self._say(retried(number, reason))

    def trial_ended(self, end: TrialEnd) -> None:
        self._running.pop(end.number, None)
        self._say(f"trial {end.number}: {self._outcome(end)}")

    def final_started(self, epochs: int) -> None:
        self._say(f"training the final model: {plural(epochs, 'epoch')} on all rows")

    def final_epoch_ended(self, report: EpochReport) -> None:
        if self._now() - self._spoke >= _PATIENCE or report.epoch == report.planned_epochs:
            self._say(f"final model: {self._epoch(report)}")

    def warning(self, message: str) -> None:
        self._say(f"warning: {message}")

    def stopping(self, reason: str) -> None:
        self._say(f"search over: {reason}")

    def _outcome(self, end: TrialEnd) -> str:
        spent = f"{plural(end.epochs, 'epoch')}, {duration(end.seconds)}"
        named = f"{self._start.objective if self._start else 'objective'} {score(end.value)}"
        if end.state != "complete":
            after = f" after {spent}" if end.epochs else ""
            so_far = f", {named}" if end.state == "paused" and end.value is not None else ""
            return " - ".join(part for part in (f"{end.state}{after}{so_far}", end.reason, end.description) if part)
        best = " (best so far)" if self._is_best(end.value) else ""
        weights = "" if end.parameters is None else f", {plural(end.parameters, 'parameter')}"
        return f"{named}{best}, {spent}{weights} - {end.description}"

    def _is_best(self, value: float | None) -> bool:
        if value is None:
            return False
        maximize = self._start is None or self._start.maximize
        better = self._best is None or (value > self._best if maximize else value < self._best)
        if better:
            self._best = value
        return better

    def _reached(self) -> list[str]:
        """How far each running trial is, by number."""
        told = sorted(self._running.items())
        return [f"trial {number}: {'starting' if report is None else self._epoch(report)}" for number, report in told]

    def _epoch(self, report: EpochReport) -> str:
        metric = self._start.objective if self._start else ""
        if metric not in report.metrics:
            metric = "loss"
        value = f", {metric} {score(report.metrics[metric])}" if metric in report.metrics else ""
        return f"epoch {report.epoch} of {report.planned_epochs}{value}"

    def _say(self, line: str) -> None:
        self._spoke = self._now()
        print(" ".join(line.split()), file=self._stream or sys.stderr, flush=True)
