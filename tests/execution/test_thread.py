from __future__ import annotations

import threading
import time

import pytest

import automl.training
from automl.config import Limits
from automl.execution import Crew, ProcessExecutor, ThreadExecutor, make_executor
from automl.jobs import EpochReport, Reply, TrialResult


def scripted(job, report):
    if job.task == "mistake":
        raise KeyError("a mistake of ours")
    for epoch in range(1, 6):
        line = EpochReport(
            job_id=job.job_id, epoch=epoch, planned_epochs=5, metrics={"loss": 1.0}, learning_rate=0.1, seconds=0.0
        )
        if report(line).action != "continue":
            return TrialResult(job_id=job.job_id, status="stopped", epochs=epoch)
    return TrialResult(job_id=job.job_id, status="complete", epochs=5)


@pytest.fixture
def executor(monkeypatch):
    """A thread executor that runs scripted jobs and imports no Keras."""
    monkeypatch.setattr("automl.training.run_job", scripted)
    monkeypatch.setattr("automl.execution.thread.start_keras", lambda: None)
    with ThreadExecutor() as started:
        yield started


def test_a_job_reports_every_epoch_and_then_its_result(executor, make_job, run_to_end):
    reports, result = run_to_end(executor, make_job("epochs"))
    assert [report.epoch for report in reports] == [1, 2, 3, 4, 5]
    assert result.status == "complete"


def test_the_reply_stop_reaches_the_job(executor, make_job, run_to_end):
    _, result = run_to_end(executor, make_job("epochs"), stop_after=2)
    assert (result.status, result.epochs) == ("stopped", 2)


def test_job_after_job_and_executor_after_executor(executor, make_job, run_to_end):
    for name in ("trial-0", "trial-1"):
        assert run_to_end(executor, make_job("epochs", name))[1].job_id == name
    with ThreadExecutor() as second:
        assert run_to_end(second, make_job("epochs"))[1].status == "complete"


def test_a_second_job_while_one_runs_is_a_mistake(executor, make_job, first_report):
    first_report(executor, make_job("epochs"))
    with pytest.raises(RuntimeError, match="trial-0 is running"):
        executor.submit(make_job("epochs", "trial-1"))


def test_a_mistake_of_this_package_is_raised_with_its_traceback(executor, make_job, run_to_end):
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        run_to_end(executor, make_job("mistake"))


def test_close_in_mid_job_stops_the_job(executor, make_job, first_report):
    first_report(executor, make_job("epochs"))
    executor.close()
    executor.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "automl-trial-0"]
    with pytest.raises(RuntimeError, match="closed"):
        executor.submit(make_job("epochs"))


def test_poll_without_news_returns_after_its_timeout(executor):
    begin = time.monotonic()
    assert executor.poll(0.05) == []
    assert time.monotonic() - begin < 2


def test_a_reply_to_a_job_that_is_over_is_ignored(executor, make_job, run_to_end):
    run_to_end(executor, make_job("epochs"))
    executor.reply("trial-0", Reply(action="stop"))
    assert run_to_end(executor, make_job("epochs", "trial-1"))[1].status == "complete"


def test_workers_say_where_jobs_run(tmp_path):
    assert isinstance(make_executor(Crew(0), log_dir=tmp_path, limits=Limits()), ThreadExecutor)
    assert isinstance(make_executor(Crew(1), log_dir=tmp_path, limits=Limits()), ProcessExecutor)
    assert make_executor(Crew(2), log_dir=tmp_path, limits=Limits()).capacity == 2


def test_the_training_room_offers_what_executors_call():
    assert callable(automl.training.run_job)
