"""Who goes on from a rung, and who waits: laws of successive halving, and a search that obeys them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_search import units

from automl.config import Limits
from automl.jobs import Objective, TrialJob
from automl.search.halving import BEHIND, ETA, KEPT, LIKE, Halving, ladder
from automl.search.tally import waits

ACCURACY = Objective(metric="val_accuracy", direction="maximize")
LOSS = Objective(metric="val_loss", direction="minimize")
scores = st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), min_size=1, max_size=40)


def at_a_rung(found: list[float], objective: Objective = ACCURACY, *, epoch: int = 3) -> Halving:
    halving = Halving(objective)
    for number, score in enumerate(found):
        halving.reached(number, epoch=epoch, value=score, planned=25)
    return halving


@given(epochs=st.integers(1, 1000), warmup=st.floats(0, 50))
def test_rungs_rise_and_lie_within_the_schedule_behind_the_warm_up(epochs: int, warmup: float) -> None:
    rungs = ladder(epochs, warmup)
    assert list(rungs) == sorted(set(rungs))
    assert all(max(1, warmup) < rung < epochs for rung in rungs)


@given(found=scores)
def test_at_a_rung_the_best_third_goes_on_and_always_the_best(found: list[float]) -> None:
    halving = at_a_rung(found)
    on = [n for n in range(1, len(found)) if halving.verdict(n, epoch=3, warmup=2) is None]
    rank = sorted(range(len(found)), key=lambda n: (-found[n] if not math.isnan(found[n]) else math.inf, n))
    assert set(on) == set(rank[: max(1, len(found) // ETA)]) - {0}


def test_less_is_better_where_the_objective_says_so() -> None:
    halving = at_a_rung([0.5, 0.4, 0.6], LOSS)
    assert [halving.verdict(n, epoch=3, warmup=2) is None for n in (1, 2)] == [True, False]


def test_the_first_trial_never_waits() -> None:
    assert at_a_rung([0.1, 0.9, 0.9]).verdict(0, epoch=3, warmup=2) is None


def test_a_trial_is_not_compared_with_one_at_another_epoch() -> None:
    halving = at_a_rung([0.9])
    halving.reached(1, epoch=8, value=0.5, planned=25)
    assert halving.verdict(1, epoch=8, warmup=2) is None


@pytest.mark.parametrize(("planned", "waiting"), [(25, True), (60, True), (math.ceil(25 * LIKE) - 1, False)])
def test_a_trial_is_compared_with_schedules_that_are_not_much_shorter(planned: int, waiting: bool) -> None:
    halving = Halving(ACCURACY)
    halving.reached(0, epoch=3, value=0.9, planned=planned)
    halving.reached(1, epoch=3, value=0.5, planned=25)
    assert (halving.verdict(1, epoch=3, warmup=2) is not None) is waiting


def test_the_score_is_the_best_one_so_far() -> None:
    halving = Halving(ACCURACY)
    for number, curve in enumerate([[0.1, 0.6, 0.5], [0.1, 0.2, 0.55]]):
        for epoch, score in enumerate(curve, 1):
            halving.reached(number, epoch=epoch, value=score, planned=25)
    assert str(halving.verdict(1, epoch=3, warmup=2)) == "behind after 3 of 25 epochs: 1 of 1 others are ahead"


def test_between_rungs_nobody_waits_and_without_early_discard_nowhere() -> None:
    halving = at_a_rung([0.9, 0.1], epoch=4)
    assert halving.verdict(1, epoch=4, warmup=2) is None
    halving = at_a_rung([0.9, 0.1])
    halving.enabled = False
    assert halving.verdict(1, epoch=3, warmup=2) is None


@given(found=scores, more=scores)
def test_who_waits_goes_on_when_enough_others_are_worse(found: list[float], more: list[float]) -> None:
    halving = at_a_rung(found)
    for number in range(1, len(found)):
        if halving.verdict(number, epoch=3, warmup=2) is not None:
            halving.rest(number)
    assert halving.next() is None, "whoever has earned it at once does not wait"
    for number, score in enumerate(more, len(found)):
        halving.reached(number, epoch=3, value=score, planned=25)
    waiting, on = halving.resting, []
    while (number := halving.next()) is not None:
        on.append(number)
        halving.wake(number)
    values = [-math.inf if math.isnan(score) else score for score in [*found, *more]]
    assert all(sum(v > values[n] for v in values) < max(1, len(values) // ETA) for n in on)
    assert [values[n] for n in on] == sorted((values[n] for n in on), reverse=True)
    left = [values[n] for n in waiting - set(on)]
    assert not on or not left or max(left) <= min(values[n] for n in on)


@given(found=scores, most=st.integers(1, 60))
def test_who_is_given_up_could_not_have_come_back(found: list[float], most: int) -> None:
    halving = at_a_rung(found)
    for number in range(1, len(found)):
        if halving.verdict(number, epoch=3, warmup=2) is not None:
            halving.rest(number)
    hopeless, before = halving.hopeless(most), halving.resting
    assert set(hopeless) <= before
    assert len(before - set(hopeless)) <= KEPT
    for number in range(len(found), most):  # all that are still to come are worse
        halving.reached(number, epoch=3, value=-1.0, planned=25)
    came = set()
    while (number := halving.next()) is not None:
        came.add(number)
        halving.wake(number)
    ranks = sorted(range(len(found)), key=lambda n: (-found[n] if not math.isnan(found[n]) else math.inf, n))
    assert all(ranks.index(number) >= KEPT for number in came & set(hopeless))


# In a search: curves by the width of a network, which says at once how good it is.


def by_width(job: TrialJob) -> list[float]:
    return [units(job) / 100 + epoch / 1000 for epoch in range(job.training.epochs)]


def narrower_is_better(job: TrialJob) -> list[float]:
    return [1 - units(job) / 100 + epoch / 1000 for epoch in range(job.training.epochs)]


def test_who_is_behind_waits_and_is_pruned_in_the_end_with_its_last_value(make_search) -> None:
    search = make_search(narrower_is_better, max_trials=2)
    winner = search.engine.search()
    default, seed = search.study.trials()
    assert (default.state, default.epochs, winner.number) == ("complete", 6, 0)
    assert (seed.state, seed.epochs, seed.value) == ("pruned", 2, pytest.approx(1 - 0.16 + 0.001))
    assert seed.reason == "behind after 2 of 6 epochs: 1 of 1 others are ahead"
    assert search.events.ended == [(0, "complete"), (1, "paused"), (1, "pruned")]
    assert search.engine.trained == 2
    assert {file.name.split(".")[0] for file in search.rules.checkpoints.iterdir()} == {"trial-0"}


def test_a_trial_that_has_earned_it_goes_on_from_its_state(make_search) -> None:
    # The third of six is not the best, but with six there at the rung two go on.
    rank = iter([0.9, 0.1, 0.8, 0.2, 0.3, 0.4])
    search = make_search(lambda job: [0.5] * 6 if job.resume else [next(rank)] * 6, max_trials=6)
    search.engine.search()
    records = {record.number: record for record in search.study.trials() if record.trained}
    on = [number for number, record in records.items() if record.state == "complete"]
    assert len(on) == 2
    again = [job for job in search.executor.jobs if job.resume]
    assert [job.job_id for job in again] == [f"trial-{on[1]}"]
    assert records[on[1]].value == 0.8
    assert [record.epochs for record in records.values() if record.number not in on] == [2] * 4


def test_without_early_discard_every_trial_is_trained_to_its_end(make_search) -> None:
    search = make_search(narrower_is_better, max_trials=4, early_discard=False)
    search.engine.search()
    assert {record.epochs for record in search.study.trials() if record.trained} == {6}


def test_ctrl_c_leaves_those_that_wait_to_the_next_session(make_search) -> None:
    begun = []

    def stop_at_the_third(job: TrialJob) -> list[float]:
        begun.append(job.job_id)
        if len(begun) == 3:
            search.interrupt.request()
        return narrower_is_better(job)

    search = make_search(stop_at_the_third, max_trials=6)
    search.engine.search()
    waiting = [record for record in search.study.trials() if waits(record)]
    assert [record.number for record in waiting] == [1]
    assert (search.rules.checkpoints / "trial-1.state.npz").is_file()
    again = make_search(narrower_is_better, max_trials=6)
    again.engine.search()
    record = again.study.trials()[1]
    assert (record.state, record.reason.startswith(BEHIND)) == ("pruned", True)
    assert not (again.rules.checkpoints / "trial-1.state.npz").exists()


def test_states_of_trials_that_cannot_come_back_are_dropped_while_the_search_goes_on(make_search) -> None:
    most = []

    def count(job: TrialJob) -> list[float]:
        files = search.rules.checkpoints.glob("*.state.npz")
        most.append(sum(1 for _ in files))
        return narrower_is_better(job)

    search = make_search(count, max_trials=9)
    search.engine.search()
    # Of nine at most three are ever among the best third, so no more than two can wait for that, and one trains.
    assert max(most) <= 4


def test_when_the_folder_is_full_those_that_wait_give_way(make_search, monkeypatch) -> None:
    monkeypatch.setattr("automl.search.disk._EVERY", 0.0)

    def large(job: TrialJob) -> list[float]:
        folder = Path(job.state_file).parent
        folder.mkdir(exist_ok=True)
        (folder / f"{job.job_id}.large").write_bytes(bytes(400_000))
        return narrower_is_better(job)

    search = make_search(large, max_trials=6, limits=Limits(disk=1_000_000))
    search.engine.search()
    assert search.engine.early
    assert not [record for record in search.study.trials() if waits(record)]
