"""What one worker process does, and what it never does to the coordinator."""

from __future__ import annotations

import math
import os
import signal
import sys
import time

import psutil
import pytest

from automl.errors import SearchError
from automl.jobs import EpochReport, Reply, TrialResult


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
    assert pids == {float(executor.worker_pids[0])}


def test_numbers_that_are_not_finite_arrive(executor, make_job, run_to_end):
    (report,), _ = run_to_end(executor, make_job("nan"))
    assert math.isnan(report.metrics["loss"])
    assert report.learning_rate == math.inf


def test_poll_without_news_returns_after_its_timeout(executor):
    begin = time.monotonic()
    assert all(not executor.poll(0.05) for _ in range(3))
    assert time.monotonic() - begin < 5


def test_a_second_job_while_one_runs_is_a_mistake(executor, make_job, first_report):
    first_report(executor, make_job("sleep"))
    assert not executor.ready()
    with pytest.raises(RuntimeError, match="busy with trial-0"):
        executor.submit(make_job("epochs:1", "trial-1"))


def test_what_libraries_print_goes_to_the_log(executor, make_job, run_to_end, tmp_path):
    _, result = run_to_end(executor, make_job("print"))
    log = (tmp_path / "logs" / "worker-1.log").read_text()
    assert result.status == "complete"
    for text in ("printed by a library", "written to descriptor 1", "a library warns"):
        assert text in log


def test_a_mistake_of_this_package_is_raised_with_its_traceback(executor, make_job, run_to_end):
    with pytest.raises(RuntimeError, match=r"(?s)scripted_worker\.py.*a mistake of ours"):
        run_to_end(executor, make_job("mistake"))


def test_workers_that_cannot_start_end_the_search_with_their_last_words(make_executor, make_job, run_to_end):
    executor = make_executor(command=(sys.executable, "-c", "raise ImportError('no such library')"))
    with pytest.raises(SearchError, match=r"(?s)do not start.*exit code 1.*no such library"):
        run_to_end(executor, make_job("epochs:1"))


@pytest.mark.parametrize("code", ["print('hello'); print('world')", "print('\\0\\0\\0\\2{}')"])
def test_another_program_in_place_of_a_worker_stops_the_search(make_executor, make_job, run_to_end, code):
    executor = make_executor(command=(sys.executable, "-c", code))
    with pytest.raises(RuntimeError, match="does not speak the protocol"):
        run_to_end(executor, make_job("epochs:1"))


def test_a_worker_of_another_version_stops_the_search(make_executor, make_job, run_to_end):
    code = (
        "import sys, time; from automl.execution.frames import FrameWriter;"
        "FrameWriter(sys.stdout.buffer).write('hello', {'protocol': 99}); sys.stdin.read()"
    )
    executor = make_executor(command=(sys.executable, "-c", code))
    with pytest.raises(RuntimeError, match="protocol 99"):
        run_to_end(executor, make_job("epochs:1"))


def test_a_worker_finds_modules_where_this_process_does(tmp_path, monkeypatch, make_executor, make_job, run_to_end):
    (tmp_path / "beside.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])  # as in a notebook and at the prompt
    executor = make_executor(command=(sys.executable, "-P", "-c", "import beside"))
    with pytest.raises(SearchError, match="exit code 7"):
        run_to_end(executor, make_job("epochs:1"))


def test_a_worker_that_lives_on_without_its_pipe_is_ended(make_executor, make_job, run_to_end):
    executor = make_executor(command=(sys.executable, "-c", "import os, time; os.close(1); time.sleep(600)"))
    with pytest.raises(SearchError, match="do not start"):
        run_to_end(executor, make_job("epochs:1"))


def test_events_that_come_together_are_polled_in_order(executor, make_job):
    executor.submit(make_job("nan"))
    events = []
    while not events:
        events = executor.poll(5)
    executor.reply("trial-0", Reply())
    time.sleep(0.5)
    events += executor.poll(5)
    assert [type(event) for event in events] == [EpochReport, TrialResult]


def test_an_answer_is_for_the_report_that_came_and_for_no_later_one(executor, make_job, until):
    executor.submit(make_job("epochs:9"))
    executor.reply("trial-0", Reply(action="stop"))  # it has asked nothing: to whom this answered died before
    until(executor, lambda event: event.epoch == 1)
    executor.reply("trial-0", Reply())
    executor.reply("trial-0", Reply(action="stop"))
    until(executor, lambda event: event.epoch == 2)
    executor.reply("trial-0", Reply(action="stop"))
    assert until(executor, lambda event: isinstance(event, TrialResult))[0].epochs == 2


def test_close_twice_is_fine_and_submit_after_it_is_not(executor, make_job):
    executor.close()
    executor.close()
    executor.reply("trial-0", Reply())
    assert not executor.ready()
    assert executor.poll(0.1) == []
    with pytest.raises(RuntimeError, match="closed"):
        executor.submit(make_job("epochs:1"))


@pytest.mark.parametrize("after", [0.0, 0.05, 0.3])
def test_close_at_any_time_after_the_start(make_executor, gone, after):
    executor = make_executor(2)
    time.sleep(after)
    started = [process.pid for process in psutil.Process().children(recursive=True)]
    assert len(started) >= 2  # a guard for each worker at the least
    executor.close()
    assert all(gone(pid) for pid in started)


def test_close_in_mid_job_ends_the_worker_and_its_children(executor, make_job, first_report, gone):
    child = int(first_report(executor, make_job("child")).metrics["loss"])
    worker = executor.worker_pids[0]
    executor.close()
    assert gone(worker)
    assert gone(child)


def test_close_ends_a_worker_that_hangs_in_c(executor, make_job, first_report, gone):
    first_report(executor, make_job("hang"))
    executor.reply("trial-0", Reply())
    worker = executor.worker_pids[0]
    executor.close()
    assert gone(worker)


def test_ctrl_c_in_the_worker_means_nothing(executor, make_job, first_report, gone):
    first_report(executor, make_job("sleep"))
    os.kill(executor.worker_pids[0], signal.SIGINT)
    assert not gone(executor.worker_pids[0], 0.5)
