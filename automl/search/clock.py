"""The clock of a run: how much of the person's time is used and how much is left."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Counts from the person's command, not from the first trial.

    Attributes:
        started: ``time.monotonic()`` at the start of the command.
        budget: Seconds for everything, or None for no limit.
    """

    started: float
    budget: float | None

    def elapsed(self) -> float:
        """Seconds since the command started."""
        return time.monotonic() - self.started

    def remaining(self) -> float:
        """Seconds left; infinite without a budget, negative when it is overrun."""
        return math.inf if self.budget is None else self.budget - self.elapsed()
