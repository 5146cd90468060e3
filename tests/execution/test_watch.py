"""Limits: what takes too long or too much is ended, whatever it hangs in, and nothing else is."""

from __future__ import annotations

import sys
import time

import pytest

from automl.errors import SearchError
from automl.execution import watch
from automl.jobs import Reply, TrialResult

LIMIT = 400_000_000


def ended(event):
    return isinstance(event, TrialResult)


@pytest.mark.parametrize("task", ["sleep", "hang", "daemon:hang"])
def test_a_job_that_hangs_is_ended_when_its_time_is_over(executor, make_job, first_report, run_to_end, until, task):
    report = first_report(executor, make_job(task, timeout=1.5))
    executor.reply("trial-0", Reply())
    result, _ = until(executor, ended)
    assert (result.status, result.epochs, result.failure.kind) == ("failed", report.epoch, "timeout")
    assert "1.5 s" in result.failure.message
    assert run_to_end(executor, make_job("epochs:1", "trial-1"))[1].status == "complete"


def test_waiting_for_an_answer_is_not_the_trials_time(executor, make_job, first_report, until):
    first_report(executor, make_job("epochs:2", timeout=1.5))
    time.sleep(2.5)  # a database that is locked
    assert executor.poll(0) == []
    executor.reply("trial-0", Reply())
    until(executor, lambda event: event.epoch == 2)
    executor.reply("trial-0", Reply())
    assert until(executor, ended)[0].status == "complete"


def test_time_in_which_nobody_looked_is_not_the_trials(monkeypatch, executor, make_job, first_report, until):
    first_report(executor, make_job("sleep", timeout=2.5))
    executor.reply("trial-0", Reply())
    monkeypatch.setattr(watch, "_HELD_UP_SECONDS", 1.0)
    monkeypatch.setattr(watch, "free_memory", lambda: time.sleep(3.0) or 10**12)  # as if stopped by Ctrl-Z
    time.sleep(4.5)
    monkeypatch.undo()
    assert executor.poll(0) == []
    assert until(executor, ended)[0].failure.kind == "timeout"


def test_the_start_of_a_worker_is_not_the_trials_time(make_executor, make_job, run_to_end):
    executor = make_executor()
    assert run_to_end(executor, make_job("epochs:1", timeout=0.4))[1].status == "complete"


@pytest.mark.parametrize("task", ["hog:500", "hog-in-a-child:500"])
def test_a_job_that_takes_too_much_memory_is_ended(make_executor, make_job, run_to_end, task):
    executor = make_executor(memory=LIMIT)
    _, result = run_to_end(executor, make_job(task))
    assert (result.failure.kind, result.failure.transient) == ("oom_ram", False)
    assert "0.40 GB" in result.failure.message
    assert run_to_end(executor, make_job("leak:100", "trial-1"))[1].status == "complete"


def test_a_worker_is_watched_while_the_coordinator_is_busy(make_executor, make_job, wait_ready):
    executor = make_executor(memory=LIMIT)
    wait_ready(executor)
    executor.submit(make_job("hog-in-a-child:500"))
    time.sleep(6.0)  # a database that is locked, a sampler that thinks
    (result,) = executor.poll(0)
    assert result.failure.kind == "oom_ram"


def test_address_space_and_mapped_files_are_no_memory(make_executor, make_job, run_to_end, tmp_path):
    executor = make_executor(memory=LIMIT)
    assert run_to_end(executor, make_job(f"map:{tmp_path / 'big'}"))[1].status == "complete"


def test_a_limit_below_what_a_worker_needs_to_start_is_said(make_executor, make_job, run_to_end):
    executor = make_executor(memory=1_000_000, command=(sys.executable, "-c", "x = 'x' * (50 << 20); input()"))
    with pytest.raises(SearchError, match=r"before it trains.*may hold 0\.00 GB.*--memory-limit"):
        run_to_end(executor, make_job("epochs:1"))


def test_a_mistake_in_the_thread_that_watches_is_raised(monkeypatch, executor, until):
    def mistaken():
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(watch, "free_memory", mistaken)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        until(executor, lambda event: False)
