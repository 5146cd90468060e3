"""Kind ``timeline``: which worker did what, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from automl.errors import StudyError
from automl.plots.names import tidy
from automl.plots.picture import Picture
from automl.plots.style import BLUE, FAINT, GRID, INK, MARKS, PURPLE, SKY, figure, legend_above, styled
from automl.study import StudyReader, TrialRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PHASES: Mapping[str, str] = {"build": FAINT, "train": BLUE, "validate": SKY, "save": PURPLE, "other": GRID}
_TRAINED = ("complete", "pruned", "paused", "failed", "orphaned")  # what a worker has had
_PAUSE = 60.0  # seconds in which nothing trained: between two sessions, left out of the picture

Span = tuple[float, float]


def timeline(study: StudyReader) -> Picture:
    """A row a worker, a bar a trial, divided as its time was among the phases.

    The phases of a trial take turns, every epoch; the bar shows how much each took, not when. Time in which nothing
    trained for a minute or more, as between two sessions, is cut out.

    Raises:
        StudyError: No trial has been trained yet.
    """
    run = study.run()
    ended = [t for t in study.trials(state=_TRAINED) if t.started and t.ended is not None and t.ended > t.started]
    if not ended:
        raise StudyError(f"no trial of {run.study!r} has been trained yet: there is no timeline to draw")
    origin = min(t.started for t in ended if t.started is not None)
    spans = {t.number: (_since(origin, t.started), _since(origin, t.ended)) for t in ended}
    cuts = pauses(list(spans.values()))
    workers = sorted({t.worker for t in ended})
    end = max(_moved(stop, cuts) for _, stop in spans.values())
    size, unit = (3600.0, "hours") if end > 7200 else (60.0, "minutes") if end > 120 else (1.0, "seconds")
    with styled():
        drawn, axes = figure(height=1.4 + 0.42 * min(len(workers), 24))
        for trial in ended:
            begin = _moved(spans[trial.number][0], cuts)
            _bar(axes, trial, workers.index(trial.worker), begin / size, (_moved(spans[trial.number][1], cuts)) / size)
        for at, _ in cuts:
            axes.axvline(_moved(at, cuts) / size, color=INK, ls=":", lw=1)
        _label(axes, workers, unit, cuts, ended)
        axes.set_xlim(0, end / size * 1.01)
    crew = "1 worker" if len(workers) == 1 else f"{len(workers)} workers"
    text = f"{len(ended)} trials on {crew} in {end / size:.3g} {unit}, with the share of each phase."
    return Picture("Timeline of the workers", text, drawn)


def pauses(spans: Sequence[Span]) -> list[Span]:
    """Gaps of a minute or more between spans: (where one begins, how long it is).

    >>> pauses([(0, 10), (5, 20), (500, 510)])
    [(20, 480)]
    """
    gaps, reached = [], 0.0
    for start, stop in sorted(spans):
        if start - reached >= _PAUSE:
            gaps.append((reached, start - reached))
        reached = max(reached, stop)
    return gaps


def _moved(moment: float, cuts: Sequence[Span]) -> float:
    return moment - sum(length for at, length in cuts if at < moment)


def _since(origin: datetime, moment: datetime | None) -> float:
    return (moment - origin).total_seconds() if moment is not None else 0.0


def _bar(axes: Axes, trial: TrialRecord, row: int, begin: float, end: float) -> None:
    spent = {phase: seconds for phase, seconds in trial.phase_seconds.items() if seconds > 0}
    total = max(sum(spent.values()), trial.total_seconds) or 1.0
    spent["other"] = max(0.0, total - sum(spent.values()))
    at = begin
    for phase, seconds in spent.items():
        length = (end - begin) * seconds / total
        axes.barh(row, length, left=at, height=0.62, color=PHASES.get(phase, FAINT), lw=0)
        at += length
    edge = INK if trial.state == "complete" else MARKS[trial.state].colour
    axes.barh(row, end - begin, left=begin, height=0.62, fill=False, edgecolor=edge, lw=0.6)
    if trial.state != "complete":
        axes.plot(end, row, **MARKS[trial.state].style(4))


def _label(axes: Axes, workers: Sequence[str], unit: str, cuts: Sequence[Span], ended: Sequence[TrialRecord]) -> None:
    for phase, colour in PHASES.items():
        axes.barh(0, 0, color=colour, label=phase)
    for state, mark in MARKS.items():
        if state != "complete" and any(trial.state == state for trial in ended):
            axes.plot([], [], label=mark.name, **mark.style(4))
    axes.set_yticks(range(len(workers)), [tidy(worker, 14) or "this process" for worker in workers])
    axes.set_ylim(len(workers) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"{unit} since the first trial" + (", pauses cut out at the dotted lines" if cuts else ""))
    legend_above(axes, columns=5)
