"""Runs side by side: how good, how fast, and what their best networks have different.

Time is the time in which at least one trial trained: a run that was paused over night is not slower for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from automl.arch import Architecture, Diff, diff
from automl.errors import ConfigError
from automl.study import RunRecord, StudyReader, TrialDetail, TrialLine

_SHARES = (0.1, 0.25, 0.5, 1.0)  # of what the shortest of the runs has


@dataclass(frozen=True, slots=True)
class Progress:
    """One run of a comparison.

    Attributes:
        name: How it is called in the comparison.
        run: What was asked.
        trained: Trials that trained at least one epoch.
        seconds: In which at least one trial trained.
        best: Its best trial, or None.
        steps: (seconds so far, trials so far, best value so far) after each of its trials that trained, by their end.
    """

    name: str
    run: RunRecord
    trained: int
    seconds: float
    best: TrialDetail | None
    steps: Sequence[tuple[float, int, float | None]]

    def after_seconds(self, seconds: float) -> float | None:
        """Best value after so much time."""
        return next((best for spent, _, best in reversed(self.steps) if spent <= seconds), None)

    def after_trials(self, trials: int) -> float | None:
        """Best value after so many trained trials."""
        return next((best for _, count, best in reversed(self.steps) if count <= trials), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs with the same objective.

    Attributes:
        runs: In the order in which they were named.
        at_seconds: Moments to compare at: the last one is where the shortest run ended.
        at_trials: Numbers of trials to compare at.
        networks: What turns the first run's best network into each other one's; None where one has none.
    """

    runs: Sequence[Progress]
    at_seconds: Sequence[float]
    at_trials: Sequence[int]
    networks: Sequence[Diff | None]

    @property
    def objective(self) -> str:
        """The metric that all of them improve."""
        return self.runs[0].run.objective

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return {
            "objective": self.objective,
            "direction": self.runs[0].run.direction,
            "runs": [_run_json(run) for run in self.runs],
            "at_seconds": [
                {"seconds": moment, "best": {run.name: run.after_seconds(moment) for run in self.runs}}
                for moment in self.at_seconds
            ],
            "at_trials": [
                {"trials": count, "best": {run.name: run.after_trials(count) for run in self.runs}}
                for count in self.at_trials
            ],
            "networks": [
                {
                    "from": self.runs[0].name,
                    "to": run.name,
                    "difference": None if found is None else str(found).split("\n"),
                }
                for run, found in zip(self.runs[1:], self.networks, strict=True)
            ],
        }


def compare(studies: Sequence[tuple[str, StudyReader]]) -> Comparison:
    """Compare studies by their records; three queries each.

    Args:
        studies: Names for people, and the studies.

    Raises:
        ConfigError: There are fewer than two, or they improve different metrics.
        StudyError: One cannot be read.
    """
    if len(studies) < 2:
        raise ConfigError("a comparison needs two runs or more: automl compare RUN RUN")
    runs = [progress(name, study) for name, study in studies]
    goals = {f"{one.run.objective} ({one.run.direction})": one.name for one in runs}
    if len(goals) > 1:
        said = ", ".join(f"{name}: {goal}" for goal, name in goals.items())
        raise ConfigError(f"these runs improve different metrics and cannot be compared: {said}")
    seconds, trials = min(run.seconds for run in runs), min(run.trained for run in runs)
    return Comparison(
        runs,
        [share * seconds for share in _SHARES] if seconds > 0 else [],
        sorted({max(1, round(share * trials)) for share in _SHARES}) if trials else [],
        [_between(runs[0].best, other.best) for other in runs[1:]],
    )


def progress(name: str, study: StudyReader) -> Progress:
    """How a study went on, from its records."""
    run = study.run()
    ended = [line for line in study.lines() if line.trained and line.ended is not None]
    ended.sort(key=lambda line: (line.ended is None or line.ended.timestamp(), line.number))
    spent = _busy(ended)
    best = _best_so_far(ended, maximize=run.direction == "maximize")
    steps = list(zip(spent, range(1, len(ended) + 1), best, strict=True))
    return Progress(name, run, len(ended), spent[-1] if spent else 0.0, study.best(), steps)


def _busy(lines: Iterable[TrialLine]) -> list[float]:
    """Seconds until each trial's end in which one of them trained; by their end."""
    until, total, found = float("-inf"), 0.0, []
    for line in lines:
        end = line.ended.timestamp() if line.ended else 0.0
        total += min(line.total_seconds, max(0.0, end - until))
        until = max(until, end)
        found.append(total)
    return found


def _best_so_far(lines: Iterable[TrialLine], *, maximize: bool) -> list[float | None]:
    better = max if maximize else min

    def of_both(best: float | None, value: float | None) -> float | None:
        if best is None or value is None:
            return value if best is None else best
        return better(best, value)

    return list(accumulate((line.value if line.state == "complete" else None for line in lines), of_both))


def _between(first: TrialDetail | None, other: TrialDetail | None) -> Diff | None:
    if first is None or other is None or first.architecture is None or other.architecture is None:
        return None
    return diff(Architecture.from_json(first.architecture), Architecture.from_json(other.architecture))


def _run_json(one: Progress) -> dict[str, Any]:
    best = one.best
    return {
        "run": one.name,
        "study": one.run.study,
        "task": one.run.task,
        "space": one.run.space_name,
        "trained": one.trained,
        "seconds": one.seconds,
        "best": None if best is None else best.value,
        "trial": None if best is None else best.number,
        "parameters": None if best is None else best.parameters,
        "flops": None if best is None else best.flops,
        "network": None if best is None else best.description,
    }
