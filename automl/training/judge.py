"""Who scores answers on given rows of the prepared data, whatever gave them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from automl import metrics, tasks
from automl.data import ClassTarget, LabelTarget, PreparedData, Rows
from automl.jobs import Comparison
from automl.training.failures import guard
from automl.training.network import Network
from automl.training.scoring import Scorer
from automl.training.several import SeveralScorer

SAMPLE = 1024
"""Rows on which a network that was trained on all rows is compared with the one before it."""


def make_judge(task_name: str, prepared: PreparedData, rows: Rows, *, only: str | None = None) -> Scorer:
    """What scores a network of the task on ``rows``, or answers of one.

    Args:
        task_name: Of the task.
        prepared: The data.
        rows: Of it.
        only: The one metric that is wanted beside the loss; of several outputs all are told.
    """
    x: Any = next(iter(rows.inputs.values())) if len(rows.inputs) == 1 else rows.inputs
    if tasks.get(task_name).several:
        return SeveralScorer(x, rows, prepared, tasks.get(task_name).goals(prepared))
    ((name, target),) = prepared.targets.items()
    task = tasks.get(task_name, multi_label=isinstance(target, LabelTarget))
    loss = prepared.losses.get(name, task.loss)
    scores = (*task.metrics, *prepared.metrics.get(name, ()))
    return Scorer(
        x,
        rows.targets[name],
        loss=loss,
        metrics=tuple(each for each in scores if only in (None, metrics.told(each))),
        weights=rows.weights,
        scale=prepared.scales.get(name),
        classes=len(target.classes) if isinstance(target, ClassTarget) and loss != task.loss else None,
    )


def make_referee(task_name: str, prepared: PreparedData) -> Scorer:
    """What compares networks on some of all rows: at most ``SAMPLE``, always the same ones."""
    rows = prepared.rows("all")
    index = np.arange(len(rows))
    if len(rows) > SAMPLE:
        index = np.sort(np.random.default_rng(0).choice(len(rows), SAMPLE, replace=False))
    inputs: Any = {name: view[index] for name, view in rows.inputs.items()}
    weights = None if rows.weights is None else rows.weights[index]
    some = replace(rows, inputs=inputs, targets={name: y[index] for name, y in rows.targets.items()}, weights=weights)
    return make_judge(task_name, prepared, some)


def compare(referee: Scorer, network: Network, rival: str) -> Comparison:
    """How a network, with the weights it has, stands to the one in the file ``rival``; it gets its weights back.

    A difference of less than two standard errors of the rows' mean difference is taken for chance: with no more than
    the rows of a small data set, two trainings alike but for the seed differ by one.

    Raises:
        TrialFailure: ``train_error``: the file is gone, torn or of another network; or memory ran out.
    """
    with guard("train_error", f"compare the network with the one in {rival}"):
        own = [np.array(each) for each in network.trained.get_weights()]
        losses = referee.losses(referee.predict(network.trained))
        try:
            network.model.load_weights(rival)
            network.trained.set_weights(network.model.get_weights())
            before = referee.losses(referee.predict(network.trained))
        finally:
            network.trained.set_weights(own)
    difference = losses - before
    margin = 2.0 * float(difference.std()) / np.sqrt(max(1, len(difference) - 1))
    return Comparison(loss=float(losses.mean()), before=float(before.mean()), margin=float(margin))
