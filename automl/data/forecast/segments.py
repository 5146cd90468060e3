"""Stretches of series without a break, what of them validates, and the windows in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.data.forecast import steps
from automl.data.forecast.contract import TimeAxis
from automl.data.forecast.series import Series
from automl.data.split import FRACTION
from automl.errors import DataError

TRAIN, VALIDATION, BETWEEN = 0, 1, 2
"""Windows whose answers are training rows, whose answers are validation rows, and those that have both."""

MOST_NUMBERS = 32_000_000  # of answers, 256 MB: further windows say little that their neighbours do not
MOST_VALIDATION = 4_096  # windows
_SHORTEST_LOOKBACK = 32
_LONGEST_LOOKBACK = 1_024


@dataclass(frozen=True, eq=False, slots=True)
class Segment:
    """A stretch of a series.

    Attributes:
        series: Its rows; numbers are all there.
        first: The row from which on it validates.
    """

    series: Series
    first: int

    @property
    def rows(self) -> int:
        """Steps whose targets are known."""
        return self.series.rows


def joined(before: Series, after: Series, axis: TimeAxis) -> Series | None:
    """Both as one where the second begins a step after the first ends; None where it does not.

    Raises:
        DataError: It begins before the first ends.
    """
    if axis.kind == "rows":
        times = np.arange(len(before.times) + len(after.times), dtype=np.float64) + before.times[0]
        return Series(before.name, times, np.concatenate([before.values, after.values]), after.future)
    end, start = before.times[before.rows - 1], after.times[0]
    if start <= end:
        of = f" of the series {before.name!r}" if before.name else ""
        raise DataError(
            f"the later rows{of} begin at {steps.label(start, axis)}, before the earlier ones end at "
            f"{steps.label(end, axis)}; validation rows must be later than training rows"
        )
    if start != steps.coming(end, 1, axis)[0]:
        return None
    return Series(
        before.name,
        np.concatenate([before.times[: before.rows], after.times]),
        np.concatenate([before.values[: before.rows], after.values]),
        after.future,
    )


def split_latest(series: Sequence[Series], lookback: int, horizon: int) -> list[Segment]:
    """The latest fifth of each series validates, at least a horizon of it; a series too short for that trains.

    Raises:
        DataError: No series is long enough to train and to validate.
    """
    found = [Segment(each, each.rows - _held_out(each.rows, lookback, horizon)) for each in series]
    if all(segment.first == segment.rows for segment in found):
        longest = max(each.rows for each in series)
        raise DataError(
            f"the longest series has {longest:,} rows, and {lookback + 2 * horizon:,} are needed: {lookback:,} to look "
            f"back on, {horizon:,} to learn to forecast and {horizon:,} to validate; a shorter --horizon or --lookback "
            "needs fewer"
        )
    return found


def split_given(training: Sequence[Series], validation: Sequence[Series], axis: TimeAxis) -> list[Segment]:
    """Validation rows that were given; one that goes on where training rows of its series end may look back on them."""
    later = {each.name: each for each in validation}
    found = []
    for each in training:
        after = later.pop(each.name, None)
        whole = None if after is None else joined(each, after, axis)
        if whole is not None:
            found.append(Segment(whole, each.rows))
            continue
        found.append(Segment(each, each.rows))
        found += [Segment(after, 0)] if after is not None else []
    return found + [Segment(each, 0) for each in later.values()]


def default_lookback(rows: int, horizon: int, season: int, *, training: int | None = None) -> tuple[int, str]:
    """How far to look back, and why: three horizons and two seasons, as far as the rows allow.

    Args:
        rows: Of the longest series.
        horizon: Steps to forecast.
        season: Steps of a season.
        training: Rows that train; None for those before the latest fifth.
    """
    wanted = min(max(3 * horizon, 2 * season, _SHORTEST_LOOKBACK), max(_LONGEST_LOOKBACK, horizon))
    usable = (rows - max(horizon, round(FRACTION * rows)) if training is None else training) - horizon
    most = max(1, 2 * usable // 3)
    whole = season if wanted >= season else 1
    chosen = min(-(-wanted // whole) * whole, max(whole, most // whole * whole) if most >= whole else most)
    of = f", in whole seasons of {season}" if whole > 1 else ""
    limit = "" if chosen >= wanted else f", as far as {rows:,} rows allow"
    return chosen, f"three times the horizon and two seasons, at least {_SHORTEST_LOOKBACK}{of}{limit}"


def window_starts(
    segments: Sequence[Segment], lookback: int, horizon: int, targets: int
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """First step of each window in the segments laid end to end, and which part it is of.

    Where there are more windows than are needed, every second or third is taken, and so on.
    """
    starts, parts, begin = [], [], 0
    for segment in segments:
        own = np.arange(max(0, segment.rows - lookback - horizon + 1))
        asked = own + lookback  # the first step to forecast
        part = np.full(len(own), BETWEEN, np.int8)
        part[asked + horizon <= segment.first] = TRAIN
        part[asked >= segment.first] = VALIDATION
        starts.append(own + begin)
        parts.append(part)
        begin += len(segment.series.times)
    at, part = np.concatenate(starts).astype(np.int64), np.concatenate(parts)
    most = max(1, MOST_NUMBERS // (horizon * targets))
    kept = np.concatenate(
        [
            evenly(np.flatnonzero(part == code), limit)
            for code, limit in ((TRAIN, most), (BETWEEN, most), (VALIDATION, min(most, MOST_VALIDATION)))
        ]
    )
    kept.sort()
    return at[kept], part[kept]


def _held_out(rows: int, lookback: int, horizon: int) -> int:
    most = rows - lookback - horizon
    return min(max(horizon, round(FRACTION * rows)), most) if most >= horizon else 0


def evenly(places: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many of them, at even distances.

    >>> evenly(np.arange(10), 4).tolist()
    [0, 3, 6, 9]
    """
    return places[:: -(-len(places) // most)] if len(places) > most else places
