"""The ground that proposers walk on: a space with the data it is for, and what is allowed there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from automl.arch import Input, Summary, summarize
from automl.config import Limits
from automl.errors import SpaceError
from automl.jobs import TrainingSettings
from automl.space import Candidate, Decider, Domain, RandomDecider, ReplayDecider, Scalar, Space, Violation
from automl.space.points import complete

if TYPE_CHECKING:
    import numpy as np

# Points that were looked at and are remembered: enough for all that one surrogate learns from and builds.
REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class Looked:
    """A point that was interpreted.

    Attributes:
        answers: Its parameters, in the order of the questions.
        domains: What each question could be answered with.
        candidate: The network and how it is trained, the training settled for the task.
        summary: What the network costs.
        key: Equal for points that train the same network in the same way.
    """

    answers: Mapping[str, Scalar]
    domains: Mapping[str, Domain]
    candidate: Candidate
    summary: Summary
    key: str


@dataclass(slots=True)
class Recorder:
    """Writes down what is asked and lets another decider answer."""

    decider: Decider
    domains: dict[str, Domain] = field(default_factory=dict)

    def decide(self, name: str, domain: Domain) -> Scalar:
        """The other decider's answer."""
        self.domains[name] = domain
        return self.decider.decide(name, domain)


class Ground:
    """A space and its data.

    Args:
        space: Where points come from.
        inputs: The network's inputs by name.
        heads: Arguments of its heads by output name.
        settle: Decides what training settings leave to the task.
        limits: What a network may cost beside the constraints of the space.
    """

    def __init__(
        self,
        space: Space,
        *,
        inputs: Mapping[str, Input],
        heads: Mapping[str, Mapping[str, Any]],
        settle: Callable[[TrainingSettings], TrainingSettings] = lambda training: training,
        limits: Limits | None = None,
    ) -> None:
        self.space, self.inputs, self.heads = space, inputs, heads
        self._settle, self._limits = settle, limits or Limits()
        self._seen: dict[str, Looked] = {}

    def look(self, decider: Decider) -> Looked:
        """What the answers of a decider mean.

        Raises:
            SpaceError: They mean no network.
        """
        asked = Recorder(decider)
        candidate = self.space.interpret(asked, inputs=self.inputs, heads=self.heads)
        training = self._settle(candidate.training)
        settled = Candidate(candidate.params, candidate.architecture, training)
        key = training_key(candidate.architecture.fingerprint, training.model_dump(mode="json"))
        return Looked(candidate.params, asked.domains, settled, summarize(candidate.architecture), key)

    def recall(self, answers: Mapping[str, Scalar]) -> Looked:
        """What known answers mean, remembered.

        Raises:
            SpaceError: They mean no network.
        """
        key = answers_key(answers)
        if key not in self._seen:
            if len(self._seen) >= REMEMBERED:
                self._seen.pop(next(iter(self._seen)))
            self._seen[key] = self.look(ReplayDecider(answers))
        return self._seen[key]

    def broken(self, summary: Summary, limits: Limits | None = None) -> list[Violation]:
        """The constraints and limits that a network of this cost does not meet."""
        limits = limits or self._limits
        pairs = (("max-params", summary.parameters, limits.parameters), ("max-flops", summary.flops, limits.flops))
        above = [Violation(name, value, limit) for name, value, limit in pairs if limit is not None and value > limit]
        return [*self.space.violations(summary), *above]

    def allowed(self, answers: Mapping[str, Scalar]) -> Looked | None:
        """The point of these answers, if it can be built and breaks no limit."""
        try:
            looked = self.recall(answers)
        except SpaceError:
            return None
        return None if self.broken(looked.summary) else looked

    def draw(self, rng: np.random.Generator) -> dict[str, Scalar] | None:
        """A random point, not built yet; None where the answers ask for what there is not."""
        return self.completed({}, rng)

    def completed(self, answers: Mapping[str, Scalar], rng: np.random.Generator) -> dict[str, Scalar] | None:
        """These answers as far as they are asked for, and drawn ones for the other questions; nothing is built."""
        try:
            return complete(self.space, ReplayDecider(answers, RandomDecider(rng)), inputs=self.inputs)
        except SpaceError:
            return None


def answers_key(answers: Mapping[str, Scalar]) -> str:
    """Equal for equal answers, in whatever order."""
    return json.dumps(answers, sort_keys=True)


def training_key(fingerprint: str, training: Mapping[str, Any]) -> str:
    """Equal for the same network trained in the same way."""
    text = json.dumps([fingerprint, training], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
