"""From tables in time order to a ``Dataset`` of windows in the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from automl.data.cache import cached
from automl.data.checks import check_room
from automl.data.dataset import CACHE_FORMAT, Dataset, finish
from automl.data.forecast.contract import Cycle, ForecastContract, Tail, TimeAxis
from automl.data.forecast.folds import Window, fold_parts, fold_windows, write_folds
from automl.data.forecast.roles import Roles
from automl.data.forecast.seasons import cycle_values, cycles_of, season_of
from automl.data.forecast.segments import (
    Segment,
    default_lookback,
    split_given,
    split_latest,
    window_starts,
)
from automl.data.forecast.series import Loaded, Series, interpolated, load
from automl.data.forecast.source import Opened
from automl.data.forecast.windows import write_windows
from automl.data.targets import NumberTarget
from automl.errors import ConfigError, DataError

Floats = NDArray[np.float64]

INPUT, OUTPUT = "series", "value"
PARTS_FILE = "parts.npy"

_LONGEST_TAILS = 200_000  # numbers of all tails that a model may carry along


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants forecast.

    Attributes:
        horizon: Steps.
        lookback: Steps to look back; None leaves it to the data.
        roles: What the columns are for.
    """

    horizon: int
    lookback: int | None = None
    roles: Roles = field(default_factory=Roles)


def read_forecast(
    training: Opened,
    validation: Opened | None,
    asked: Asked,
    *,
    folds: int | None = None,
    cache_dir: Path | None = None,
) -> Dataset:
    """Read series, and cut them into windows of the past with what follows.

    Args:
        training: Rows in time order.
        validation: Later rows to validate on; None takes the latest fifth of each series.
        asked: What to forecast.
        folds: Parts of each series that validate one after the other, the rows before them training; None for one.
        cache_dir: Where the cache is; None for the user's cache folder.

    Raises:
        DataError: The data cannot be used, or is too short; the cache holds nothing of it.
        ConfigError: A column has two uses.
    """
    if training.time is not None and asked.roles.time is None:
        asked = replace(asked, roles=replace(asked.roles, time=training.time))
    config = {
        "cache_format": CACHE_FORMAT,
        "kind": "forecast",
        "tables": [training.key(), None if validation is None else validation.key()],
        "asked": asdict(asked),
        **({} if folds is None else {"folds": folds}),
    }
    key = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:40]

    def write(aside: Path) -> None:
        _Reading(training, validation, asked, folds).write(aside)

    return cached(key, write, cache_dir=cache_dir)


def parts_of(dataset: Dataset) -> NDArray[np.int8]:
    """Of which part each window is: see ``segments.TRAIN`` and the others."""
    found: NDArray[np.int8] = np.load(dataset.directory / PARTS_FILE, allow_pickle=False)
    return found


def steps_of(series: Series, axis: TimeAxis, cycles: Sequence[Cycle]) -> Floats:
    """The numbers of each step in the order of ``ForecastContract.channels``."""
    if not cycles:
        return series.values
    return np.concatenate([series.values, cycle_values(series.times, cycles, axis)], axis=1)


@dataclass(frozen=True, eq=False, slots=True)
class _Reading:
    training: Opened
    validation: Opened | None
    asked: Asked
    folds: int | None = None

    def write(self, aside: Path) -> None:
        """Write the files of the dataset."""
        loaded = load(self.training.frame(), self.asked.roles, self.training.name)
        notes = list(loaded.notes)
        series = _complete(loaded, self.training.name, notes)
        later = self._later(loaded, notes)
        contract, segments = self._plan(loaded, series, later, notes)
        starts, parts = window_starts(segments, contract.lookback, contract.horizon, len(contract.targets))
        for code, what in ((0, "train"), (1, "validate")):
            if self.folds is None and not (parts == code).any():
                raise DataError(_too_short(segments, contract, what))
        values = np.concatenate([steps_of(each.series, contract.time, contract.cycles) for each in segments])
        write_windows(aside, INPUT, values, starts)
        np.save(aside / PARTS_FILE, parts)
        if self.folds is not None:
            self._write_folds(aside, series, starts, contract)
        _write_answers(aside, values, starts, contract)
        windows = sum(max(0, each.rows - contract.lookback - contract.horizon + 1) for each in segments)
        if len(starts) < windows:
            notes.append(
                f"{len(starts):,} of {windows:,} windows are used, at even distances: more would not fit memory"
            )
        finish(
            aside,
            inputs={INPUT: contract},
            targets={OUTPUT: NumberTarget(columns=contract.answers)},
            notes=notes,
            source=self.training.name,
        )

    def _write_folds(
        self, aside: Path, series: Sequence[Series], starts: NDArray[np.int64], contract: ForecastContract
    ) -> None:
        """Write which windows are of which part in every fold, and the statistics of what each trains on."""
        assert self.folds is not None
        shape = Window(contract.lookback, contract.horizon)
        parts = fold_parts(series, self.folds, shape)
        steps = [steps_of(each, contract.time, contract.cycles) for each in series]
        count, columns = len(contract.targets), len(contract.columns)
        statistics = [
            _statistics(
                [each[: own[fold][0]] if own else each for each, own in zip(steps, parts, strict=True)],
                count,
                columns,
                contract.season,
            )
            for fold in range(self.folds)
        ]
        write_folds(aside, fold_windows(series, parts, starts, shape), statistics)

    def _later(self, loaded: Loaded, notes: list[str]) -> tuple[Series, ...]:
        """Series of the validation rows that were given."""
        if self.validation is None:
            return ()
        found = load(self.validation.frame(), loaded.roles, self.validation.name, like=loaded.axis)
        notes.extend(found.notes)
        return _complete(found, self.validation.name, notes)

    def _plan(
        self, loaded: Loaded, series: tuple[Series, ...], later: tuple[Series, ...], notes: list[str]
    ) -> tuple[ForecastContract, list[Segment]]:
        """What is forecast from what, and which rows validate."""
        roles, axis, horizon = loaded.roles, loaded.axis, self.asked.horizon
        count = len(roles.targets)
        season, why = season_of(axis, [each.values[:, :count] for each in series])
        longest = max(each.rows for each in series)
        first = None if self.folds is None else longest - self.folds * max(horizon, longest // (self.folds + 1))
        lookback, reason = default_lookback(longest, horizon, season, training=first)
        if self.asked.lookback is not None:
            lookback, reason = self.asked.lookback, "it was asked for"
        cycles = cycles_of(axis, max(float(each.times[-1] - each.times[0]) for each in series))
        if lookback < horizon and roles.known:
            raise ConfigError(
                f"a lookback of {lookback} is shorter than the horizon of {horizon}, and what is known of the future "
                f"({', '.join(roles.known)}) is read beside the past: give --lookback {horizon} or more"
            )
        segments = self._segments(series, later, axis, lookback)
        short = [each.series.name for each in segments if each.rows < lookback + horizon]
        if short and len(short) < len(segments):
            notes.append(
                f"{len(short)} series are shorter than lookback and horizon and are not used: {', '.join(short[:5])}"
            )
        cycles = () if lookback < horizon else cycles
        training = [steps_of(each.series, axis, cycles)[: each.first] for each in segments if each.first > 0]
        contract = ForecastContract(
            lookback=lookback,
            horizon=horizon,
            targets=roles.targets,
            past=roles.past,
            known=roles.known,
            cycles=cycles,
            time=axis,
            series=roles.series or "",
            season=season,
            **_statistics(training, count, len(roles.numbers), season),
            tails=_tails(segments, lookback),
            reasons={"lookback": reason, "season": why},
        )
        return contract, segments

    def _segments(
        self, series: tuple[Series, ...], later: tuple[Series, ...], axis: TimeAxis, lookback: int
    ) -> list[Segment]:
        """Which rows of each series validate; with folds none, in the data that all of them share."""
        if self.folds is not None:
            fold_parts(series, self.folds, Window(lookback, self.asked.horizon))
            return [Segment(each, each.rows) for each in series]
        if later:
            return split_given(series, later, axis)
        return split_latest(series, lookback, self.asked.horizon)


def _complete(loaded: Loaded, where: str, notes: list[str]) -> tuple[Series, ...]:
    """Series without missing numbers and without rows of the future."""
    found, missing, future = [], 0, 0
    for each in loaded.series:
        if each.rows == 0:
            raise DataError(f"{where}: {each.name or 'the series'} has no number in {', '.join(loaded.roles.targets)}")
        whole, count = interpolated(each, loaded.roles.numbers, len(loaded.roles.targets))
        missing, future = missing + count - each.added * each.values.shape[1], future + each.future
        found.append(whole.part(0, each.rows))
    if missing:
        notes.append(
            f"{missing:,} numbers are missing in {where}; one between two others is taken to lie on a straight line, "
            "one at an end to be as the nearest"
        )
    if future:
        notes.append(f"{future:,} rows at the end of {where} have empty targets and are not used")
    return tuple(found)


def _statistics(training: Sequence[Floats], targets: int, columns: int, season: int) -> dict[str, tuple[float, ...]]:
    """Mean and standard deviation of each channel, and the error of repeating a season; cycles stay as they are."""
    rows = np.concatenate(training)
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(scale <= 1e-12 * np.maximum(1e-300, np.abs(rows).max(axis=0)), 1.0, scale)
    mean[columns:], scale[columns:] = 0.0, 1.0
    return {"mean": tuple(mean.tolist()), "scale": tuple(scale.tolist()), "naive": _naive(training, targets, season)}


def _naive(training: Sequence[Floats], targets: int, season: int) -> tuple[float, ...]:
    """Mean absolute difference of rows a season apart; of neighbours where no series has two seasons; 1 for none."""
    for lag in dict.fromkeys((season, 1)):
        apart = [np.abs(rows[lag:, :targets] - rows[:-lag, :targets]) for rows in training if len(rows) > lag]
        if apart:
            error = np.concatenate(apart).mean(axis=0)
            return tuple(np.where(error > 0, error, 1.0).tolist())
    return (1.0,) * targets


def _tails(segments: Sequence[Segment], lookback: int) -> tuple[Tail, ...]:
    """The end of each series, as far as a model looks back; none where they are too long to be carried along."""
    last = {each.series.name: each.series for each in segments if each.rows >= lookback}
    if sum(lookback * each.values.shape[1] for each in last.values()) > _LONGEST_TAILS:
        return ()
    return tuple(
        Tail(
            series=name,
            end=float(each.times[each.rows - 1]),
            values=tuple(tuple(row) for row in each.values[each.rows - lookback : each.rows].tolist()),
        )
        for name, each in last.items()
    )


def _write_answers(aside: Path, values: Floats, starts: NDArray[np.int64], contract: ForecastContract) -> None:
    count, horizon = len(contract.targets), contract.horizon
    shape = (len(starts), horizon * count)
    check_room(aside, int(np.prod(shape)) * 8)
    out = np.lib.format.open_memmap(aside / f"y.{OUTPUT}.npy", mode="w+", dtype=np.float64, shape=shape)
    for first in range(0, len(starts), 1024):
        asked = starts[first : first + 1024, np.newaxis] + contract.lookback + np.arange(horizon)
        out[first : first + 1024] = values[asked][..., :count].reshape(len(asked), -1)
    out.flush()


def _too_short(segments: Sequence[Segment], contract: ForecastContract, what: str) -> str:
    longest = max(each.rows for each in segments)
    return (
        f"there is no window to {what} on: {contract.lookback:,} steps to look back on and {contract.horizon:,} to "
        f"forecast do not fit the rows to {what} on (the longest series has {longest:,} rows); choose a shorter "
        "--horizon or --lookback"
    )


def asked_for(horizon: int | None, lookback: int | None, roles: Roles) -> Asked:
    """What a person wants, checked.

    >>> asked_for(12, None, Roles()).horizon
    12

    Raises:
        ConfigError: No horizon, or one of the two is no positive number.
    """
    if horizon is None:
        raise ConfigError("how many steps are to be forecast? say --horizon N (horizon=N)")
    for name, value in (("horizon", horizon), ("lookback", lookback)):
        if value is not None and (isinstance(value, bool) or int(value) != value or value < 1):
            raise ConfigError(f"{name} is {value!r}; it must be a number of steps, at least 1")
    return Asked(int(horizon), None if lookback is None else int(lookback), roles)
