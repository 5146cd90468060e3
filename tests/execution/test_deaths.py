"""A worker that ends in mid-job: what its trial's failure says, and that the next one runs."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from automl.execution.deaths import Memory, crashed, over_limit, timed_out
from automl.jobs import Reply, TrialResult

PLENTY = Memory(limit=4_000_000_000, total=8_000_000_000, used=100_000_000, free=5_000_000_000)


@pytest.mark.parametrize(("name", "transient"), [("SIGKILL", True), ("SIGSEGV", False), ("SIGTERM", True)])
def test_a_crash_is_a_failed_trial_and_the_next_one_has_a_new_worker(executor, make_job, run_to_end, name, transient):
    _, result = run_to_end(executor, make_job(f"signal:{name}"))
    assert (result.status, result.epochs, result.planned_epochs) == ("failed", 1, 9)
    assert result.failure.kind == "crashed"
    assert name in result.failure.message
    assert "the last words" in result.failure.advice
    assert result.failure.transient is transient
    _, result = run_to_end(executor, make_job("epochs:2", "trial-1"))
    assert result.status == "complete"


def test_a_real_segmentation_fault_leaves_its_trace_in_the_advice(executor, make_job, run_to_end):
    _, result = run_to_end(executor, make_job("segfault"))
    assert (result.failure.kind, result.failure.transient) == ("crashed", False)
    assert "SIGSEGV" in result.failure.message
    assert "string_at" in result.failure.advice


def test_a_worker_killed_from_outside_is_a_crash(executor, make_job, first_report, until):
    first_report(executor, make_job("sleep"))
    os.kill(executor.worker_pids[0], signal.SIGKILL)
    result, _ = until(executor, lambda event: isinstance(event, TrialResult))
    assert "SIGKILL" in result.failure.message
    assert (result.failure.kind, result.failure.transient) == ("crashed", True)


def test_an_exit_in_mid_job_is_a_crash_with_its_code(executor, make_job, run_to_end):
    _, result = run_to_end(executor, make_job("exit"))
    assert (result.failure.kind, result.failure.transient) == ("crashed", False)
    assert "exit code 7" in result.failure.message


def test_a_reply_to_a_worker_that_has_died_does_nothing(executor, make_job, first_report, gone, until):
    first_report(executor, make_job("sleep"))
    os.kill(executor.worker_pids[0], signal.SIGKILL)
    assert gone(executor.worker_pids[0])
    executor.reply("trial-0", Reply())
    assert until(executor, lambda event: True)[0].failure.kind == "crashed"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_workers_that_die_leave_no_files_open_and_no_threads(executor, make_job, run_to_end, wait_ready):
    def held():
        wait_ready(executor)
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    run_to_end(executor, make_job("exit"))
    run_to_end(executor, make_job("exit"))
    before = held()
    for _ in range(4):
        run_to_end(executor, make_job("exit"))
    assert all(now <= at_most + slack for now, at_most, slack in zip(held(), before, (3, 1), strict=True))


@pytest.mark.parametrize(
    "change",
    [{"used": 3_900_000_000}, {"free": 100_000_000}, {"system_killed": True}],
)
def test_sigkill_when_memory_was_short_is_a_lack_of_memory(change):
    memory = Memory(**{"limit": PLENTY.limit, "total": PLENTY.total, "used": PLENTY.used, "free": PLENTY.free} | change)
    failure = crashed(-signal.SIGKILL, memory, "")
    assert (failure.kind, failure.transient) == ("oom_ram", False)
    assert f"{memory.used / 1e9:.2f} GB" in failure.message
    assert crashed(-signal.SIGSEGV, memory, "").kind == "crashed"


def test_failures_show_their_figures():
    assert "60 s" in timed_out(60.0).message
    assert "0.10 GB" in over_limit(PLENTY).message
    assert "4.00 GB" in over_limit(PLENTY).message
    assert crashed(-77, PLENTY, "").message == "the worker process was killed by signal 77"
