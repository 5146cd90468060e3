"""Everything that can go wrong with a trial: one type, and one table that says what follows from it.

``Failure`` is what is kept and shown. ``POLICIES`` decides, for each kind, whether the trial is tried again and how,
and after how many in a row the search gives up: what the search does about a failure stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from automl.errors import AutoMLError

FailureKind = Literal[
    "nan_loss",
    "oom_ram",
    "oom_gpu",
    "timeout",
    "crashed",
    "build_error",
    "train_error",
    "data_error",
    "disk_full",
    "too_large",
    "orphaned",
]
FAILURE_KINDS: tuple[FailureKind, ...] = get_args(FailureKind)

Retry = Literal["never", "continue", "smaller_batch", "later"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What follows from a failure.

    Attributes:
        advice: What the person can do about it.
        retry: ``continue``: once more from the last checkpoint, when the failure is transient; ``smaller_batch``: once
            more with half the batch, whatever it says of itself; ``later``: the trial was cut off by what has nothing
            to do with it, so it is paused, and the search ends until somebody has put that right.
        give_up: So many of this kind in a row end the search.
    """

    advice: str
    retry: Retry = "never"
    give_up: int = 6


POLICIES: Mapping[FailureKind, Policy] = MappingProxyType(
    {
        "nan_loss": Policy(
            "A smaller learning rate or a clip_norm usually helps; also look for extreme values in the data."
        ),
        "oom_ram": Policy(
            "The memory does not suffice: smaller batches or networks, fewer workers, or a higher --memory-limit."
        ),
        "oom_gpu": Policy(
            "The GPU's memory does not suffice: smaller batches, smaller networks, or fewer programs on the GPU.",
            retry="smaller_batch",
        ),
        "timeout": Policy("Smaller networks, or a longer --trial-timeout."),
        "crashed": Policy("Look at the worker's log in the run's folder.", retry="continue"),
        "build_error": Policy("This network cannot be built or compiled; the search goes on without it."),
        "train_error": Policy("See the trial's traceback; the search goes on without it."),
        "data_error": Policy(
            "Check that the prepared data still exists and is readable; another run prepares it again.", give_up=2
        ),
        "disk_full": Policy("Free some space or choose another disk.", retry="later"),
        "too_large": Policy("Narrow the space, or raise the limit."),
        "orphaned": Policy("The search went away while it ran; its parameters are tried once more."),
    }
)


class Failure(BaseModel):
    """Why a trial failed.

    Attributes:
        kind: What went wrong, from a closed list.
        message: What happened, with the values.
        advice: What the person can do about it.
        transient: Whether the same trial may succeed when it is run again.
        traceback: Where it happened, if anything says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FailureKind
    message: str
    advice: str = ""
    transient: bool = False
    traceback: str = ""

    @classmethod
    def of(
        cls, kind: FailureKind, message: str, *, details: str = "", transient: bool = False, traceback: str = ""
    ) -> Failure:
        """A failure with its kind's advice, followed by ``details`` of this one.

        >>> Failure.of("timeout", "not finished after 60 s").advice
        'Smaller networks, or a longer --trial-timeout.'
        """
        advice = " ".join(part for part in (POLICIES[kind].advice, details) if part)
        return cls(kind=kind, message=message, advice=advice, transient=transient, traceback=traceback)


class TrialFailure(AutoMLError):  # noqa: N818  a failed trial is an outcome, not an error of the search
    """One trial ended badly; the search goes on.

    Args:
        failure: Why.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure
