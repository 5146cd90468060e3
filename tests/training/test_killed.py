"""A process that trains is killed, and the job run again by another one: nothing is lost and nothing is different."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from automl.files import sweep
from automl.training import run_job

HERE = Path(__file__).parent
SETTINGS = {"epochs": 8, "label_smoothing": 0.1, "weight_decay": 0.01, "warmup_epochs": 1}
MOMENTS = ["model:1", "model:2", "state:1", "state:3", "reported:1", "reported:5"]


def weights(model_file):
    return keras.saving.load_model(model_file).get_weights()


@pytest.fixture
def run(tmp_path):
    """Runs a job in a process of its own; returns its exit status and the messages it wrote."""

    def run(job, moment=""):
        (tmp_path / "job.json").write_text(job.model_dump_json())
        (tmp_path / "messages").unlink(missing_ok=True)
        command = [sys.executable, HERE / "process.py", tmp_path / "job.json", tmp_path / "messages", moment]
        done = subprocess.run(command, check=False, timeout=240, capture_output=True)
        assert done.returncode in (0, -9), done.stderr.decode()
        file = tmp_path / "messages"
        return done.returncode, [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    return run


@pytest.fixture
def survives(make_kept, run, recorder):
    """Kills at the moments given and goes on each time, then to the end; everything must be as without."""

    def check(moments, *args, **settings):
        whole = make_kept(*args, name="whole", **SETTINGS | settings)
        result = run_job(whole, recorder)
        expected = {report.epoch: (dict(report.metrics), report.learning_rate) for report in recorder}
        job = make_kept(*args, name="killed", **SETTINGS | settings)
        status, killed, reached = 1, 0, []
        for moment in [*moments, ""]:
            status, messages = run(job, moment)
            reports = messages if status else messages[:-1]
            assert [report["epoch"] for report in reports] == list(range(1, len(reports) + 1))
            assert all((r["metrics"], r["learning_rate"]) == expected[r["epoch"]] for r in reports)
            reached.append(max([report["epoch"] for report in reports if report["saved"]], default=0))
            killed += status == -9
            job = job.model_copy(update={"resume": True})
            if not status:
                break
        assert status == 0
        assert reached[:-1] == sorted(reached[:-1])
        last = messages[-1]
        assert (last["status"], last["epochs"], last["best_epoch"]) == ("complete", result.epochs, result.best_epoch)
        assert last["metrics"] == result.metrics
        pairs = zip(weights(last["model_file"]), weights(result.model_file), strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)
        folder = Path(job.state_file).parent
        sweep(folder)
        assert sorted(path.name for path in folder.iterdir()) == ["model.answers.npz", "model.keras"]
        return killed

    return check


@pytest.mark.slow
def test_killed_at_a_random_moment_and_while_the_state_is_written(survives, rich, augmented):
    assert survives(["state:2", f"{random.uniform(0.5, 1.5):.3f}"], rich, augment=augmented) >= 1


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_certain_moment(survives, rich, augmented, moment):
    assert survives([moment], rich, augment=augmented) == 1


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("rows", ["train", "all"])
def test_killed_again_and_again(survives, rich, augmented, rows):
    moments = [f"{random.uniform(0.3, 2.5):.3f}" for _ in range(12)]
    assert survives(moments, rich, augment=augmented, rows=rows, epochs=40, patience=None) >= 5
