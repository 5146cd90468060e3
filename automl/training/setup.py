"""From a job to everything its epochs need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from automl import tasks
from automl.data import LabelTarget, PreparedData, Rows, RowView
from automl.jobs import TrialJob
from automl.training import several
from automl.training.average import Average
from automl.training.batches import Batches
from automl.training.clock import Clock
from automl.training.epochs import Epochs
from automl.training.failures import guard
from automl.training.folds import FoldsLearner, Parts, in_fold, joined
from automl.training.judge import make_referee
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
        with guard("data_error", f"open the prepared data in {job.data.directory}"):
            prepared = PreparedData.load(Path(job.data.directory))
        folds = _folds(job, prepared, dtype)
        network, batches, scorer = joined(folds, job.objective) if folds else _parts(job, prepared, dtype)
    parameters, validations = network.model.count_params(), 2 if job.training.ema or job.rival else 1
    referee = make_referee(job.task, prepared) if job.rival and scorer is None else None
    judge = scorer or referee
    clock.plan(
        steps=job.training.epochs * batches.steps,
        # A forward pass is about a third of a training step on the same rows.
        validation_steps=0.0 if judge is None else validations * judge.batches * judge.batch / batches.size / 3,
        save_seconds=0.2 + 2e-8 * parameters,
    )
    record = Record(planned=job.training.epochs, parameters=parameters, steps_per_epoch=batches.steps)
    keeper = Keeper(network, Path(job.model_file), clock)
    state_file = Path(job.state_file) if job.state_file else None
    settings, average = job.training, None
    if settings.ema:
        average = Average(network.trained, epochs=settings.ema, steps=batches.steps)
    saver = Saver(state_file, identity_of(job, prepared, dtype), network, keeper, clock, average)
    if job.resume:
        with clock.phase("build"):
            saver.restore(record)
    learner = Learner(settings, network, batches, scorer, clock, job.objective, average)
    if folds:
        learner = FoldsLearner.of(learner, folds)
    return Epochs(job, learner, keeper, saver, clock, record, referee)


def _folds(job: TrialJob, prepared: PreparedData, dtype: Precision) -> list[Parts]:
    """What the network of each fold is trained with; none where there is a single split, or where all rows train."""
    found: list[Parts] = []
    for fold in prepared.folds if job.data.rows == "train" else ():
        with in_fold(len(found), len(prepared.folds)):
            found.append(_parts(job, fold, dtype))
    return found


def _parts(job: TrialJob, prepared: PreparedData, dtype: Precision) -> Parts:
    """What one network is trained with."""
    with guard("data_error", f"open the prepared data in {job.data.directory}"):
        rows = prepared.rows(job.data.rows)
        held_out = prepared.rows("validation") if job.data.rows == "train" else None
    parts = _several if tasks.get(job.task).several else _one
    return Parts(*parts(job, prepared, rows, held_out, dtype))


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
        weights=rows.by_target or rows.weights,
        classes=one_hot,
    )
    if held_out is None:
        return network, batches, None
    return network, batches, several.SeveralScorer(_fed(held_out), held_out, prepared, goals)


def _fed(rows: Rows) -> RowView | Mapping[str, RowView]:
    """Inputs as the network takes them: the only one by itself, several by name."""
    return rows.x if len(rows.inputs) == 1 else rows.inputs
