"""What every proposer is asked, what it is told, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

from automl.search.proposers.ground import Ground, Looked, answers_key
from automl.space import Scalar

if TYPE_CHECKING:
    import numpy as np
    import optuna


@dataclass(frozen=True, slots=True)
class Known:
    """A trial that is known.

    Attributes:
        number: Of the trial; only a name: what is proposed must not depend on it.
        answers: Its parameters.
        state: ``judged``: it has a value, also where it was stopped early or is paused; then the value is what it had
            reached. ``failed``: it went wrong. ``pending``: how it ends is not known yet. ``rejected``: it was not
            trained.
        value: Of the judged; larger is better.
        key: Equal for trials that train the same network in the same way; empty where it is not known.
        tried: Equal for equal answers.
    """

    number: int
    answers: Mapping[str, Scalar]
    state: Literal["judged", "failed", "pending", "rejected"]
    value: float | None = None
    key: str = ""
    tried: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tried", answers_key(self.answers))


@dataclass(frozen=True)
class History:
    """What is known of a search when the next point is asked for.

    Attributes:
        trials: In the order in which an undisturbed search would have made them.
        view: What samplers of Optuna work on, where there is any.
    """

    trials: tuple[Known, ...]
    view: optuna.Study | None = None

    @cached_property
    def judged(self) -> list[tuple[Known, float]]:
        """Trials with their values, in order."""
        return [(trial, trial.value) for trial in self.trials if trial.state == "judged" and trial.value is not None]

    @cached_property
    def answers(self) -> set[str]:
        """Keys of all parameters that were tried."""
        return {trial.tried for trial in self.trials}

    @cached_property
    def keys(self) -> set[str]:
        """Keys of all trainings."""
        return {trial.key for trial in self.trials}

    def knows(self, looked: Looked) -> bool:
        """Whether a point, or another one with the same network and training, was tried."""
        return looked.key in self.keys or answers_key(looked.answers) in self.answers


@dataclass(frozen=True, slots=True)
class Point:
    """What to try next.

    Attributes:
        looked: The point, which can be built, is allowed and new.
        proposed_by: Whose idea it is.
        parent: Number of the trial that it was made from, or None.
    """

    looked: Looked
    proposed_by: str
    parent: int | None = None


class Proposes(Protocol):
    """One way to find the next point."""

    def propose(self, history: History, rng: np.random.Generator) -> Point | None:
        """The next point, a function of the arguments alone; None when nothing new was found.

        Args:
            history: What is known.
            rng: Where chance comes from.
        """


__all__ = ["Ground", "History", "Known", "Looked", "Point", "Proposes"]
