"""What the best trial's network said of the rows that were held back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data import PreparedData, Rows, RowView
from automl.errors import DataError
from automl.jobs import DataRef, Objective, TrainingSettings, TrialJob
from automl.ops import own_layers
from automl.study import RunFolder, RunRecord, TrialDetail
from automl.training.answers import read_answers

Array = NDArray[Any]


class Absent(Exception):  # noqa: N818  nothing is wrong
    """A part that a report cannot have; the message says why, and stands in its place."""


MOST_ROWS = 20_000  # are answered for a report; those that the training kept may be more
MOST_KEPT = 100_000
_BATCH = 128


@dataclass(frozen=True, eq=False, slots=True)
class HeldOut:
    """Rows that a network did not learn from, and what it said of them.

    Attributes:
        prepared: The data.
        index: Their row numbers in the data, (n,).
        rows: The rows.
        answers: By output probabilities (n, k), or numbers (n, k) in their own units.
    """

    prepared: PreparedData
    index: Array
    rows: Rows
    answers: Mapping[str, Array]


def held_out(folder: RunFolder, run: RunRecord, trial: TrialDetail, *, predict: bool) -> HeldOut:
    """The validation rows with the answers of a trial's network.

    Args:
        folder: Of the run.
        run: Its record.
        trial: Whose network.
        predict: Whether to load the network and ask it, where its answers were not kept; that takes Keras.

    Raises:
        Absent: They cannot be had; the message says why, to stand in a report.
    """
    prepared = open_data(folder)
    if prepared.folds:
        raise Absent("the networks were validated in folds, and their answers are not kept row by row")
    rows, index = prepared.rows("validation"), prepared.split.validation
    model = folder.checkpoints / f"trial-{trial.number}.keras"
    kept = read_answers(model, trial.best_epoch or 0)
    if kept is not None and all(len(each) == len(rows) for each in kept.values()):
        return _some(HeldOut(prepared, index, rows, _in_units(kept, prepared)))
    if not predict:
        raise Absent("the answers of the best network were not kept; automl report asks it again")
    if not model.is_file():
        raise Absent(f"the model of the best trial is gone from {model}")
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_ROWS)).astype(np.int64))
    answers = _in_units(_ask(_job(folder, run, trial, model), prepared, rows, chosen), prepared)
    if len(chosen) < len(rows):
        index = index[chosen]
        rows = rows_at(prepared, index)
    return HeldOut(prepared, index, rows, answers)


def _some(held: HeldOut) -> HeldOut:
    """Not more rows than a report has time for, evenly spread."""
    if len(held.index) <= MOST_KEPT:
        return held
    chosen = np.unique(np.linspace(0, len(held.index) - 1, MOST_KEPT).astype(np.int64))
    index = held.index[chosen]
    answers = {name: each[chosen] for name, each in held.answers.items()}
    return HeldOut(held.prepared, index, rows_at(held.prepared, index), answers)


def open_data(folder: RunFolder) -> PreparedData:
    """The run's data, as it was prepared.

    Raises:
        Absent: It is gone from the cache, or damaged.
    """
    try:
        return PreparedData.load(folder.prepared)
    except DataError as error:
        raise Absent(str(error)) from error


def rows_at(prepared: PreparedData, index: Array) -> Rows:
    """Rows by their numbers in the data."""
    inputs = {name: RowView([each.input(name) for each in prepared.datasets], index) for name in prepared.contracts}
    targets = {name: np.concatenate([d.target(name) for d in prepared.datasets])[index] for name in prepared.targets}
    return Rows(inputs, targets)


def _in_units(answers: Mapping[str, Array], prepared: PreparedData) -> dict[str, Array]:
    """By output, numbers in their own units: networks answer (number - mean) / scale."""
    only = next(iter(prepared.targets))
    found = {}
    for name, said in answers.items():
        output = name or only
        scale = prepared.scales.get(output)
        flat = np.asarray(said, np.float64).reshape(len(said), -1)
        found[output] = flat if scale is None else flat * np.asarray(scale["scale"]) + np.asarray(scale["mean"])
    return found


def _job(folder: RunFolder, run: RunRecord, trial: TrialDetail, model: Path) -> TrialJob:
    assert trial.architecture is not None, f"trial {trial.number} was trained without a network"
    return TrialJob(
        job_id="report",
        task=run.task,
        architecture=dict(trial.architecture),
        training=TrainingSettings.model_validate(trial.training),
        data=DataRef(directory=str(folder.prepared)),
        objective=Objective(metric=run.objective, direction=run.direction),
        seed=trial.seed or 0,
        model_file=str(model),
        layers=tuple(run.command.get("layers", ())),
    )


def _ask(job: TrialJob, prepared: PreparedData, rows: Rows, chosen: Sequence[int] | Array) -> dict[str, Array]:
    """What a network says of the chosen rows, as it answers.

    Raises:
        Absent: Its model is gone or cannot be loaded.
    """
    from automl.backend import start_keras
    from automl.training.network import build_models

    missing = sorted({*job.layers} - {op.origin for op in own_layers()})
    if missing:
        raise Absent(f"the network has layers of someone's own, {', '.join(missing)}: --import their modules")
    try:
        start_keras()
        model, network = build_models(job, prepared, "float32")
        model.load_weights(job.model_file)  # both share their layers
        parts = []
        for start in range(0, len(chosen), _BATCH):
            batch = {name: view[chosen[start : start + _BATCH]] for name, view in rows.inputs.items()}
            said = network.predict_on_batch(batch if len(batch) > 1 else next(iter(batch.values())))
            parts.append(said if isinstance(said, Mapping) else {"": said})
    except Exception as error:  # Keras raises anything; a report goes on without this part
        raise Absent(f"the model of the best trial cannot be asked: {type(error).__name__}: {error}") from error
    return {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in parts[0]}
