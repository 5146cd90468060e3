"""The time of a job: where it went, how much is left, and how far the training is."""

from __future__ import annotations

import math
import statistics
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pydantic import BaseModel, ConfigDict

Phase = Literal["build", "data", "train", "validate", "save", "state"]
_Counted = Literal["build", "trace", "data", "train", "validate", "save", "rebuild"]

_OF_EPOCHS: tuple[_Counted, ...] = ("data", "train", "validate", "save")
_RECENT = 256  # steps whose median is "one step"
_TRACING_FORWARD = 0.2  # of the first training step's time is what the first validation traces; measured 0.07 to 0.15
_WORTH_AN_EPOCH = 0.05  # of an epoch: less training than this is not worth another validation
_BEFORE_THE_TIMEOUT = (1.0, 0.03)  # seconds, and share of it, kept free of what the schedule is fitted to


def time_limit(seconds: float | None, timeout: float | None) -> float | None:
    """The seconds a schedule is fitted to: those given, but a little less than the time after which a job is killed.

    What would train too long then ends in time with a model, and only what hangs is killed.

    >>> time_limit(None, 100.0), time_limit(30.0, 100.0), time_limit(None, 1.0), time_limit(30.0, None)
    (96.0, 30.0, 0.5, 30.0)
    """
    if timeout is None:
        return seconds
    fixed, share = _BEFORE_THE_TIMEOUT
    fitting = max(timeout - fixed - share * timeout, timeout / 2)
    return fitting if seconds is None else min(seconds, fitting)


class ClockState(BaseModel):
    """What a clock of a later process goes on from.

    Attributes:
        steps: Training steps done.
        planned: Training steps of all epochs.
        progress: How far the training is, 0 to 1.
        anchor_steps: Steps done when progress by steps was last laid out anew.
        anchor_progress: Progress at that point.
        first_step: Seconds of the first step, which traces.
        step: Seconds of one of the others.
        seconds: What the epochs so far took, by phase; building is not theirs, but ``rebuild`` is: what the processes
            so far spent on building and tracing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int
    planned: int
    progress: float
    anchor_steps: int
    anchor_progress: float
    first_step: float
    step: float
    seconds: dict[_Counted, float]


class Clock:
    """What time allows, and what it was used for.

    Without a limit nothing here influences the training, so that it is repeatable bit for bit. With one, room for one
    validation and one save is always reserved, first by estimates, later as measured.

    A training that goes on (:meth:`go_on`) has the learning rates it would have had. Where the number of epochs or the
    time is another now, progress runs from where it was to 1 over what is left.

    Args:
        seconds: Wall seconds from now on; None: no limit.

    Attributes:
        seconds: Where the time went: ``build``; ``trace``, the first training step; ``data``, making batches;
            ``train``, the other steps; ``validate``; ``save``, the state too; ``rebuild``, see :class:`ClockState`.
    """

    def __init__(self, seconds: float | None) -> None:
        self._begin = time.monotonic()
        self._deadline = math.inf if seconds is None else self._begin + seconds
        self.seconds: dict[_Counted, float] = dict.fromkeys(
            ("build", "trace", "data", "train", "validate", "save", "rebuild"), 0.0
        )
        self._latest: dict[str, float] = {}
        self._steps: deque[float] = deque(maxlen=_RECENT)
        self._first_step: float | None = None
        self._training_since = self._begin
        self._before: ClockState | None = None
        self._progress = 0.0
        self._steps_done = 0
        self._steps_planned = 1
        self._anchor_steps, self._anchor_progress = 0, 0.0
        self._inside = 0.0  # seconds that a phase has given to others within it
        self._progress_before = 0.0  # where progress by time began
        self._validation_guess = 0.0  # validation batches in units of training steps
        self._save_guess = 0.0

    def plan(self, *, steps: int, validation_steps: float, save_seconds: float) -> None:
        """Say what is ahead, before the first step.

        Args:
            steps: Training steps of all epochs.
            validation_steps: How many training steps one validation is thought to cost; 0 when there is none.
            save_seconds: What writing the model is thought to cost.
        """
        self._steps_planned = steps
        self._validation_guess = validation_steps
        self._save_guess = save_seconds

    def go_on(self, before: ClockState) -> None:
        """Take over from the clock of another process; between ``plan`` and the first step."""
        self._before = before
        self._steps_done, self._progress = before.steps, before.progress
        self._progress_before = before.progress
        if self._steps_planned == before.planned:
            self._anchor_steps, self._anchor_progress = before.anchor_steps, before.anchor_progress
        else:
            self._anchor_steps, self._anchor_progress = before.steps, before.progress
        for name, seconds in before.seconds.items():
            self.seconds[name] += seconds

    def extend(self, seconds: float) -> None:
        """There are so many seconds from now on; progress is what it were, had that been known from the beginning."""
        self._deadline = time.monotonic() + seconds
        self._progress = self._progress_before

    def state(self) -> ClockState:
        """What a later process goes on from; after at least one step, here or before."""
        first_step = self._first_step if self._before is None else self._before.first_step
        again = sum(self.seconds[name] for name in ("build", "trace", "rebuild"))
        return ClockState(
            steps=self._steps_done,
            planned=self._steps_planned,
            progress=self._progress,
            anchor_steps=self._anchor_steps,
            anchor_progress=self._anchor_progress,
            first_step=first_step or 0.0,
            step=self.step_seconds or 0.0,
            seconds={name: self.seconds[name] for name in _OF_EPOCHS} | {"rebuild": again},
        )

    @contextmanager
    def phase(self, name: Phase) -> Iterator[None]:
        """The body's time counts as ``name``, but for phases within it; writing the ``state`` counts as saving."""
        begin, self._inside, outside = time.monotonic(), 0.0, self._inside
        try:
            yield
        finally:
            took = time.monotonic() - begin
            self._latest[name] = took
            self.seconds["save" if name == "state" else name] += took - self._inside
            self._inside = outside + took

    @contextmanager
    def step(self) -> Iterator[None]:
        """The body is one training step; the first one (which traces) is no measure of the others."""
        begin = time.monotonic()
        yield
        end = time.monotonic()
        self._steps_done += 1
        if self._first_step is None:
            self._first_step, self._training_since = end - begin, end
            self.seconds["trace"] += end - begin
            self._inside += end - begin
        else:
            self._steps.append(end - begin)

    @property
    def step_seconds(self) -> float | None:
        """Median of the recent steps; of the process before, or of the only one, when there are none; None before."""
        if self._steps:
            return statistics.median(self._steps)
        return self._first_step if self._before is None else self._before.step

    def progress(self) -> float:
        """How far the training is at the middle of the next step, 0 to 1, by steps or by time, whichever is further.

        The middle, so that neither the first nor the last step is taken at a learning rate of zero.
        """
        by_steps = self._anchor_progress + (1.0 - self._anchor_progress) * (
            (self._steps_done - self._anchor_steps + 0.5) / max(1, self._steps_planned - self._anchor_steps)
        )
        by_time = 0.0
        if self._deadline < math.inf and self._first_step is not None:
            before = self._progress_before
            available = self._deadline - self._reserve() - self._training_since
            elapsed = time.monotonic() - self._training_since
            by_time = before + (1.0 - before) * elapsed / available if available > 0 else 1.0
        self._progress = min(max(by_steps, by_time, self._progress), 1.0)
        return self._progress

    def allows_step(self) -> bool:
        """Whether one more step fits before the last validation and save; the very first of a training always does."""
        if self._first_step is None:
            return self._before is None or self._left() >= self._before.first_step
        return self._left() >= (self._steps[-1] if self._steps else 0.0)

    def epochs_left(self, steps_per_epoch: int) -> float:
        """How many more epochs fit, as measured so far; too small a rest of an epoch counts as none."""
        if self._deadline == math.inf:
            return math.inf
        epoch = (self.step_seconds or 0.0) * steps_per_epoch + self._validation_seconds()
        epochs = self._left() / epoch if epoch > 0 else math.inf
        return epochs if epochs >= _WORTH_AN_EPOCH else 0.0

    def _left(self) -> float:
        return self._deadline - time.monotonic() - self._reserve()

    def _reserve(self) -> float:
        return self._validation_seconds() + self._latest.get("save", self._save_guess)

    def _validation_seconds(self) -> float:
        if "validate" in self._latest or not self._validation_guess:
            return self._latest.get("validate", 0.0)
        tracing = _TRACING_FORWARD * (self._first_step or 0.0)
        return tracing + (self._validation_guess * statistics.median(self._steps) if self._steps else 0.0)
