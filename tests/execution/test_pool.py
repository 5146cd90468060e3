"""Several workers, and the one that stands by."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from automl.jobs import Reply, TrialResult


def pid_of(result):
    return int(result.metrics["pid"])


def ended(event):
    return isinstance(event, TrialResult)


def worker_starts():
    """Process numbers of all workers and those that stand by."""
    children = psutil.Process().children(recursive=True)
    return {p.pid for p in children if len(p.cmdline()) > 1 and p.cmdline()[1].endswith("scripted_worker.py")}


def test_two_workers_run_two_jobs_at_once(make_executor, make_job, until):
    executor = make_executor(2)
    assert executor.capacity == 2
    names = [executor.submit(make_job("epochs:1", name)) for name in ("trial-0", "trial-1")]
    assert names == ["worker-1", "worker-2"]
    with pytest.raises(RuntimeError, match="busy with trial-0, trial-1"):
        executor.submit(make_job("epochs:1", "trial-2"))
    first, _ = until(executor, lambda event: True)
    second, _ = until(executor, lambda event: True)  # neither has had an answer
    assert {first.job_id, second.job_id} == {"trial-0", "trial-1"}
    executor.reply("trial-1", Reply())
    assert until(executor, ended)[0].job_id == "trial-1"
    executor.reply("trial-0", Reply())
    assert until(executor, ended)[0].job_id == "trial-0"


def test_a_crash_does_not_disturb_the_other_worker(make_executor, make_job, first_report, until):
    executor = make_executor(2)
    first_report(executor, make_job("epochs:1", "steady"))
    executor.submit(make_job("exit", "broken"))
    assert until(executor, ended)[0].job_id == "broken"
    executor.reply("steady", Reply())
    assert until(executor, ended)[0].status == "complete"


def test_every_place_has_its_own_log_and_environment(make_executor, make_job, run_to_end, first_report, tmp_path):
    executor = make_executor(2, threads=3, gpus=())
    for number, place in enumerate(("worker-1", "worker-2")):
        job = make_job("environment", f"trial-{number}")
        assert executor.submit(job) == place
    while not executor.ready() or len(list(tmp_path.glob("*.keras"))) < 2:
        executor.poll(0.2)
    for number in range(2):
        env = json.loads((tmp_path / f"trial-{number}.keras").read_text())
        assert env["TF_NUM_INTRAOP_THREADS"] == env["TF_NUM_INTEROP_THREADS"] == env["OMP_NUM_THREADS"] == "3"
        assert env["CUDA_VISIBLE_DEVICES"] == "-1"
        assert f"trial-{number} ends" in (tmp_path / "logs" / f"worker-{number + 1}.log").read_text()


def test_gpus_are_dealt_out_by_the_names_the_driver_knows(make_executor, make_job, run_to_end, monkeypatch, tmp_path):
    monkeypatch.setattr("automl.execution.roster.visible_gpus", lambda: ("GPU-a", "GPU-b"))
    executor = make_executor(1, gpus=(1, 0))
    run_to_end(executor, make_job("environment"))
    env = json.loads((tmp_path / "trial-0.keras").read_text())
    assert (env["CUDA_VISIBLE_DEVICES"], env["CUDA_DEVICE_ORDER"]) == ("GPU-b", "PCI_BUS_ID")


def test_the_persons_own_number_of_threads_stands(make_executor, make_job, run_to_end, monkeypatch, tmp_path):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    run_to_end(make_executor(threads=1), make_job("environment"))
    assert json.loads((tmp_path / "trial-0.keras").read_text())["OMP_NUM_THREADS"] == "7"


def test_a_worker_that_has_grown_gives_its_place_to_one_that_is_already_warm(
    make_executor, make_job, run_to_end, wait_ready, tmp_path
):
    executor = make_executor(worker_memory=400_000_000)
    wait_ready(executor)
    assert len(worker_starts()) == 1
    first = pid_of(run_to_end(executor, make_job("leak:1", "trial-0"))[1])
    assert len(worker_starts()) == 1
    assert pid_of(run_to_end(executor, make_job("leak:290", "trial-1"))[1]) == first
    deadline = time.monotonic() + 60
    while "ready" not in _text(tmp_path / "logs" / "standby.log"):
        executor.poll(0.1)
        assert time.monotonic() < deadline
    (waiting,) = worker_starts() - {first}
    assert pid_of(run_to_end(executor, make_job("leak:100", "trial-2"))[1]) == first
    assert executor.ready()
    assert pid_of(run_to_end(executor, make_job("epochs:1", "trial-3"))[1]) == waiting
    assert "trial-3 ends" in (tmp_path / "logs" / "worker-1.log").read_text()
    assert "trial-3" not in (tmp_path / "logs" / "standby.log").read_text()


def test_after_a_failure_the_worker_is_replaced_and_from_then_on_one_stands_by(
    make_executor, make_job, run_to_end, wait_ready
):
    executor = make_executor()
    first = pid_of(run_to_end(executor, make_job("fail:train_error"))[1])
    wait_ready(executor)
    while len(known := worker_starts() - {first}) < 2:
        executor.poll(0.1)
    second = pid_of(run_to_end(executor, make_job("fail:oom_gpu", "trial-1"))[1])
    third = pid_of(run_to_end(executor, make_job("epochs:1", "trial-2"))[1])
    assert first not in (second, third)
    assert known == {second, third}


@pytest.mark.parametrize("kind", ["nan_loss", "disk_full"])
def test_failures_that_leave_the_process_sound_keep_it(executor, make_job, run_to_end, kind):
    first = pid_of(run_to_end(executor, make_job(f"fail:{kind}"))[1])
    assert pid_of(run_to_end(executor, make_job("epochs:1", "trial-1"))[1]) == first


def test_a_worker_whose_job_leaves_a_process_behind_is_replaced_with_it(executor, make_job, run_to_end, gone):
    (report,), result = run_to_end(executor, make_job("daemon"))
    assert result.status == "complete"
    assert gone(int(report.metrics["loss"]))
    assert pid_of(run_to_end(executor, make_job("epochs:1", "trial-1"))[1]) != pid_of(result)


def test_a_worker_that_died_between_jobs_costs_no_trial(executor, make_job, run_to_end, gone):
    run_to_end(executor, make_job("epochs:1"))
    before = executor.worker_pids[0]
    os.kill(before, signal.SIGKILL)
    assert gone(before)
    _, result = run_to_end(executor, make_job("epochs:1", "trial-1"))
    assert (result.status, pid_of(result) == before) == ("complete", False)


def test_a_worker_that_dies_with_a_job_it_has_not_begun_costs_no_trial(make_executor, make_job, until):
    executor = make_executor()
    executor.submit(make_job("leak:1"))
    while not executor.worker_pids:
        assert executor.poll(0.001) == []
    before = executor.worker_pids[0]
    os.kill(before, signal.SIGKILL)
    result, _ = until(executor, ended)
    assert (result.status, pid_of(result) == before) == ("complete", False)


def test_ready_says_whether_a_job_would_begin_at_once(make_executor, make_job, first_report, wait_ready):
    executor = make_executor(2)
    assert not executor.ready()
    wait_ready(executor)
    first_report(executor, make_job("sleep", "trial-0"))
    wait_ready(executor)
    first_report(executor, make_job("sleep", "trial-1"))
    assert not executor.ready()


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""
