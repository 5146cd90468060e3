"""Kinds about parameters: which ones they are about, and what their axes look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from automl.errors import StudyError
from automl.plots.names import is_number, tidy
from automl.plots.style import count
from automl.study import RunRecord, StudyReader, TrialRecord
from automl.study.importance import parameter_importance

ABSENT = "none"


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the values of a parameter stand on an axis.

    Attributes:
        values: Different ones, in their order; of numbers the smallest and the largest, of words all.
        numeric: Whether they are numbers.
        log: Whether the axis is logarithmic.
        absent: Whether there are networks without it.
    """

    values: tuple[Any, ...]
    numeric: bool
    log: bool
    absent: bool

    @classmethod
    def of(cls, values: Sequence[Any]) -> Scale:
        """The scale that shows all these values; None is a network without the parameter."""
        there = [value for value in values if value is not None]
        numeric = all(map(is_number, there))
        different: list[Any] = sorted(set(there)) if numeric else sorted(set(map(str, there)))
        log = numeric and different[0] > 0 and different[-1] / different[0] >= 100
        return cls(tuple(different), numeric, log, len(there) < len(values))

    def word(self, value: Any) -> str:
        """A value as a mark on the axis."""
        if value is None:
            return ABSENT
        return count(value) if self.numeric else tidy(value, 14)


def compared(study: StudyReader, fewest: int, most: int) -> tuple[RunRecord, list[TrialRecord], list[str]]:
    """The search, its complete trials, and the parameters that matter most, at most ``most`` of them.

    Where importance cannot be told, those that differ most often.

    Raises:
        StudyError: There are fewer than ``fewest`` complete trials, or they all have the same parameters.
    """
    run, every = study.run(), study.trials()
    trials = [trial for trial in every if trial.state == "complete" and trial.value is not None]
    if len(trials) < fewest:
        raise StudyError(
            f"{run.study!r} has {len(trials)} complete trial{'s' * (len(trials) != 1)}: comparing parameters needs "
            f"{fewest}"
        )
    ranked = list(parameter_importance(every)) or _differing(trials)
    if not ranked:
        raise StudyError(f"all complete trials of {run.study!r} have the same parameters: there is nothing to compare")
    return run, trials, ranked[:most]


def _differing(trials: Sequence[TrialRecord]) -> list[str]:
    names = sorted({name for trial in trials for name in trial.params})
    different = {name: len({repr(trial.params.get(name)) for trial in trials}) for name in names}
    return [name for name in sorted(names, key=lambda name: -different[name]) if different[name] > 1]
