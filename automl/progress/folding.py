"""The part that every drawn display shares: events become a ``View``, and a display shows it."""

# ruff: noqa: D102  the hooks are described by Events

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport
from automl.progress.view import View
from automl.progress.words import continued, facts, retried


class FrameProgress(Events):
    """Keeps ``view`` up to date; a display derives from it and says how to ``show`` it and how to ``say`` a line.

    Args:
        now: The clock, in seconds.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self.view = View()
        self.now = now

    def show(self, *, passing: bool = False) -> None:
        """Called after every change of ``view``; ``passing``: the next change is near, and this one says little."""

    def say(self, line: str, *, style: str = "") -> None:
        """A line that should stay; ``style`` is rich's."""

    def preparing(self, what: str, done: int, total: int) -> None:
        self._next(self.view.preparing_now(what, done, total), passing=True)

    def data_ready(self, summary: Mapping[str, object]) -> None:
        self.say(f"data: {facts(summary)}")

    def search_started(self, start: SearchStart) -> None:
        self._next(self.view.started(start, self.now()))
        if line := continued(start):
            self.say(line)

    def trial_started(self, number: int, description: str) -> None:
        self._next(self.view.trial_started(number, description))

    def epoch_ended(self, number: int, report: EpochReport) -> None:
        self._next(self.view.epoch_ended(number, report), passing=True)

    def trial_retried(self, number: int | None, reason: str) -> None:
        self._next(self.view.retried(number))
        self.say(retried(number, reason), style="yellow")

    def trial_ended(self, end: TrialEnd) -> None:
        self._next(self.view.trial_ended(end))
        if end.state == "failed":
            self.say(f"trial {end.number} failed: {end.reason}", style="red")

    def final_started(self, epochs: int) -> None:
        self._next(self.view.final_started(epochs))

    def final_epoch_ended(self, report: EpochReport) -> None:
        self._next(self.view.epoch_ended(None, report), passing=True)

    def warning(self, message: str) -> None:
        self.say(f"warning: {message}", style="yellow")

    def stopping(self, reason: str) -> None:
        self._next(self.view.stopping())
        self.say(f"search over: {reason}")

    def closed(self) -> None:
        self._next(self.view.closed())

    def _next(self, view: View, *, passing: bool = False) -> None:
        self.view = view
        self.show(passing=passing)
