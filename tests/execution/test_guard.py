"""Nothing outlives the coordinator or a worker, however either of them ends. (Every test here and beside this one also
checks at its end that no process of it is left, see conftest.py.)"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import automl.execution.guard
from automl.execution.guard import OOM_SCORE
from automl.execution.handle import WorkerHandle
from automl.jobs import Reply, TrialResult

GUARD = automl.execution.guard.__file__
SCRIPTED = str(Path(__file__).with_name("scripted_worker.py"))

COORDINATOR = """
import os
import signal
import sys
from pathlib import Path
from automl.config import Limits
from automl.execution import Crew, ProcessExecutor
from automl.jobs import DataRef, Objective, Reply, TrainingSettings, TrialJob
executor = ProcessExecutor(Crew(2), log_dir=Path(sys.argv[1]), limits=Limits(), command=(sys.executable, sys.argv[2]))
objective = Objective(metric="val_accuracy", direction="maximize")
for number in range(2):
    executor.submit(TrialJob(job_id=f"trial-{number}", task=sys.argv[3], architecture={}, training=TrainingSettings(),
                             data=DataRef(directory=""), objective=objective, seed=0, model_file=""))
told = 0
while told < 2:
    for event in executor.poll(1):
        executor.reply(event.job_id, Reply())
        told += 1
if sys.argv[4:] and not os.fork():
    signal.pause()
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
print(*executor.worker_pids, flush=True)
while True:
    executor.poll(60)
"""


@pytest.fixture
def start_coordinator(tmp_path):
    """``start_coordinator(task)``: a process with two workers in mid-job, in a group of its own; and their numbers."""
    started = []

    def start(*arguments):
        command = (sys.executable, "-W", "ignore", "-c", COORDINATOR, str(tmp_path), SCRIPTED, *arguments)
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True))
        return started[-1], [int(number) for number in started[-1].stdout.readline().split()]

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def run_guarded():
    """``run_guarded(*command)``: how a guard with this command ends when nobody asks it to."""

    def run(*command):
        reading, writing = os.pipe()
        guard = (sys.executable, "-I", "-S", GUARD, str(reading), *command)
        try:
            return subprocess.run(guard, pass_fds=(reading,), check=False, timeout=60).returncode
        finally:
            os.close(reading)
            os.close(writing)

    return run


@pytest.mark.parametrize("task", ["sleep", "hang", "child", "daemon:sleep", "daemon:hang"])
def test_workers_and_all_below_them_end_when_the_coordinator_is_killed(start_coordinator, gone, task):
    process, workers = start_coordinator(task)
    below = [p for worker in workers for p in psutil.Process(worker).parent().children(recursive=True)]
    assert len(below) >= (2 if task in ("sleep", "hang") else 4)
    process.kill()
    process.wait()
    assert all(gone(p.pid) for p in below)


def test_workers_end_even_when_a_fork_of_the_coordinator_holds_its_pipes(start_coordinator, gone):
    process, workers = start_coordinator("hang", "and fork")
    process.kill()
    process.wait()
    assert all(gone(worker) for worker in workers)


def test_ctrl_c_in_the_terminal_does_not_reach_workers(start_coordinator, gone):
    process, workers = start_coordinator("sleep")
    os.killpg(process.pid, signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    assert not gone(workers[0], 0.5)


@pytest.mark.parametrize("task", ["daemon:crash", "daemon:sleep"])
def test_a_process_that_left_the_session_ends_with_its_worker(executor, make_job, first_report, until, gone, task):
    grandchild = int(first_report(executor, make_job(task)).metrics["loss"])
    executor.reply("trial-0", Reply())
    if task == "daemon:sleep":
        os.kill(executor.worker_pids[0], signal.SIGKILL)
    until(executor, lambda event: isinstance(event, TrialResult))
    assert gone(grandchild)


@pytest.mark.parametrize("task", ["hang", "daemon:sleep"])
def test_a_guard_that_is_killed_takes_its_worker_along(executor, make_job, first_report, until, task):
    first_report(executor, make_job(task))
    executor.reply("trial-0", Reply())
    psutil.Process(executor.worker_pids[0]).parent().kill()
    result, _ = until(executor, lambda event: isinstance(event, TrialResult))
    assert (result.failure.kind, result.failure.transient) == ("crashed", True)


def test_a_process_with_no_pipe_of_ours_ends_when_its_guard_is_killed(tmp_path, gone):
    nothing = "stdin=-3, stdout=-3, stderr=-3"  # subprocess.DEVNULL
    code = f"import subprocess, time; p = subprocess.Popen(['sleep', '600'], {nothing}); time.sleep(600)"
    inbox = queue.SimpleQueue()
    worker = WorkerHandle(inbox, log=tmp_path / "log", command=(sys.executable, "-c", code))
    guard = psutil.Process(worker._process.pid)
    deadline = time.monotonic() + 60
    while not (below := [p for p in guard.children(recursive=True) if p.name() == "sleep"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    guard.kill()
    assert inbox.get(timeout=60) == (worker, None)
    assert worker.close() == -signal.SIGKILL
    assert gone(below[0].pid)


def test_a_worker_that_signals_its_own_group_does_not_reach_its_guard(run_guarded):
    assert run_guarded(sys.executable, "-c", "import os; os.killpg(0, 15)") == -signal.SIGTERM


@pytest.mark.parametrize(
    ("command", "status"),
    [("exit 3", 3), ("exit 0", 0), ("kill -SEGV $$", -signal.SIGSEGV), ("kill -KILL $$", -signal.SIGKILL)],
)
def test_a_guard_ends_as_its_worker_did(run_guarded, command, status):
    assert run_guarded("/bin/sh", "-c", command) == status


def test_a_program_that_is_not_there_is_said(run_guarded, capfd):
    assert run_guarded("/no/such/program") == 127
    assert "/no/such/program" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_the_system_short_of_memory_takes_the_worker_and_not_the_coordinator(executor, make_job, first_report):
    first_report(executor, make_job("sleep"))
    (worker,) = executor.worker_pids
    own, theirs = (int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in ("self", worker))
    assert theirs == min(1000, own + OOM_SCORE)
    assert int(Path(f"/proc/{psutil.Process(worker).ppid()}/oom_score_adj").read_text()) == own
