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
from automl.progress.words import readable

_BEST = 3


@dataclass(frozen=True, slots=True)
class Training:
    """A network that trains now.

    Attributes:
        number: Of the trial; None for the final training.
        description: The network in a few words.
        epoch: Epochs that are over.
        planned: Epochs there will be; 0 while unknown.
        value: The objective after the latest epoch, or None.
        seconds: Of the latest epoch.
        again: Whether it failed and has not finished an epoch since it was started again.
    """

    number: int | None
    description: str = ""
    epoch: int = 0
    planned: int = 0
    value: float | None = None
    seconds: float = 0.0
    again: bool = False

    @property
    def title(self) -> str:
        """``trial 12`` or ``final model``."""
        return "final model" if self.number is None else f"trial {self.number}"

    @property
    def part(self) -> float:
        """How much of it is over, from 0 to 1."""
        return min(1.0, self.epoch / self.planned) if self.planned else 0.0

    def after(self, report: EpochReport, objective: str) -> Training:
        """It finished an epoch."""
        value = report.metrics.get(objective)
        planned, seconds = report.planned_epochs, report.seconds
        return replace(self, epoch=report.epoch, planned=planned, value=value, seconds=seconds, again=False)


@dataclass(frozen=True, slots=True)
class View:
    """Everything a display needs, at one moment.

    Attributes:
        phase: ``preparing``, ``searching``, ``stopping`` (no further trial starts), ``final`` or ``over``.
        preparing: What is read, how many are done, of how many.
        began: Clock time at which the budget began to run.
        searching_since: Clock time of this session's first trial.
        start: What the search said of itself, or None before it did.
        places: What trains now, one place for every trial that ever ran beside others: a trial keeps its place while it
            runs, and None stands where none runs at the moment.
        best: The best complete trials, best first, at most three.
        curves: The objective after each epoch, by trial; not a number where it was not reported.
        paused: Trials that wait to go on.
        failures: How many trials of this session failed, by the kind in plain words.
        states: How many trials of this session ended in each state, or are paused.
        trained: Trials of all sessions that trained and count towards ``max_trials``.
    """

    phase: str = "preparing"
    preparing: tuple[str, int, int] = ("", 0, 0)
    began: float = 0.0
    searching_since: float = 0.0
    start: SearchStart | None = None
    places: tuple[Training | None, ...] = ()
    best: tuple[TrialEnd, ...] = ()
    curves: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    paused: frozenset[int] = frozenset()
    failures: Mapping[str, int] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    trained: int = 0

    @property
    def running(self) -> tuple[Training, ...]:
        """What trains now."""
        return tuple(place for place in self.places if place is not None)

    @property
    def objective(self) -> str:
        """The metric that is improved; empty before the search began."""
        return self.start.objective if self.start else ""

    def preparing_now(self, what: str, done: int, total: int) -> View:
        """Another item of the data is ready."""
        return replace(self, preparing=(what, done, total))

    def started(self, start: SearchStart, now: float) -> View:
        """The search begins; ``start.elapsed`` seconds of its budget are used."""
        before = replace(self, start=start, trained=start.trained, best=start.best[:_BEST])
        return replace(before, phase="searching", began=now - start.elapsed, searching_since=now - start.searching)

    def trial_started(self, number: int, description: str) -> View:
        """A trial trains: where it is already, else where none runs, else in a place of its own."""
        place = self._place(number)
        if place is None:
            place = self.places.index(None) if None in self.places else len(self.places)
        return self._goes_on(number)._put(place, Training(number, description))

    def epoch_ended(self, number: int | None, report: EpochReport) -> View:
        """A trial, or with None the final model, finished an epoch."""
        place = self._place(number)
        trains = None if place is None else self.places[place]
        if place is None or trains is None:
            return self
        after = trains.after(report, self.objective)
        seen = () if number is None else self.curves.get(number, ())[: report.epoch - 1]
        value = math.nan if after.value is None else after.value
        curve = (*seen, *[math.nan] * (report.epoch - 1 - len(seen)), value)
        with_curve = self if number is None else replace(self, curves={**self.curves, number: curve})
        return with_curve._put(place, after)

    def retried(self, number: int | None) -> View:
        """A trial, or with None the final training, runs again after a failure."""
        place = self._place(number)
        trains = None if place is None else self.places[place]
        return self if place is None or trains is None else self._put(place, replace(trains, again=True))

    def trial_ended(self, end: TrialEnd) -> View:
        """A trial is over; it is ranked when it is complete."""
        before = self._goes_on(end.number)
        states, failures = Counter(before.states), Counter(before.failures)
        states[end.state] += 1
        if end.state == "failed":
            failures[readable(end.reason).partition(":")[0]] += 1
        paused = before.paused | {end.number} if end.state == "paused" else before.paused
        trained = before.trained + _counts(end)
        after = replace(
            before, states=states, failures=failures, paused=paused, trained=trained, best=before._ranked(end)
        )
        place = self._place(end.number)
        return after if place is None else after._put(place, None)

    def stopping(self) -> View:
        """No further trial starts."""
        return self if self.phase == "final" else replace(self, phase="stopping", places=self.running)

    def final_started(self, epochs: int) -> View:
        """The best network trains again, on all rows."""
        description = self.best[0].description if self.best else ""
        return replace(self, phase="final", places=(Training(None, description, planned=epochs),))

    def closed(self) -> View:
        """Nothing more will come."""
        return replace(self, phase="over", places=())

    def elapsed(self, now: float) -> float:
        """Seconds of the budget used."""
        return max(0.0, now - self.began) if self.start else 0.0

    def remaining(self, now: float) -> float | None:
        """Seconds until the end as far as one can say: the budget's or the trials', whichever ends first."""
        if self.start is None or self.phase == "over":
            return None
        if self.phase == "final" and self.running and self.running[0].seconds:
            final = self.running[0]
            return (final.planned - final.epoch) * final.seconds
        guesses = []
        if self.start.time_budget is not None:
            guesses.append(self.start.time_budget - self.elapsed(now))
        done = self.trained - self.start.trained
        if self.start.max_trials is not None and done > 0:
            mean = (now - self.searching_since) / (done + self._parts())
            guesses.append(mean * (self.start.max_trials - self.trained - self._parts()))
        return max(0.0, min(guesses)) if guesses else None

    def share(self, now: float) -> float:
        """How much of the search is over, from 0 to 1: by the time budget or by the trials, whichever is further."""
        if self.start is None:
            return 0.0
        shares = [0.0]
        if self.start.time_budget:
            shares.append(self.elapsed(now) / self.start.time_budget)
        if self.start.max_trials:
            shares.append((self.trained + self._parts()) / self.start.max_trials)
        return min(1.0, max(shares))

    def _parts(self) -> float:
        """How much of the running trials is over, added up."""
        return 0.0 if self.phase == "final" else sum(trains.part for trains in self.running)

    def _goes_on(self, number: int) -> View:
        """A trial that was paused is not any more: it trains again, or is over."""
        if number not in self.paused:
            return self
        states = Counter(self.states)
        states["paused"] -= 1
        return replace(self, states=+states, paused=self.paused - {number})

    def _place(self, number: int | None) -> int | None:
        """Where a trial runs, if it does."""
        found = (i for i, trains in enumerate(self.places) if trains is not None and trains.number == number)
        return next(found, None)

    def _put(self, place: int, trains: Training | None) -> View:
        return replace(self, places=(*self.places[:place], trains, *self.places[place + 1 :]))

    def _ranked(self, end: TrialEnd) -> tuple[TrialEnd, ...]:
        if end.state != "complete" or end.value is None or not math.isfinite(end.value):
            return self.best
        sign = -1.0 if self.start is None or self.start.maximize else 1.0
        ranked = sorted((*self.best, end), key=lambda trial: sign * (trial.value or 0.0))
        return tuple(ranked[:_BEST])


def _counts(end: TrialEnd) -> bool:
    """Whether a trial counts as one that trained; a paused one is not over."""
    return end.epochs > 0 and end.state not in ("duplicate", "infeasible", "paused")
