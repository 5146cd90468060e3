"""What is fitted on the training rows of series: on which scale a network sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from automl.data.prepared import RowView

Form = Literal["plain", "own", "asinh"]
Floats = NDArray[np.float64]

_MOST_NUMBERS = 20_000_000  # of which scales are taken
_MOST_ROWS = 500  # whose neighbours are looked for
_MOST_STEPS = 1_000  # that they are compared by
_DROWNING = 20.0  # deviations from the mean: the numbers of archives that are z-normalised stay below 10
_SMALLEST = 1e-4  # see ``ops.series``


@dataclass(frozen=True, eq=False, slots=True)
class Scale:
    """A form of the ``series`` op with its constants.

    Attributes:
        form: See the op.
        center: Of each channel.
        scale: Of each channel.
    """

    form: Form
    center: tuple[float, ...]
    scale: tuple[float, ...]

    def apply(self, x: NDArray[np.floating[Any]]) -> Floats:
        """Series (n, time, channels) as the op makes them, without its channel for gaps."""
        numbers = (x.astype(np.float64) - self.center) / self.scale
        known = ~np.isnan(numbers)
        numbers = np.nan_to_num(numbers)
        if self.form == "asinh":
            return np.asarray(np.arcsinh(numbers))
        if self.form == "plain":
            return numbers
        count = np.maximum(known.sum(axis=1, keepdims=True), 1)
        apart = (numbers - numbers.sum(axis=1, keepdims=True) / count) * known
        deviation = np.sqrt((apart**2).sum(axis=1, keepdims=True) / count)
        return np.asarray(apart / np.maximum(deviation, _SMALLEST))


def fit_series(x: RowView, y: NDArray[Any], *, classes: bool, seed: int = 0) -> dict[str, Any]:
    """The ``series`` op for these rows.

    The scale of all training rows is kept unless their nearest neighbours among each other say more of the answers on
    another one: each series by its own mean and deviation (what most archives of series did with theirs), or bent as
    logarithms are. Where a number is 20 deviations from the mean and drowns the others, bending takes the first place.

    Args:
        x: Training rows in the working form (n, time, channels).
        y: Their answers, codes (n,) or numbers (n, k).
        classes: Whether the answers are classes.
        seed: Which rows are looked at when there are many.
    """
    rng = np.random.default_rng(seed)
    length, channels = x.shape[1:]
    rows = _some(len(x), max(1, _MOST_NUMBERS // (length * channels)), rng)
    values = x[rows].astype(np.float64)
    asked = _some(len(values), _MOST_ROWS, rng)
    plain, own, bent = scales(values)
    best, *others = (plain, own, bent) if np.abs(plain.apply(values)).max() <= _DROWNING else (bent, own, plain)
    losses = neighbour_losses(best.apply(values[asked]), y[rows][asked], classes=classes)
    for other in others:
        found = neighbour_losses(other.apply(values[asked]), y[rows][asked], classes=classes)
        gain = losses - found
        if gain.sum() > 2 * np.sqrt((gain**2).sum()):  # two standard errors: for classes, McNemar's test
            best, losses = other, found
    return {
        "op": "series",
        "args": {
            "center": list(best.center),
            "scale": list(best.scale),
            "form": best.form,
            "gaps": bool(np.isnan(values).any()),
        },
    }


def scales(x: Floats) -> tuple[Scale, ...]:
    """What the series (n, time, channels) may be scaled by, the plain one first; a constant channel is not scaled."""
    by_channel = [x[..., channel][~np.isnan(x[..., channel])] for channel in range(x.shape[2])]
    centers = [float(each.mean()) if len(each) else 0.0 for each in by_channel]
    plain = [_usable(float(each.std()) if len(each) else 0.0, each) for each in by_channel]
    own = [_usable(_own_deviation(x[..., channel]), each) for channel, each in enumerate(by_channel)]
    middles = [float(np.median(each)) if len(each) else 0.0 for each in by_channel]
    bent = [_usable(_usual_size(each - middle), each) for each, middle in zip(by_channel, middles, strict=True)]
    return (
        Scale("plain", tuple(centers), tuple(plain)),
        Scale("own", tuple(centers), tuple(own)),
        Scale("asinh", tuple(middles), tuple(bent)),
    )


def neighbour_losses(x: Floats, y: NDArray[Any], *, classes: bool) -> Floats:
    """How wrong the answer of each row's nearest neighbour is, (n,): 0 or 1, or the distance of the numbers."""
    if len(x) < 2:
        return np.zeros(len(x))
    step = -(-x.shape[1] // _MOST_STEPS)
    flat = x[:, ::step].reshape(len(x), -1)
    squares = (flat**2).sum(axis=1)
    distances = squares[:, np.newaxis] + squares - 2 * flat @ flat.T
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    if classes:
        return np.asarray(y != y[nearest], dtype=np.float64)
    return np.asarray(np.abs(y - y[nearest]).sum(axis=1))


def _some(count: int, most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return np.arange(count) if count <= most else np.sort(rng.choice(count, most, replace=False))


def _usable(scale: float, values: Floats) -> float:
    """The scale; 1 where float32 cannot tell the values apart."""
    largest = float(np.abs(values).max()) if len(values) else 0.0
    return scale if scale > 1e-7 * largest else 1.0


def _own_deviation(x: Floats) -> float:
    """The median of the series' own deviations, of those that vary."""
    known = ~np.isnan(x)
    count = np.maximum(known.sum(axis=1), 1)
    filled = np.nan_to_num(x)
    apart = (filled - (filled.sum(axis=1) / count)[:, np.newaxis]) * known
    deviations = np.sqrt((apart**2).sum(axis=1) / count)
    deviations = deviations[deviations > 0]
    return float(np.median(deviations)) if len(deviations) else 0.0


def _usual_size(values: Floats) -> float:
    sizes = np.abs(values[values != 0])
    return float(np.median(sizes)) if len(sizes) else 0.0
