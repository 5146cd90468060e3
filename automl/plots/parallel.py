"""Kind ``parallel``: every complete trial as a line through its parameters."""

from __future__ import annotations

import math
from typing import Any

from automl.plots.names import short_names, value_label
from automl.plots.picture import Picture
from automl.plots.ranking import Scale, compared
from automl.plots.style import GRID, INK, SCALE, WIDTH, figure, limits, styled
from automl.study import StudyReader

SHOWN = 6
_LOWEST, _ABSENT = 0.16, 0.0  # of an axis' height; below it stands "none"
_MOST = 500


def parallel(study: StudyReader) -> Picture:
    """An axis a parameter, the most important ones; a line a trial, the better the brighter and the nearer.

    Raises:
        StudyError: Fewer than two trials are complete, or their parameters are all equal.
    """
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    run, trials, names = compared(study, 2, SHOWN)
    best_last = sorted(trials, key=lambda t: t.value or 0.0, reverse=run.direction == "minimize")[-_MOST:]
    values = [trial.value or 0.0 for trial in best_last]
    low, high = limits(values) or (values[0] - 1, values[0] + 1)
    norm, shade = Normalize(low, high, clip=True), colormaps[SCALE if run.direction == "maximize" else f"{SCALE}_r"]
    scales = {name: Scale.of([trial.params.get(name) for trial in trials]) for name in names}
    short = short_names(names, 18)
    with styled():
        drawn, axes = figure(max(WIDTH, 0.9 * len(names) + 1.2))
        for trial, value in zip(best_last, values, strict=True):
            heights = [height(trial.params.get(name), scales[name]) for name in names]
            axes.plot(range(len(names)), heights, color=shade(norm(value)), lw=1.3, alpha=0.85)
        for place, name in enumerate(names):
            axes.axvline(place, color=GRID, lw=1, zorder=0)
            for at, word in marks(scales[name]):
                axes.annotate(
                    word,
                    (place, at),
                    ha="center",
                    va="center",
                    fontsize=7.5,
                    color=INK,
                    bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
                )
        axes.set_xticks(range(len(names)), [short[name] for name in names], rotation=25, ha="right")
        axes.set_yticks([])
        axes.set(ylim=(-0.06, 1.06), xlim=(-0.4, len(names) - 0.6))
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        bar = drawn.colorbar(ScalarMappable(norm, shade), ax=axes, pad=0.02, aspect=30)
        bar.set_label(value_label(run))
        bar.outline.set_visible(False)
    text = f"{len(best_last)} complete trials through {len(names)} parameters: {', '.join(short.values())}."
    return Picture("Parameters of the trials", text, drawn)


def height(value: Any, scale: Scale) -> float:
    """Where a value stands on an axis from 0 to 1.

    >>> height(3, Scale.of([1, 3, 5])), height("b", Scale.of(["a", "b"])), height(None, Scale.of(["a", None]))
    (0.5, 1.0, 0.0)
    """
    lowest = _LOWEST if scale.absent else 0.0
    if value is None:
        return _ABSENT
    if not scale.numeric:
        share = scale.values.index(str(value)) / max(1, len(scale.values) - 1)
    else:
        low, high, here = scale.values[0], scale.values[-1], value
        if scale.log:
            low, high, here = math.log(low), math.log(high), math.log(value)
        share = (here - low) / (high - low) if high > low else 0.5
    return lowest + (1 - lowest) * share


def marks(scale: Scale) -> list[tuple[float, str]]:
    """What is written along an axis: all words while they have room, of numbers the ends."""
    shown = scale.values if len(scale.values) <= 6 else (scale.values[0], scale.values[-1])
    if scale.numeric and len(scale.values) > 4:
        shown = (scale.values[0], scale.values[-1])
    words = [(height(value, scale), scale.word(value)) for value in shown]
    return [*words, (_ABSENT, scale.word(None))] if scale.absent else words
