"""Kind ``curves``: how trials learned, epoch by epoch."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from automl.errors import StudyError
from automl.plots.names import value_label
from automl.plots.picture import Picture
from automl.plots.style import FAINT, MARKS, SERIES, figure, fit, legend_above, styled, whole_numbers
from automl.study import StudyReader

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 4  # of the best, in colours
_MOST = 400  # grey curves; more are a grey area


def curves(study: StudyReader) -> Picture:
    """The objective after every epoch: the best trials in colours, the others grey, with how they ended.

    Raises:
        StudyError: No trial has trained an epoch yet.
    """
    run, trials = study.run(), {trial.number: trial for trial in study.trials()}
    found = {}
    for number, epochs in groupby(study.epochs(), key=lambda epoch: epoch.trial):
        points = [(each.epoch, value) for each in epochs if (value := each.metrics.get(run.objective)) is not None]
        if points:
            found[number] = points
    if not found:
        raise StudyError(f"no trial of {run.study!r} has trained an epoch yet: there are no curves to draw")
    best = [trial.number for trial in study.leaderboard(SHOWN) if trial.number in found]
    others = [number for number in found if number not in best]
    with styled():
        drawn, axes = figure()
        for number in others[-_MOST:]:
            mark = MARKS.get(trials[number].state, MARKS["complete"])
            style = mark.style(4)
            axes.plot(*zip(*found[number], strict=True), color=FAINT, lw=0.8, alpha=0.55, zorder=1)
            if trials[number].state != "complete":
                axes.plot(*found[number][-1], zorder=2, **style)
        for place, number in enumerate(best):
            x, y = zip(*found[number], strict=True)
            axes.plot(x, y, color=SERIES[place], marker="o", ms=2.5, label=f"trial {number}", zorder=4 - place / 10)
        _explain(axes, {trials[number].state for number in others[-_MOST:]})
        fit(axes, [value for points in found.values() for _, value in points])
        axes.set(xlabel="epoch", ylabel=value_label(run))
        whole_numbers(axes)
        legend_above(axes)
    longest = max(points[-1][0] for points in found.values())
    text = f"{run.objective} after every epoch of {len(found)} trials, up to epoch {longest}."
    return Picture("Learning curves", text, drawn)


def _explain(axes: Axes, states: set[str]) -> None:
    for state in MARKS:
        if state in states:
            mark = MARKS[state]
            if state == "complete":
                axes.plot([], [], color=FAINT, lw=0.8, label="others")
            else:
                axes.plot([], [], label=mark.name, **mark.style(4))
