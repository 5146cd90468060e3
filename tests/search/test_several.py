"""Several trials at the same time, and the proposal that is ready in advance."""

from __future__ import annotations

import itertools

import pytest
from scripted_search import rising, units

from automl.failures import Failure
from automl.search.engine import TWINS

ONE_POINT = """
version: 1
name: one
task: image-classify
vars: {wide: {choice: [4, 8], default: 4}}
model: [flatten, {dense: {units: =wide}}, head]
train: {epochs: 2}
seeds: [{wide: 4}]
"""


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_all_workers_train_and_no_more_trials_than_asked_for(make_search, workers: int) -> None:
    search = make_search(rising, workers=workers, max_trials=7, early_discard=False)
    search.engine.search()
    assert search.executor.most == workers
    assert len(search.executor.jobs) == search.engine.trained == 7
    assert len({job.job_id for job in search.executor.jobs}) == 7


def test_the_next_proposal_is_asked_for_while_trials_train(make_search) -> None:
    search = make_search(rising, max_trials=5, early_discard=False)
    moments: list[tuple[int, str]] = []
    ask, poll = search.study.ask, search.executor.poll

    def asked(*args, **kwargs):
        trial = ask(*args, **kwargs)
        moments.append((trial.number, "asked"))
        return trial

    def polled(timeout: float):
        events = poll(timeout)
        moments.extend((int(e.job_id[6:]), "ended") for e in events if hasattr(e, "status"))
        return events

    search.study.ask, search.executor.poll = asked, polled
    search.engine.search()
    ended = [number for number, what in moments if what == "ended"]
    for number, following in itertools.pairwise(ended):
        # Proposals between the two were not worth training; the first of them was asked for in advance.
        assert moments.index((number + 1, "asked")) < moments.index((number, "ended"))
        assert moments.index((number, "ended")) < moments.index((following, "ended"))


def test_nothing_is_asked_for_that_will_not_be_trained(make_search) -> None:
    search = make_search(rising, max_trials=2)
    search.engine.search()
    assert search.study.position == len(search.study.trials()) == 2


def test_an_equal_of_a_running_trial_waits_for_its_value(make_search) -> None:
    search = make_search(rising, space=ONE_POINT, workers=2, max_trials=2)
    search.engine.search()
    records = search.study.trials()
    assert sorted(units(job) for job in search.executor.jobs) == [4, 8]
    twin = records[1]
    assert (twin.state, twin.duplicate_of, twin.value) == ("duplicate", 0, records[0].value)


def test_an_equal_of_a_trial_that_fails_is_trained_itself(make_search) -> None:
    failure = Failure(kind="train_error", message="it does not work")
    search = make_search(
        lambda job: failure if job.job_id == "trial-0" else rising(job), space=ONE_POINT, workers=2, max_trials=2
    )
    search.engine.search()
    assert [record.state for record in search.study.trials()[:2]] == ["failed", "complete"]
    assert {job.job_id for job in search.executor.jobs} >= {"trial-0", "trial-1"}


def test_few_equals_wait_at_the_same_time(make_search) -> None:
    search = make_search(rising, space=ONE_POINT, workers=4, max_trials=50)
    waiting: list[int] = []
    search.events.epoch_ended = lambda number, report: waiting.append(
        sum(record.state == "running" for record in search.study.trials()) - len(search.executor._running)
    )
    search.engine.search()
    assert max(waiting) <= TWINS
    assert "nothing new" in search.events.stopped
    assert len(search.executor.jobs) == 2


def test_an_equal_that_waits_when_the_search_is_stopped_has_its_turn_when_it_goes_on(make_search) -> None:
    def stop(*_: object) -> None:
        if search.study.trials()[1].state == "running":
            search.interrupt.request()

    space = ONE_POINT.replace("epochs: 2", "epochs: 6")
    search = make_search(rising, space=space, workers=2, max_trials=2)
    search.events.epoch_ended = stop
    search.engine.search()
    assert [record.state for record in search.study.trials()[:2]] == ["paused", "paused"]
    again = make_search(rising, space=space, workers=2, max_trials=2)
    again.engine.search()
    assert [record.state for record in again.study.trials()[:2]] == ["complete", "duplicate"]


def test_every_trial_says_who_trained_it(make_search) -> None:
    search = make_search(rising, workers=2, max_trials=4)
    search.engine.search()
    assert {record.worker for record in search.study.trials() if record.trained} == {"worker-1", "worker-2"}


def test_of_equal_values_the_first_that_was_there_wins_and_its_model_stays(make_search) -> None:
    search = make_search(lambda job: [0.5] * 6, workers=3, max_trials=6)
    winner = search.engine.search()
    assert winner.number == next(number for number, state in search.events.ended if state == "complete")
    assert winner.model_file.is_file()
