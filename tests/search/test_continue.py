"""Laws of a search that is killed, stopped, extended and continued, at any moment."""

from __future__ import annotations

import contextlib
import itertools
import random
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scripted_search import Killed, units

from automl.failures import Failure
from automl.jobs import TrialJob
from automl.search.final import train_final
from automl.search.tally import in_order
from automl.study import ENDED

TRIALS = 12
NAN = Failure(kind="nan_loss", message="the loss is NaN")
CRASH = Failure(kind="crashed", message="the worker was killed by SIGKILL", transient=True)

runs = itertools.count()
ends = st.lists(
    st.one_of(
        st.tuples(st.just("kill"), st.integers(0, 120)),
        st.tuples(st.just("stop"), st.integers(0, 120)),
        st.tuples(st.just("limit"), st.integers(1, TRIALS)),
    ),
    max_size=5,
)
# What takes the search with it three times without getting further is given up, and others come in its place.
survived = ends.filter(lambda how: sum(what == "kill" for what, _ in how) < 3)
# Where a search was over, those that waited on a rung are: with more trials to come they would have waited on.
uninterrupted = survived.map(lambda how: [(what, when) for what, when in how if what != "limit"])
few = settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a failing one smaller would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
many = settings(few, max_examples=40)


def script(job: TrialJob) -> list[float | Failure]:
    """Good, bad, failing and crashing trials, by what they are alone."""
    chance = random.Random(f"{units(job)} {job.training.lr} {job.seed}")
    curve: list[float | Failure] = [chance.random() * (epoch + 1) for epoch in range(job.training.epochs)]
    if chance.random() < 0.15:
        curve.insert(chance.randrange(6), NAN)
    if chance.random() < 0.3:
        curve.insert(chance.randrange(6), CRASH)
    return curve


def story(search) -> list[tuple[object, ...]]:
    """All that a search did, but for what was lost and done again."""
    return [
        (dict(r.params), r.state, r.value, dict(r.metrics), r.epochs, r.best_epoch, r.seed, r.proposed_by, r.reason)
        for r in in_order(search.study.trials())
        if r.state != "orphaned"
    ]


def finish(make_search, how, **options):
    """A search that comes to its end, with everything that happens on its way."""
    run = f"run-{next(runs)}"
    for what, when in how:
        limit = {"max_trials": when} if what == "limit" else {}
        search = make_search(script, run=run, **options | limit)
        search.study.left = None if what == "limit" else when
        if what == "stop":
            search.study.strike = search.interrupt.request
        with contextlib.suppress(Killed, KeyboardInterrupt):
            search.engine.search()
    search = make_search(script, run=run, **options)
    winner = search.engine.search()
    return search, winner


@cache
def undisturbed(make_search, early_discard):
    alone, best = finish(make_search, [], max_trials=TRIALS, early_discard=early_discard)
    return story(alone), best


def check_the_same_answer(make_search, how, *, early_discard: bool) -> None:
    expected, best = undisturbed(make_search, early_discard)
    disturbed, found = finish(make_search, how, max_trials=TRIALS, early_discard=early_discard)
    assert story(disturbed) == expected
    assert (found.value, found.metrics, found.seed, found.architecture) == (
        best.value,
        best.metrics,
        best.seed,
        best.architecture,
    )
    assert disturbed.engine.trained == TRIALS


@few
@given(how=survived)
def test_one_trial_at_a_time_every_way_to_the_end_gives_the_same_trials(make_search, how) -> None:
    check_the_same_answer(make_search, how, early_discard=False)


@few
@given(how=uninterrupted)
def test_with_trials_that_wait_and_go_on_every_way_to_the_end_gives_the_same_trials(make_search, how) -> None:
    check_the_same_answer(make_search, how, early_discard=True)
    states = {state for _, state, *_ in undisturbed(make_search, True)[0]}
    assert {"complete", "pruned"} <= states


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.timeout(1200)
@many
@given(how=uninterrupted)
def test_with_trials_that_wait_and_go_on_every_way_to_the_end_gives_the_same_trials_often(make_search, how) -> None:
    check_the_same_answer(make_search, how, early_discard=True)


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.timeout(1200)
@many
@given(how=survived)
def test_one_trial_at_a_time_every_way_to_the_end_gives_the_same_trials_often(make_search, how) -> None:
    check_the_same_answer(make_search, how, early_discard=False)


def tries(record, records) -> int:
    """Which try of its parameters a trial was."""
    before = None if record.parent is None else records[record.parent]
    return 1 if before is None or before.state != "orphaned" else 1 + tries(before, records)


def check_nothing_is_lost(make_search, how, workers: int) -> None:
    run, over = f"run-{next(runs)}", {}
    for what, when in [*how, ("limit", TRIALS)]:
        search = make_search(script, run=run, workers=workers, max_trials=when if what == "limit" else TRIALS)
        known = {record.number: record for record in search.study.trials()}
        assert all(known[number] == record for number, record in over.items())
        search.study.left = None if what == "limit" else when
        if what == "stop":
            search.study.strike = search.interrupt.request
        with contextlib.suppress(Killed, KeyboardInterrupt):
            search.engine.search()
        assert search.executor.most <= workers
        records = search.study.trials()
        over = {record.number: record for record in records if record.state in ENDED}
    assert {record.state for record in records} <= ENDED | {"paused"}
    trained = [record for record in records if record.trained and record.state in ("complete", "pruned", "failed")]
    assert len(trained) == search.engine.trained
    assert TRIALS <= len(trained) < TRIALS + workers
    states = {record.number: record.state for record in records}
    children = [r.parent for r in records if r.parent is not None and states[r.parent] == "orphaned"]
    assert len(children) == len(set(children))
    # What took the search with it three times without getting further is not tried a fourth time.
    given_up = [r for r in records if r.state == "orphaned" and r.params and r.number not in children]
    assert all(tries(record, records) >= 3 for record in given_up)
    kept = {file.name for file in search.rules.checkpoints.iterdir()}
    best = sorted((r for r in trained if r.state == "complete"), key=lambda r: -r.value)[:3]
    paused = {
        f"trial-{r.number}{end}"
        for r in records
        if r.state == "paused"
        for end in (".keras", ".state.npz", ".answers.npz")
    }
    assert {f"trial-{record.number}.keras" for record in best} <= kept
    assert kept <= {f"trial-{record.number}{end}" for record in best for end in (".keras", ".answers.npz")} | paused


@few
@given(how=ends, workers=st.integers(2, 4))
def test_no_finished_trial_is_lost_or_counted_twice(make_search, how, workers) -> None:
    check_nothing_is_lost(make_search, how, workers)


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.timeout(1200)
@many
@given(how=ends, workers=st.integers(2, 4))
def test_no_finished_trial_is_lost_or_counted_twice_often(make_search, how, workers) -> None:
    check_nothing_is_lost(make_search, how, workers)


def test_a_final_training_that_was_stopped_goes_on(make_search) -> None:
    search = make_search(script, max_trials=2)
    winner = search.engine.search()

    def stop(job: TrialJob) -> list[float]:
        search.interrupt.request()
        return [0.5] * 6

    search.executor._script = stop
    final = train_final(
        winner, search.rules, executor=search.executor, events=search.events, interrupt=search.interrupt
    )
    assert not final.refit
    again = make_search(lambda job: [0.5] * 6, max_trials=2)
    winner = again.engine.search()
    final = train_final(winner, again.rules, executor=again.executor, events=again.events, interrupt=again.interrupt)
    assert final.refit
    assert [job.resume for job in again.executor.jobs] == [True]
    assert not (again.rules.checkpoints / "final.state.npz").exists()
