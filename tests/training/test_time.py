"""Jobs with a limit of time."""

from __future__ import annotations

import time
from pathlib import Path

from automl.jobs import Reply
from automl.training import run_job


def test_hardly_any_time_trains_a_step_and_saves_a_model(make_job, recorder):
    result = run_job(make_job(epochs=50, seconds=0.05), recorder)
    assert result.status == "complete"
    assert (result.epochs, result.planned_epochs) == (1, 1)
    assert Path(result.model_file).exists()
    assert recorder[-1].planned_epochs == 1


def test_no_time_at_all_trains_a_step_and_saves_a_model(make_job, recorder):
    result = run_job(make_job(epochs=50, seconds=0.0, rows="all"), recorder)
    assert (result.status, result.epochs) == ("complete", 1)
    assert Path(result.model_file).exists()


def test_time_is_kept_and_used_and_the_rate_reaches_zero(make_job, recorder):
    run_job(make_job(epochs=1), recorder)  # what the first job of a process pays once is not this test's
    recorder.clear()
    begin = time.monotonic()
    result = run_job(make_job(epochs=100_000, seconds=4.0, patience=None), recorder)
    taken = time.monotonic() - begin
    assert 2.8 < taken < 8.0  # the machine may be busy
    assert result.status == "complete"
    assert 1 <= result.epochs < 100_000  # one, when the machine does ten other things
    assert result.planned_epochs == result.epochs
    rates = [report.learning_rate for report in recorder]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.05 * 5e-3


def test_no_epoch_begins_when_the_answer_comes_after_the_time(make_job):
    reports = []

    def late(report):
        reports.append(report)
        time.sleep(2.5)
        return Reply()

    result = run_job(make_job(epochs=10_000, seconds=2.0), late)
    assert (result.status, result.epochs, result.planned_epochs) == ("complete", 1, 1)
    (report,) = reports
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(report.metrics)


def test_enough_time_changes_nothing(make_job, recorder):
    run_job(make_job(epochs=2, seconds=600.0), recorder)
    limited = [dict(report.metrics) for report in recorder]
    recorder.clear()
    run_job(make_job(epochs=2), recorder)
    assert limited == [dict(report.metrics) for report in recorder]


def test_a_timeout_ends_the_schedule_in_time(make_job, recorder):
    begin = time.monotonic()
    result = run_job(make_job(epochs=100_000, timeout=4.0, patience=None), recorder)
    assert time.monotonic() - begin < 8.0  # without it: hours
    assert (result.status, result.failure) == ("complete", None)
    assert result.planned_epochs == result.epochs < 100_000
    assert Path(result.model_file).exists()
