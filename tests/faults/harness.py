"""What the tests of crashes share: a small search in processes of its own, and what must be true of it afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import optuna
import psutil
import pytest
from sklearn.datasets import load_digits

from automl.study import StudyReader, TrialRecord

HERE = Path(__file__).parent
TRIALS = 3
EPOCHS = 2
SPACE = """
version: 1
name: dense
task: image-classify
model:
  - flatten
  - dense: {units: {int: [8, 200], default: 32}, activation: relu}
  - dropout: {rate: {float: [0.0, 0.5], step: 0.1, default: 0.2}}
  - head
train: {lr: {float: [1.0e-3, 1.0e-1], log: true, default: 0.01}, batch_size: 16, epochs: 2}
"""
_MARK = "AUTOML_FAULTS_MARK"  # in the environment of every process that a test starts, and so of theirs
_OPTUNA = {"complete": "COMPLETE", "duplicate": "COMPLETE", "pruned": "PRUNED", "infeasible": "PRUNED"}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with ``digits.npz`` (90 rows of three classes) and ``dense.yaml`` in which commands run.

    Attributes:
        folder: The folder.
        mark: Tells the processes of this place from all others.
    """

    folder: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    @classmethod
    def make(cls, folder: Path, space: str = SPACE, *, rows: int = 90) -> Place:
        """Fill a folder."""
        digits = load_digits(n_class=3)
        np.savez(folder / "digits.npz", x=digits.images[:rows].astype(np.uint8), y=digits.target[:rows])
        (folder / "dense.yaml").write_text(space)
        (folder / "temporary").mkdir()
        return cls(folder)

    @property
    def run(self) -> Path:
        """The run's folder."""
        return self.folder / "run"

    def search(self, *options: str, workers: int = 0) -> list[str]:
        """The words of the search that all tests begin with, and of its continuation."""
        words = f"search digits.npz --task image-classify --space dense.yaml --workers {workers} --seed 1 --out run"
        limits = () if "--trials" in options else ("--trials", str(TRIALS))
        return [*words.split(), *limits, "--max-epochs", str(EPOCHS), "--cache-dir", "cache", "--json", *options]

    def start(self, *words: str, point: str = "") -> subprocess.Popen[str]:
        """Start a command, as the head of a process group, as a shell does; with a point it is killed there."""
        program = ["-m", "automl"] if not point else [str(HERE / "kill_at.py"), point]
        environment = {_MARK: self.mark, "TMPDIR": str(self.folder / "temporary")}
        return subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=self.folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def do(self, *words: str, point: str = "") -> Done:
        """Run a command to its end, and see that no process of it is left."""
        with self.start(*words, point=point) as process:
            out, err = process.communicate(timeout=240)
        self.wait_until_alone()
        return Done(process.returncode, out, err)

    def kill_at(self, point: str, *words: str) -> None:
        """Run a command that must die at a point."""
        done = self.do(*words, point=point)
        assert done.exit_code == -9, f"{point} was not reached:\n{done.stdout}\n{done.stderr}"
        assert f"kill_at: {point}" in done.stderr

    def processes(self) -> list[psutil.Process]:
        """All living processes of this place."""
        return [process for process in psutil.process_iter() if self._is_mine(process)]

    def wait_until_alone(self) -> None:
        """Wait until no process of this place is left; nothing outlives the coordinator."""
        late = time.monotonic() + 60
        while left := self.processes():
            assert time.monotonic() < late, f"left over: {[_told(process) for process in left]}"
            time.sleep(0.1)

    def trials(self) -> list[TrialRecord]:
        """What the study knows, by number."""
        with StudyReader.open(self.run) as reader:
            return reader.trials()

    def left_over(self) -> list[str]:
        """Temporary files that nobody will need."""
        hidden = [
            str(path.relative_to(self.folder))
            for root in (self.run, self.folder / "cache")
            for path in sorted(root.rglob(".*"))
            if path.name != ".lock"
        ]
        states = [
            str(path.relative_to(self.folder)) for path in sorted((self.run / "checkpoints").rglob("*.state.npz"))
        ]
        return hidden + states + sorted(os.listdir(self.folder / "temporary"))  # noqa: PTH208

    def probabilities(self) -> np.ndarray:
        """What the delivered model says of the digits, shape (90, 3), float32."""
        from automl.export import load_model

        with np.load(self.folder / "digits.npz") as data:
            return load_model(self.run).predict_proba(data["x"])

    def _is_mine(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(_MARK) == self.mark
        except psutil.Error:  # gone, a zombie, or somebody else's
            return False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gives that nothing disturbs, and so every search that something does disturb.

    Attributes:
        trials: Parameters, score and epochs of every trial that was finished, in order.
        probabilities: What the delivered model says of the digits.
    """

    trials: tuple[tuple[Mapping[str, object], float | None, int], ...]
    probabilities: np.ndarray

    @classmethod
    def of(cls, place: Place) -> Answer:
        """The answer of a finished run."""
        ended = [trial for trial in place.trials() if trial.state != "orphaned"]
        return cls(tuple((trial.params, trial.value, trial.epochs) for trial in ended), place.probabilities())


def check_whole(place: Place) -> None:
    """What must hold of every run that ended: its study agrees with itself and with Optuna, nothing lies about."""
    trials = place.trials()
    assert [trial.number for trial in trials] == list(range(len(trials)))
    assert {trial.state for trial in trials} <= {"complete", "pruned", "duplicate", "infeasible", "orphaned"}
    for orphan in (trial for trial in trials if trial.state == "orphaned"):
        again = [trial.params for trial in trials if trial.parent == orphan.number]
        assert again == ([orphan.params] if orphan.params else []), f"trial {orphan.number}"
    check_optuna(place, trials)
    assert place.left_over() == []


def check_optuna(place: Place, trials: list[TrialRecord]) -> None:
    """Optuna's half says the same: trial by trial its state, parameters and value; none waits or runs."""
    storage = f"sqlite:///{place.run / 'study.db'}"
    with quiet():
        told = optuna.load_study(study_name="run", storage=storage).get_trials(deepcopy=False)
    assert [trial.number for trial in told] == [trial.number for trial in trials]
    for ours, theirs in zip(trials, told, strict=True):
        assert theirs.state.name == _OPTUNA.get(ours.state, "FAIL"), f"trial {ours.number}"
        if ours.state == "complete":
            assert theirs.value == ours.value
            assert theirs.params == pytest.approx(ours.params)  # 0.30000000000000004 there is 0.3 here


def check_kept(before: list[TrialRecord], after: list[TrialRecord]) -> None:
    """Nothing finished is lost, counted again or changed."""
    for trial in before:
        if trial.state in ("complete", "pruned", "duplicate", "infeasible"):
            assert after[trial.number] == trial


def recorded(place: Place) -> list[TrialRecord]:
    """What a killed search had recorded; nothing where it had no study yet."""
    from automl.errors import StudyError

    try:
        return place.trials()
    except StudyError:
        return []


@contextmanager
def quiet() -> Iterator[None]:
    """Without Optuna's log lines."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(verbosity)


def _told(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {process.status()} {' '.join(process.cmdline())}"
    except psutil.Error:
        return f"{process.pid}"
