"""Trials that stop for a while, change hands, or are tried a second time."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from automl.study import Study, StudyReader, TrialOutcome, quiet_optuna
from tests.study.conftest import ARCHITECTURE, begin, make_draft, outcome, train


def test_a_paused_trial_keeps_its_value_and_goes_on_in_another_session(study: Study, url: str) -> None:
    number = begin(study, seed=9)
    train(study, number, 0.4, 0.6)
    record = study.pause(number, outcome(0.6), reason="stopped by Ctrl-C")
    assert (record.state, record.value, record.reason, record.ended) == ("paused", 0.6, "stopped by Ctrl-C", None)
    study.close()
    assert _states(url) == [TrialState.RUNNING]
    with Study.open(url, "digits") as again:
        assert again.orphans == ()
        (paused,) = again.paused()
        assert (paused.number, paused.seed, paused.architecture, paused.epochs) == (number, 9, ARCHITECTURE, 2)
        assert again.best() is None
        best = again.best(paused=True)
        assert best is not None
        assert best.number == number
        assert again.unpause(number).reason == ""
        again.assign(number, "worker-2")
        train(again, number, 0.4, 0.6, 0.8)  # the two epochs once more, as a resumed job reports them
        ended = again.complete(number, TrialOutcome(epochs=3, seconds={"train": 3.0, "total": 4.5}))
    assert (ended.value, ended.reason, ended.total_seconds, ended.phase_seconds) == (0.8, "", 4.5, {"train": 3.0})
    with quiet_optuna():
        (trial,) = optuna.load_study(study_name="digits", storage=url).trials
    assert (trial.state, trial.value) == (TrialState.COMPLETE, 0.8)
    assert trial.intermediate_values == {1: 0.4, 2: 0.6, 3: 0.8}


def test_only_running_trials_pause_and_only_paused_ones_go_on(study: Study) -> None:
    number = begin(study)
    with pytest.raises(ValueError, match="is running, not paused"):
        study.unpause(number)
    study.pause(number, TrialOutcome())
    with pytest.raises(ValueError, match="is paused, not running"):
        study.pause(number, TrialOutcome())
    study.unpause(number)
    study.complete(number, outcome(0.5))
    with pytest.raises(ValueError, match="is not running: complete"):
        study.pause(number, TrialOutcome())


def test_a_trial_that_changes_hands_has_a_segment_for_each(study: Study, url: str) -> None:
    number = begin(study)
    study.assign(number, "worker-1")
    train(study, number, 0.1, 0.2)
    study.assign(number, "worker-2")
    for epoch in (2, 3):
        study.epoch(
            number, epoch=epoch, metrics={"val_accuracy": 0.3}, learning_rate=0.1, seconds=1, checkpoint="trial-0.npz"
        )
    query = "SELECT from_epoch, to_epoch, worker, checkpoint FROM automl_segment ORDER BY id"
    assert _sql(url, query) == [(1, 2, "worker-1", ""), (2, 3, "worker-2", "trial-0.npz")]
    assert study.detail(number).worker == "worker-2"


def test_a_trial_starts_when_it_is_assigned_first(study: Study) -> None:
    number = begin(study)
    begun = study.detail(number).started
    study.assign(number, "worker-1")
    assigned = study.detail(number).started
    assert begun is not None
    assert assigned is not None
    assert assigned >= begun
    train(study, number, 0.1)
    study.assign(number, "worker-2")
    assert study.detail(number).started == assigned


def test_changed_training_is_recorded_with_its_reason(study: Study) -> None:
    number = begin(study, training={"batch_size": 64})
    study.retrain(number, {"batch_size": 32}, reason="out of GPU memory with batches of 64")
    assert study.detail(number).training == {"batch_size": 32}
    record = study.prune(number, TrialOutcome(), reason="slow")
    assert record.reason == "out of GPU memory with batches of 64; slow"


def test_what_a_trial_inherits_stays_unless_it_says_otherwise(study: Study) -> None:
    study.enqueue({"x": 0.5}, proposed_by="evolution", parent=3, seed=8)
    study.enqueue({"x": 0.5}, proposed_by="evolution", parent=3, seed=8)
    first, second = begin(study), begin(study, seed=9, parent=4, proposed_by="me")
    inherited, said = study.detail(first), study.detail(second)
    assert (inherited.seed, inherited.parent, inherited.proposed_by) == (8, 3, "evolution")
    assert (said.seed, said.parent, said.proposed_by) == (9, 4, "me")


def test_a_continued_search_is_amended_and_counts_its_time_from_the_command(url: str) -> None:
    with Study.create(url, "s", run=make_draft(budget_seconds=60.0, command={"trials": 3})) as study:
        study.finish_run({"best": 1})
    with Study.open(url, "s", elapsed=100.0) as study:
        assert 100 <= study.seconds_used < 160
        study.amend(budget_seconds=120.0, command={"trials": 5, "storage": "postgresql://me:sesame@h/db"})
    with StudyReader.open(Path(url[10:])) as reader:
        run = reader.run()
    assert (run.budget_seconds, run.command["trials"], run.ended) == (120.0, 5, None)
    assert "sesame" not in run.command["storage"]
    assert 100 <= run.seconds_used < 160


def test_three_tries_that_get_no_further_are_enough(study: Study, url: str) -> None:
    begin(study)
    study.close()
    chain = []
    for _ in range(3):
        with Study.open(url, "digits") as again:
            chain.append(again.orphans[0])
            if again.orphans[0].queued is not None:
                begin(again)
    assert chain == [(0, 1), (1, 2), (2, None)]
    with Study.open(url, "digits") as again:
        assert again.orphans == ()
        assert again.position == 0
        assert begin(again) == 3


def test_tries_that_get_further_go_on(study: Study, url: str) -> None:
    train(study, begin(study), 0.1)
    study.close()
    for epochs in (1, 2, 2, 2):
        with Study.open(url, "digits") as again:
            (orphan,) = again.orphans
            assert orphan.queued == begin(again)
            train(again, orphan.queued, *[0.1] * epochs)
    with Study.open(url, "digits") as again:
        assert again.orphans == ((4, None),)


def test_a_queue_left_by_half_is_dropped_and_what_a_person_queued_is_kept(study: Study, url: str) -> None:
    study._optuna.enqueue({"x": 0.5}, "seed")  # and the process ends before our row is written
    study.close()
    with quiet_optuna():
        optuna.load_study(study_name="digits", storage=url).enqueue_trial({"x": 0.25})
    with Study.open(url, "digits") as again:
        assert again.orphans == ((0, None),)
        number = begin(again)
        assert (number, again.detail(number).params) == (1, {"x": 0.25})
    assert _states(url) == [TrialState.FAIL, TrialState.RUNNING]


def test_a_program_that_adds_trials_meanwhile_is_found_out(study: Study, url: str) -> None:
    from automl.errors import StudyError

    begin(study)
    with quiet_optuna():
        optuna.load_study(study_name="digits", storage=url).enqueue_trial({"x": 0.25})
    with pytest.raises(StudyError, match="another program added trial 1 to study 'digits' while it is searched"):
        begin(study)
    study.close()
    with Study.open(url, "digits") as again:
        assert again.orphans == ((0, 3), (2, None))
        assert [begin(again), begin(again)] == [3, 1]
        assert again.detail(1).params == {"x": 0.25}


def test_trials_that_begin_out_of_turn_keep_their_numbers(study: Study, url: str) -> None:
    trials = [study.ask(optuna.samplers.RandomSampler(seed=place)) for place in range(3)]
    for trial in trials:
        trial.suggest_float("x", 0, 1)
    trials[0].suggest_float("y", 0, 1)
    from automl.study import TrialDraft

    for trial in reversed(trials):
        study.begin(trial.number, TrialDraft(params=trial.params))
        study.complete(trial.number, outcome(0.5 + trial.number / 10))
    with quiet_optuna():
        theirs = optuna.load_study(study_name="digits", storage=url).trials
    assert [(trial.number, trial.params) for trial in theirs] == [(t.number, t.params) for t in trials]
    assert [trial.value for trial in theirs] == [0.5, 0.6, 0.7]


def test_optuna_shows_a_running_trial_as_it_is(study: Study, url: str) -> None:
    number = begin(study)
    train(study, number, 0.5, math.inf, 0.7)
    with quiet_optuna():
        (trial,) = optuna.load_study(study_name="digits", storage=url).trials
    assert trial.state is TrialState.RUNNING
    assert trial.params == study.detail(number).params
    assert trial.distributions == {"x": optuna.distributions.FloatDistribution(0, 1)}
    assert trial.intermediate_values == {1: 0.5, 2: math.inf, 3: 0.7}


def test_an_infeasible_trial_says_which_kind(study: Study) -> None:
    assert study.infeasible(begin(study), reason="no").failure_kind == "build_error"
    violations = {"params": 0.5}
    assert (
        study.infeasible(begin(study), reason="no", violations=violations, kind="too_large").failure_kind == "too_large"
    )


def test_an_unknown_trial_has_no_detail(study: Study) -> None:
    with pytest.raises(ValueError, match="there is no trial 3"):
        study.detail(3)
    assert study.details("running", "paused") == []


def _states(url: str) -> list[TrialState]:
    with quiet_optuna():
        return [trial.state for trial in optuna.load_study(study_name="digits", storage=url).trials]


def _sql(url: str, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(url[10:])
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_trial_that_someone_ended_in_optuna_is_tried_once_more(study: Study, url: str) -> None:
    begin(study)
    study.close()
    with quiet_optuna():
        optuna.load_study(study_name="digits", storage=url).tell(0, state=TrialState.FAIL)
    with Study.open(url, "digits") as again:
        assert again.orphans == ((0, 1),)
    assert _states(url) == [TrialState.FAIL, TrialState.WAITING]
