"""The state of a training: what another process needs to go on as if nothing had happened."""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from automl.data import PreparedData
from automl.files import whole_file
from automl.jobs import EpochReport, TrialJob
from automl.training.clock import ClockState
from automl.training.session import Precision

_log = logging.getLogger("automl.training")

_FORMAT: Literal[1] = 1
_STORY = "story"
# What NumPy and zipfile raise for a file that is torn, changed or something else; found by changing every byte of one.
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile)

Arrays = list[NDArray[Any]]


class _Story(BaseModel):
    """What a state knows beside arrays; it is JSON within the ``.npz``."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True)

    format: Literal[1] = _FORMAT
    identity: str
    clock: ClockState
    reports: tuple[EpochReport, ...]
    best_epoch: int | None
    outputs: tuple[str, ...] = ()
    averaged: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Everything after an epoch that decides how the next ones go.

    The order of rows and their augmentation need no place here: seed and epoch decide them. A person's own layer must
    draw from a ``keras.random.SeedGenerator`` of its own, as JAX demands anyway; what it draws from the backend's own
    generator is another number after an interruption.

    Attributes:
        identity: Of which training; see :func:`identity_of`.
        clock: How far it is, and what it took.
        reports: All epochs so far.
        trained: Keras' ``Model.variables``: weights, statistics of norms, and the seed generators of all layers that
            draw, which no weights file holds (without them a network with dropout goes on differently by 5e-3).
        optimizer: Its variables: iterations, momenta, the scale of the loss in half precision.
        best_epoch: The one to keep, if any is.
        best: Its weights, in Keras' order; empty when it is the last epoch, whose weights are in ``trained``.
        answers: What the network with these weights said of the validation rows, by output.
        average: The averaged weights; empty without an average.
        averaged: Steps the average knows.
    """

    identity: str
    clock: ClockState
    reports: tuple[EpochReport, ...]
    trained: Arrays
    optimizer: Arrays
    best_epoch: int | None
    best: Arrays
    answers: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    average: Arrays = field(default_factory=list)
    averaged: int = 0

    def write(self, file: Path) -> None:
        """Write an ``.npz`` file, whole or not at all; its folder is made.

        Raises:
            OSError: It cannot be written; what was there stays. ``ValueError`` where closing the file fails, too.
        """
        story = _Story(
            identity=self.identity,
            clock=self.clock,
            reports=self.reports,
            best_epoch=self.best_epoch,
            outputs=tuple(self.answers),
            averaged=self.averaged,
        )
        groups = {
            "trained": self.trained,
            "optimizer": self.optimizer,
            "best": self.best,
            "average": self.average,
            "answers": list(self.answers.values()),
        }
        arrays: dict[str, Any] = {
            f"{name}.{i}": array for name, group in groups.items() for i, array in enumerate(group)
        }
        # JSON as Python writes it: every float comes back as it was, NaN too.
        arrays[_STORY] = np.frombuffer(json.dumps(story.model_dump()).encode(), np.uint8)
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as aside:
            np.savez(aside, **arrays)


def read_state(file: Path, identity: str) -> State | None:
    """The state in a file, or None, with a line in the log, where it is missing, torn or of another training."""
    if not file.exists():
        _log.info("there is no state at %s; training begins anew", file)
        return None
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays: dict[str, NDArray[Any]] = {name: archive[name] for name in archive.files}
        story = _Story.model_validate(json.loads(arrays[_STORY].tobytes()))
        state = State(
            identity=story.identity,
            clock=story.clock,
            reports=story.reports,
            trained=_group("trained", arrays),
            optimizer=_group("optimizer", arrays),
            best_epoch=story.best_epoch,
            best=_group("best", arrays),
            answers=dict(zip(story.outputs, _group("answers", arrays), strict=True)),
            average=_group("average", arrays),
            averaged=story.averaged,
        )
    except _UNREADABLE as error:
        _log.warning("the state at %s cannot be read; training begins anew: %s", file, error)
        return None
    if state.identity != identity:
        _log.warning("the state at %s is of another training; this one begins anew", file)
        return None
    return state


def identity_of(job: TrialJob, prepared: PreparedData, dtype: Precision) -> str:
    """SHA-256 of all that decides how a training goes, but for how long it goes on.

    Two trainings of one identity are the same to the last bit as far as both went, where the number of epochs is the
    same too; Keras, its version and its backend are a part of it.
    """
    import keras

    document: Mapping[str, Any] = {
        "architecture": job.architecture,
        "training": job.training.deciding("epochs"),
        "objective": job.objective.model_dump(mode="json"),
        "task": job.task,
        "rows": job.data.rows,
        "data": prepared.digest,
        "preprocessing": prepared.preprocessing,
        "scales": prepared.scales,
        "seed": job.seed,
        "keras": [keras.__version__, keras.backend.backend(), dtype],
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _group(name: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    count = sum(key.startswith(f"{name}.") for key in arrays)
    return [arrays[f"{name}.{i}"] for i in range(count)]
