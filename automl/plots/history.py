"""Kind ``history``: the value of every trial, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.errors import StudyError
from automl.plots.names import guess_of, value_label
from automl.plots.picture import Picture
from automl.plots.style import FAINT, INK, MARKS, figure, fit, legend_above, styled, whole_numbers
from automl.study import RunRecord, StudyReader, TrialRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def history(study: StudyReader) -> Picture:
    """Trials by number: what each reached, the best so far, and below those that reached nothing.

    Raises:
        StudyError: No trial has a value yet.
    """
    run, trials = study.run(), [trial for trial in study.trials() if trial.state != "queued"]
    valued = [trial for trial in trials if trial.value is not None]
    if not valued:
        raise StudyError(f"no trial of {run.study!r} has a value yet: there is no history to draw")
    with styled():
        drawn, axes = figure()
        for state, mark in MARKS.items():
            here = [trial for trial in valued if trial.state == state]
            if here:
                axes.plot([t.number for t in here], [t.value for t in here], label=mark.name, **mark.style())
        best = best_so_far(run, trials)
        if best:
            axes.plot(
                *zip(*best, strict=True), drawstyle="steps-post", color=INK, lw=1.2, label="best so far", zorder=1
            )
        guess = guess_of(run)
        if guess is not None:
            axes.axhline(guess, color=FAINT, ls=":", lw=1.2, label="guessing")
        fit(axes, [trial.value for trial in valued if trial.value is not None])
        _without_value(axes, trials)
        axes.set(xlabel="trial", ylabel=value_label(run))
        whole_numbers(axes)
        legend_above(axes)
    return Picture("History of the search", _words(run, trials, best), drawn)


def best_so_far(run: RunRecord, trials: list[TrialRecord]) -> list[tuple[int, float]]:
    """(number, best value of the complete trials up to it), from the first complete one to the last trial."""
    found: list[tuple[int, float]] = []
    better = max if run.direction == "maximize" else min
    for trial in trials:
        if trial.state == "complete" and trial.value is not None:
            found.append((trial.number, better(trial.value, found[-1][1]) if found else trial.value))
    return [*found, (max(t.number for t in trials), found[-1][1])] if found else []


def _without_value(axes: Axes, trials: list[TrialRecord]) -> None:
    """Trials that came to nothing, along the lower edge."""
    for state, mark in MARKS.items():
        here = [t.number for t in trials if t.state == state and t.value is None and state not in ("running", "paused")]
        if here:
            place = axes.get_xaxis_transform()
            axes.plot(here, [0.02] * len(here), transform=place, clip_on=False, label=mark.name, **mark.style(6))


def _words(run: RunRecord, trials: list[TrialRecord], best: list[tuple[int, float]]) -> str:
    states = {name: sum(trial.state == name for trial in trials) for name in MARKS}
    counted = ", ".join(f"{number} {MARKS[name].name}" for name, number in states.items() if number)
    reached = f"; the best {run.objective} is {best[-1][1]:.4g}" if best else ""
    return f"Values of {len(trials)} trials ({counted}){reached}."
