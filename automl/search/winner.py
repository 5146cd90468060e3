"""The best trial of a study, and what its final training needs to know: all of it from the study's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from automl.arch import Architecture
from automl.jobs import TrainingSettings
from automl.search.plan import TrialCost, final_epochs
from automl.study import TrialDetail


@dataclass(frozen=True, slots=True)
class Winner:
    """The best trial so far.

    Attributes:
        number: Of the trial.
        architecture: Its network.
        training: How it was trained, for the epochs of its full schedule.
        seed: Of its weights, order and augmentation.
        description: The network in a few words.
        parameters: Its weights, as Keras counts them.
        value: The objective at its best epoch.
        metrics: All metrics at its best epoch, on the validation rows.
        epochs: Epochs it trained.
        best_epoch: 1-based.
        train_seconds: Seconds of its training steps; of folds those of one, on average.
        cost: What it says about the time its network takes.
        model_file: Its own model; it is missing only where somebody took it away.
    """

    number: int
    architecture: Architecture
    training: TrainingSettings
    seed: int
    description: str
    parameters: int
    value: float
    metrics: Mapping[str, float]
    epochs: int
    best_epoch: int
    train_seconds: float
    cost: TrialCost
    model_file: Path

    @property
    def averaged(self) -> bool:
        """Whether its weights are an average, which was better than the weights themselves."""
        return bool(self.metrics.get("averaged"))

    @property
    def folds(self) -> int:
        """How many folds validated, each with a network of its own; 0 for a single split."""
        return _folds(self.metrics)

    @classmethod
    def of(cls, trial: TrialDetail, model_file: Path) -> Winner:
        """The winner from the record of a trial that trained and has a value."""
        assert trial.architecture is not None, f"trial {trial.number} was trained without a network"
        assert trial.value is not None, f"trial {trial.number} has no value"
        training = TrainingSettings.model_validate(trial.training)
        return cls(
            number=trial.number,
            architecture=Architecture.from_json(trial.architecture),
            training=training,
            seed=trial.seed or 0,
            description=trial.description,
            parameters=trial.parameters or 0,
            value=trial.value,
            metrics={name: value for name, value in trial.metrics.items() if value is not None},
            epochs=trial.epochs,
            best_epoch=trial.best_epoch or 1,
            train_seconds=trial.seconds.get("train", 0.0) / max(1, _folds(trial.metrics)),
            cost=_cost(trial, training),
            model_file=model_file,
        )


def _folds(metrics: Mapping[str, float | None]) -> int:
    """How many networks were trained side by side; 0 for one alone."""
    numbers = (name.rpartition("_fold_")[2] for name in metrics if "_fold_" in name)
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def _cost(trial: TrialDetail, training: TrainingSettings) -> TrialCost:
    seconds = trial.phase_seconds
    best, planned = trial.best_epoch or 1, trial.planned_epochs or trial.epochs
    return TrialCost(
        build_seconds=seconds.get("build", 0.0) + seconds.get("save", 0.0),
        epoch_seconds=(trial.step_seconds or 0.0) * (trial.steps_per_epoch or 1),
        epochs=final_epochs(best_epoch=best, planned=planned, full=training.epochs),
        trial_seconds=sum(seconds.values()),
    )
