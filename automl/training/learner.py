"""One epoch: training steps, then validation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from automl.jobs import Objective, TrainingSettings
from automl.training.average import AVERAGED, Average, preferred
from automl.training.batches import Batch, Batches
from automl.training.clock import Clock
from automl.training.failures import guard, not_finite
from automl.training.network import Network
from automl.training.schedule import learning_rate
from automl.training.scoring import Scorer


@dataclass(slots=True)
class Learner:
    """A network and what it learns from.

    Attributes:
        settings: For the learning rate.
        network: What is trained.
        batches: The training rows.
        scorer: The validation rows; None: there are none.
        clock: Says how far the training is, and when an epoch must be cut short.
        objective: Says whether the weights or their average are the better ones.
        average: Of the weights; None: there is none.
        rate: Learning rate of the latest step.
    """

    settings: TrainingSettings
    network: Network
    batches: Batches
    scorer: Scorer | None
    clock: Clock
    objective: Objective
    average: Average | None = None
    rate: float = -1.0

    def epoch(self, number: int) -> dict[str, float]:
        """Train epoch ``number``, or what the clock allows of it, a step at the least, and validate.

        Returns:
            The means of its steps' loss and metrics; those of the validation begin with ``val_`` and may be NaN. With
            an average they are of whichever is better, and ``averaged`` says which.

        Raises:
            TrialFailure: ``nan_loss``: a step's loss is not finite; ``data_error``, ``train_error``, or memory ran out.
        """
        return self._train(number) | self._validate()

    def _train(self, number: int) -> dict[str, float]:
        sums, steps = dict[str, float](), 0
        with self.clock.phase("train"):
            batches = self.batches.epoch(number)
            while (steps == 0 or self.clock.allows_step()) and (batch := self._next(batches)) is not None:
                with self.clock.step():
                    logs = self.step(batch)
                    if self.average is not None:
                        self.average.step()
                if not math.isfinite(logs["loss"]):
                    raise not_finite(f"the training loss is {logs['loss']} in epoch {number}, step {steps + 1}")
                sums = {name: sums.get(name, 0.0) + value for name, value in logs.items()}
                steps += 1
        return {name: total / steps for name, total in sums.items()}

    def _next(self, batches: Iterator[Batch]) -> Batch | None:
        with self.clock.phase("data"), guard("data_error", "read the training rows", only=(MemoryError, OSError)):
            return next(batches, None)

    def step(self, batch: Batch) -> dict[str, float]:
        """One step on a batch: its loss and metrics.

        Raises:
            TrialFailure: ``train_error``, or memory ran out.
        """
        model = self.network.trained
        rate = learning_rate(self.clock.progress(), self.settings)
        with guard("train_error", "train the network"):
            if rate != self.rate:  # assigning costs 0.1 ms
                model.optimizer.learning_rate = self.rate = rate
            logs = model.train_on_batch(batch.x, batch.y, sample_weight=batch.weights, return_dict=True)
            return {name: float(value) for name, value in logs.items()}

    def _validate(self) -> dict[str, float]:
        if self.scorer is None:
            return {}
        with self.clock.phase("validate"):
            scores = self._score(self.scorer)
            if self.average is None:
                return scores
            answers = self.scorer.answers
            with self.average.in_place():
                averaged = self._score(self.scorer)
            if preferred(self.objective, averaged, scores):
                return averaged | {AVERAGED: 1.0}
            self.scorer.answers = answers
            return scores | {AVERAGED: 0.0}

    def _score(self, scorer: Scorer) -> dict[str, float]:
        return {f"val_{name}": value for name, value in scorer.score(self.network.trained).items()}
