"""Pictures of how well a network answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from automl.plots.names import tidy
from automl.plots.picture import Picture
from automl.plots.style import BLUE, FAINT, GRID, INK, RED, WIDTH, count_along, figure, legend_above, styled

Array = NDArray[Any]

BINS = 10
_POINTS = 1500
_BLACK = "#101318"  # on light cells, also where the page is dark


class Reliability(NamedTuple):
    """How often answers of a certain probability are right.

    Attributes:
        said: Mean probability in each bin, (b,); only bins that have answers.
        right: Share of right ones, (b,).
        counts: Answers, (b,).
        error: Mean difference of both, weighted by the counts.
    """

    said: Array
    right: Array
    counts: Array
    error: float


def reliability(chances: Array, right: Array) -> Reliability:
    """Answers by probability in ten bins of equal width (expected calibration error: Naeini et al., 2015).

    Args:
        chances: Probability of each answer, (n,).
        right: Whether it was right, (n,).

    >>> round(reliability(np.array([0.9, 0.9]), np.array([True, False])).error, 3)
    0.4
    """
    places = np.clip((np.asarray(chances) * BINS).astype(int), 0, BINS - 1)
    counts = np.bincount(places, minlength=BINS)
    there = counts > 0
    said = np.bincount(places, np.asarray(chances, np.float64), BINS)[there] / counts[there]
    share = np.bincount(places, np.asarray(right, np.float64), BINS)[there] / counts[there]
    error = float(np.average(np.abs(said - share), weights=counts[there]))
    return Reliability(said, share, counts[there], error)


def reliability_picture(found: Reliability) -> Picture:
    """Probabilities against how often they were right; on the line they say what they mean."""
    with styled():
        drawn, (above, below) = figure(WIDTH * 0.8, 3.6, rows=2)
        above.plot([0, 100], [0, 100], color=FAINT, ls=":", lw=1.2, label="as sure as right")
        above.plot(100 * found.said, 100 * found.right, "o-", color=BLUE, ms=4, label="this network")
        above.set(xlim=(0, 100), ylim=(0, 103), ylabel="right, %")
        below.bar(100 * found.said, found.counts, width=6, color=GRID, edgecolor=FAINT, lw=0.6)
        below.set(xlim=(0, 100), xlabel="probability that it gave, %", ylabel="answers")
        count_along(below, "y")
        legend_above(above)
        drawn.get_layout_engine().set(hspace=0.05)  # type: ignore[union-attr, call-arg]
    surest = f"; of the surest, {100 * found.said[-1]:.0f} %, {100 * found.right[-1]:.0f} % are right"
    text = f"Answers are {100 * found.error:.1f} percentage points off their probability on average{surest}."
    return Picture("How sure it is", text, drawn)


def confusion_picture(confusion: Array, names: Sequence[str], what: str) -> Picture:
    """Rows of the truth, columns of the answers; each row's share as the shade, the count as a number."""
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    short = [tidy(name, 14) for name in names]
    size = max(2.6, min(WIDTH, 1.4 + 0.34 * len(names)))
    with styled():
        drawn, axes = figure(size + 0.6, size)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        letters = 8.5 if len(names) <= 12 else 6.5
        for row in range(len(names)):
            for column in range(len(names)):
                if confusion[row, column]:
                    dark = shares[row, column] > 0.55
                    colour = "#fdfdfd" if dark else _BLACK
                    axes.text(
                        column, row, str(confusion[row, column]), ha="center", va="center", color=colour, size=letters
                    )
        axes.set_xticks(range(len(names)), short, rotation=45, ha="right", size=letters)
        axes.set_yticks(range(len(names)), short, size=letters)
        axes.set(xlabel="answered", ylabel="truth")
        axes.grid(visible=False)
    right = int(np.trace(confusion))
    return Picture("Confusion matrix", f"{what}: {right:,} of {confusion.sum():,} rows answered right.", drawn)


def balance_picture(names: Sequence[str], counts: Sequence[int], what: str) -> Picture:
    """A bar a class."""
    with styled():
        drawn, axes = figure(WIDTH, 0.9 + 0.22 * len(names))
        axes.barh(range(len(names)), counts, color=BLUE, height=0.66)
        axes.set_yticks(range(len(names)), [tidy(name, 20) for name in names])
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlabel("rows")
        count_along(axes, "x")
        axes.grid(visible=False, axis="y")
    text = f"{what}: from {min(counts):,} to {max(counts):,} rows."
    return Picture("Rows by class", text, drawn)


def numbers_picture(truth: Array, answers: Array, name: str) -> Picture:
    """Answers against the truth, and how the differences are spread."""
    step = max(1, len(truth) // _POINTS)
    x, y = truth[::step], answers[::step]
    differences = answers - truth
    ends = [float(min(truth.min(), np.quantile(answers, 0.005))), float(max(truth.max(), np.quantile(answers, 0.995)))]
    with styled():
        drawn, (left, right) = figure(WIDTH, 2.5, columns=2)
        left.plot(ends, ends, color=FAINT, ls=":", lw=1.2)
        left.plot(x, y, "o", color=BLUE, ms=2.5, alpha=0.45)
        left.set(xlabel=f"truth, {tidy(name, 16)}", ylabel="answer", xlim=ends, ylim=ends)
        low, high = np.quantile(differences, [0.005, 0.995])
        right.hist(np.clip(differences, low, high), bins=24, color=BLUE)
        right.axvline(0, color=INK, lw=1)
        right.set(xlabel="answer - truth", ylabel="rows")
        for axes in (left, right):
            count_along(axes, "x")
            count_along(axes, "y")
            axes.tick_params(labelsize=8)
    middle = np.median(np.abs(differences))
    text = f"Half of the answers for {tidy(name)} are no more than {middle:.4g} off."
    return Picture("Answers against the truth", text, drawn)


def forecast_picture(windows: Sequence[tuple[str, Array, Array, Array]], name: str) -> Picture:
    """What came before, what was forecast and what came: (title, past, truth, answer) a window."""
    columns = 1 if len(windows) == 1 else 2
    rows = -(-len(windows) // columns)
    with styled():
        drawn, grid = figure(WIDTH, 0.5 + 1.75 * rows, rows=rows, columns=columns)
        every = np.atleast_1d(grid).ravel()
        for axes, (title, past, truth, answer) in zip(every, windows, strict=False):
            ahead = np.arange(1, len(truth) + 1)
            axes.plot(np.arange(1 - len(past), 1), past, color=FAINT, lw=1, label="before")
            axes.plot(ahead, truth, color=INK, lw=1.3, label="actual")
            axes.plot(ahead, answer, color=RED, lw=1.3, ls="--", label="forecast")
            axes.set_title(title, fontsize=8.5)
            axes.tick_params(labelsize=8)
            count_along(axes, "y")
        for axes in every[len(windows) :]:
            axes.set_visible(False)
        drawn.legend(*every[0].get_legend_handles_labels(), loc="outside upper left", ncols=3)
        drawn.supxlabel("steps from the last known one", fontsize=9, color=INK)
        drawn.supylabel(tidy(name), fontsize=9, color=INK)
    return Picture("Forecasts", f"{len(windows)} forecasts of {tidy(name)} and what came.", drawn)


def steps_picture(network: Array, naive: Array, guess: str, name: str) -> Picture:
    """How the error grows with the distance; (horizon,) mean absolute errors."""
    ahead = np.arange(1, len(network) + 1)
    with styled():
        drawn, axes = figure(WIDTH, 2.3)
        axes.plot(ahead, network, "o-", ms=3, color=BLUE, label="this network")
        axes.plot(ahead, naive, "s:", ms=3, color=FAINT, label=tidy(guess, 40))
        axes.set(xlabel="steps ahead", ylabel="mean absolute error")
        axes.set_ylim(bottom=0)
        count_along(axes, "y")
        legend_above(axes, columns=2)
    text = f"The error for {tidy(name)} is {network[0]:.4g} one step ahead and {network[-1]:.4g} at the last."
    return Picture("Error by distance", text, drawn)
