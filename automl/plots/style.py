"""How every picture looks: colours that colour-blind people tell apart, letters that a phone shows large enough."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito (2008), "Color Universal Design".
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW = "#CC79A7", "#56B4E9", "#F0E442"
SERIES = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY)
INK, FAINT, GRID, PAPER = "#1f2430", "#7a8394", "#dfe3ea", "#ffffff"
SCALE = "cividis"  # Nuñez et al. (2018): even also for those who see no red and green

WIDTH, HEIGHT = 4.8, 3.1  # inches: the width of a phone at 9 points a letter

_SETTINGS: Mapping[str, Any] = {
    "font.size": 9.0,
    "font.family": ["DejaVu Sans"],
    "text.color": INK,
    "text.parse_math": False,  # a class may be called $x$
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": False,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "lines.linewidth": 1.6,
    "figure.facecolor": PAPER,
    "axes.facecolor": "none",
    "svg.fonttype": "none",  # letters stay letters: smaller, to be searched and read aloud
    "svg.hashsalt": "automl",
    "savefig.facecolor": PAPER,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How trials of one state are drawn.

    Attributes:
        name: For people.
        marker: Matplotlib's.
        colour: Of the mark.
        filled: Or only its outline.
    """

    name: str
    marker: str
    colour: str
    filled: bool = True

    def style(self, size: float = 5.0) -> dict[str, Any]:
        """Arguments of ``Axes.plot``."""
        face = self.colour if self.filled else "none"
        return {"marker": self.marker, "ms": size, "color": self.colour, "mfc": face, "mew": 1.2, "ls": "none"}


MARKS: Mapping[str, Mark] = {
    "complete": Mark("complete", "o", BLUE),
    "pruned": Mark("discarded", "v", ORANGE, filled=False),
    "duplicate": Mark("duplicate", "d", SKY, filled=False),
    "running": Mark("running", "o", GREEN, filled=False),
    "paused": Mark("paused", "s", GREEN, filled=False),
    "failed": Mark("failed", "x", RED),
    "orphaned": Mark("abandoned", "x", PURPLE),
    "infeasible": Mark("infeasible", "|", FAINT),
}


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's settings for the body."""
    import matplotlib as mpl

    settings: Any = dict(_SETTINGS)  # whose keys Matplotlib knows one by one
    with mpl.rc_context(settings):
        yield


def figure(width: float = WIDTH, height: float = HEIGHT, *, rows: int = 1, columns: int = 1) -> tuple[Figure, Any]:
    """A figure that needs no display, with its axes (rows, columns); only the axes where there is but one."""
    from matplotlib.figure import Figure

    found = Figure(figsize=(width, height), layout="constrained")
    return found, found.subplots(rows, columns)


def legend_above(axes: Axes, *, columns: int = 4) -> None:
    """A legend over the picture, where it hides nothing; none where there is nothing to tell apart."""
    handles, names = axes.get_legend_handles_labels()
    if len(names) < 2:
        return
    axes.legend(
        handles,
        names,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=min(columns, len(names)),
        borderaxespad=0.2,
        handletextpad=0.3,
        columnspacing=1.0,
        handlelength=1.4,
    )


def count(value: float, _place: object = None) -> str:
    """A number on an axis.

    >>> count(1500), count(2_000_000), count(0.25), count(0)
    ('1.5k', '2M', '0.25', '0')
    """
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def count_along(axes: Axes, which: str, *, log: bool = False) -> None:
    """Short numbers along an axis, ``x`` or ``y``; ``log`` where the next mark is ten times the one before."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    if log:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        low, high = sorted(axis.get_view_interval())
        near = low > 0 and high / low < 30
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if near else (1.0,), numticks=8))
        axis.set_minor_formatter(NullFormatter())
    else:
        axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(count))


def whole_numbers(axes: Axes) -> None:
    """Only whole numbers along x: of trials, of epochs."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def limits(values: Sequence[float]) -> tuple[float, float] | None:
    """Where to begin and end an axis, so that a few values far out do not squeeze all the others; None: nowhere.

    Values beyond three times the spread of the middle half are left out (Tukey, 1977, calls them far out).

    >>> limits([1.0, 1.1, 1.2, 1.3, 900.0])[1] < 3
    True
    """
    known = sorted(value for value in values if math.isfinite(value))
    if len(known) < 2:
        return None
    first, third = (known[round(share * (len(known) - 1))] for share in (0.25, 0.75))
    reach = 3 * (third - first)
    inside = [value for value in known if first - reach <= value <= third + reach] if reach else known
    low, high = inside[0], inside[-1]
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 0.05
    return low - margin, high + margin


def fit(axes: Axes, values: Sequence[float]) -> None:
    """Let y show the values but those far out, and say how many those are."""
    found = limits(values)
    if found is None:
        return
    axes.set_ylim(*found)
    outside = sum(not found[0] <= value <= found[1] for value in values if math.isfinite(value))
    if outside:
        axes.annotate(
            f"{outside} beyond the picture",
            (1.0, 1.0),
            xycoords="axes fraction",
            ha="right",
            va="top",
            fontsize=7.5,
            color=FAINT,
        )
