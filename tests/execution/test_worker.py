"""Real jobs in a real worker process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from automl.arch import Architecture, Input, Node
from automl.config import Limits
from automl.data import PreparedData, read_arrays, split_rows
from automl.execution import Crew, make_executor
from automl.jobs import DataRef, Objective, TrainingSettings, TrialJob, TrialResult


@pytest.fixture(scope="module")
def make_real_job(tmp_path_factory):
    """A job on scikit-learn's digits."""
    from sklearn.datasets import load_digits

    folder = tmp_path_factory.mktemp("digits")
    pictures = load_digits()
    dataset = read_arrays(pictures.images.astype("uint8"), pictures.target, cache_dir=folder / "cache")
    split = split_rows(dataset.y, seed=0)
    PreparedData(folder / "prepared", (dataset,), split, preprocessing={}, traits={}).save()
    nodes = [
        Node("a", "flatten", {}, ("image",)),
        Node("b", "head", {"units": 10, "activation": "softmax"}, ("a",)),
    ]
    architecture = Architecture.assemble({"image": Input((8, 8, 1))}, nodes, {"label": "b"}).to_json()

    def make(name, **settings):
        return TrialJob(
            job_id=name,
            task="image-classify",
            architecture=architecture,
            training=TrainingSettings(**settings),
            data=DataRef(directory=str(folder / "prepared")),
            objective=Objective(metric="val_accuracy", direction="maximize"),
            seed=5,
            model_file=str(folder / f"{name}.keras"),
        )

    return make


def test_a_worker_trains_and_survives_bad_trials_and_a_kill(tmp_path, make_real_job, run_to_end, first_report, until):
    with make_executor(Crew(1), log_dir=tmp_path, limits=Limits()) as executor:
        reports, result = run_to_end(executor, make_real_job("first", epochs=3, lr=0.01))
        assert (result.status, len(reports), result.failure) == ("complete", 3, None)
        assert result.metrics["val_accuracy"] > 0.5
        assert Path(result.model_file).exists()

        broken = make_real_job("broken").model_copy(update={"architecture": {"nodes": "none"}})
        assert run_to_end(executor, broken)[1].failure.kind == "build_error"

        first_report(executor, make_real_job("killed", epochs=9))
        pid = executor.worker_pids[0]
        os.kill(pid, signal.SIGKILL)
        killed, _ = until(executor, lambda event: isinstance(event, TrialResult))
        assert killed.failure.kind == "crashed"

        _, again = run_to_end(executor, make_real_job("again", epochs=3, lr=0.01))
        assert again.metrics == result.metrics
        assert executor.worker_pids[0] != pid
    assert "again ends: complete" in (tmp_path / "worker-1.log").read_text()


def test_a_worker_in_the_middle_of_importing_keras_can_be_closed(tmp_path, gone):
    executor = make_executor(Crew(1), log_dir=tmp_path, limits=Limits())
    executor.start()
    deadline = time.monotonic() + 60
    while not executor.worker_pids:
        executor.poll(0.1)
        assert time.monotonic() < deadline
    time.sleep(0.5)
    (pid,) = executor.worker_pids
    executor.close()
    assert gone(pid)


SCRIPT = """
import sys
from pathlib import Path
from automl.config import Limits
from automl.execution import Crew, make_executor
from automl.jobs import Reply, TrialJob, TrialResult
job = TrialJob.model_validate_json(Path(sys.argv[1]).read_text())
for workers in (0, 0, 1):
    with make_executor(Crew(workers), log_dir=Path(sys.argv[2]), limits=Limits()) as executor:
        executor.submit(job)
        result = None
        while result is None:
            for event in executor.poll(1):
                if isinstance(event, TrialResult):
                    result = event
                else:
                    executor.reply(event.job_id, Reply())
        sys.stdout.write(repr(result.metrics) + "\\n")
"""


def test_a_script_without_a_main_guard_trains_alike_in_a_thread_and_in_a_worker(tmp_path, make_real_job):
    job = make_real_job("script", epochs=2)
    (tmp_path / "job.json").write_text(job.model_dump_json())
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "json.py").write_text("raise ImportError('not the json you mean')")  # must not be found by the worker
    command = [sys.executable, "-P", str(tmp_path / "script.py"), str(tmp_path / "job.json"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    first, second, worker = done.stdout.splitlines()
    assert first == second == worker
    assert done.stderr == ""
