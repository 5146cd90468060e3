from __future__ import annotations

import os
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest

from automl.config import Limits
from automl.execution import Crew, ProcessExecutor
from automl.jobs import DataRef, Objective, Reply, TrainingSettings, TrialJob, TrialResult

SCRIPTED = (sys.executable, str(Path(__file__).with_name("scripted_worker.py")))
MARK = "AUTOML_TEST_MARK"


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch):
    """After every test no process is left that it has started, wherever it went: all inherit a mark."""
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    yield
    deadline = time.monotonic() + 10
    while (left := list(_marked(mark))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left
    zombies = [p for p in psutil.Process().children(recursive=True) if p.status() == psutil.STATUS_ZOMBIE]
    assert not zombies


def _marked(mark):
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                yield process
        except psutil.Error:  # it has just ended, or is none of ours
            continue


@pytest.fixture
def make_job(tmp_path):
    def make(what, name="trial-0", timeout=None):
        return TrialJob(
            job_id=name,
            task=what,
            architecture={},
            training=TrainingSettings(),
            data=DataRef(directory="nowhere"),
            objective=Objective(metric="val_accuracy", direction="maximize"),
            seed=0,
            timeout=timeout,
            model_file=str(tmp_path / f"{name}.keras"),
        )

    return make


@pytest.fixture
def make_executor(tmp_path):
    """``make_executor(workers=2, memory=...)``: worker processes that are the real ones, running scripted jobs."""
    made = []

    def make(workers=1, *, command=SCRIPTED, threads=None, gpus=None, **limits):
        crew = Crew(workers, threads=threads, gpus=gpus)
        made.append(ProcessExecutor(crew, log_dir=tmp_path / "logs", limits=Limits(**limits), command=command))
        made[-1].start()
        return made[-1]

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def executor(make_executor):
    """A process executor whose worker is the real one, running scripted jobs."""
    return make_executor()


def _until(executor, wanted, seconds=60.0):
    """Poll until ``wanted(event)``; returns that event and those before it."""
    before, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline:
        events = executor.poll(0.2)
        for event in events:
            if wanted(event):
                return event, before
            before.append(event)
    raise AssertionError(f"what was waited for did not come within {seconds} s")


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
    return _until(executor, lambda event: event.job_id == job.job_id, seconds)[0]


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


def _wait_ready(executor, seconds=60.0):
    """Poll until a job would begin at once."""
    deadline = time.monotonic() + seconds
    while not executor.ready():
        assert time.monotonic() < deadline
        assert executor.poll(0.05) == []


@pytest.fixture
def until():
    return _until


@pytest.fixture
def run_to_end():
    return _run_to_end


@pytest.fixture
def first_report():
    return _first_report


@pytest.fixture
def gone():
    return _gone


@pytest.fixture
def wait_ready():
    return _wait_ready
