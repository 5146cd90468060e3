from __future__ import annotations

from dataclasses import replace

import pytest
from scripted_search import SPACE, made_by, rising

from automl.config import Limits
from automl.errors import SearchError
from automl.failures import Failure
from automl.jobs import Comparison, TrialJob
from automl.search.clock import Clock
from automl.search.ensemble import choose_members
from automl.search.final import FinalModel, train_final
from automl.search.plan import Plan


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
    left = {file.name for file in search.rules.checkpoints.iterdir()}
    assert left == {"trial-0.keras", "trial-0.answers.npz", "final.state.npz"}
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


WORSE = Comparison(loss=0.9, before=0.3, margin=0.1)


def together(search, *, ensemble=2, refit=None, chosen=()):
    """The final model of several networks."""
    search.executor.chosen = chosen
    winner = search.engine.search()
    rules = replace(search.rules, ensemble=ensemble, refit=refit)
    around = {"executor": search.executor, "events": search.events, "interrupt": search.interrupt}
    members = choose_members(winner, search.study, rules, **around)
    search.executor.most = 0
    return train_final(members, rules, **around)


def test_chosen_networks_train_at_the_same_time_and_are_joined(make_search) -> None:
    search = make_search(rising, max_trials=3, workers=2, early_discard=False)
    final = together(search, chosen=(1, 0, 3))
    best, other = (part.member.trial for part in final.parts)
    assert search.executor.most == 2
    assert made_by(final.model_file) == "1 x final + 3 x final-2"
    assert (final.refit, final.value, final.parameters) == (True, 0.97, 2)
    assert best.value > other.value
    assert best.number == search.engine.winner.number
    assert [job.seed for job in search.executor.jobs[-2:]] == [best.seed, other.seed]


def test_where_one_network_is_the_best_choice_it_is_trained_with_two_seeds(make_search) -> None:
    search = make_search(rising, max_trials=3, workers=2, early_discard=False)
    final = together(search, chosen=(1,))
    first, second = search.executor.jobs[-2:]
    assert first.architecture == second.architecture
    assert first.seed != second.seed
    assert made_by(final.model_file) == "1 x final + 1 x final-2"
    assert final.value == final.parts[0].member.trial.value


def test_without_a_final_training_the_trials_own_networks_are_joined(make_search) -> None:
    search = make_search(rising, max_trials=3, workers=2, early_discard=False)
    final = together(search, refit=False, chosen=(2, 1))
    assert len(search.executor.jobs) == 3
    assert {part.refit for part in final.parts} == {final.refit} == {False}
    assert made_by(final.model_file).startswith("2 x trial-")


def test_without_a_final_training_one_network_stays_one(make_search) -> None:
    final = together(make_search(rising, max_trials=2, workers=2, early_discard=False), refit=False, chosen=(1,))
    assert made_by(final.model_file).startswith("trial-")
    assert len(final.parts) == 1


def test_what_is_worse_on_the_rows_it_was_trained_on_gives_way_to_the_trials_own(make_search) -> None:
    search = make_search(rising, max_trials=3, workers=2, early_discard=False)
    search.executor.compared = {"final-2": WORSE}
    final = together(search, chosen=(1, 1))
    assert [part.refit for part in final.parts] == [True, False]
    assert not final.refit
    assert "0.9, and before it was 0.3" in search.events.warnings[0]


def test_another_network_of_the_same_trial_that_fails_is_left_out(make_search) -> None:
    search = make_search(rising, max_trials=2, workers=2, early_discard=False)
    search.executor.compared = {"final-2": WORSE}
    final = together(search, chosen=(1,))
    assert (made_by(final.model_file), final.refit) == ("final", True)
    assert "left out" in search.events.warnings[0]


def test_a_single_network_that_got_worse_gives_way_too(make_search) -> None:
    search = make_search(rising, max_trials=1)
    search.executor.compared = {"final": WORSE}
    final = finish(search)
    assert (made_by(final.model_file), final.refit) == ("trial-0", False)


def test_a_choice_that_fails_leaves_the_best_trial(make_search) -> None:
    final = together(make_search(rising, max_trials=2, workers=2, early_discard=False), chosen=())
    assert {part.member.trial.number for part in final.parts} == {final.parts[0].member.trial.number}


def test_more_networks_than_workers_take_turns(make_search) -> None:
    search = make_search(rising, max_trials=3, early_discard=False)
    final = together(search, ensemble=3, chosen=(1, 1, 1))
    assert search.executor.most == 1
    assert made_by(final.model_file) == "1 x final + 1 x final-2 + 1 x final-3"


def test_a_final_training_is_done_where_time_is_short_only_on_request(make_search) -> None:
    assert finish_with(make_search(lambda job: [0.5], max_trials=1, budget=1.2), refit=True).refit
    assert not finish_with(make_search(lambda job: [0.5], max_trials=1, run="free"), refit=False).refit


def finish_with(search, *, refit):
    rules = replace(search.rules, refit=refit)
    winner = search.engine.search()
    return train_final(winner, rules, executor=search.executor, events=search.events, interrupt=search.interrupt)


def test_averaged_weights_are_averaged_again_only_where_they_were_better(make_search) -> None:
    space = SPACE.replace("epochs: 6", "epochs: 6, ema: 1.0")
    search = make_search(lambda job: [0.5], space=space, max_trials=1)
    winner = search.engine.search()
    around = {"executor": search.executor, "events": search.events, "interrupt": search.interrupt}
    train_final(winner, search.rules, **around)
    train_final(replace(winner, metrics={**winner.metrics, "averaged": 1.0}), search.rules, **around)
    assert [job.training.ema for job in search.executor.jobs] == [1.0, 0.0, 1.0]


class Stopped(Clock):
    """No time passes."""

    def remaining(self) -> float:
        return self.budget


@pytest.mark.parametrize(("budget", "trained"), [(12.0, 3), (9.0, 2), (7.0, 1), (4.0, 0)])
def test_where_time_is_short_the_first_networks_are_trained_again(make_search, budget, trained) -> None:
    search = make_search(rising, max_trials=3, early_discard=False)
    search.engine.search()
    search.executor.chosen = (1, 1, 1)
    around = {"executor": search.executor, "events": search.events, "interrupt": search.interrupt}
    rules = replace(search.rules, ensemble=3, clock=Stopped(0.0, budget), plan=Plan(budget))
    final = train_final(choose_members(search.engine.winner, search.study, rules, **around), rules, **around)
    assert sum(part.refit for part in final.parts) == trained
    assert len(final.parts) == 3
