"""Listeners that pass every event on to others."""

# ruff: noqa: D102  the hooks are described by Events

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport


class Forwarding(Events):
    """Turns every hook into one call of ``_tell`` with its name and arguments."""

    @abstractmethod
    def _tell(self, hook: str, *args: object) -> None:
        """One event."""

    def preparing(self, what: str, done: int, total: int) -> None:
        self._tell("preparing", what, done, total)

    def data_ready(self, summary: Mapping[str, object]) -> None:
        self._tell("data_ready", summary)

    def search_started(self, start: SearchStart) -> None:
        self._tell("search_started", start)

    def trial_started(self, number: int, description: str) -> None:
        self._tell("trial_started", number, description)

    def epoch_ended(self, number: int, report: EpochReport) -> None:
        self._tell("epoch_ended", number, report)

    def trial_retried(self, number: int | None, reason: str) -> None:
        self._tell("trial_retried", number, reason)

    def trial_ended(self, end: TrialEnd) -> None:
        self._tell("trial_ended", end)

    def final_started(self, epochs: int) -> None:
        self._tell("final_started", epochs)

    def final_epoch_ended(self, report: EpochReport) -> None:
        self._tell("final_epoch_ended", report)

    def warning(self, message: str) -> None:
        self._tell("warning", message)

    def stopping(self, reason: str) -> None:
        self._tell("stopping", reason)

    def closed(self) -> None:
        self._tell("closed")


class Everyone(Forwarding):
    """Tells several listeners, in their order; what one of them raises, the others do not see."""

    def __init__(self, listeners: Sequence[Events]) -> None:
        self._listeners = tuple(listeners)

    def _tell(self, hook: str, *args: object) -> None:
        for listener in self._listeners:
            getattr(listener, hook)(*args)
