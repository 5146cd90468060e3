"""Validation in folds, for every task: each fold is fitted on its own training rows, and scores are means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from automl.config import SearchConfig
from automl.data import Dataset, PreparedData, Split
from automl.errors import ConfigError
from automl.events import Events
from automl.tasks.heard import Of

Fit = Callable[[PreparedData, Events], PreparedData]
"""The data with everything fitted on its training rows; events are warned."""


def all_train(dataset: Dataset) -> Split:
    """Every row trains: what the final model is fitted and trained on."""
    return Split(train=np.arange(dataset.rows), validation=np.zeros(0, np.int64))


def in_folds(whole: PreparedData, folds: Sequence[PreparedData], fit: Fit, events: Events) -> PreparedData:
    """The data with what is fitted on all rows, and beside it every fold with what is fitted on its training rows.

    Args:
        whole: With nothing fitted yet; all rows train.
        folds: The same, each with its own split.
        fit: Fits one of them.
        events: Is warned of what is found in the first fold: the others are much the same.
    """
    fitted = fit(whole, Events())
    found = [
        _shaped_like(fitted, fit(fold, Events() if place else Of(events, f"fold 1 of {len(folds)}")))
        for place, fold in enumerate(folds)
    ]
    return replace(fitted, folds=tuple(found))


def mean_scores(prepared: PreparedData, scores: Callable[[PreparedData], dict[str, float]]) -> dict[str, float]:
    """Scores of the validation rows; of several folds their means."""
    if not prepared.folds:
        return scores(prepared)
    found = [scores(fold) for fold in prepared.folds]
    return {name: float(np.mean([each[name] for each in found])) for name in found[0]}


def rows_found(prepared: PreparedData, by: str) -> dict[str, object]:
    """How many rows train and validate, on average over the folds, and in each of them.

    Args:
        prepared: The data.
        by: How folds were made, in words.
    """
    splits = [fold.split for fold in prepared.folds] or [prepared.split]
    train, validation = [len(split.train) for split in splits], [len(split.validation) for split in splits]
    found: dict[str, object] = {
        "rows": sum(dataset.rows for dataset in prepared.datasets),
        "training_rows": round(sum(train) / len(train)),
        "validation_rows": round(sum(validation) / len(validation)),
    }
    if prepared.folds:
        found["folds"] = {"count": len(splits), "by": by, "training_rows": train, "validation_rows": validation}
    return found


def doubts_of(prepared: PreparedData, doubts: Callable[[PreparedData], Iterator[str]]) -> Iterator[str]:
    """What people should know of the split, or of every fold's, under the fold's name."""
    if not prepared.folds:
        yield from doubts(prepared)
    for place, fold in enumerate(prepared.folds, start=1):
        yield from (f"fold {place} of {len(prepared.folds)}: {doubt}" for doubt in doubts(fold))


def refuse_validation_part(config: SearchConfig) -> None:
    """Refuse folds of data that comes with validation rows of its own.

    Raises:
        ConfigError: Folds are asked for.
    """
    if config.folds is not None:
        raise ConfigError(
            f"{config.folds} folds were asked for, and {config.data} has a validation part of its own: give the "
            "training part alone, or leave out --folds"
        )


def _shaped_like(whole: PreparedData, fold: PreparedData) -> PreparedData:
    """The fold with columns for gaps where all rows together have some: networks of all folds are alike."""
    preprocessing = {
        name: [_with_gaps(step, like) for step, like in zip(steps, whole.preprocessing[name], strict=True)]
        for name, steps in fold.preprocessing.items()
    }
    return replace(fold, preprocessing=preprocessing)


def _with_gaps(step: Mapping[str, Any], like: Mapping[str, Any]) -> Mapping[str, Any]:
    if "gaps" not in step["args"]:
        return step
    return {**step, "args": {**step["args"], "gaps": like["args"]["gaps"]}}
