"""Which network to try next, and whether it is worth building.

The order: the space's default and its seeds, then whoever's turn it is by the policy of ``automl.search.proposers``. A
proposal is asked for while other trials train and judged when its turn has come. What cannot be built, breaks a limit
or is known is left out by the proposers themselves; where one comes through all the same, a seed for example, it is
answered from the record and never trained.

What is proposed is a function of the study's records and the seed. Optuna keeps each point as a trial of its own.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.arch import Architecture, Input, Summary, sketch
from automl.config import Limits
from automl.errors import SpaceError
from automl.jobs import TrainingSettings, job_key
from automl.search.deciders import Transcript, TrialDecider, kept, replay
from automl.search.known import Memory
from automl.search.proposers import Chance, Ground, Looked, Point, Policy
from automl.search.sampling import Given, make_random_sampler
from automl.space import Candidate, DefaultDecider, Space
from automl.study import TrialDetail, TrialDraft, TrialRecord

if TYPE_CHECKING:
    import optuna

    from automl.data import PreparedData
    from automl.study import Study
    from automl.tasks import Task

log = logging.getLogger("automl.search")

# So many proposals in a row that the record could answer: the proposers are circling, and a random point helps out.
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
    """What is proposed, interpreted and not judged yet; nothing of it is recorded.

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
        limits: What a network may cost beside the constraints of the space; what costs more is not proposed.
    """

    def __init__(
        self,
        space: Space,
        *,
        task: Task,
        prepared: PreparedData,
        study: Study,
        seed: int,
        max_epochs: int | None,
        limits: Limits | None = None,
    ) -> None:
        self._space, self._task, self._prepared, self._study = space, task, prepared, study
        self._seed, self._max_epochs = seed, max_epochs
        self._inputs: Mapping[str, Input] = task.inputs(prepared)
        self._heads = task.heads(prepared)
        self._ground = Ground(space, inputs=self._inputs, heads=self._heads, settle=self._settled, limits=limits)
        self._memory = Memory(study)

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
        """The next point of the space: a queued one, else a proposer's.

        Args:
            rejected: Proposals in a row that the record could answer.
            unknown: Number of a trial whose end the proposers must not know.
            parallel: Whether several trials train at the same time.
        """
        place, given = self._study.position, Given()
        trial = self._study.ask(given, unknown=unknown)
        queued = self._queued(trial.number)
        if queued is not None:
            seed = trial_seed(self._seed, trial.number) if queued.seed is None else queued.seed
            return self._interpret(trial, "", seed, queued.parent)
        seed, chance = trial_seed(self._seed, place), trial_seed(self._seed, place, "sampler")
        circling = rejected > 0 and rejected % CIRCLING == 0
        proposer = Chance(self._ground) if circling else Policy.on(self._ground, parallel=parallel)
        history = self._memory.history(unknown=unknown, view=trial.study)
        point = proposer.propose(history, np.random.default_rng(chance))
        if point is None:  # nothing new was found: whatever comes is answered from the record
            trial.study.sampler = make_random_sampler(chance)
            return self._interpret(trial, "random", seed, None)
        trial.study.sampler = given
        given.answers = {name: kept(value, point.looked.domains[name]) for name, value in point.looked.answers.items()}
        decider = TrialDecider(trial)
        for name, domain in point.looked.domains.items():
            decider.decide(name, domain)
        return self._idea(trial.number, point.looked, self._draft(point, seed), None)

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
        if broken := self._ground.broken(idea.summary, limits):
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
            looked = self._ground.look(TrialDecider(trial))
        except SpaceError as error:
            draft = TrialDraft(params=trial.params, proposed_by=proposed_by, seed=seed)
            return Idea(trial.number, draft, parent, error=str(error))
        return self._idea(trial.number, looked, self._draft(Point(looked, proposed_by), seed), parent)

    def _idea(self, number: int, looked: Looked, draft: TrialDraft, parent: int | None) -> Idea:
        # Without the paths, which differ where networks do not.
        canonical = looked.candidate.architecture.canonical()
        return Idea(number, draft, parent, looked.candidate, canonical, looked.summary)

    def _draft(self, point: Point, seed: int) -> TrialDraft:
        looked = point.looked
        architecture = looked.candidate.architecture
        return TrialDraft(
            params=looked.candidate.params,
            architecture=architecture.to_json(),
            fingerprint=architecture.fingerprint,
            parameters=looked.summary.parameters,
            flops=looked.summary.flops,
            training=looked.candidate.training.model_dump(mode="json"),
            proposed_by=point.proposed_by,
            description=sketch(architecture),
            # One that still waits may be lost with the process, and then whoever names it tries it once more.
            parent=point.parent if point.parent is not None and self._memory.is_over(point.parent) else None,
            seed=seed,
        )

    def _settled(self, training: TrainingSettings) -> TrainingSettings:
        settled = self._task.settle(training, self._prepared)
        epochs = settled.epochs if self._max_epochs is None else min(settled.epochs, self._max_epochs)
        return settled.model_copy(update={"epochs": epochs})


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
