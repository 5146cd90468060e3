"""How long a run that is continued goes on: what it was given, what it has used, and what is asked for now."""

from __future__ import annotations

from dataclasses import dataclass

from automl.config import SearchConfig
from automl.run.command import Command


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        trained: Trials that trained at least one epoch and are over.
        seconds: Running time of all sessions.
        finished: Whether it came to its own end.
    """

    trained: int
    seconds: float
    finished: bool


def continued_limits(asked: SearchConfig, kept: Command, progress: Progress) -> tuple[int | None, float | None]:
    """Trials and seconds in all that end the search, or None for no limit.

    What is not asked for stays as it was, but for one thing: whoever asks for more of one gets it although the other is
    used up, or the search would be over before it began.
    """
    trials, seconds = kept.max_trials, kept.time_budget
    trials_reached = trials is not None and progress.trained >= trials
    time_is_over = seconds is not None and (progress.seconds >= seconds or (progress.finished and not trials_reached))
    if wants_trials(asked):
        trials = asked.max_trials or progress.trained + asked.more_trials
        seconds = None if time_is_over else seconds
    if wants_time(asked):
        seconds = asked.time_budget or progress.seconds + asked.more_time
        trials = None if trials_reached and not wants_trials(asked) else trials
    return trials, seconds


def wants_trials(asked: SearchConfig) -> bool:
    """Whether a number of trials is said."""
    return asked.max_trials is not None or asked.more_trials > 0


def wants_time(asked: SearchConfig) -> bool:
    """Whether a time is said."""
    return asked.time_budget is not None or asked.more_time > 0


def nothing_to_do(config: SearchConfig, kept: Command, progress: Progress) -> bool:
    """Whether a run came to its own end and what is asked of it now (``config``, settled) asks for nothing more."""
    if not progress.finished:
        return False
    as_before = (config.max_trials, config.time_budget) == (kept.max_trials, kept.time_budget)
    no_trials = config.max_trials is not None and progress.trained >= config.max_trials
    no_time = config.time_budget is not None and progress.seconds >= config.time_budget
    return as_before or no_trials or no_time
