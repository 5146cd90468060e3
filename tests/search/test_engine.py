from __future__ import annotations

import time

import pytest
from scripted_search import SPACE, made_by, rising, units

from automl.errors import SearchError
from automl.failures import POLICIES, Failure

TWO_POINTS = """
version: 1
name: two
task: image-classify
vars: {wide: {choice: [4, 8], default: 4}}
model: [flatten, {dense: {units: =wide}}, head]
train: {epochs: 2}
"""


def states(search) -> list[str]:
    return [record.state for record in search.study.trials()]


def test_the_default_comes_first_then_the_seeds(make_search) -> None:
    search = make_search(rising, max_trials=3)
    search.engine.search()
    assert [units(job) for job in search.executor.jobs[:2]] == [8, 16]
    by = [record.proposed_by for record in search.study.trials()]
    assert by[:2] == ["default", "seed"]
    assert by[2] in ("random", "evolution")


def test_the_number_of_trials_counts_only_what_was_trained(make_search) -> None:
    search = make_search(rising, space=SPACE.replace("units: 16", "units: 39"), max_trials=8)
    search.engine.search()
    assert search.engine.trained == len(search.executor.jobs) == 8
    assert states(search).count("infeasible") == len(states(search)) - 8 > 0


def test_what_breaks_a_constraint_is_recorded_with_its_reason_and_never_trained(make_search) -> None:
    search = make_search(rising, space=SPACE.replace("units: 16", "units: 39"), max_trials=8)
    search.engine.search()
    broken = [record for record in search.study.trials() if record.state == "infeasible"]
    assert [record.proposed_by for record in broken] == ["seed"]  # nobody proposes what is not allowed
    assert all("params is" in record.reason and "the limit is 1,100" in record.reason for record in broken)
    assert not {record.number for record in broken} & {int(job.job_id[6:]) for job in search.executor.jobs}


def test_a_space_with_nothing_new_ends_and_no_network_is_trained_twice(make_search) -> None:
    search = make_search(rising, space=TWO_POINTS, max_trials=50)
    search.engine.search()
    assert sorted(units(job) for job in search.executor.jobs) == [4, 8]
    assert set(states(search)) == {"complete", "duplicate"}


def test_the_best_value_wins(make_search) -> None:
    search = make_search(rising, max_trials=6)
    winner = search.engine.search()
    assert units(search.executor.jobs[0]) < max(map(units, search.executor.jobs))
    assert winner.value == max(record.value for record in search.study.trials() if record.state == "complete")


def test_a_failed_trial_is_recorded_and_the_search_goes_on(make_search) -> None:
    failure = Failure(kind="nan_loss", message="the loss is NaN", advice="lower the rate")
    search = make_search(lambda job: failure if units(job) == 8 else rising(job), max_trials=2)
    winner = search.engine.search()
    assert search.study.trials()[0].failure_kind == "nan_loss"
    assert units(search.executor.jobs[0]) == 8
    assert winner.number != 0


def test_when_every_trial_fails_the_search_gives_up_and_says_why(make_search) -> None:
    failure = Failure(kind="train_error", message="no such kernel", advice="use another machine")
    search = make_search(lambda job: failure, max_trials=50)
    with pytest.raises(
        SearchError,
        match=r"(?s)6 trials in a row failed, the last one with: no such kernel.*6 x failed.*use another machine",
    ) as caught:
        search.engine.search()
    assert len(search.executor.jobs) == POLICIES[failure.kind].give_up
    assert not caught.value.out_of_time


def test_a_trial_that_fails_when_the_time_is_over_is_the_last(make_search) -> None:
    failure = Failure(kind="train_error", message="no such kernel")
    search = make_search(lambda job: time.sleep(0.1) or failure, budget=0.05, max_trials=None)
    with pytest.raises(SearchError, match="the time is over"):
        search.engine.search()
    assert len(search.executor.jobs) == 1


def test_ctrl_c_pauses_the_trial_after_its_epoch_and_delivers_its_model(make_search) -> None:
    search = make_search(lambda job: [search.interrupt.request() or 0.5] * 6, max_trials=9)
    winner = search.engine.search()
    assert len(search.executor.jobs) == 1
    assert (winner.number, winner.epochs) == (0, 1)
    record = search.study.trials()[0]
    assert (record.state, record.reason) == ("paused", "stopped by Ctrl-C")
    assert made_by(winner.model_file) == "trial-0"
    assert search.engine.trained == 1


def test_ctrl_c_is_acknowledged_once(make_search) -> None:
    search = make_search(lambda job: [search.interrupt.request() or 0.5] * 6, max_trials=9)
    search.engine.search()
    assert search.events.warnings == ["finishing the epoch, then delivering the best model; Ctrl-C again ends at once"]


def test_ctrl_c_before_anything_is_trained_ends_like_any_ctrl_c(make_search) -> None:
    search = make_search(rising)
    search.interrupt.request()
    with pytest.raises(KeyboardInterrupt):
        search.engine.search()


def test_a_schedule_that_the_clock_shortened_is_what_later_trials_get(make_search) -> None:
    search = make_search(
        lambda job: [0.5] * min(job.training.epochs, 3), budget=1000, max_trials=3, early_discard=False
    )
    search.engine.search()
    assert [job.training.epochs for job in search.executor.jobs] == [6, 3, 3]


def test_a_network_too_slow_to_compare_is_pruned_after_its_first_epoch(make_search) -> None:
    epochs = iter([5, 2, 5])
    search = make_search(lambda job: [0.5] * next(epochs), budget=1000, max_trials=3, early_discard=False)
    search.engine.search()
    assert [state for state in states(search) if state != "infeasible"] == ["complete", "pruned", "complete"]
    slow = search.study.trials()[1]
    assert slow.epochs == 1
    assert slow.reason == "too slow: 2 epochs fit into its time, the trials before had 5"


def test_a_slow_network_does_not_shorten_the_trials_after_one_that_had_all_its_epochs(make_search) -> None:
    epochs = iter([6, 2, 6])
    search = make_search(lambda job: [0.5] * next(epochs), budget=1000, max_trials=3, early_discard=False)
    search.engine.search()
    assert [job.training.epochs for job in search.executor.jobs] == [6, 6, 6]
    assert search.study.trials()[1].reason.startswith("too slow: 2 epochs")


def test_only_the_best_three_models_stay_on_the_disk(make_search) -> None:
    search = make_search(rising, max_trials=6)
    search.engine.search()
    values = {record.number: record.value for record in search.study.trials() if record.state == "complete"}
    best = sorted(values, key=values.__getitem__, reverse=True)[:3]
    kept = {int(file.name.split(".")[0].removeprefix("trial-")) for file in search.rules.checkpoints.iterdir()}
    assert kept == set(best)


def test_no_trial_starts_that_would_take_the_final_trainings_time(make_search) -> None:
    search = make_search(lambda job: [0.5], budget=3, max_trials=None)
    search.engine.search()
    assert len(search.executor.jobs) == 1
