from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_search import rising, units

from automl.execution import Event
from automl.failures import FAILURE_KINDS, POLICIES, Failure, FailureKind
from automl.jobs import DataRef, EpochReport, Objective, Reply, TrainingSettings, TrialJob, TrialResult
from automl.search.attempts import RETRIES, Attempts
from automl.search.final import train_final
from automl.search.halving import Halving, Standing

CRASH = Failure(kind="crashed", message="killed by SIGKILL", transient=True)
GPU = Failure(kind="oom_gpu", message="the GPU is full")


def make_job(**more: object) -> TrialJob:
    fields = {
        "job_id": "trial-0",
        "task": "t",
        "architecture": {},
        "training": TrainingSettings(batch_size=64),
        "data": DataRef(directory="d"),
        "objective": Objective(metric="val_accuracy", direction="maximize"),
        "seed": 1,
        "model_file": "m.keras",
    }
    return TrialJob(**fields | more)


class Failing:
    """An executor whose every attempt reports some epochs and then fails, until it has no failure left."""

    capacity = 1

    def __init__(self, attempts: Sequence[tuple[int, Failure | None]]) -> None:
        self.attempts, self.jobs = list(attempts), []
        self._events: list[Event] = []

    def ready(self) -> bool:
        return True

    def submit(self, job: TrialJob) -> str:
        self.jobs.append(job)
        epochs, failure = self.attempts[len(self.jobs) - 1]
        for epoch in range(1, epochs + 1):
            report = EpochReport(
                job_id=job.job_id, epoch=epoch, planned_epochs=99, metrics={}, learning_rate=0.1, seconds=1
            )
            self._events.append(report)
        status = "failed" if failure else "complete"
        self._events.append(TrialResult(job_id=job.job_id, status=status, epochs=epochs, failure=failure))
        return "worker-1"

    def poll(self, timeout: float) -> list[Event]:
        events, self._events = self._events, []
        return events

    def reply(self, job_id: str, reply: Reply) -> None: ...


def run(attempts: Sequence[tuple[int, Failure | None]], job: TrialJob | None = None, *, stopping: bool = False):
    """The executor, what was told of retries, and the result."""
    executor, told = Failing(attempts), []
    running = Attempts(
        executor, stopping=lambda: stopping, started=lambda *_: None, retried=lambda job, why: told.append(why)
    )
    running.submit(job or make_job())
    while True:
        for event in running.poll(0):
            if isinstance(event, TrialResult):
                return executor, told, event


def test_a_crash_goes_on_from_the_state() -> None:
    executor, told, result = run([(3, CRASH), (5, None)])
    assert [job.resume for job in executor.jobs] == [False, True]
    assert told == ["killed by SIGKILL"]
    assert result.status == "complete"


def test_a_job_that_gets_no_further_is_given_up() -> None:
    executor, _, result = run([(3, CRASH)] * 10)
    assert len(executor.jobs) == 1 + RETRIES
    assert result.failure == CRASH


def test_a_retry_that_got_further_does_not_count() -> None:
    executor, _, result = run([(epochs, CRASH) for epochs in range(1, 40)] + [(40, None)])
    assert len(executor.jobs) == 40
    assert result.status == "complete"


@given(epochs=st.lists(st.integers(0, 9), min_size=40, max_size=40))
def test_the_number_of_retries_is_bounded_by_the_epochs_that_are_reached(epochs: list[int]) -> None:
    executor, _, result = run([(count, CRASH) for count in epochs])
    assert result.failure == CRASH
    assert len(executor.jobs) <= (max(epochs) + 1) * (1 + RETRIES)
    last = epochs[: len(executor.jobs)]
    assert max(last[-RETRIES:]) <= max(last[:-RETRIES])


def test_a_crash_of_its_own_making_is_not_tried_again() -> None:
    executor, told, result = run([(3, CRASH.model_copy(update={"transient": False}))])
    assert (len(executor.jobs), told, result.status) == (1, [], "failed")


def test_out_of_gpu_memory_halves_the_batch_down_to_one_row_and_begins_anew() -> None:
    job = make_job(training=TrainingSettings(batch_size=5))
    executor, _, result = run([(0, GPU)] * 9, job)
    assert [job.training.batch_size for job in executor.jobs] == [5, 2, 1]
    assert not any(job.resume for job in executor.jobs)
    assert result.failure == GPU


@pytest.mark.parametrize("kind", [kind for kind in FAILURE_KINDS if POLICIES[kind].retry == "never"])
def test_what_would_fail_again_is_not_tried_again(kind: FailureKind) -> None:
    executor, _, _ = run([(1, Failure.of(kind, "it failed", transient=True))])
    assert len(executor.jobs) == 1


def test_what_a_full_disk_cut_off_is_paused_and_nothing_is_tried_until_there_is_room(make_search) -> None:
    full = Failure.of("disk_full", "no space for the model", transient=True)
    search = make_search(lambda job: [0.1, 0.9, full, 0.2] if units(job) == 16 else [0.5, 0.6], max_trials=4)
    winner = search.engine.search()
    before = search.study.trials()
    assert [(r.state, r.failure_kind) for r in before] == [("complete", ""), ("paused", "")]
    assert before[1].reason == "no space for the model"
    assert winner.number == 0
    assert search.events.warnings == [f"the search ends early: a trial was cut off: {full.message}. {full.advice}"]
    assert (search.rules.checkpoints / "trial-1.state.npz").is_file()
    later = make_search(lambda job: [0.1, 0.9, 0.2, 0.3] if units(job) == 16 else [0.5, 0.6], max_trials=4)
    assert later.engine.search().number == 1
    assert later.executor.jobs[0].job_id == "trial-1"
    assert later.executor.jobs[0].resume
    assert later.study.trials()[0] == before[0]


def test_the_model_of_a_trial_that_a_full_disk_cut_off_is_delivered_when_it_is_the_best(make_search) -> None:
    full = Failure.of("disk_full", "no space for the model")
    search = make_search(lambda job: [0.1, 0.9], max_trials=4)
    model, heard = search.rules.checkpoints / "trial-0.keras", search.executor.poll

    def poll(timeout: float) -> list[Event]:
        cut = {"status": "failed", "failure": full}
        return [event.model_copy(update=cut) if isinstance(event, TrialResult) else event for event in heard(timeout)]

    search.executor.poll = poll
    winner = search.engine.search()
    assert (winner.number, winner.value, winner.model_file) == (0, 0.9, model)
    assert search.study.trials()[0].state == "paused"


def test_a_final_training_that_a_full_disk_cut_off_is_told(make_search) -> None:
    full = Failure.of("disk_full", "no space for the model")
    search = make_search(lambda job: [0.5, full] if job.job_id == "final" else [0.5, 0.6], max_trials=1)
    winner = search.engine.search()
    final = train_final(
        winner, search.rules, executor=search.executor, events=search.events, interrupt=search.interrupt
    )
    assert not final.refit
    assert "no space for the model" in search.events.warnings[-1]


@pytest.mark.parametrize("failure", [CRASH, GPU])
def test_a_retry_has_the_seconds_that_are_left(failure: Failure) -> None:
    executor, _, _ = run([(1, failure), (1, None)], make_job(seconds=100.0, timeout=130.0))
    assert 90 < executor.jobs[1].seconds < 100
    assert 120 < executor.jobs[1].timeout < 130


def test_a_retry_of_what_had_no_limit_has_none() -> None:
    executor, _, _ = run([(1, CRASH), (1, None)])
    assert (executor.jobs[1].seconds, executor.jobs[1].timeout) == (None, None)


def test_nothing_is_tried_again_when_the_search_is_about_to_end() -> None:
    executor, told, result = run([(3, CRASH)], stopping=True)
    assert (len(executor.jobs), told) == (1, [])
    assert (result.status, result.failure) == ("paused", None)


def test_a_trial_whose_batch_was_halved_says_so_and_its_final_training_has_that_batch(make_search) -> None:
    search = make_search(lambda job: GPU if job.training.batch_size > 20 else rising(job), max_trials=1)
    winner = search.engine.search()
    record = search.study.trials()[0]
    assert winner.training.batch_size == record.training["batch_size"] == 16
    assert [number for number, _ in search.events.retried] == [0, 0]
    assert "batches of 16" in record.reason
    assert record.training["epochs"] == 6


def test_a_trial_that_crashes_once_is_one_trial_with_all_its_epochs(make_search) -> None:
    search = make_search(lambda job: [0.1, 0.2, CRASH, 0.3, 0.4], max_trials=1)
    winner = search.engine.search()
    assert search.events.retried == [(0, "killed by SIGKILL")]
    assert search.study.trials()[0].epochs == winner.epochs == 4


def test_a_trial_that_dies_as_it_is_told_to_wait_waits_after_the_same_epoch(make_search) -> None:
    def script(job: TrialJob) -> list[float]:
        return [0.9] * 6 if int(job.job_id[6:]) < 5 or units(job) == 16 else [0.1] * 6

    def die_once(job_id: str, reply: Reply) -> None:
        if reply.action != "pause" or died:
            answer(job_id, reply)
            return
        died.append(job_id)
        search.executor.fail(job_id, CRASH)

    alone = make_search(script, max_trials=6, run="alone")
    alone.engine.search()
    search, died = make_search(script, max_trials=6, run="dying"), []
    answer, search.executor.reply = search.executor.reply, die_once
    search.engine.search()
    assert died
    expected, found = ([(r.state, r.epochs, r.value, r.reason) for r in s.study.trials()] for s in (alone, search))
    assert found == expected
    assert found[-1][0] == "pruned"


def test_a_trial_that_is_to_wait_after_an_epoch_that_is_told_again_waits(make_search, monkeypatch) -> None:
    search, said = make_search(lambda job: [0.5] * 6, max_trials=1), []
    submit, reply = search.executor.submit, search.executor.reply

    def submit_with_a_state(job: TrialJob) -> str:
        Path(job.state_file).parent.mkdir(parents=True, exist_ok=True)
        Path(job.state_file).write_text(json.dumps([0.5] * 5))
        return submit(job.model_copy(update={"resume": True}))

    def reply_to_the_last(job_id: str, answer: Reply) -> None:  # all epochs of a state are told, whatever is answered
        said.append(answer.action)
        last = next((action for action in reversed(said) if action != "continue"), "continue")
        reply(job_id, Reply(action=last if len(said) >= 5 else "continue"))

    monkeypatch.setattr(search.executor, "submit", submit_with_a_state)
    monkeypatch.setattr(search.executor, "reply", reply_to_the_last)
    third = Standing(epoch=3, planned=6, rank=1, of=2)
    monkeypatch.setattr(Halving, "verdict", lambda *_, epoch, **__: third if epoch == 3 else None)
    monkeypatch.setattr(Halving, "next", lambda *_: None)
    winner = search.engine.search()  # there is no other
    (record,) = search.study.trials()[:1]
    assert (record.state, record.epochs, winner.number) == ("pruned", 5, 0)
    assert record.reason == "behind after 3 of 6 epochs: 1 of 1 others are ahead"
