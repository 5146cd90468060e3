"""Kind ``pareto``: how much a network costs against how good it is."""

from __future__ import annotations

from typing import Literal, get_args

from automl.errors import ConfigError, StudyError, did_you_mean
from automl.plots.names import value_label
from automl.plots.picture import Picture
from automl.plots.style import INK, MARKS, count_along, figure, fit, legend_above, styled
from automl.study import StudyReader, TrialRecord

Cost = Literal["parameters", "flops", "seconds"]
COSTS: tuple[str, ...] = get_args(Cost)
_LABELS = {"parameters": "parameters", "flops": "FLOPs of one row", "seconds": "seconds of the trial"}


def pareto(study: StudyReader, *, against: str = "parameters") -> Picture:
    """Every trial by its cost and its value; those that none beats in both are joined and numbered.

    Args:
        study: To look at.
        against: ``parameters``, ``flops`` or ``seconds``.

    Raises:
        ConfigError: Another cost.
        StudyError: No complete trial has such a cost.
    """
    if against not in COSTS:
        raise ConfigError(f"there is no cost {against!r}; {did_you_mean(against, COSTS)}")
    run = study.run()
    points = [(cost, t) for t in study.trials() if (cost := cost_of(t, against)) and t.value is not None]
    if not any(trial.state == "complete" for _, trial in points):
        raise StudyError(f"no trial of {run.study!r} is complete and knows its {_LABELS[against]}: nothing to compare")
    maximize = run.direction == "maximize"
    best = frontier([(cost, t.value or 0.0, t.number) for cost, t in points if t.state == "complete"], maximize)
    with styled():
        drawn, axes = figure()
        for state, mark in MARKS.items():
            here = [(cost, trial.value) for cost, trial in points if trial.state == state]
            if here:
                axes.plot(*zip(*here, strict=True), label=mark.name, alpha=0.8, **mark.style())
        x, y = [cost for cost, _, _ in best], [value for _, value, _ in best]
        axes.plot(x, y, drawstyle="steps-post", color=INK, lw=1.2, label="none is better in both")
        fit(axes, [trial.value for _, trial in points if trial.value is not None])
        count_along(axes, "x", log=max(cost for cost, _ in points) > 0)
        for cost, value, number in best[-8:]:
            axes.annotate(
                str(number), (cost, value), (3, 3 if maximize else -9), textcoords="offset points", fontsize=8
            )
        axes.set(xlabel=_LABELS[against], ylabel=value_label(run))
        legend_above(axes, columns=3)
    numbers = ", ".join(str(number) for _, _, number in best)
    text = (
        f"{run.objective} against {_LABELS[against]} of {len(points)} trials; none is better in both than: {numbers}."
    )
    return Picture(f"Value against {_LABELS[against]}", text, drawn)


def cost_of(trial: TrialRecord, against: str) -> float | None:
    """What a trial cost; None where it is not known or nothing."""
    found = trial.total_seconds if against == "seconds" else getattr(trial, against)
    return float(found) if found else None


def frontier(points: list[tuple[float, float, int]], maximize: bool) -> list[tuple[float, float, int]]:
    """Those of (cost, value, number) that no other beats in both, by cost.

    >>> frontier([(1, 0.5, 0), (2, 0.4, 1), (3, 0.9, 2)], maximize=True)
    [(1, 0.5, 0), (3, 0.9, 2)]
    """
    sign = 1.0 if maximize else -1.0
    kept: list[tuple[float, float, int]] = []
    for point in sorted(points, key=lambda each: (each[0], -sign * each[1], each[2])):
        if not kept or sign * point[1] > sign * kept[-1][1]:
            kept.append(point)
    return kept
