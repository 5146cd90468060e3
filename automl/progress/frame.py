"""Draws a ``View``: at most 14 lines of at most 100 columns, nothing wraps."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from automl.events import SearchStart, TrialEnd
from automl.progress.view import Training, View
from automl.progress.words import clip, clock, plural, score, size

MAX_WIDTH = 100
_LABEL = 13


def draw(view: View, now: float, width: int) -> RenderableType:
    """The frame for one moment.

    Args:
        view: What to show.
        now: The time of the clock that ``view`` was fed with.
        width: Columns there are.
    """
    width = min(width, MAX_WIDTH)
    if view.start is None:
        return _preparing(view, width)
    parts: list[RenderableType] = [_heading(view.start, width), _budget(view, view.start, now, width)]
    if view.training is not None:
        parts += [Text(), *_training(view.training, view.objective, width)]
    if view.best:
        parts += [Text(), _best(view.best, width)]
    return Group(*parts)


def _preparing(view: View, width: int) -> RenderableType:
    what, done, total = view.preparing
    if not total:
        return Text("preparing", style="dim")
    return _bar("reading", done / total, f"{done:,} of {total:,} {what}", width)


def _heading(start: SearchStart, width: int) -> Text:
    return Text(clip(f"{start.task}, space {start.space}, {start.objective}", width), style="bold", no_wrap=True)


def _budget(view: View, start: SearchStart, now: float, width: int) -> RenderableType:
    used = clock(view.elapsed(now)) + (f" of {clock(start.time_budget)}" if start.time_budget else "")
    remaining = view.remaining(now)
    left = f", {clock(remaining)} left" if remaining is not None else ""
    counted = [
        f"{view.trained} of {plural(start.max_trials, 'trial')}" if start.max_trials else plural(view.trained, "trial")
    ]
    counted += [f"{count} {state}" for state, count in sorted(view.states.items()) if state != "complete"]
    note = "finishing the running trial" if view.phase == "stopping" and view.training else ""
    counted += [note] if note else []
    second = Text(" " * _LABEL + clip(", ".join(counted), width - _LABEL), no_wrap=True)
    return Group(_bar("search", view.share(now), used + left, width), second)


def _training(training: Training, objective: str, width: int) -> list[RenderableType]:
    share = training.epoch / training.planned if training.planned else 0.0
    of = f" of {training.planned}" if training.planned else ""
    value = f", {objective} {score(training.value)}" if training.value is not None else ""
    words = f"epoch {training.epoch}{of}{value}" if training.epoch else "starting"
    bar = _bar(training.title, min(share, 1.0), words, width)
    return [bar, Text(" " * _LABEL + clip(training.description, width - _LABEL), style="dim", no_wrap=True)]


def _best(best: tuple[TrialEnd, ...], width: int) -> RenderableType:
    lines = []
    for rank, trial in enumerate(best):
        label = "best" if rank == 0 else ""
        facts = f"{label:<{_LABEL}}{score(trial.value):>7}  trial {trial.number:<4} {size(trial.parameters):>5}  "
        line = facts + clip(trial.description, width - len(facts))
        lines.append(Text(line, style="bold" if rank == 0 else ""))
    return Group(*lines)


def _bar(label: str, share: float, words: str, width: int) -> RenderableType:
    """``label  ----------  words``, the bar taking what the words leave."""
    words = clip(words, width - _LABEL - 12)
    table = Table.grid(padding=0)
    table.add_column(width=_LABEL, no_wrap=True)
    table.add_column()
    table.add_column(no_wrap=True)
    bar_width = min(40, max(8, width - _LABEL - len(words) - 2))
    table.add_row(clip(label, _LABEL - 1), ProgressBar(total=1.0, completed=share, width=bar_width), f"  {words}")
    return table
