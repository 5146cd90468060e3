"""A display may break; the search behind it may not."""

# ruff: noqa: D102  the hooks are described by Events

from __future__ import annotations

import logging
from collections.abc import Mapping

from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport

logger = logging.getLogger("automl.progress")


class Guarded(Events):
    """Passes every event on until the display behind it raises; from then on it is silent.

    >>> class Broken(Events):
    ...     def stopping(self, reason):
    ...         raise OSError("the terminal is gone")
    >>> Guarded(Broken()).stopping("time is up")
    """

    def __init__(self, display: Events) -> None:
        self._display: Events = display

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

    def _tell(self, hook: str, *args: object) -> None:
        try:
            getattr(self._display, hook)(*args)
        except Exception as error:
            logger.info("the progress display failed in %s and is switched off: %r", hook, error)
            broken, self._display = self._display, Events()
            _close(broken)


def _close(display: Events) -> None:
    try:
        display.closed()  # gives the terminal its cursor back
    except Exception as error:
        logger.info("the progress display could not be closed: %r", error)
