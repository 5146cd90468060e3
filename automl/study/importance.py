"""Which parameters a study's values depend on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.study.trial_records import TrialRecord

FEWEST = 5  # complete trials; with fewer a forest says nothing
_TREES = 64
_ROUNDS = 8  # of shuffling; with many trials fewer do
_MOST = 4000
_LARGEST = 20_000  # rows that are predicted at once


def parameter_importance(trials: Sequence[TrialRecord]) -> dict[str, float]:
    """Shares of the variation of the complete trials' values, by parameter, the largest first; they sum to one.

    Permutation importance (Breiman, 2001) of a random forest: how much worse it predicts the values when one parameter
    is shuffled among the trials. A parameter that a network does not have counts as a value of its own, so that
    parameters of one branch are compared with all others. Parameters that never differed have no share.

    Args:
        trials: Of one study, in any state.

    Returns:
        Nothing where fewer than five trials are complete, or where their values or parameters are all equal.

    >>> parameter_importance([])
    {}
    """
    complete = [trial for trial in trials if trial.state == "complete" and trial.value is not None]
    params = tuple(json.dumps(dict(trial.params), sort_keys=True, default=str) for trial in complete)
    return dict(_shares(params, tuple(trial.value or 0.0 for trial in complete)))


@lru_cache(maxsize=2)  # several pictures of one study ask
def _shares(params: tuple[str, ...], found: tuple[float, ...]) -> tuple[tuple[str, float], ...]:
    values = np.array(found, np.float64)
    if len(values) < FEWEST or np.ptp(values) == 0:
        return ()
    groups = _columns([json.loads(each) for each in params])
    if not groups:
        return ()
    names, parts = list(groups), list(groups.values())
    ends = np.cumsum([0, *(part.shape[1] for part in parts)]).tolist()
    shares = _shuffled(np.concatenate(parts, axis=1), values, list(pairwise(ends)))
    if shares.sum() <= 0:
        return ()
    ranked = zip(names, (shares / shares.sum()).tolist(), strict=True)
    return tuple(sorted(ranked, key=lambda each: (-each[1], each[0])))


def _columns(params: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[np.float64]]:
    """Each parameter that differs as columns of numbers (n, c)."""
    found = {}
    for name in sorted({name for each in params for name in each}):
        column = _encoded([each.get(name) for each in params])
        if np.ptp(column, axis=0).any():
            found[name] = column
    return found


def _encoded(values: Sequence[Any]) -> NDArray[np.float64]:
    """Numbers in their order, logarithms where they span two powers of ten; else a column a value."""
    there = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        low, high = min(there), max(there)
        log = low > 0 and high / low >= 100
        absent = 2 * low - high - 1
        if log:
            absent = 2 * math.log(low) - math.log(high) - 1
        line = [absent if value is None else math.log(value) if log else float(value) for value in values]
        return np.array(line, np.float64)[:, np.newaxis]
    words = [repr(value) for value in values]
    return np.array([[word == each for each in sorted(set(words))] for word in words], np.float64)


def _shuffled(x: NDArray[np.float64], y: NDArray[np.float64], groups: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """By how much the squared error grows when the columns of each group are shuffled together."""
    from sklearn.ensemble import RandomForestRegressor  # slow to import, and only needed here

    rng = np.random.default_rng(0)
    ranks = y.argsort().argsort().astype(np.float64)  # one failed training must not hide what differs among the good
    forest = RandomForestRegressor(_TREES, random_state=0, min_samples_leaf=max(1, len(y) // 20)).fit(x, ranks)
    before = np.square(forest.predict(x) - ranks).mean()
    rounds = max(1, min(_ROUNDS, _MOST // len(x)))
    at_once = max(1, _LARGEST // (rounds * len(x)))
    worse = np.zeros(len(groups))
    for first in range(0, len(groups), at_once):
        some = groups[first : first + at_once]
        mixed = np.concatenate([_mixed(x, columns, rounds, rng) for columns in some])
        errors = np.square(forest.predict(mixed) - np.tile(ranks, rounds * len(some)))
        worse[first : first + at_once] = errors.reshape(len(some), -1).mean(axis=1) - before
    return np.maximum(worse, 0.0)


def _mixed(
    x: NDArray[np.float64], columns: tuple[int, int], rounds: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The trials several times, some columns shuffled among them together."""
    mixed = np.tile(x, (rounds, 1))
    for first in range(0, len(mixed), len(x)):
        mixed[first : first + len(x), slice(*columns)] = x[rng.permutation(len(x)), slice(*columns)]
    return mixed
