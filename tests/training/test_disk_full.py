"""The disk runs full at one place after the other; the limit of a file's size stands for it: writing ends in EFBIG."""

from __future__ import annotations

import errno
from contextlib import ExitStack, contextmanager
from pathlib import Path

import keras
import pytest

from automl.jobs import Reply
from automl.training import run_job

resource = pytest.importorskip("resource", reason="needs limits of the system on the size of a file")


@contextmanager
def no_file_larger_than(size):
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


@pytest.fixture
def full_after():
    """Makes a recorder after one of whose epochs no file can be larger than ``size()``; what it answers then."""
    with ExitStack() as stack:

        def make(epoch, size, answer="continue"):
            def report(report):
                reports.append(report)
                if report.epoch < epoch:
                    return Reply()
                if report.epoch == epoch:
                    stack.enter_context(no_file_larger_than(size()))
                return Reply(action=answer)

            reports = []
            report.reports = reports
            return report

        yield make


def names(job):
    return sorted(path.name for path in Path(job.model_file).parent.iterdir())


def test_no_room_for_the_first_model(make_job, recorder):
    job = make_job(epochs=3)
    with no_file_larger_than(1000):
        result = run_job(job, recorder)
    assert (result.status, result.failure.kind) == ("failed", "disk_full")
    assert (result.model_file, result.best_epoch, dict(result.metrics)) == (None, None, {})
    assert "model.keras" in result.failure.message
    assert "Free some space" in result.failure.advice
    assert names(job) == []


def test_no_room_for_a_later_model_leaves_the_one_before(make_job, full_after, monkeypatch):
    monkeypatch.setattr("automl.training.keeper._SHARE_OF_TIME", 1e9)
    job = make_job(epochs=5)
    result = run_job(job, report := full_after(2, lambda: 1000))
    assert (result.status, result.failure.kind, result.best_epoch) == ("failed", "disk_full", 2)
    assert result.metrics == report.reports[1].metrics
    assert names(job) == ["model.answers.npz", "model.keras"]
    assert len(keras.saving.load_model(result.model_file).get_weights()) == 4


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, "disk_full"), (errno.EIO, "train_error")])
def test_a_write_that_fails_once_is_a_failure_of_the_trial_alone(make_job, recorder, monkeypatch, code, kind):
    @contextmanager
    def fails_once(path):
        monkeypatch.undo()
        raise OSError(code, "played", str(path))
        yield path

    monkeypatch.setattr("automl.training.keeper.whole_file", fails_once)
    result = run_job(job := make_job(epochs=3), recorder)
    assert (result.status, result.failure.kind) == ("failed", kind)
    assert (result.epochs, result.best_epoch, dict(result.metrics)) == (0, None, {})
    assert names(job) == []


def test_no_room_for_a_state_now_and_then_costs_no_epoch(make_kept, full_after, always_saved):
    def more_than_a_model():
        sizes = [Path(name).stat().st_size for name in (job.model_file, job.state_file)]
        assert sizes[0] < 0.8 * sizes[1]
        return sum(sizes) // 2

    job = make_kept(epochs=5, optimizer="adamw")
    result = run_job(job, report := full_after(2, more_than_a_model))
    assert (result.status, result.epochs, result.failure) == ("complete", 5, None)
    assert [told.saved for told in report.reports] == [True, True, False, False, False]
    assert names(job) == ["model.answers.npz", "model.keras"]


def test_no_room_for_the_state_of_a_pause_leaves_an_older_one_to_go_on_from(make_kept, full_after, monkeypatch, same):
    monkeypatch.setattr("automl.training.saver._SHARE_OF_TIME", 1e-9)
    monkeypatch.setattr("automl.training.keeper._SHARE_OF_TIME", 1e9)
    job = make_kept(epochs=5)
    undisturbed = run_job(make_kept(epochs=5, name="alone"), alone := full_after(9, lambda: 1000))
    with ExitStack() as full:
        reports = []

        def pause(told):
            reports.append(told)
            if told.epoch < 2:
                return Reply()
            full.enter_context(no_file_larger_than(1000))
            return Reply(action="pause")

        result = run_job(job, pause)
    assert (result.status, result.failure.kind, result.best_epoch) == ("failed", "disk_full", 2)
    assert names(job) == ["model.answers.npz", "model.keras", "state.npz"]
    again = run_job(job.model_copy(update={"resume": True}), later := full_after(9, lambda: 1000))
    assert (again.status, again.metrics) == (undisturbed.status, undisturbed.metrics)
    assert same(later.reports) == same(alone.reports)
    assert names(job) == ["model.answers.npz", "model.keras"]
