from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from automl.execution import ProcessExecutor
from automl.jobs import EpochReport, Reply, TrialResult

SCRIPTED = str(Path(__file__).with_name("scripted_worker.py"))


def test_a_job_reports_every_epoch_and_then_its_result(executor, make_job, run_to_end):
    reports, result = run_to_end(executor, make_job("epochs:3"))
    assert [report.epoch for report in reports] == [1, 2, 3]
    assert all(isinstance(report, EpochReport) for report in reports)
    assert (result.status, result.epochs, result.job_id) == ("complete", 3, "trial-0")


def test_the_reply_stop_reaches_the_job(executor, make_job, run_to_end):
    _, result = run_to_end(executor, make_job("epochs:9"), stop_after=2)
    assert (result.status, result.epochs) == ("stopped", 2)


def test_one_worker_runs_job_after_job(executor, make_job, run_to_end):
    pids = {run_to_end(executor, make_job("epochs:1", f"trial-{i}"))[1].metrics["pid"] for i in range(3)}
    assert pids == {float(executor.worker_pid)}


def test_numbers_that_are_not_finite_arrive(executor, make_job, run_to_end):
    (report,), _ = run_to_end(executor, make_job("nan"))
    assert math.isnan(report.metrics["loss"])
    assert report.learning_rate == math.inf


def test_poll_without_news_returns_after_its_timeout(executor):
    begin = time.monotonic()
    assert all(not executor.poll(0.05) for _ in range(3))
    assert time.monotonic() - begin < 2


def test_a_second_job_while_one_runs_is_a_mistake(executor, make_job, first_report):
    first_report(executor, make_job("sleep"))
    with pytest.raises(RuntimeError, match="trial-0 is running"):
        executor.submit(make_job("epochs:1", "trial-1"))


def test_what_libraries_print_goes_to_the_log(executor, make_job, run_to_end, tmp_path):
    _, result = run_to_end(executor, make_job("print"))
    log = (tmp_path / "logs" / "worker-1.log").read_text()
    assert result.status == "complete"
    for text in ("printed by a library", "written to descriptor 1", "a library warns"):
        assert text in log


@pytest.mark.parametrize(("name", "transient"), [("SIGKILL", True), ("SIGSEGV", False), ("SIGTERM", True)])
def test_a_crash_is_a_failed_trial_and_the_next_one_has_a_new_worker(executor, make_job, run_to_end, name, transient):
    before = executor.worker_pid
    _, result = run_to_end(executor, make_job(f"signal:{name}"))
    assert (result.status, result.epochs, result.planned_epochs) == ("failed", 1, 9)
    assert result.failure.kind == "crashed"
    assert name in result.failure.message
    assert "the last words" in result.failure.advice
    assert result.failure.transient is transient
    _, result = run_to_end(executor, make_job("epochs:2", "trial-1"))
    assert result.status == "complete"
    assert executor.worker_pid != before


def test_a_worker_killed_from_outside_is_a_crash(executor, make_job, first_report):
    first_report(executor, make_job("sleep"))
    os.kill(executor.worker_pid, signal.SIGKILL)
    (result,) = executor.poll(10)
    assert "SIGKILL" in result.failure.message


def test_an_exit_in_mid_job_is_a_crash_with_its_code(executor, make_job, run_to_end):
    _, result = run_to_end(executor, make_job("exit"))
    assert result.failure.kind == "crashed"
    assert "exit code 7" in result.failure.message


def test_a_worker_that_died_between_jobs_is_replaced(executor, make_job, run_to_end, gone):
    run_to_end(executor, make_job("epochs:1"))
    before = executor.worker_pid
    os.kill(before, signal.SIGKILL)
    assert gone(before)
    _, result = run_to_end(executor, make_job("epochs:1", "trial-1"))
    assert result.status == "complete"
    assert executor.worker_pid != before


def test_a_mistake_of_this_package_is_raised_with_its_traceback(executor, make_job, run_to_end):
    with pytest.raises(RuntimeError, match=r"(?s)scripted_worker\.py.*a mistake of ours"):
        run_to_end(executor, make_job("mistake"))


def test_a_worker_that_cannot_start_says_why_in_the_failure(tmp_path, make_job, run_to_end):
    command = (sys.executable, "-c", "raise ImportError('no such library')")
    with ProcessExecutor(log_dir=tmp_path, command=command) as executor:
        _, result = run_to_end(executor, make_job("epochs:1"))
    assert "no such library" in result.failure.advice


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('hello'); print('world')", "does not speak the protocol"),
        ("import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\2{}')", "does not speak the protocol"),
    ],
)
def test_another_program_in_place_of_a_worker_stops_the_search(tmp_path, make_job, run_to_end, code, message):
    with (
        ProcessExecutor(log_dir=tmp_path, command=(sys.executable, "-c", code)) as executor,
        pytest.raises(RuntimeError, match=message),
    ):
        run_to_end(executor, make_job("epochs:1"))


def test_a_worker_of_another_version_stops_the_search(tmp_path, make_job, run_to_end):
    code = (
        "import sys, time; from automl.execution.frames import FrameWriter;"
        "FrameWriter(sys.stdout.buffer).write('hello', {'protocol': 99}); sys.stdin.read()"
    )
    with (
        ProcessExecutor(log_dir=tmp_path, command=(sys.executable, "-c", code)) as executor,
        pytest.raises(RuntimeError, match="protocol 99"),
    ):
        run_to_end(executor, make_job("epochs:1"))


def test_close_in_mid_job_ends_the_worker_and_its_children(executor, make_job, first_report, gone):
    child = int(first_report(executor, make_job("child")).metrics["loss"])
    worker = executor.worker_pid
    begin = time.monotonic()
    executor.close()
    assert time.monotonic() - begin < 5
    assert gone(worker)
    assert gone(child)
    with pytest.raises(ChildProcessError):
        os.waitpid(worker, 0)  # no zombie: it has been waited for


def test_close_kills_a_worker_that_does_not_listen(tmp_path, gone):
    executor = ProcessExecutor(log_dir=tmp_path, command=(sys.executable, "-c", "import time; time.sleep(600)"))
    executor.start()
    worker = executor.worker_pid
    executor.close()
    assert gone(worker)


def test_close_twice_is_fine_and_submit_after_it_is_not(executor, make_job):
    executor.close()
    executor.close()
    executor.reply("trial-0", Reply())
    with pytest.raises(RuntimeError, match="closed"):
        executor.submit(make_job("epochs:1"))


def test_a_worker_finds_modules_where_this_process_does(tmp_path, monkeypatch, make_job, run_to_end):
    (tmp_path / "beside.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])  # as in a notebook and at the prompt
    command = (sys.executable, "-P", "-c", "import beside")
    with ProcessExecutor(log_dir=tmp_path, command=command) as executor:
        _, result = run_to_end(executor, make_job("epochs:1"))
    assert "exit code 7" in result.failure.message


def test_close_right_after_start(tmp_path):
    begin = time.monotonic()
    with ProcessExecutor(log_dir=tmp_path, command=(sys.executable, SCRIPTED)):
        pass
    assert time.monotonic() - begin < 5


COORDINATOR = """
import signal
import sys
from pathlib import Path
from automl.execution import ProcessExecutor
from automl.jobs import DataRef, Objective, TrainingSettings, TrialJob
executor = ProcessExecutor(log_dir=Path(sys.argv[1]), command=(sys.executable, sys.argv[2]))
objective = Objective(metric="val_accuracy", direction="maximize")
executor.submit(TrialJob(job_id="trial-0", task="sleep", architecture={}, training=TrainingSettings(),
                         data=DataRef(directory=""), objective=objective, seed=0, model_file=""))
while not executor.poll(1):
    pass
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
print(executor.worker_pid, flush=True)
while True:
    executor.poll(60)
"""


@pytest.fixture
def coordinator(tmp_path):
    """A process with an executor in mid-job, in a process group of its own; and the worker's number."""
    command = (sys.executable, "-c", COORDINATOR, str(tmp_path), SCRIPTED)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        yield process, int(process.stdout.readline())
        process.kill()


def test_the_worker_ends_when_the_coordinator_is_killed(coordinator, gone):
    process, worker = coordinator
    process.kill()
    process.wait()
    assert gone(worker, 5)


def test_the_worker_ends_even_when_a_fork_of_the_coordinator_holds_its_pipe(tmp_path, gone):
    script = COORDINATOR.replace(
        "print(executor.worker_pid", "import os\nif not os.fork(): signal.pause()\nprint(executor.worker_pid"
    )
    command = (sys.executable, "-W", "ignore", "-c", script, str(tmp_path), SCRIPTED)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        worker = int(process.stdout.readline())
        process.kill()
        ended = gone(worker, 5)
        os.killpg(process.pid, signal.SIGKILL)
    assert ended


def test_ctrl_c_in_the_terminal_does_not_reach_the_worker(coordinator, gone):
    process, worker = coordinator
    os.killpg(process.pid, signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    os.kill(worker, signal.SIGINT)
    assert not gone(worker, 0.5)


def test_events_that_come_together_are_polled_in_order(executor, make_job):
    executor.submit(make_job("epochs:1"))
    executor.reply("trial-0", Reply())  # before the question: the job goes on at once
    time.sleep(1.5)
    events = []
    while not events or not isinstance(events[-1], TrialResult):
        events += executor.poll(5)
    assert [type(event) for event in events] == [EpochReport, TrialResult]
