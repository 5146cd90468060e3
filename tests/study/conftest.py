"""Studies to look at: an empty one to write to, and one in which everything happened once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest

from automl.study import RunDraft, RunFolder, Study, TrialDraft, TrialOutcome

ARCHITECTURE = {"inputs": {"image": {"shape": [28, 28, 1]}}, "nodes": [{"id": "n0", "op": "gap", "args": {}}]}


def make_draft(**values: Any) -> RunDraft:
    fields = {"task": "image-classify", "objective": "val_accuracy", "direction": "maximize", "seed": 7}
    return RunDraft(**(fields | {"space_name": "cnn", "space_text": "model: [gap, head]"} | values))


def begin(study: Study, *, key: str = "", **values: Any) -> int:
    """Ask for a trial of one parameter and begin it."""
    trial = study.ask(optuna.samplers.RandomSampler(seed=study.position))
    params = {"x": trial.suggest_float("x", 0, 1)}
    fields = {"architecture": ARCHITECTURE, "parameters": 1000, "flops": 5000, "training": {"lr": 0.1}}
    study.begin(trial.number, TrialDraft(params=params, job_key=key or None, **(fields | values)))
    return trial.number


def train(study: Study, number: int, *values: float) -> None:
    """Report one epoch a value."""
    for epoch, value in enumerate(values, 1):
        metrics = {"loss": 1 / epoch, "val_accuracy": value}
        study.epoch(number, epoch=epoch, metrics=metrics, learning_rate=0.1 / epoch, seconds=0.5, planned_epochs=9)


def outcome(value: float, epochs: int = 2) -> TrialOutcome:
    seconds = {"build": 0.5, "train": 1.0}
    return TrialOutcome(value=value, epochs=epochs, best_epoch=epochs, metrics={"val_accuracy": value}, seconds=seconds)


def live(study: Study) -> None:
    """Every kind of end once: trials 0 to 6, and 7 still running."""
    study.enqueue({"x": 0.25}, proposed_by="default")
    first = begin(study, key="a" * 64, fingerprint="f" * 64, proposed_by="", worker="worker-0", seed=3)
    train(study, first, 0.5, 0.8)
    complete = study.complete(first, outcome(0.8))
    number = begin(study, key="b" * 64, proposed_by="tpe", parent=0)
    train(study, number, 0.3)
    study.prune(number, TrialOutcome(epochs=1), reason="below the median after 1 epoch")
    study.infeasible(begin(study, architecture=None), reason="dense: needs 2 axes, got (0, 3)")
    study.infeasible(begin(study), reason="3000 parameters, 1000 allowed", violations={"params": 2.0})
    study.duplicate(begin(study, key="a" * 64), complete)
    failure = {"kind": "crashed", "message": "signal 9", "advice": "less memory", "traceback": "Traceback ..."}
    study.fail(begin(study), **failure)
    number = begin(study, key="c" * 64, proposed_by="tpe")
    train(study, number, 0.6, 0.9, 0.7)
    study.complete(number, outcome(0.9, 3))
    train(study, begin(study), 0.1)


def crash(study: Study) -> None:
    """Let a study go as a killed process does: nothing more is written."""
    study._optuna.close()
    study._engine.dispose()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'study.db'}"


@pytest.fixture
def study(url: str) -> Iterator[Study]:
    with Study.create(url, "digits", run=make_draft()) as study:
        yield study


@pytest.fixture
def lived(tmp_path: Path, lived_once: Path) -> RunFolder:
    """A run whose search is over, with everything in it, to do with as one likes."""
    return RunFolder.open(Path(shutil.copytree(lived_once, tmp_path / "run")))


@pytest.fixture(scope="session")
def lived_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = RunFolder.create(tmp_path_factory.mktemp("lived") / "run", task="image-classify", study="digits")
    with Study.create(folder.storage_url, folder.study, run=make_draft()) as study:
        live(study)
        (folder.checkpoints / "trial-6.keras").write_bytes(b"weights")
        study.add_artifact("checkpoint", folder.checkpoints / "trial-6.keras", trial=6, root=folder.path)
        study.finish_run({"best": 6})
    return folder.path
