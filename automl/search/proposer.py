"""Which network to try next, and whether it is worth building.

The order: the space's default, its seeds, then Optuna's sampler. A proposal is asked for while other trials train and
judged when its turn has come. One that cannot be built or breaks a limit is answered from the record and never trained;
Optuna is told, so that it learns.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from automl.arch import Architecture, Input, Summary, sketch, summarize
from automl.config import Limits
from automl.errors import SpaceError
from automl.jobs import TrainingSettings, job_key
from automl.search.deciders import Transcript, TrialDecider, replay
from automl.search.sampling import make_random_sampler, make_sampler
from automl.space import Candidate, DefaultDecider, Space, Violation
from automl.study import TrialDetail, TrialDraft, TrialRecord

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
        sketch: The network in a few words.
        seed: Of its weights, order and augmentation.
        key: Of its job; those of equal trials are equal.
        parent: Number of the trial whose parameters it tries once more, since that one's process went away.
        draft: What is to be recorded when it begins; None when it has begun.
        paused: Whether it was paused.
        epochs: Epochs it was trained for before that.
        seconds: What those took.
    """

    number: int
    architecture: Architecture
    training: TrainingSettings
    sketch: str
    seed: int
    key: str
    parent: int | None = None
    draft: TrialDraft | None = None
    paused: bool = False
    epochs: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Idea:
    """What the sampler proposes, interpreted and not judged yet; nothing of it is recorded.

    Attributes:
        number: Optuna's number of the trial.
        draft: What there is to record of it, but for the epochs it will have.
        parent: Number of the trial whose parameters it tries once more.
        candidate: What the answers mean, the training settled for the task; None where they mean no network.
        canonical: The network's canonical document.
        summary: The network's cost, inferred.
        error: Why the answers mean no network.
    """

    number: int
    draft: TrialDraft
    parent: int | None
    candidate: Candidate | None = None
    canonical: Mapping[str, Any] = field(default_factory=dict)
    summary: Summary | None = None
    error: str = ""


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

    def enqueue_first(self) -> None:
        """Put the default and the seeds of the space first in the queue, those that are not there yet."""
        points = [
            (Transcript(DefaultDecider()), "default"),
            *((replay(params), "seed") for params in self._space.seeds),
        ]
        known = [record for record in self._study.trials() if record.parent is None]
        queued = sum(record.proposed_by in ("default", "seed") for record in known)
        for transcript, origin in points[queued:]:
            self._enqueue(transcript, origin)

    def ask(self, *, rejected: int, unknown: int | None, parallel: bool) -> Idea:
        """The next point of the space: a queued one, else the sampler's.

        Args:
            rejected: Proposals in a row that the record could answer.
            unknown: Number of a trial whose end the sampler must not know.
            parallel: Whether several trials train at the same time.
        """
        place = self._study.position
        circling = rejected > 0 and rejected % CIRCLING == 0
        seed = trial_seed(self._seed, place, "sampler")
        sampler = make_random_sampler(seed) if circling else make_sampler(seed, parallel=parallel)
        trial = self._study.ask(sampler, unknown=unknown)
        queued = self._queued(trial.number)
        if queued is None:
            return self._interpret(trial, "random" if circling else "tpe", trial_seed(self._seed, place), None)
        seed = trial_seed(self._seed, trial.number) if queued.seed is None else queued.seed
        return self._interpret(trial, "", seed, queued.parent)

    def judge(self, idea: Idea, *, epochs: int | None, limits: Limits) -> Proposal | TrialRecord:
        """A proposal that may be trained and is not recorded yet, or the record of one that must not be trained.

        Args:
            idea: The latest that was asked for.
            epochs: Epochs that the trials of this search are laid out for; None for each network's full schedule.
            limits: What a network may cost beside the constraints of the space.
        """
        number, candidate = idea.number, idea.candidate
        if candidate is None or idea.summary is None:
            self._study.begin(number, idea.draft)
            return self._study.infeasible(number, reason=idea.error, violations={"build": 1.0})
        training = candidate.training
        planned = training.epochs if epochs is None else min(epochs, training.epochs)
        key = job_key(idea.canonical, training, data_digest=self._prepared.digest, epochs=planned)
        draft = replace(idea.draft, job_key=key, planned_epochs=planned)
        if broken := [*self._space.violations(idea.summary), *_above(idea.summary, limits)]:
            self._study.begin(number, draft)
            reason = "; ".join(f"{v.name} is {v.value:,}, the limit is {v.limit:,}" for v in broken)
            excess = {v.name: v.excess for v in broken}
            return self._study.infeasible(number, reason=reason, violations=excess, kind="too_large")
        return Proposal(
            number=number,
            architecture=candidate.architecture,
            training=training,
            sketch=draft.description,
            seed=draft.seed or 0,
            key=key,
            parent=idea.parent,
            draft=draft,
        )

    def _enqueue(self, transcript: Transcript, origin: str) -> None:
        try:
            self._space.interpret(transcript, inputs=self._inputs, heads=self._heads)
        except SpaceError as error:
            # Queued all the same, as far as it was answered: the record then shows why this seed was not trained.
            log.info("the %s point of the space cannot be built for this data: %s", origin, error)
        seed = trial_seed(self._seed, self._study.position)
        self._study.enqueue(transcript.answers, proposed_by=origin, seed=seed)

    def _queued(self, number: int) -> TrialDetail | None:
        try:
            return self._study.detail(number)
        except ValueError:  # what the sampler proposes is recorded when it begins
            return None

    def _interpret(self, trial: optuna.trial.Trial, proposed_by: str, seed: int, parent: int | None) -> Idea:
        try:
            candidate = self._space.interpret(TrialDecider(trial), inputs=self._inputs, heads=self._heads)
            summary = summarize(candidate.architecture)
        except SpaceError as error:
            draft = TrialDraft(params=trial.params, proposed_by=proposed_by, seed=seed)
            return Idea(trial.number, draft, parent, error=str(error))
        training = self._task.settle(candidate.training, self._prepared)
        epochs = training.epochs if self._max_epochs is None else min(training.epochs, self._max_epochs)
        settled = replace(candidate, training=training.model_copy(update={"epochs": epochs}))
        draft = TrialDraft(
            params=settled.params,
            architecture=settled.architecture.to_json(),
            fingerprint=settled.architecture.fingerprint,
            parameters=summary.parameters,
            flops=summary.flops,
            training=settled.training.model_dump(mode="json"),
            proposed_by=proposed_by,
            description=sketch(settled.architecture),
            seed=seed,
        )
        # Without the paths, which differ where networks do not.
        return Idea(trial.number, draft, parent, settled, settled.architecture.canonical(), summary)


def recall(trial: TrialDetail) -> Proposal:
    """A paused trial as it was proposed."""
    assert trial.architecture is not None, f"trial {trial.number} was trained without a network"
    return Proposal(
        number=trial.number,
        architecture=Architecture.from_json(trial.architecture),
        training=TrainingSettings.model_validate(trial.training),
        sketch=trial.description,
        seed=trial.seed or 0,
        key=trial.job_key or "",
        paused=True,
        epochs=trial.epochs,
        seconds=trial.total_seconds,
    )


def trial_seed(seed: int, place: int, use: str = "") -> int:
    """The seed of the trial at a place of the search: the first 32 bits of SHA-256 over the search's seed and that.

    >>> trial_seed(1, 0) == trial_seed(1, 0) != trial_seed(1, 1)
    True

    Args:
        seed: Of the search.
        place: From 0; the trial's number, had the search never been interrupted.
        use: What else than its training the seed is for.
    """
    text = "/".join([str(seed), str(place), *([use] if use else [])])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _above(summary: Summary, limits: Limits) -> list[Violation]:
    """Limits from the command line that a network breaks; their names differ from those of constraints."""
    pairs = (("max-params", summary.parameters, limits.parameters), ("max-flops", summary.flops, limits.flops))
    return [Violation(name, value, limit) for name, value, limit in pairs if limit is not None and value > limit]
