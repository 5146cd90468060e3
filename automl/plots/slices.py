"""Kind ``slice``: the value against one parameter after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from automl.plots.names import short_names, value_label
from automl.plots.picture import Picture
from automl.plots.ranking import ABSENT, Scale, compared
from automl.plots.style import BLUE, FAINT, INK, WIDTH, count_along, figure, fit, styled
from automl.study import StudyReader, TrialRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 6
_COLUMNS = 2


def slices(study: StudyReader) -> Picture:
    """A small picture a parameter, the most important ones: every complete trial, and the middle of each word's values.

    Raises:
        StudyError: Fewer than two trials are complete, or their parameters are all equal.
    """
    run, trials, names = compared(study, 2, SHOWN)
    short = short_names(names)
    columns = min(_COLUMNS, len(names))
    rows = -(-len(names) // columns)
    with styled():
        drawn, grid = figure(WIDTH, 0.5 + 1.75 * rows, rows=rows, columns=columns)
        every = np.atleast_1d(grid).ravel()
        for axes, name in zip(every, names, strict=False):
            _one(axes, name, trials)
            axes.set_title(short[name], fontsize=8.5)
        for axes in every[len(names) :]:
            axes.set_visible(False)
        drawn.supylabel(value_label(run), fontsize=9, color=INK)
    text = f"{run.objective} of {len(trials)} complete trials against {', '.join(short.values())}."
    return Picture("Values by parameter", text, drawn)


def _one(axes: Axes, name: str, trials: list[TrialRecord]) -> None:
    given = [trial.params.get(name) for trial in trials]
    values = [trial.value or 0.0 for trial in trials]
    scale = Scale.of(given)
    fit(axes, values)
    count_along(axes, "y")
    axes.tick_params(labelsize=8)
    if scale.numeric and len(scale.values) > 5:
        there = [(x, y) for x, y in zip(given, values, strict=True) if x is not None]
        axes.plot(*zip(*there, strict=True), "o", color=BLUE, ms=3.5, alpha=0.7)
        count_along(axes, "x", log=scale.log)
        return
    words = [scale.word(value) for value in given]
    order = [*map(scale.word, scale.values), *([ABSENT] if scale.absent else [])]
    for place, word in enumerate(order):
        here = [value for value, each in zip(values, words, strict=True) if each == word]
        spread = (np.arange(len(here)) % 7 - 3) * 0.05
        axes.plot(place + spread, here, "o", color=BLUE if word != ABSENT else FAINT, ms=3.5, alpha=0.7)
        if here:
            axes.plot([place - 0.3, place + 0.3], [np.median(here)] * 2, color=INK, lw=1.4)
    slanted: dict[str, Any] = {"rotation": 30, "ha": "right"} if sum(map(len, order)) > 24 else {}
    axes.set_xticks(range(len(order)), order, **slanted)
    axes.set_xlim(-0.5, len(order) - 0.5)
    axes.grid(visible=False, axis="x")
