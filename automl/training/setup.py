"""From a job to everything its epochs need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from automl import tasks
from automl.data import LabelTarget, PreparedData, Rows, RowView
from automl.jobs import TrialJob
from automl.training import several
from automl.training.batches import Batches
from automl.training.clock import Clock
from automl.training.epochs import Epochs
from automl.training.failures import guard
from automl.training.keeper import Keeper
from automl.training.learner import Learner
from automl.training.network import Network, build_network
from automl.training.record import Record
from automl.training.saver import Saver
from automl.training.scoring import Scorer, standardized
from automl.training.session import Precision
from automl.training.state import identity_of

_Parts = tuple[Network, Batches, Scorer | None]


def set_up(job: TrialJob, clock: Clock, dtype: Precision) -> Epochs:
    """Open the data, build the network, and go on from the job's state when that is asked for and possible.

    Raises:
        TrialFailure: ``data_error``, ``build_error``, ``train_error``, or memory ran out.
    """
    with clock.phase("build"):
        prepared, rows, held_out = _open(job)
        parts = _several if tasks.get(job.task).several else _one
        network, batches, scorer = parts(job, prepared, rows, held_out, dtype)
    parameters = network.model.count_params()
    clock.plan(
        steps=job.training.epochs * batches.steps,
        # A forward pass is about a third of a training step on the same rows.
        validation_steps=0.0 if scorer is None else scorer.batches * scorer.batch / batches.size / 3,
        save_seconds=0.2 + 2e-8 * parameters,
    )
    record = Record(planned=job.training.epochs, parameters=parameters, steps_per_epoch=batches.steps)
    keeper = Keeper(network, Path(job.model_file), clock)
    state_file = Path(job.state_file) if job.state_file else None
    saver = Saver(state_file, identity_of(job, prepared, dtype), network, keeper, clock)
    if job.resume:
        with clock.phase("build"):
            saver.restore(record)
    return Epochs(job, Learner(job.training, network, batches, scorer, clock), keeper, saver, clock, record)


def _one(job: TrialJob, prepared: PreparedData, rows: Rows, held_out: Rows | None, dtype: Precision) -> _Parts:
    """What a network with one output is trained with."""
    (output, target), *_ = prepared.targets.items()
    task = tasks.get(job.task, multi_label=isinstance(target, LabelTarget))
    loss = prepared.losses.get(output, task.loss)
    network = build_network(job, prepared, loss=loss, metrics=task.metrics, dtype=dtype)
    scale = prepared.scales.get(output)
    batches = Batches(
        _fed(rows),
        standardized(rows.y, scale),
        batch_size=job.training.batch_size,
        seed=job.seed,
        how=job.training.augment,
        weights=rows.weights,
        classes=network.one_hot,
    )
    scorer = None
    if held_out is not None:
        scorer = Scorer(
            _fed(held_out),
            held_out.y,
            loss=loss,
            metrics=(*task.metrics, *prepared.metrics.get(output, ())),
            weights=held_out.weights,
            scale=scale,
            classes=None if loss == task.loss else network.one_hot,
        )
    return network, batches, scorer


def _several(job: TrialJob, prepared: PreparedData, rows: Rows, held_out: Rows | None, dtype: Precision) -> _Parts:
    """What a network with several outputs is trained with."""
    goals = tasks.get(job.task).goals(prepared)
    network, one_hot = several.build_network(job, prepared, goals=goals, dtype=dtype)
    batches = Batches(
        _fed(rows),
        several.targets_of(rows, prepared),
        batch_size=job.training.batch_size,
        seed=job.seed,
        how=job.training.augment,
        weights=rows.weights,
        classes=one_hot,
    )
    if held_out is None:
        return network, batches, None
    return network, batches, several.SeveralScorer(_fed(held_out), held_out, prepared, goals)


def _open(job: TrialJob) -> tuple[PreparedData, Rows, Rows | None]:
    """The data, the rows to train on, and those to validate on, if any."""
    with guard("data_error", f"open the prepared data in {job.data.directory}"):
        prepared = PreparedData.load(Path(job.data.directory))
        held_out = prepared.rows("validation") if job.data.rows == "train" else None
        return prepared, prepared.rows(job.data.rows), held_out


def _fed(rows: Rows) -> RowView | Mapping[str, RowView]:
    """Inputs as the network takes them: the only one by itself, several by name."""
    return rows.x if len(rows.inputs) == 1 else rows.inputs
