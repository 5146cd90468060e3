"""Networks with several outputs: a loss and scores for each, and one loss for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from automl.data import ClassTarget, PreparedData, Rows
from automl.jobs import TrialJob
from automl.tasks import Goal
from automl.training.failures import guard
from automl.training.network import Network, build_models, make_loss, make_metric, make_optimizer
from automl.training.release import make_releasable
from automl.training.scoring import Scorer, standardized
from automl.training.session import Precision

if TYPE_CHECKING:
    import keras

_OF_CODES = "sparse_categorical_crossentropy"

Goals = Mapping[str, Goal]


def build_network(
    job: TrialJob, prepared: PreparedData, *, goals: Goals, dtype: Precision = "float32"
) -> tuple[Network, dict[str, int]]:
    """Build and compile what the job describes.

    Args:
        job: Architecture and settings.
        prepared: The prepared data, for its preprocessing.
        goals: What every output is trained for.
        dtype: What the trained view computes in.

    Returns:
        The network, whose trained view answers with a mapping, and the number of classes of the outputs whose targets
        must come as one-hot rows.

    Raises:
        TrialFailure: ``build_error``, or memory ran out.
    """
    import keras

    with guard("build_error", "build the network"):
        model, network = build_models(job, prepared, dtype)
        answers = network.output if isinstance(network.output, Mapping) else dict.fromkeys(goals, network.outputs[0])
        trained = keras.Model(network.input, {name: answers[name] for name in goals})
        smoothing = job.training.label_smoothing
        classes = {name: len(each.classes) for name, each in prepared.targets.items() if isinstance(each, ClassTarget)}
        one_hot = {name: n for name, n in classes.items() if smoothing > 0 or goals[name].loss != _OF_CODES}
        trained.compile(
            optimizer=make_optimizer(job.training),
            loss={
                name: make_loss(goal.loss, smoothing if name in classes else 0.0, classes=one_hot.get(name))
                for name, goal in goals.items()
            },
            loss_weights={name: goal.weight for name, goal in goals.items()},
            metrics={
                name: [make_metric("accuracy", goal.loss, one_hot=name in one_hot)]
                for name, goal in goals.items()
                if "accuracy" in goal.metrics
            },
        )
        make_releasable(trained)
    return Network(model, trained, one_hot=None), one_hot


def targets_of(rows: Rows, prepared: PreparedData) -> dict[str, Any]:
    """What a network is to answer, by output."""
    return {name: standardized(values, prepared.scales.get(name)) for name, values in rows.targets.items()}


class SeveralScorer(Scorer):
    """Loss and metrics of several outputs on fixed rows.

    ``loss`` is the sum of the outputs' plain losses, each by its weight; everything else has its output's name.

    Args:
        x: See ``Scorer``.
        rows: With the targets and weights.
        prepared: For scales and classes.
        goals: What every output is trained for.
    """

    def __init__(self, x: Any, rows: Rows, prepared: PreparedData, goals: Goals) -> None:
        self._goals = goals
        self._judges = {
            name: Scorer(
                x,
                rows.targets[name],
                loss=goal.loss,
                metrics=goal.metrics,
                weights=rows.weights,
                scale=prepared.scales.get(name),
                classes=_one_hot(prepared, name, goal),
            )
            for name, goal in goals.items()
        }
        self._any = next(iter(self._judges.values()))
        self.batch = self._any.batch
        self.answers = {}

    @property
    def batches(self) -> int:
        """See ``Scorer``."""
        return self._any.batches

    def score(self, model: keras.Model) -> dict[str, float]:
        """``{"loss": ..., "price_loss": ..., "price_rmse": ...}``; see ``Scorer``."""
        with guard("train_error", "score the network"):
            self.answers = self._any.predict(model)
            return self.judge(self.answers)

    def judge(self, predicted: Any) -> dict[str, float]:
        """What ``score`` gives, of what the network answered to all rows, by output."""
        values = {"loss": 0.0}
        for name, judge in self._judges.items():
            found = judge.judge(predicted[name])
            values["loss"] += self._goals[name].weight * found["loss"]
            values.update({f"{name}_{score}": value for score, value in found.items()})
        return values

    def losses(self, predicted: Any) -> NDArray[np.float64]:
        """The loss of every row (n,), summed over the outputs by their weights."""
        each = [self._goals[name].weight * judge.losses(predicted[name]) for name, judge in self._judges.items()]
        return np.asarray(np.sum(each, axis=0), np.float64)

    def predict(self, model: keras.Model) -> Any:
        """See ``Scorer``."""
        return self._any.predict(model)


def _one_hot(prepared: PreparedData, name: str, goal: Goal) -> int | None:
    target = prepared.targets[name]
    return len(target.classes) if isinstance(target, ClassTarget) and goal.loss != _OF_CODES else None
