"""K networks that are trained side by side, one for each fold of the data, as if they were one.

They take their steps in turn, so that all of them are always equally far: every epoch ends with the mean of their
scores, by which the search judges, stops and keeps as it does by one network's; a limit of time cuts all of them at the
same place; and one state holds all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from automl.failures import TrialFailure
from automl.jobs import SPREAD, Objective, best_fold, fold_name
from automl.training.batches import Batches
from automl.training.failures import not_finite
from automl.training.learner import Learner
from automl.training.network import Network
from automl.training.scoring import Scorer

if TYPE_CHECKING:
    import keras


class Parts(NamedTuple):
    """What a network is trained with."""

    network: Network
    batches: Batches
    scorer: Scorer | None


class Models:
    """Several Keras models as one: all of them are kept and restored, and the best fold's one is saved.

    Which that is, is one of the weights: whoever keeps the weights of an epoch keeps that, too.

    Args:
        models: Of the folds in order.
        best: The place of the best fold's.
    """

    def __init__(self, models: Sequence[keras.Model], best: keras.Variable) -> None:
        self.models = tuple(models)
        self.best = best

    @property
    def variables(self) -> list[Any]:
        """Those of all models, and which is the best."""
        return [*(variable for model in self.models for variable in model.variables), self.best]

    @property
    def optimizer(self) -> _Optimizers:
        """What the optimizers know."""
        return _Optimizers([variable for model in self.models for variable in model.optimizer.variables])

    def get_weights(self) -> list[NDArray[Any]]:
        """Those of all models, and which is the best."""
        return [*(weights for model in self.models for weights in model.get_weights()), np.array(int(self.best))]

    def set_weights(self, weights: Sequence[NDArray[Any]]) -> None:
        """The opposite of ``get_weights``."""
        begin = 0
        for model in self.models:
            count = len(model.weights)
            model.set_weights(weights[begin : begin + count])
            begin += count
        self.best.assign(int(weights[begin]))

    def count_params(self) -> int:
        """Of one of them; they are alike."""
        return int(self.models[0].count_params())

    def save(self, file: Path) -> None:
        """Write the best fold's model."""
        self.models[int(self.best)].save(file)


class _Optimizers(NamedTuple):
    variables: list[Any]


class Rounds(Batches):
    """In each round one batch of every fold, of folds with fewer rows in some rounds only.

    Args:
        folds: The training rows of each.

    >>> rows = [Batches(np.arange(n), np.arange(n), batch_size=2, seed=0) for n in (4, 8)]
    >>> [[fold for fold, _ in batches] for batches in Rounds(rows).epoch(1)]
    [[0, 1], [1], [0, 1], [1]]
    """

    def __init__(self, folds: Sequence[Batches]) -> None:
        self._folds = tuple(folds)
        self.rows = sum(fold.rows for fold in folds)
        self.steps = max(fold.steps for fold in folds)
        self.size = -(-sum(fold.steps * fold.size for fold in folds) // self.steps)

    def epoch(self, number: int) -> Iterator[Any]:
        """The rounds of epoch ``number``: pairs of a fold's place and its batch."""
        batches = [fold.epoch(number) for fold in self._folds]
        for turn in range(self.steps):
            yield [
                (place, next(batches[place]))
                for place, fold in enumerate(self._folds)
                if _before(turn + 1, fold.steps, self.steps) > _before(turn, fold.steps, self.steps)
            ]


class FoldsScorer(Scorer):
    """Scores on the validation rows of every fold, each by its own network.

    Args:
        folds: One for each.
        metric: Of which every fold's own value is told beside the mean.
    """

    def __init__(self, folds: Sequence[Scorer], metric: str) -> None:
        self._folds = tuple(folds)
        self._metric = metric
        self.batch = sum(fold.batches * fold.batch for fold in folds)
        self.answers = {}  # each of another network: there is none that could be joined with those of other trials

    @property
    def batches(self) -> int:
        """As if all rows were predicted at once."""
        return 1

    def score(self, model: Any) -> dict[str, float]:
        """The means over the folds, their standard deviations, and of the objective every fold's value."""
        found = []
        for place, (fold, each) in enumerate(zip(self._folds, model.models, strict=True)):
            with in_fold(place, len(self._folds)):
                found.append(fold.score(each))
        return summed_up(found, self._metric)


@dataclass(slots=True)
class FoldsLearner(Learner):
    """The networks of all folds, trained in turn; attributes are those of ``Learner``, of all together.

    Attributes:
        folds: What trains each.
    """

    folds: tuple[Learner, ...] = ()

    @classmethod
    def of(cls, whole: Learner, parts: Sequence[Parts]) -> FoldsLearner:
        """What trains the folds' parts, with the settings and the clock of what has them all together."""
        folds = tuple(replace(whole, network=n, batches=b, scorer=s, average=None) for n, b, s in parts)
        return cls(**{item.name: getattr(whole, item.name) for item in fields(whole)}, folds=folds)

    def epoch(self, number: int) -> dict[str, float]:
        """See ``Learner``; metrics are means over the folds."""
        metrics = Learner.epoch(self, number)
        best = (best_fold(metrics, self.objective) or 1) - 1
        self.network.trained.best.assign(best)
        if self.average is not None and self.average.weights:
            self.average.weights[-1] = np.array(best)
        return metrics

    def step(self, batch: Any) -> dict[str, float]:
        """One step of each fold that has a batch in this round; the means of their losses and metrics."""
        logs = []
        for place, part in batch:
            with in_fold(place, len(self.folds)):
                logs.append(self.folds[place].step(part))
                if not math.isfinite(logs[-1]["loss"]):
                    raise not_finite(f"the training loss is {logs[-1]['loss']}")
        self.rate = self.folds[0].rate
        return _means(logs)


def joined(parts: Sequence[Parts], objective: Objective) -> Parts:
    """What all folds' networks are trained with, as one.

    Args:
        parts: Of each fold.
        objective: What the search improves.
    """
    import keras

    best = keras.Variable(0, dtype="int32", trainable=False, name="best_fold")
    network = Network(
        Models([each.network.model for each in parts], best),
        Models([each.network.trained for each in parts], best),
        one_hot=parts[0].network.one_hot,
    )
    scorers = [each.scorer for each in parts if each.scorer is not None]
    scorer = FoldsScorer(scorers, objective.metric.removeprefix("val_"))
    return Parts(network, Rounds([each.batches for each in parts]), scorer)


def summed_up(found: Sequence[Mapping[str, float]], metric: str) -> dict[str, float]:
    """The means of folds' scores, their standard deviations (as scikit-learn's, divided by K), and each ``metric``.

    >>> summed_up([{"loss": 1.0}, {"loss": 3.0}], "loss")
    {'loss': 2.0, 'loss_std': 1.0, 'loss_fold_1': 1.0, 'loss_fold_2': 3.0}
    """
    with np.errstate(invalid="ignore"):  # of what is infinite there is no deviation
        spread = {f"{name}{SPREAD}": float(np.std([each[name] for each in found])) for name in found[0]}
    own = {fold_name(metric, place): each[metric] for place, each in enumerate(found, start=1)}
    return _means(found) | spread | own


@contextmanager
def in_fold(place: int, count: int) -> Iterator[None]:
    """Let a failure in the body say in which fold it was."""
    try:
        yield
    except TrialFailure as error:
        said = f"fold {place + 1} of {count}: {error.failure.message}"
        raise TrialFailure(error.failure.model_copy(update={"message": said})) from error


def _before(turn: int, steps: int, turns: int) -> int:
    """How many of ``steps`` that are spread evenly over ``turns`` are taken before one of these."""
    return -(-turn * steps // turns)


def _means(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([each[name] for each in found])) for name in found[0]}
