from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from automl.execution import ProcessExecutor
from automl.jobs import DataRef, Objective, Reply, TrainingSettings, TrialJob, TrialResult

SCRIPTED = (sys.executable, str(Path(__file__).with_name("scripted_worker.py")))


@pytest.fixture
def make_job():
    def make(what, name="trial-0"):
        return TrialJob(
            job_id=name,
            task=what,
            architecture={},
            training=TrainingSettings(),
            data=DataRef(directory="nowhere"),
            objective=Objective(metric="val_accuracy", direction="maximize"),
            seed=0,
            model_file="nowhere.keras",
        )

    return make


@pytest.fixture
def executor(tmp_path):
    """A process executor whose worker is the real one, running scripted jobs."""
    with ProcessExecutor(log_dir=tmp_path / "logs", command=SCRIPTED) as started:
        yield started


def _run_to_end(executor, job, *, stop_after=None, seconds=60.0):
    """Submit ``job``, answer its reports, and return (reports, result)."""
    executor.submit(job)
    reports, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline:
        for event in executor.poll(1.0):
            if isinstance(event, TrialResult):
                return reports, event
            reports.append(event)
            action = "stop" if event.epoch == stop_after else "continue"
            executor.reply(event.job_id, Reply(action=action))
    raise AssertionError(f"{job.job_id} did not end within {seconds} s")


def _first_report(executor, job, seconds=60.0):
    """Submit ``job`` and wait for its first report, which is not answered."""
    executor.submit(job)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for event in executor.poll(1.0):
            return event
    raise AssertionError(f"{job.job_id} did not report within {seconds} s")


def _gone(pid, seconds=5.0):
    """Whether the process ends within ``seconds``; a zombie counts as ended when its last thread has."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        try:
            ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
            if ended and len(list(Path(f"/proc/{pid}/task").iterdir())) == 1:  # before that nobody can wait for it
                return True
        except FileNotFoundError:
            pass
        time.sleep(0.05)
    return False


@pytest.fixture
def run_to_end():
    return _run_to_end


@pytest.fixture
def first_report():
    return _first_report


@pytest.fixture
def gone():
    return _gone
