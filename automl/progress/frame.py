"""Draws a ``View``: at most 120 columns and the lines there are, nothing wraps."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from automl.events import SearchStart, TrialEnd
from automl.progress.view import Training, View
from automl.progress.words import clip, clock, first_that_fits, plural, score, size, sparkline

MAX_WIDTH = 120
_LABEL = 12
_LONGEST_BAR, _SHORTEST_BAR, _WORDS = 40, 8, 40
_CURVE = 16  # characters of a curve
_ROOM_FOR_CURVES = 60  # columns from which on there is room for them
_DESCRIBED = 2  # with more workers a trial has one line, without its network


@dataclass(frozen=True, slots=True)
class _Curves:
    """Draws curves on one scale, so that they can be compared."""

    view: View
    low: float
    high: float
    plain: bool

    @classmethod
    def of(cls, view: View, *, plain: bool) -> _Curves:
        """The scale of what is shown: the best trials and those that run."""
        numbers = [trial.number for trial in view.best] + [r.number for r in view.running if r.number is not None]
        values = [value for number in numbers for value in view.curves.get(number, ()) if math.isfinite(value)]
        return cls(view, min(values, default=0.0), max(values, default=1.0), plain)

    def draw(self, number: int | None) -> str:
        """The curve of a trial; empty where there is none."""
        values = () if number is None else self.view.curves.get(number, ())
        return sparkline(values, _CURVE, low=self.low, high=self.high, plain=self.plain)


def draw(
    view: View, now: float, width: int, height: int = 24, *, today: float | None = None, plain: bool = False
) -> RenderableType:
    """The frame for one moment.

    Args:
        view: What to show.
        now: The time of the clock that ``view`` was fed with.
        width: Columns there are.
        height: Lines there are; what matters least is left out first.
        today: The time of day as ``time.time()`` has it, to say when the search will be over; None leaves that out.
        plain: Whether the terminal shows ASCII alone.
    """
    width = min(width, MAX_WIDTH)
    if view.start is None:
        return _preparing(view, width)
    described, best, places = _fitting(view, view.start, height)
    curves = _Curves.of(view, plain=plain)
    parts: list[RenderableType] = [_heading(view.start, width), _budget(view, view.start, now, width, today)]
    parts += [_failures(view, width)] if view.failures else []
    if places:
        shown, left_out = view.places[:places], len(view.places) - places
        parts += [Text(), *_places(shown, view.objective, width, described=described, curves=curves)]
        parts += [_indented(f"and {left_out} more", width)] if left_out else []
    if best:
        parts += [Text(), _best(view.best[:best], width, curves)]
    return Group(*parts)


def _fitting(view: View, start: SearchStart, height: int) -> tuple[bool, int, int]:
    """Whether networks are described, how many of the best and how many places are shown."""
    places, known = len(view.places), len(view.best)
    describe = view.phase == "final" or start.workers <= _DESCRIBED
    for described, best in ((describe, known), (False, known), (False, min(1, known)), (False, 0)):
        lines = 3 + bool(view.failures) + (1 + places * (1 + described) if places else 0) + (1 + best if best else 0)
        if lines <= height:
            return described, best, places
    return False, 0, max(0, height - 5 - bool(view.failures))


def _preparing(view: View, width: int) -> RenderableType:
    what, done, total = view.preparing
    if not total:
        return Text("preparing", style="dim")
    count = f"{done:,} of {total:,}"
    return _bar("reading", done / total, (f"{count} {what}", count), width)


def _heading(start: SearchStart, width: int) -> Text:
    return Text(clip(f"{start.task}, space {start.space}, {start.objective}", width), style="bold", no_wrap=True)


def _budget(view: View, start: SearchStart, now: float, width: int, today: float | None) -> RenderableType:
    used = clock(view.elapsed(now)) + (f" of {clock(start.time_budget)}" if start.time_budget else "")
    remaining = view.remaining(now)
    left = "" if remaining is None else f"{clock(remaining)} left"
    over = "" if remaining is None or today is None else f"until {_time_of_day(today + remaining)}"
    words = (_joined(used, left, over), _joined(used, left), left or used)
    return Group(_bar("search", view.share(now), words, width), _indented(", ".join(_counted(view, start)), width))


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _time_of_day(today: float) -> str:
    return time.strftime("%H:%M", time.localtime(today))


def _failures(view: View, width: int) -> Text:
    kinds = sorted(view.failures.items(), key=lambda item: (-item[1], item[0]))
    words = f"{plural(sum(view.failures.values()), 'trial')}: {_joined(*(f'{kind} {count}' for kind, count in kinds))}"
    return Text(f"{'failed':<{_LABEL}}" + clip(words, width - _LABEL), style="red", no_wrap=True)


def _counted(view: View, start: SearchStart) -> list[str]:
    limit = start.max_trials
    trials = f"{view.trained:,} of {plural(limit, 'trial')}" if limit else plural(view.trained, "trial")
    told = {state: count for state, count in view.states.items() if state not in ("complete", "failed")}
    counted = [trials, *(f"{count:,} {state}" for state, count in sorted(told.items()))]
    if start.trained:
        counted.append(f"{start.trained:,} before")
    if view.phase == "stopping" and view.running:
        counted.append(
            "finishing " + ("the running trial" if len(view.running) == 1 else f"{len(view.running)} trials")
        )
    elif start.workers > 1 and view.phase == "searching":
        counted.append(f"{start.workers} workers")
    return counted


def _places(
    places: Sequence[Training | None], objective: str, width: int, *, described: bool, curves: _Curves
) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for trains in places:
        curve = "" if described or trains is None else curves.draw(trains.number)
        lines.append(Text("idle", style="dim") if trains is None else _training(trains, objective, width, curve))
        if described:
            lines.append(Text() if trains is None else _described(trains, width, curves))
    return lines


def _described(trains: Training, width: int, curves: _Curves) -> Text:
    """The network that trains, behind its curve so far."""
    curve = curves.draw(trains.number) if width >= _ROOM_FOR_CURVES else ""
    curve = f"{curve}  " if curve else ""
    room = width - _LABEL - len(curve)
    network = (clip(trains.description, room), "dim")
    return Text.assemble(" " * _LABEL, (curve, "cyan"), network, no_wrap=True)


def _training(trains: Training, objective: str, width: int, curve: str = "") -> RenderableType:
    """Its bar, and with more workers, where it has no second line, its curve where that fits."""
    epoch = f"{trains.epoch} of {trains.planned}" if trains.planned else str(trains.epoch)
    brief = epoch.replace(" of ", "/")
    if trains.again:
        words: tuple[str, ...] = (f"epoch {epoch}, starting again", "starting again", "again")
    elif not trains.epoch:
        words = ("starting",)
    elif trains.value is None:
        words = (f"epoch {epoch}", brief)
    else:
        value = score(trains.value)
        told = f"epoch {epoch}, {objective} {value}"
        words = (*([f"{told}  {curve}"] if curve else []), told, f"epoch {epoch}, {value}", f"{brief}, {value}", brief)
    return _bar(trains.title, trains.part, words, width)


def _best(best: Sequence[TrialEnd], width: int, curves: _Curves) -> RenderableType:
    drawn = [curves.draw(trial.number) for trial in best]
    column = _widest(drawn) if width >= _ROOM_FOR_CURVES else 0
    lines = []
    for rank, (trial, curve) in enumerate(zip(best, drawn, strict=True)):
        facts = f"{score(trial.value):>7}  trial {trial.number:<4} {size(trial.parameters):>5}"
        label = f"{'best' if rank == 0 else '':<{_LABEL}}"
        shape = f"  {curve:<{column}}" if column else ""
        network = "  " + clip(trial.description, max(0, width - len(label + facts + shape) - 2))
        line = Text.assemble(label, facts, (shape, "green"), network, no_wrap=True)
        line.stylize("bold" if rank == 0 else "")
        line.truncate(width)
        lines.append(line)
    return Group(*lines)


def _widest(texts: Iterable[str]) -> int:
    return max(map(len, texts), default=0)


def _indented(words: str, width: int) -> Text:
    return Text(" " * _LABEL + clip(words, width - _LABEL), style="dim", no_wrap=True)


def _bar(label: str, share: float, words: Sequence[str], width: int) -> RenderableType:
    """``label  ----------  words``: all bars of a frame are equally long, and the words the longest that fit."""
    room = width - _LABEL
    length = min(_LONGEST_BAR, max(_SHORTEST_BAR, room - _WORDS))
    table = Table.grid(padding=0)
    table.add_column(width=_LABEL, no_wrap=True)
    table.add_column()
    table.add_column(no_wrap=True)
    bar = ProgressBar(total=1.0, completed=min(share, 1.0), width=length, complete_style="cyan", finished_style="green")
    table.add_row(clip(label, _LABEL - 1), bar, "  " + first_that_fits(words, room - length - 2))
    return table
