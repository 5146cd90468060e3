from __future__ import annotations

import pytest
from scripted_search import made_by

from automl.config import Limits
from automl.errors import SearchError
from automl.failures import Failure
from automl.jobs import TrialJob
from automl.search.final import FinalModel, train_final


def test_the_winner_is_trained_on_all_rows_for_as_many_epochs_as_were_best(make_search) -> None:
    search = make_search(lambda job: [0.1, 0.9, 0.5, 0.4, 0.3, 0.2][: job.training.epochs], max_trials=1)
    final = finish(search)
    job = search.executor.jobs[-1]
    assert (job.job_id, job.data.rows, job.training.epochs) == ("final", "all", 2)
    assert final.refit
    assert final.metrics == {"val_accuracy": 0.9}


def test_a_final_training_that_fails_leaves_the_winners_own_model(make_search) -> None:
    failure = Failure(kind="oom_ram", message="memory ran out")

    def curve(job: TrialJob) -> list[float] | Failure:
        return failure if job.job_id == "final" else [0.5]

    search = make_search(curve, max_trials=1)
    final = finish(search)
    assert not final.refit
    assert made_by(final.model_file) == "trial-0"
    assert "memory ran out" in search.events.warnings[0]


def test_ctrl_c_before_the_final_training_delivers_the_winners_own_model(make_search) -> None:
    search = make_search(lambda job: [0.5], max_trials=1)
    winner = search.engine.search()
    search.interrupt.request()
    final = train_final(
        winner, search.rules, executor=search.executor, events=search.events, interrupt=search.interrupt
    )
    assert not final.refit
    assert len(search.executor.jobs) == 1


def test_ctrl_c_in_the_final_training_is_acknowledged_and_leaves_only_its_state(make_search) -> None:
    def curve(job: TrialJob) -> list[float]:
        if job.job_id == "final":
            search.interrupt.request()
        return [epoch / 10 for epoch in range(job.training.epochs)]

    search = make_search(curve, max_trials=1)
    winner = search.engine.search()
    final = train_final(
        winner, search.rules, executor=search.executor, events=search.events, interrupt=search.interrupt
    )
    assert search.executor.jobs[-1].job_id == "final"
    assert not final.refit
    assert {file.name for file in search.rules.checkpoints.iterdir()} == {"trial-0.keras", "final.state.npz"}
    assert "finishing the epoch" in search.events.warnings[0]


def test_without_time_for_it_the_winners_own_model_is_delivered(make_search) -> None:
    search = make_search(lambda job: [0.5], max_trials=1, budget=1.2)
    assert not finish(search).refit


def finish(search):
    winner = search.engine.search()
    return train_final(winner, search.rules, executor=search.executor, events=search.events, interrupt=search.interrupt)


def test_models_that_were_taken_away_are_missed_only_where_nothing_trains_the_best_again(make_search) -> None:
    first = make_search(lambda job: [0.5], max_trials=1)
    first.engine.search().model_file.unlink()
    again = make_search(lambda job: [0.5], max_trials=1)
    assert finish(again).refit
    stopped = make_search(lambda job: [0.5], max_trials=1)
    winner = stopped.engine.search()
    stopped.interrupt.request()
    with pytest.raises(SearchError, match="the model of trial 0, the best one, is gone"):
        train_final(
            winner, stopped.rules, executor=stopped.executor, events=stopped.events, interrupt=stopped.interrupt
        )


def test_a_final_training_that_crashes_goes_on_and_says_so(make_search) -> None:
    crash = Failure(kind="crashed", message="killed by SIGKILL", transient=True)
    search = make_search(lambda job: [0.1, crash, 0.2] if job.job_id == "final" else [0.1, 0.2], max_trials=1)
    assert finish(search).refit
    assert search.events.retried == [(None, "killed by SIGKILL")]
    assert [job.resume for job in search.executor.jobs] == [False, False, True]


def test_a_limit_on_trials_also_ends_a_final_training_that_hangs(make_search) -> None:
    search = make_search(lambda job: [0.5], max_trials=1, limits=Limits(trial_seconds=100))
    assert finish(search).refit
    trial, final = search.executor.jobs
    assert trial.timeout == 100
    assert 125 < final.timeout < 200


def test_what_an_earlier_session_made_with_all_rows_stays_where_the_final_training_is_not_done_again(
    make_search, tmp_path
) -> None:
    search = make_search(lambda job: [0.5], max_trials=1)
    winner = search.engine.search()
    winner.model_file.write_text("torn")
    search.interrupt.request()
    known = {"executor": search.executor, "events": search.events, "interrupt": search.interrupt}
    before = FinalModel(tmp_path / "model.keras", refit=True, epochs=3, metrics={})
    assert train_final(winner, search.rules, **known, delivered=before) is before
    with pytest.raises(SearchError, match="the model of trial 0, the best one, is torn in"):
        train_final(winner, search.rules, **known)
