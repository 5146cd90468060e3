"""One real run that the tests of every command look at."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from typer.testing import CliRunner

from automl.cli import app
from automl.study import RunFolder, Study, TrialDraft, TrialOutcome

TINY = """
version: 1
name: tiny
task: image-classify
model:
  - conv: {filters: {choice: [8, 16, 24, 32]}, stride: 2}
  - relu
  - gap
  - head
train: {lr: 0.01}
"""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


def in_a_process(*args: object, cwd: Path, env: dict[str, str] | None = None) -> Done:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "automl", *map(str, args)]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, timeout=200, check=False)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def in_this_process(*args: object) -> Done:
    """The command in this process, which spares importing TensorFlow again."""
    result = CliRunner().invoke(app, [str(arg) for arg in args], prog_name="automl")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout_bytes.decode(), result.stderr)


@pytest.fixture(scope="session")
def automl_process() -> Callable[..., Done]:
    """The command as a person runs it: ``automl_process("trials", run, cwd=folder)``."""
    return in_a_process


@pytest.fixture(scope="session")
def automl() -> Callable[..., Done]:
    """The command in this process: ``automl("trials", run)``."""
    return in_this_process


@pytest.fixture(scope="session")
def place(tmp_path_factory) -> Path:
    """A folder with data/digits/{train,test}/{0,1,2}/*.png (120 and 30 pictures) and tiny.yaml, a space."""
    folder = tmp_path_factory.mktemp("place")
    digits = load_digits(n_class=3)
    pixels = np.round(digits.images * (255 / 16)).astype(np.uint8)
    for label in range(3):
        for number, row in enumerate(np.flatnonzero(digits.target == label)[:50]):
            part = folder / "data" / "digits" / ("test" if number % 5 == 0 else "train") / str(label)
            part.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels[row]).save(part / f"{number:03}.png")
    (folder / "tiny.yaml").write_text(TINY)
    return folder


@pytest.fixture(scope="session")
def searched(place) -> Done:
    """``automl search`` as it ended, with the run in ``place / "my-run"``."""
    options = "--space tiny.yaml --trials 2 --max-epochs 3 --seed 1 --out my-run --cache-dir cache"
    return in_a_process("search", "--task", "image-classify", "data/digits/train", *options.split(), cwd=place)


@pytest.fixture(scope="session")
def run(place, searched) -> Path:
    """The run's folder."""
    assert searched.exit_code == 0, searched.stderr
    return place / "my-run"


@pytest.fixture
def at_place(place, run, monkeypatch) -> Path:
    """``place`` as the current folder, with the run in it."""
    monkeypatch.chdir(place)
    return place


@pytest.fixture(scope="session")
def looked(run, tmp_path_factory) -> Path:
    """A copy of the run, not to be changed, in which a trial of every kind ended beside those of the real search."""
    folder = RunFolder.open(Path(shutil.copytree(run, tmp_path_factory.mktemp("looked") / "my-run")))
    with Study.open(folder.storage_url, folder.study) as study:
        first = study.detail(0)
        draft = TrialDraft(params=first.params, architecture=first.architecture, fingerprint=first.fingerprint,
                           training=first.training, parameters=first.parameters, flops=first.flops,
                           description=first.description, proposed_by="tpe", parent=0)  # fmt: skip

        def begin() -> int:
            trial = study.ask()
            trial.suggest_categorical("conv/filters", (8, 16, 24, 32))
            study.begin(trial.number, draft)
            return trial.number

        pruned, metrics = begin(), {"val_accuracy": 0.25, "loss": 1.5}
        study.epoch(pruned, epoch=1, metrics=metrics, learning_rate=0.1, seconds=0.5, planned_epochs=3)
        study.prune(pruned, TrialOutcome(epochs=1), reason="behind the median of the trials before")
        study.fail(begin(), kind="oom_ram", message="4.1 GB resident, 4 GB allowed", advice="Smaller batches.")
        study.fail(begin(), kind="oom_ram", message="=4.2 GB resident, 4 GB allowed", advice="Smaller batches.")
        study.infeasible(
            begin(), reason="params is 9,000, the limit is 6,000", violations={"params": 0.5}, kind="too_large"
        )
        study.duplicate(begin(), study.trials()[0])
        for value in (0.3, 0.5, 0.7, 0.9):
            number = begin()
            metrics = {"val_accuracy": value, "loss": 1 - value}
            study.epoch(number, epoch=1, metrics=metrics, learning_rate=0.1, seconds=0.5, planned_epochs=1)
            study.complete(number, TrialOutcome(value=value, epochs=1, best_epoch=1, seconds={"train": 1, "total": 2}))
        study.finish_run({})
    return folder.path
