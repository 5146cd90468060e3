"""What a search leaves behind, and the same once more from the record of a run that is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automl.errors import ExportError
from automl.export import load_bundle
from automl.run.hints import resume_command
from automl.study import RunFolder, RunRecord, TrialRecord


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search leaves behind.

    Attributes:
        run_dir: The run's folder.
        model_dir: The bundle in it.
        study_name: Name of the study in the run's database.
        task: Name of the task.
        objective: Metric that was improved.
        value: Its best value, on the validation rows.
        metrics: All metrics of the validated model.
        baseline: What guessing scores on the same rows: the most frequent class, the mean.
        folds: How many folds validated, whose means the scores are; None for a single split.
        fold: Which fold's model is delivered, trained on all rows but those that it validated on; None for another.
        refit: Whether the delivered model was trained on all rows.
        networks: How many networks it answers with.
        best_value: What the best of several networks scored alone, in its trial.
        epochs: Epochs of the delivered model.
        trials: Trials that trained at least one epoch, over all sessions.
        best_trial: Number of the best one.
        description: Its network in a few words.
        parameters: Its weights.
        classes: Labels in the order of the model's probabilities.
        seconds: From the command's start to the written bundle, summed over sessions.
        interrupted: Whether Ctrl-C or another signal ended it.
        signal: Number of that signal; None without one.
        already_finished: Whether an earlier session had finished and this one had nothing to do.
        resume: The command that continues or extends it.
    """

    run_dir: Path
    model_dir: Path
    study_name: str
    task: str
    objective: str
    value: float
    metrics: Mapping[str, float]
    refit: bool
    epochs: int
    trials: int
    best_trial: int
    description: str
    parameters: int
    classes: tuple[Any, ...]
    seconds: float
    interrupted: bool
    signal: int | None = None
    already_finished: bool = False
    resume: str = ""
    baseline: Mapping[str, float | None] = field(default_factory=dict)
    folds: int | None = None
    fold: int | None = None
    networks: int = 1
    best_value: float | None = None

    def record(self) -> dict[str, Any]:
        """What the study keeps of it; ``recorded_result`` reads it."""
        names = ("best_trial", "value", "metrics", "refit", "epochs", "trials", "seconds", "interrupted")
        several = ("networks", "best_value") if self.networks > 1 else ()
        return {name: getattr(self, name) for name in (*names, *several)}


def recorded_result(folder: RunFolder, run: RunRecord, trials: list[TrialRecord]) -> SearchResult | None:
    """The result of a search that came to its own end; None where it did not, or where its model is not whole."""
    kept = dict(run.result or {})
    if not kept or run.ended is None or kept["interrupted"] or kept.pop("early", False):
        return None
    try:
        bundle = load_bundle(folder.model)
    except ExportError:
        return None
    best = {trial.number: trial for trial in trials}[kept["best_trial"]]
    classes = next(iter(bundle.manifest.outputs.values())).classes
    return SearchResult(
        run_dir=folder.path,
        model_dir=folder.model,
        study_name=run.study,
        task=run.task,
        objective=run.objective,
        description=best.description,
        parameters=bundle.manifest.parameters,
        classes=tuple(classes),
        already_finished=True,
        resume=resume_command(folder),
        baseline=bundle.manifest.baseline,
        folds=bundle.manifest.folds,
        fold=bundle.manifest.fold,
        **kept,
    )
