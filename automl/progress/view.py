"""What a display shows: one frozen value that every event turns into the next one.

The display's own thread draws it while the search goes on; because a ``View`` never changes, no lock is needed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from automl.events import SearchStart, TrialEnd
from automl.jobs import EpochReport

_BEST = 3


@dataclass(frozen=True, slots=True)
class Training:
    """The network that trains now.

    Attributes:
        title: ``trial 12`` or ``final model``.
        description: The network in a few words.
        epoch: Epochs that are over.
        planned: Epochs there will be; 0 while unknown.
        value: The objective after the latest epoch, or None.
        seconds: Of the latest epoch.
    """

    title: str
    description: str = ""
    epoch: int = 0
    planned: int = 0
    value: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class View:
    """Everything a display needs, at one moment.

    Attributes:
        phase: ``preparing``, ``searching``, ``stopping`` (no further trial starts) or ``final``.
        preparing: What is read, how many are done, of how many.
        began: Clock time at which the budget began to run.
        searching_since: Clock time of the first trial.
        start: What the search said of itself, or None before it did.
        training: What trains now, or None.
        best: The best complete trials, best first, at most three.
        states: How many trials ended in each state.
        trained: Trials that trained and count towards ``max_trials``.
    """

    phase: str = "preparing"
    preparing: tuple[str, int, int] = ("", 0, 0)
    began: float = 0.0
    searching_since: float = 0.0
    start: SearchStart | None = None
    training: Training | None = None
    best: tuple[TrialEnd, ...] = ()
    states: Mapping[str, int] = field(default_factory=dict)
    trained: int = 0

    def preparing_now(self, what: str, done: int, total: int) -> View:
        """Another item of the data is ready."""
        return replace(self, preparing=(what, done, total))

    def started(self, start: SearchStart, now: float) -> View:
        """The search begins; ``start.elapsed`` seconds of its budget are used."""
        return replace(self, phase="searching", start=start, began=now - start.elapsed, searching_since=now)

    def trial_started(self, number: int, description: str) -> View:
        """A trial trains."""
        return replace(self, training=Training(f"trial {number}", description))

    def epoch_ended(self, report: EpochReport) -> View:
        """What trains now finished an epoch."""
        now = self.training or Training("")
        value = report.metrics.get(self.objective)
        after = replace(now, epoch=report.epoch, planned=report.planned_epochs, value=value, seconds=report.seconds)
        return replace(self, training=after)

    def trial_ended(self, end: TrialEnd) -> View:
        """A trial is over; it is ranked when it is complete."""
        states = Counter(self.states)
        states[end.state] += 1
        counts = end.epochs > 0 and end.state not in ("duplicate", "infeasible")
        training = None if self.training and self.training.title == f"trial {end.number}" else self.training
        return replace(self, states=states, trained=self.trained + counts, training=training, best=self._ranked(end))

    def stopping(self) -> View:
        """No further trial starts."""
        return self if self.phase == "final" else replace(self, phase="stopping")

    def final_started(self, epochs: int) -> View:
        """The best network trains again, on all rows."""
        description = self.best[0].description if self.best else ""
        return replace(self, phase="final", training=Training("final model", description, planned=epochs))

    @property
    def objective(self) -> str:
        """The metric that is improved; empty before the search began."""
        return self.start.objective if self.start else ""

    def elapsed(self, now: float) -> float:
        """Seconds of the budget used."""
        return max(0.0, now - self.began) if self.start else 0.0

    def remaining(self, now: float) -> float | None:
        """Seconds until the end as far as one can say: the budget's or the trials', whichever ends first."""
        if self.phase == "final" and self.training and self.training.seconds:
            return (self.training.planned - self.training.epoch) * self.training.seconds
        if self.start is None:
            return None
        guesses = []
        if self.start.time_budget is not None:
            guesses.append(self.start.time_budget - self.elapsed(now))
        if self.start.max_trials is not None and self.trained:
            mean = (now - self.searching_since) / (self.trained + self._part())
            guesses.append(mean * (self.start.max_trials - self.trained - self._part()))
        return max(0.0, min(guesses)) if guesses else None

    def share(self, now: float) -> float:
        """How much of the search is over, from 0 to 1: by the time budget or by the trials, whichever is further."""
        if self.start is None:
            return 0.0
        shares = [0.0]
        if self.start.time_budget:
            shares.append(self.elapsed(now) / self.start.time_budget)
        if self.start.max_trials:
            shares.append((self.trained + self._part()) / self.start.max_trials)
        return min(1.0, max(shares))

    def _part(self) -> float:
        """How much of the running trial is over."""
        trial = self.training
        if trial is None or self.phase == "final" or not trial.planned:
            return 0.0
        return min(1.0, trial.epoch / trial.planned)

    def _ranked(self, end: TrialEnd) -> tuple[TrialEnd, ...]:
        if end.state != "complete" or end.value is None or not math.isfinite(end.value):
            return self.best
        sign = -1.0 if self.start is None or self.start.maximize else 1.0
        ranked = sorted((*self.best, end), key=lambda trial: sign * (trial.value or 0.0))
        return tuple(ranked[:_BEST])
