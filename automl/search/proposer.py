"""Which network to try next, and whether it is worth building.

The order: the space's default, its seeds, then Optuna's sampler. A proposal that cannot be built, breaks a constraint
of the space or was trained before is answered from the record and never trained; Optuna is told, so that it learns.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.arch import Architecture, Input, Summary, sketch, summarize
from automl.errors import SpaceError
from automl.jobs import TrainingSettings, job_key
from automl.search.deciders import Transcript, TrialDecider, replay
from automl.space import DefaultDecider, RandomDecider, Space
from automl.study import TrialDraft, TrialRecord

if TYPE_CHECKING:
    import optuna

    from automl.data import PreparedData
    from automl.study import Study
    from automl.tasks import Task

log = logging.getLogger("automl.search")

# So many proposals in a row that the record could answer: the sampler is circling, and a random point helps it out.
CIRCLING = 4


@dataclass(frozen=True, slots=True)
class Proposal:
    """A network that is worth training.

    Attributes:
        number: Optuna's number of the trial.
        architecture: What to build.
        training: How to train it, for the epochs of its full schedule.
        summary: Its cost, inferred.
        sketch: The network in a few words.
        seed: Of its weights, order and augmentation.
    """

    number: int
    architecture: Architecture
    training: TrainingSettings
    summary: Summary
    sketch: str
    seed: int


class Proposer:
    """Turns a space and a study into proposals.

    Args:
        space: Where networks come from.
        task: Says inputs, heads and how ``auto`` settings are decided.
        prepared: The data the task prepared.
        study: Is asked, and told what was not worth training.
        seed: Of the whole search.
        max_epochs: Upper bound of epochs, or None.
    """

    def __init__(
        self, space: Space, *, task: Task, prepared: PreparedData, study: Study, seed: int, max_epochs: int | None
    ) -> None:
        self._space, self._task, self._prepared, self._study = space, task, prepared, study
        self._seed, self._max_epochs = seed, max_epochs
        self._inputs: Mapping[str, Input] = task.inputs(prepared)
        self._heads = task.heads(prepared)
        self._rng = np.random.default_rng(seed)
        self._origin: dict[int, str] = {}
        self.rejected_in_a_row = 0

    def enqueue_first(self) -> None:
        """Put the default and the seeds of the space first in the queue."""
        self._enqueue(Transcript(DefaultDecider()), "default")
        for params in self._space.seeds:
            self._enqueue(replay(params), "seed")

    def propose(self, *, epochs: int | None) -> Proposal | TrialRecord:
        """The next network, or the record of a proposal that was not worth training.

        Args:
            epochs: Epochs that the trials of this search are laid out for; None for each network's full schedule.
        """
        if self.rejected_in_a_row and self.rejected_in_a_row % CIRCLING == 0:
            self._enqueue(Transcript(RandomDecider(self._rng)), "random")
        trial = self._study.ask()
        outcome = self._judge(trial, epochs)
        self.rejected_in_a_row = 0 if isinstance(outcome, Proposal) else self.rejected_in_a_row + 1
        return outcome

    def full_epochs(self, training: TrainingSettings) -> int:
        """Epochs of the full schedule, had time been no matter."""
        return training.epochs if self._max_epochs is None else min(training.epochs, self._max_epochs)

    def _enqueue(self, transcript: Transcript, origin: str) -> None:
        try:
            self._space.interpret(transcript, inputs=self._inputs, heads=self._heads)
        except SpaceError as error:
            # Queued all the same, as far as it was answered: the record then shows why this seed was not trained.
            log.info("the %s point of the space cannot be built for this data: %s", origin, error)
        number = self._study.enqueue(transcript.answers, proposed_by=origin)
        self._origin[number] = origin

    def _judge(self, trial: optuna.trial.Trial, epochs: int | None) -> Proposal | TrialRecord:
        number, origin = trial.number, self._origin.pop(trial.number, "tpe")
        try:
            candidate = self._space.interpret(TrialDecider(trial), inputs=self._inputs, heads=self._heads)
            summary = summarize(candidate.architecture)
        except SpaceError as error:
            self._study.begin(number, TrialDraft(params=trial.params, proposed_by=origin))
            return self._study.infeasible(number, reason=str(error), violations={"build": 1.0})
        training = self._task.settle(candidate.training, self._prepared)
        training = training.model_copy(update={"epochs": self.full_epochs(training)})
        planned = training.epochs if epochs is None else min(epochs, training.epochs)
        canonical = candidate.architecture.canonical()  # without the paths, which differ where networks do not
        key = job_key(canonical, training, data_digest=self._prepared.digest, epochs=planned)
        proposal = Proposal(
            number=number,
            architecture=candidate.architecture,
            training=training,
            summary=summary,
            sketch=sketch(candidate.architecture),
            seed=trial_seed(self._seed, number),
        )
        before = self._study.find_duplicate(key)
        self._study.begin(number, _draft(proposal, candidate.params, key, planned, origin))
        if broken := self._space.violations(summary):
            reason = "; ".join(f"{v.name} is {v.value:,}, the limit is {v.limit:,}" for v in broken)
            excess = {v.name: v.excess for v in broken}
            return self._study.infeasible(number, reason=reason, violations=excess)
        return proposal if before is None else self._study.duplicate(number, before)


def trial_seed(seed: int, number: int) -> int:
    """The seed of trial ``number``: the first 32 bits of SHA-256 over the search's seed and the number.

    >>> trial_seed(1, 0) == trial_seed(1, 0) != trial_seed(1, 1)
    True
    """
    return int.from_bytes(hashlib.sha256(f"{seed}/{number}".encode()).digest()[:4], "big")


def _draft(proposal: Proposal, params: Mapping[str, Any], key: str, planned: int, origin: str) -> TrialDraft:
    return TrialDraft(
        params=params,
        architecture=proposal.architecture.to_json(),
        fingerprint=proposal.architecture.fingerprint,
        job_key=key,
        parameters=proposal.summary.parameters,
        flops=proposal.summary.flops,
        training=proposal.training.model_dump(mode="json"),
        proposed_by=origin,
        description=proposal.sketch,
        planned_epochs=planned,
        seed=proposal.seed,
    )
