"""Whatever one trial does, the search goes on: one real search in which nearly every network is a bad one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest

from automl.study import StudyReader, TrialDetail

HERE = Path(__file__).parent
# In the order in which they are tried; the first is the default.
DEEDS = (
    "none",
    "nan",
    "mistake",
    "killed",
    "sleep",
    "segfault",
    "hang",
    "hog",
    "children",
    "gpu_memory",
    "nan_validation",
)
TRAINED = 4  # the default, children, gpu_memory and nan_validation: those that see an epoch end
SPACE = f"""
version: 1
name: bad
task: image-classify
vars:
  deed: {{choice: [{", ".join(DEEDS)}], default: none}}
  units: {{int: [4, 16], default: 8}}
model: [flatten, {{dense: {{units: =units, activation: tanh}}}}, {{bad: {{deed: =deed}}}}, head]
train: {{lr: 0.01, batch_size: 64, epochs: 2}}
seeds:
{"".join(f"  - {{deed: {deed}}}{chr(10)}" for deed in DEEDS[1:])}"""

HOPELESS = """
version: 1
name: hopeless
task: image-classify
model: [flatten, {dense: {units: {int: [4, 60]}, activation: tanh}}, {bad: {deed: mistake}}, head]
train: {epochs: 2}
"""

# One search for all of them, also where tests run in several processes.
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Ended:
    """A search that is over."""

    run: Path
    exit_code: int
    stdout: str
    stderr: str
    trials: dict[str, TrialDetail]


def search(place: Path, space: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Search 240 pictures of three shades in a process of its own."""
    rng = np.random.default_rng(0)
    labels = np.arange(240) % 3
    pictures = rng.integers(0, 80, (240, 6, 6)) + 80 * labels[:, None, None]
    np.savez(place / "data.npz", x=pictures.astype(np.uint8), y=labels)
    (place / "bad.yaml").write_text(space)
    command = [sys.executable, "-m", "automl", "search", "--task", "image-classify", "data.npz", "--space", "bad.yaml"]
    command += [
        "--import",
        "bad_layers",
        "--workers",
        "1",
        "--seed",
        "1",
        "-o",
        "run",
        "--cache-dir",
        "cache",
        *options,
    ]
    env = os.environ | {"PYTHONPATH": str(HERE)}
    return subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=280, check=False)


@pytest.fixture(scope="module")
def ended(tmp_path_factory) -> Ended:
    place = tmp_path_factory.mktemp("bad")
    done = search(place, SPACE, "--trials", str(TRAINED), "--trial-timeout", "20s", "--memory-limit", "1500MB")
    run = place / "run"
    assert (run / "study.db").exists(), done.stderr
    with StudyReader.open(run) as study:
        details = [study.trial(record.number) for record in study.trials()]
    by_deed = {str(detail.params["deed"]): detail for detail in details}
    return Ended(run, done.returncode, done.stdout, done.stderr, by_deed)


def test_the_search_ends_with_a_usable_model(ended: Ended) -> None:
    assert ended.exit_code == 0, ended.stderr
    with StudyReader.open(ended.run) as study:
        best = study.best()
    assert best is not None
    assert best.params["deed"] in ("none", "children", "gpu_memory")
    assert (ended.run / "model/model.keras").is_file()


@pytest.mark.parametrize(
    ("deed", "kind", "said"),
    [
        ("nan", "nan_loss", "the training loss is nan"),
        ("nan_validation", "nan_loss", "finite"),
        ("mistake", "train_error", "the person's own mistake"),
        ("killed", "crashed", "SIGKILL"),
        ("segfault", "crashed", "SIGSEGV"),
        ("sleep", "timeout", "20"),
        ("hang", "timeout", "20"),
        ("hog", "oom_ram", "1.5"),
    ],
)
def test_a_bad_trial_is_told_for_what_it_is(ended: Ended, deed: str, kind: str, said: str) -> None:
    trial = ended.trials[deed]
    assert (trial.state, trial.failure_kind) == ("failed", kind), trial.failure_message
    assert said in trial.failure_message
    assert trial.failure_advice


def test_a_mistake_in_a_layer_keeps_its_traceback(ended: Ended) -> None:
    assert "in mistake" in ended.trials["mistake"].failure_traceback


def test_what_a_gpu_has_no_memory_for_is_trained_in_half_the_batch_and_said(ended: Ended) -> None:
    trial = ended.trials["gpu_memory"]
    assert trial.state == "complete"
    assert trial.training is not None
    assert trial.training["batch_size"] == 32
    assert "32" in trial.reason
    assert "batch" in ended.stderr


def test_a_trial_that_leaves_processes_behind_is_a_good_trial(ended: Ended) -> None:
    assert ended.trials["children"].state == "complete"


def test_nothing_is_left_running(ended: Ended) -> None:
    place = str(ended.run.parent)
    left = [p.info for p in psutil.process_iter(["pid", "cmdline", "cwd"]) if p.info["cwd"] == place]
    assert not left


def test_nothing_half_written_is_left(ended: Ended) -> None:
    assert not [path for path in ended.run.rglob(".*") if path.name != ".lock"]
    assert not [path for path in ended.run.rglob("*.npz") if "state" in path.name]


def test_every_trial_is_told_once(ended: Ended) -> None:
    import optuna

    with StudyReader.open(ended.run) as study:
        ours = {record.number: record.state for record in study.trials()}
        name = study.run().study
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    theirs = optuna.load_study(study_name=name, storage=f"sqlite:///{ended.run}/study.db").trials
    assert [trial.number for trial in theirs] == sorted(ours)
    assert all(trial.state.is_finished() for trial in theirs if ours[trial.number] not in ("paused", "queued"))


def test_when_every_trial_fails_alike_the_search_gives_up_and_says_why(tmp_path: Path) -> None:
    done = search(tmp_path, HOPELESS, "--trials", "50")
    assert done.returncode == 4, done.stderr
    assert "6 trials in a row failed" in done.stderr
    assert "the person's own mistake" in done.stderr
    assert "automl resume" in done.stderr
    assert "Traceback" not in done.stderr
    with StudyReader.open(tmp_path / "run") as study:
        assert [trial.state for trial in study.trials()] == ["failed"] * 6
