"""What travels between the search and a worker: plain, frozen, versioned messages.

``TrialJob`` goes out; ``EpochReport`` comes back after every epoch and is answered by a ``Reply``; ``TrialResult``
ends the job. Every message carries ``protocol`` and refuses fields it does not know, so two versions of this package
that do not understand each other say so at the first message.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from automl.failures import Failure

PROTOCOL: Literal[1] = 1

SPREAD = "_std"
"""Ends the name of a metric's standard deviation over the folds; the metric itself is the mean then."""


class _Value(BaseModel):
    """A frozen value that knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True)


class _Message(_Value):
    """A value that travels on its own, and so says which protocol it speaks."""

    protocol: Literal[1] = PROTOCOL


class Augment(_Value):
    """Random changes of training pictures; never part of a model.

    Attributes:
        flip: Mirror left to right with probability 1/2. ``"auto"`` lets the task decide from the training pictures.
        shift: Move by up to this many pixels in each direction, filling with the edge's value.
    """

    flip: bool | Literal["auto"] = False
    shift: int = Field(default=0, ge=0, le=64)


class TrainingSettings(_Value):
    """How a network is trained: the ``train`` section of a space with every question answered.

    Attributes:
        optimizer: Keras' name of the optimizer.
        lr: Peak learning rate.
        weight_decay: Decoupled weight decay (AdamW, Loshchilov & Hutter, 2019); for other optimizers Keras' argument.
        momentum: For ``sgd`` (Nesterov) and ``rmsprop``.
        batch_size: Rows a step.
        epochs: Passes over the training rows that the schedule is laid out for.
        warmup_epochs: Epochs of linear warm-up from zero.
        schedule: ``cosine`` to zero (Loshchilov & Hutter, 2017) or ``constant``, after the warm-up.
        label_smoothing: Share of the target's weight spread over all classes.
        clip_norm: Largest norm of the whole gradient; None leaves it as it is.
        patience: Epochs without improvement after which training stops; None never stops early.
        ema: Epochs that an average of the weights looks back on (exponentially); after each epoch whichever of the
            average and the weights themselves is better is kept. 0 averages nothing.
        augment: Random changes of the training pictures.
    """

    optimizer: Literal["adamw", "adam", "sgd", "rmsprop"] = "adamw"
    lr: float = Field(default=1e-3, gt=0, le=10)
    weight_decay: float = Field(default=0.0, ge=0, lt=1)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    batch_size: int = Field(default=64, ge=1, le=65536)
    epochs: int = Field(default=25, ge=1, le=100_000)
    warmup_epochs: float = Field(default=0.0, ge=0)
    schedule: Literal["cosine", "constant"] = "cosine"
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    clip_norm: float | None = Field(default=None, gt=0)
    patience: int | None = Field(default=10, ge=1)
    ema: float = Field(default=0.0, ge=0, le=1000)
    augment: Augment = Augment()

    def deciding(self, *unless: str) -> dict[str, Any]:
        """All settings but those named, as JSON: what tells one training from another.

        What came with a later version and is left as it was before is not part of it, so that the keys of earlier
        trials stay what they are.
        """
        found = self.model_dump(mode="json", exclude=set(unless))
        return {name: value for name, value in found.items() if name != "ema" or value}


class Objective(_Value):
    """What the search improves: a reported metric and its direction.

    Attributes:
        metric: Name as it stands in ``EpochReport.metrics``, such as ``val_accuracy``.
        direction: Optuna's word.
    """

    metric: str
    direction: Literal["maximize", "minimize"]

    def better(self, a: float, b: float | None) -> bool:
        """Whether ``a`` improves on ``b`` (anything finite improves on None).

        >>> accuracy = Objective(metric="val_accuracy", direction="maximize")
        >>> accuracy.better(0.9, 0.8), accuracy.better(0.1, None), accuracy.better(float("inf"), None)
        (True, True, False)
        """
        if b is None:
            return math.isfinite(a)
        return a > b if self.direction == "maximize" else a < b


class DataRef(_Value):
    """Where a worker finds the prepared data.

    Attributes:
        directory: The prepared-data folder (see ``automl.data``).
        rows: ``train`` trains on the training rows and validates on the others; ``all`` trains on both.
    """

    directory: str
    rows: Literal["train", "all"] = "train"


class TrialJob(_Message):
    """One network to train.

    Attributes:
        job_id: ``trial-12`` or ``final``; names the job in reports, logs and files.
        task: Name of the task, such as ``image-classify``.
        architecture: ``Architecture.to_json()``.
        training: How to train it; ``augment.flip`` is decided.
        data: Which rows of which prepared data.
        objective: Which metric says what the best epoch is; ignored for ``rows="all"``.
        seed: Seeds weights, dropout, order and augmentation.
        seconds: Wall seconds the job may take from its start to its last validation and saved model, building included;
            the learning-rate schedule is fitted to it. None: no limit, and the job is repeatable bit for bit.
        timeout: Wall seconds after which whoever runs the job ends it by force, for what ``seconds`` cannot bound:
            a network that takes for ever to build, a layer that hangs. None: never.
        model_file: Where to write the best (``rows="train"``) or last (``rows="all"``) model, a ``.keras`` file.
        state_file: Where to write what the job can go on from after a crash or a pause, an ``.npz`` file; it is removed
            when the job is over for good. Empty: nowhere.
        resume: Whether to go on from ``state_file``; where that is missing, torn or of another job, training begins
            anew.
        layers: ``module:qualname`` of a person's own layers, whose modules must be imported first.
        rival: A ``.keras`` file of the same network; in the end both are scored on some of the rows. Empty: none.
    """

    job_id: str
    task: str
    architecture: Mapping[str, Any]
    training: TrainingSettings
    data: DataRef
    objective: Objective
    seed: int = Field(ge=0, lt=2**32)
    seconds: float | None = None
    timeout: float | None = None
    model_file: str
    state_file: str = ""
    resume: bool = False
    layers: tuple[str, ...] = ()
    rival: str = ""


class MemberRef(_Value):
    """A network for an ensemble.

    Attributes:
        architecture: ``Architecture.to_json()``.
        layers: ``module:qualname`` of a person's own layers in it.
        model_file: Its ``.keras`` file; what it says of the validation rows may lie beside it.
        epoch: After which these are its weights.
        weight: How much its answers count; of a candidate 1.
    """

    architecture: Mapping[str, Any]
    layers: tuple[str, ...] = ()
    model_file: str
    epoch: int
    weight: int = Field(default=1, ge=1)


class EnsembleJob(_Message):
    """Networks to choose from, or to join into one model.

    Attributes:
        job_id: ``choose`` or ``join``.
        task: Name of the task.
        data: The prepared data; choosing looks at the validation rows.
        objective: What decides.
        members: To choose from, the best first; or to join.
        most: Different networks to choose at the most; None: all of them are to be joined into ``model_file``.
        timeout: Wall seconds after which whoever runs the job ends it by force; None: never.
        model_file: Where to write the joined model; empty where networks are chosen.
    """

    job_id: str
    task: str
    data: DataRef
    objective: Objective
    members: tuple[MemberRef, ...]
    most: int | None = None
    timeout: float | None = None
    model_file: str = ""


Job = TrialJob | EnsembleJob
"""What runs on a worker."""


class Comparison(_Value):
    """How a network that was trained on all rows stands to the one before it, on some of those rows.

    Attributes:
        loss: Of the new one.
        before: Of the one it would replace.
        margin: What chance explains: two standard errors of the mean difference.
    """

    loss: float
    before: float
    margin: float

    @property
    def worse(self) -> bool:
        """Whether the new one is worse by more than chance, or not a number.

        >>> Comparison(loss=0.31, before=0.3, margin=0.02).worse, Comparison(loss=0.4, before=0.3, margin=0.02).worse
        (False, True)
        """
        return not self.loss - self.before <= self.margin


class EpochReport(_Message):
    """One epoch is over.

    A job that goes on from its state first reports the epochs it had trained before once more, in order, each with a
    reply like any other: whoever died in between may not know of all of them.

    Attributes:
        job_id: Whose epoch.
        epoch: 1 for the first. A last epoch cut short by the clock counts.
        planned_epochs: How many there will be if nothing stops it; may shrink when the clock says so.
        metrics: ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``, ... ; a value may be NaN.
        learning_rate: At the epoch's last step.
        seconds: Of this epoch, validation included.
        best: Whether this is the best epoch so far by the job's objective.
        saved: Whether ``state_file`` holds the state after this epoch.
    """

    job_id: str
    epoch: int
    planned_epochs: int
    metrics: Mapping[str, float]
    learning_rate: float
    seconds: float
    best: bool = False
    saved: bool = False


class Reply(_Message):
    """The search's answer to an ``EpochReport``.

    Attributes:
        action: ``stop`` ends the job with what it has; ``pause`` too, but writes the state first, so that a job with
            ``resume`` can go on.
        seconds: Wall seconds that the job may take from now on, in place of its own; None leaves them as they are.
    """

    action: Literal["continue", "stop", "pause"] = "continue"
    seconds: float | None = None


class TrialResult(_Message):
    """A job is over.

    Attributes:
        job_id: Whose result.
        status: ``complete``: all planned epochs, early stopping or the clock; ``stopped`` and ``paused``: a ``Reply``
            said so before.
        epochs: Epochs trained.
        planned_epochs: Epochs the schedule was laid out for in the end.
        best_epoch: 1-based; the epoch whose weights ``model_file`` holds.
        metrics: Metrics of the best epoch.
        parameters: Weights of the model, counted by Keras, preprocessing's constants left out.
        seconds: Wall seconds by phase: ``build``; ``trace``, the first step; ``data``, making batches; ``train``, the
            other steps; ``validate``; ``save``; and ``rebuild``, building and tracing in earlier processes.
        step_seconds: Median seconds of one training step; what budgets are planned with.
        steps_per_epoch: Training steps one epoch takes.
        model_file: The file written; None when the job failed before its first epoch was over.
        comparison: With the job's ``rival``; None without one.
        weights: Of an ensemble that was chosen: how much each candidate's answers count, 0 for those left out.
        failure: Set when ``status`` is ``failed``.
    """

    job_id: str
    status: Literal["complete", "stopped", "paused", "failed"]
    epochs: int = 0
    planned_epochs: int = 0
    best_epoch: int | None = None
    metrics: Mapping[str, float] = {}
    parameters: int | None = None
    seconds: Mapping[str, float] = {}
    step_seconds: float | None = None
    steps_per_epoch: int | None = None
    model_file: str | None = None
    comparison: Comparison | None = None
    weights: tuple[int, ...] = ()
    failure: Failure | None = None


def answers_file(model_file: Path) -> Path:
    """Where a trial leaves what its network says of the validation rows: beside its model.

    >>> answers_file(Path("trial-3.keras")).name
    'trial-3.answers.npz'
    """
    return model_file.with_suffix(".answers.npz")


def fold_name(metric: str, fold: int) -> str:
    """What the objective's value in one fold is called among the metrics, beside the mean.

    >>> fold_name("val_accuracy", 2)
    'val_accuracy_fold_2'
    """
    return f"{metric}_fold_{fold}"


def fold_values(metrics: Mapping[str, float | None], metric: str) -> list[float | None]:
    """A metric's value in every fold; empty where there was a single split.

    >>> fold_values({"val_loss": 2.0, "val_loss_fold_1": 1.0, "val_loss_fold_2": 3.0}, "val_loss")
    [1.0, 3.0]
    """
    found: list[float | None] = []
    while (name := fold_name(metric, len(found) + 1)) in metrics:
        found.append(metrics[name])
    return found


def best_fold(metrics: Mapping[str, float | None], objective: Objective) -> int | None:
    """The number of the fold that scores best, from 1; the first of equal ones, None where there are no folds.

    >>> accuracy = Objective(metric="val_accuracy", direction="maximize")
    >>> best_fold({"val_accuracy_fold_1": 0.7, "val_accuracy_fold_2": 0.9}, accuracy), best_fold({}, accuracy)
    (2, None)
    """
    values = fold_values(metrics, objective.metric)
    best, reached = (1 if values else None), None
    for number, value in enumerate(values, start=1):
        if value is not None and objective.better(value, reached):
            best, reached = number, value
    return best


def job_key(architecture: Mapping[str, Any], training: TrainingSettings, *, data_digest: str, epochs: int) -> str:
    """SHA-256 of what decides a trial's score up to chance; equal keys are duplicates. The seed is not part of it.

    >>> a = job_key({}, TrainingSettings(lr=0.1), data_digest="d", epochs=3)
    >>> a == job_key({}, TrainingSettings(lr=0.1, epochs=9), data_digest="d", epochs=3)
    True
    """
    settings = training.deciding() | {"epochs": epochs}
    document = {"architecture": architecture, "training": settings, "data": data_digest}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
