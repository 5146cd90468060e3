"""Studies to draw: an empty one, one with one trial, and one in which everything happened, on two workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest

from automl.study import RunDraft, RunFolder, Study, StudyReader, TrialDraft, TrialOutcome

SUMMARY = {"rows": 100, "classes": 3, "baseline": {"val_accuracy": 0.4}}


def make(folder: Path, **values: Any) -> tuple[RunFolder, Study]:
    """A run and its study, open for writing."""
    run = RunFolder.create(folder, task="image-classify", study="drawn")
    fields = {"task": "image-classify", "objective": "val_accuracy", "direction": "maximize", "seed": 7}
    draft = RunDraft(**(fields | {"space_name": "cnn", "data_summary": SUMMARY} | values))
    return run, Study.create(run.storage_url, run.study, run=draft)


def try_out(study: Study, params: dict[str, Any], values: list[float], *, end: str = "complete") -> int:
    """A trial with these parameters, an epoch a value, and this end."""
    number = study.ask(optuna.samplers.RandomSampler(seed=1)).number
    draft = {"parameters": 1000 * (number + 1), "flops": 5000 * (number + 1), "training": {"lr": 0.1}}
    study.begin(number, TrialDraft(params=params, worker=f"worker-{number % 2}", **draft))
    for epoch, value in enumerate(values, 1):
        metrics = {"loss": 1 / epoch, "val_accuracy": value}
        study.epoch(number, epoch=epoch, metrics=metrics, learning_rate=0.1, seconds=0.5, planned_epochs=9)
    if end == "complete":
        best = max(values)
        seconds = {"build": 0.5, "train": 1.0, "validate": 0.25}
        outcome = TrialOutcome(value=best, epochs=len(values), best_epoch=values.index(best) + 1, seconds=seconds)
        study.complete(number, outcome)
    elif end == "pruned":
        study.prune(number, TrialOutcome(epochs=len(values)), reason="below the median")
    elif end == "failed":
        study.fail(number, kind="crashed", message="signal 9", advice="less memory", traceback="Traceback ...")
    elif end == "infeasible":
        study.infeasible(number, reason="3000 parameters, 1000 allowed", violations={"params": 2.0})
    return number


def live(study: Study, *, kind: str = "sep") -> None:
    """Eight complete trials that depend on ``width`` alone, and one of every other end; the last one runs."""
    for number in range(8):
        width = 2 ** (3 + number % 4)
        params = {"width": width, "lr": 10.0 ** -(1 + number % 3), "stage.0/kind": kind if number % 2 else "conv"}
        if number % 2:
            params[f"stage.0/kind={kind}/kernel"] = 3 + number % 3
        try_out(study, params, [0.3, 0.5 + width / 200 + number / 1e4])
    try_out(study, {"width": 8, "lr": 0.1}, [0.2], end="pruned")
    try_out(study, {"width": 8, "lr": 0.2}, [0.1], end="failed")
    try_out(study, {"width": 8, "lr": 0.2}, [], end="infeasible")
    try_out(study, {"width": 64, "lr": 0.01}, [0.45], end="running")


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run in which everything happened."""
    run, study = make(tmp_path_factory.mktemp("lived") / "run")
    with study:
        live(study)
    return run.path


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run whose names are markup, mathematics and another script."""
    run, study = make(tmp_path_factory.mktemp("hostile") / "run")
    with study:
        live(study, kind='<script>alert("$x$")</script>语')
    return run.path


@pytest.fixture
def reader(lived: Path) -> Iterator[StudyReader]:
    """The study in which everything happened."""
    with StudyReader.open(lived) as study:
        yield study


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudyReader]:
    """A study without a trial."""
    run, study = make(tmp_path_factory.mktemp("empty") / "run")
    study.close()
    with StudyReader.open(run.path) as looked:
        yield looked


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudyReader]:
    """A study with one complete trial of one epoch."""
    run, study = make(tmp_path_factory.mktemp("single") / "run")
    with study:
        try_out(study, {"width": 8}, [0.5])
    with StudyReader.open(run.path) as looked:
        yield looked
