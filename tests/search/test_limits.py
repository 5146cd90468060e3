"""What ends a search early, and what it is kept to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted_search import rising, units

from automl.config import Limits
from automl.errors import SearchError
from automl.failures import FAILURE_KINDS, POLICIES, Failure, FailureKind
from automl.search import disk
from automl.search.tally import FAILED_IN_A_ROW

NAN = Failure(kind="nan_loss", message="the loss is NaN", advice="lower the rate")
CRASH = Failure(kind="crashed", message="it crashed")


ENDING = [k for k in FAILURE_KINDS if k not in ("too_large", "orphaned") and POLICIES[k].retry != "later"]


@pytest.mark.parametrize("kind", ENDING)
def test_a_kind_of_failure_ends_the_search_after_as_many_as_its_policy_says(make_search, kind: FailureKind) -> None:
    search = make_search(lambda job: Failure.of(kind, "it went wrong"), max_trials=50)
    with pytest.raises(SearchError, match="it went wrong"):
        search.engine.search()
    assert [record.state for record in search.study.trials()].count("failed") == POLICIES[kind].give_up


def test_when_as_many_trials_failed_as_were_asked_for_going_on_needs_more_of_them(make_search) -> None:
    search = make_search(lambda job: [0.5, CRASH], max_trials=1)
    with pytest.raises(SearchError, match="all trials are done") as error:
        search.engine.search()
    assert error.value.out_of_trials
    again = make_search(lambda job: [0.5, CRASH], max_trials=20)
    with pytest.raises(SearchError, match="6 trials in a row failed") as error:
        again.engine.search()
    assert not error.value.out_of_trials


def test_failures_of_different_kinds_end_the_search_too(make_search) -> None:
    search = make_search(lambda job: NAN if len(search.executor.jobs) % 2 else CRASH, max_trials=50)
    with pytest.raises(SearchError, match=f"{FAILED_IN_A_ROW} trials in a row failed"):
        search.engine.search()


def test_a_search_that_gives_up_delivers_what_it_has_and_warns(make_search) -> None:
    search = make_search(lambda job: rising(job) if units(job) == 8 else NAN, max_trials=50)
    assert search.engine.search().number == 0
    assert "6 trials in a row failed" in search.events.warnings[0]
    assert "lower the rate" in search.events.warnings[0]


def test_a_search_that_gave_up_is_given_another_try(make_search) -> None:
    first = make_search(lambda job: NAN, max_trials=3)
    with pytest.raises(SearchError):
        first.engine.search()
    again = make_search(rising, max_trials=3)
    again.engine.search()
    assert again.engine.trained == 3


@pytest.mark.parametrize("limits", [Limits(parameters=700), Limits(flops=1300)])
def test_a_network_above_the_limits_is_not_trained(make_search, limits: Limits) -> None:
    search = make_search(rising, max_trials=6, limits=limits)
    search.engine.search()
    records = search.study.trials()
    trained = [record for record in records if record.trained]
    assert max(record.parameters for record in trained) <= (limits.parameters or 10**9)
    assert max(record.flops for record in trained) <= (limits.flops or 10**9)
    refused = next(record for record in records if "max-" in record.reason)
    assert (refused.state, refused.failure_kind) == ("infeasible", "too_large")
    assert refused.violations


def test_a_full_run_folder_ends_the_search_with_what_it_has(make_search, monkeypatch) -> None:
    monkeypatch.setattr(disk, "_EVERY", 0.0)

    def script(job) -> list[float]:
        (search.rules.run_dir / "logs.txt").write_bytes(b"x" * 20_000_000)
        return rising(job)

    search = make_search(script, max_trials=9, limits=Limits(disk=10_000_000))
    assert search.engine.search().number == 0
    assert search.engine.trained == 1
    assert "--disk-limit" in search.events.stopped


def test_the_log_of_a_database_that_is_open_does_not_count_as_what_a_run_holds(tmp_path: Path) -> None:
    for name in ("study.db-wal", "study.db-shm"):
        (tmp_path / name).write_bytes(bytes(5000))
    (tmp_path / "study.db").write_bytes(bytes(900))
    assert disk.Disk(tmp_path, 1000).full() == ""
    (tmp_path / "model.keras").write_bytes(bytes(900))
    assert disk.Disk(tmp_path, 1000).full().endswith("(--disk-limit)")


def test_a_full_disk_before_the_first_trial_is_an_error_that_says_so(make_search) -> None:
    search = make_search(rising, limits=Limits(disk=1))
    with pytest.raises(SearchError, match=r"the limit is 0.0 MB \(--disk-limit\)\)\nwhat to do: Raise --disk-limit"):
        search.engine.search()


def test_a_trials_time_is_passed_on_as_what_it_is_ended_after(make_search) -> None:
    search = make_search(rising, max_trials=1, limits=Limits(trial_seconds=7))
    search.engine.search()
    assert [(job.seconds, job.timeout) for job in search.executor.jobs] == [(None, 7)]


def test_with_a_budget_a_trial_that_hangs_is_ended_in_time(make_search) -> None:
    search = make_search(rising, max_trials=3, budget=1000)
    search.engine.search()
    for job in search.executor.jobs:
        assert job.seconds < job.timeout < 1000


def test_trials_have_states_to_go_on_from_and_the_record_names_them(make_search) -> None:
    search = make_search(lambda job: [search.interrupt.request() or 0.5] * 6, max_trials=2)
    search.engine.search()
    (job,) = search.executor.jobs
    assert json.loads(Path(job.state_file).read_text()) == [0.5]
