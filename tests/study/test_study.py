"""The life of trials in a real database."""

from __future__ import annotations

import math
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from automl.errors import StudyError
from automl.study import RunFolder, Study, StudyReader, TrialDraft, TrialOutcome, quiet_optuna
from automl.study.owner import Owner
from tests.study.conftest import begin, make_draft, outcome, train


def test_every_end_is_recorded_with_state_value_and_reason(lived: RunFolder) -> None:
    with StudyReader.open(lived.path) as reader:
        trials = reader.trials()
    assert [trial.state for trial in trials] == [
        "complete", "pruned", "infeasible", "infeasible", "duplicate", "failed", "complete", "running",
    ]  # fmt: skip
    assert [trial.value for trial in trials] == [0.8, 0.3, None, None, 0.8, None, 0.9, 0.1]
    assert trials[4].duplicate_of == 0
    assert trials[5].failure_kind == "crashed"
    assert trials[3].violations == {"params": 2.0}
    assert all(trial.reason for trial in trials[1:6])
    assert [trial.epochs for trial in trials] == [2, 1, 0, 0, 0, 0, 3, 1]


def test_a_queued_trial_keeps_who_proposed_it_and_its_parameters(lived: RunFolder) -> None:
    with StudyReader.open(lived.path) as reader:
        first = reader.trial(0)
    assert (first.proposed_by, first.params, first.seed, first.worker) == ("default", {"x": 0.25}, 3, "worker-0")


def test_a_waiting_trial_is_queued_until_it_begins(study: Study) -> None:
    number = study.enqueue({"x": 0.5})
    assert [(trial.number, trial.state) for trial in study.trials()] == [(number, "queued")]
    assert begin(study) == number
    assert [trial.state for trial in study.trials()] == ["running"]


def test_a_running_trial_shows_its_best_so_far(study: Study) -> None:
    number = begin(study)
    train(study, number, 0.2, math.nan, 0.7, 0.6)
    (trial,) = study.trials()
    assert (trial.value, trial.best_epoch, trial.epochs, trial.planned_epochs) == (0.7, 3, 4, 9)


def test_an_epoch_trained_again_replaces_its_row(study: Study, url: str) -> None:
    number = begin(study)
    train(study, number, 0.2, 0.3)
    train(study, number, 0.2, 0.4)
    with StudyReader.open(Path(url[10:])) as reader:
        assert [epoch.metrics["val_accuracy"] for epoch in reader.epochs(number)] == [0.2, 0.4]


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_a_complete_trial_without_a_finite_value_is_failed(study: Study, url: str, value: float | None) -> None:
    number = begin(study)
    train(study, number, math.nan)
    record = study.complete(number, TrialOutcome(value=value, epochs=1))
    assert (record.state, record.failure_kind, record.value) == ("failed", "nan_loss", None)
    assert _optuna(url).trials[number].state is TrialState.FAIL


def test_an_outcome_without_value_takes_the_best_epoch(study: Study) -> None:
    number = begin(study)
    train(study, number, 0.5, 0.3)
    record = study.complete(number, TrialOutcome())
    assert (record.state, record.value, record.epochs, record.best_epoch) == ("complete", 0.5, 2, 1)


def test_a_trial_ends_once(study: Study) -> None:
    number = begin(study)
    study.complete(number, outcome(0.5))
    with pytest.raises(ValueError, match="not running: complete"):
        study.prune(number, TrialOutcome(), reason="again")
    with pytest.raises(ValueError, match="trial 0 was never asked for, or has begun before"):
        study.begin(number, TrialDraft(params={}))


def test_a_trial_that_was_never_asked_for_cannot_begin(study: Study) -> None:
    with pytest.raises(ValueError, match="trial 3 was never asked for"):
        study.begin(3, TrialDraft(params={}))


def test_an_epoch_needs_the_objective(study: Study) -> None:
    number = begin(study)
    with pytest.raises(ValueError, match="did you mean 'val_acc'"):
        study.epoch(number, epoch=1, metrics={"val_acc": 1.0}, learning_rate=0.1, seconds=1)


def test_the_best_is_complete_and_the_first_of_equals(study: Study) -> None:
    assert study.best() is None
    for value in (0.5, 0.7, 0.7):
        study.complete(begin(study), outcome(value))
    number = begin(study)
    train(study, number, 0.99)
    study.prune(number, TrialOutcome(epochs=1), reason="slow")
    best = study.best()
    assert best is not None
    assert (best.number, best.architecture is not None) == (1, True)


def test_less_is_better_when_minimizing(url: str) -> None:
    with Study.create(url, "s", run=make_draft(objective="val_loss", direction="minimize")) as study:
        for value in (0.5, 0.2, 0.9):
            study.complete(begin(study), outcome(value))
        number = begin(study)
        for epoch, value in enumerate((0.5, 0.1, 0.3), 1):
            study.epoch(number, epoch=epoch, metrics={"val_loss": value}, learning_rate=1, seconds=1)
        best = study.best()
        assert best is not None
        assert best.number == 1
        assert study.trials()[number].best_epoch == 2


def test_only_a_trained_trial_with_a_value_is_an_original(study: Study) -> None:
    key = "k" * 64
    study.fail(begin(study, key=key), kind="crashed", message="signal 9")
    begin(study, key=key)
    assert study.find_duplicate(key) is None
    number = begin(study, key=key)
    train(study, number, 0.4)
    study.prune(number, TrialOutcome(epochs=1), reason="slow")
    found = study.find_duplicate(key)
    assert found is not None
    assert found.number == number
    study.complete(last := begin(study, key=key), outcome(0.5))
    found = study.find_duplicate(key)
    assert found is not None
    assert found.number == last


def test_segments_say_who_trained_which_epochs(study: Study, url: str) -> None:
    number = begin(study, worker="worker-1")
    train(study, number, 0.1, 0.2, 0.3)
    rows = _sql(url, "SELECT from_epoch, to_epoch, worker FROM automl_segment")
    assert rows == [(1, 3, "worker-1")]


def test_artifacts_are_kept_relative_to_the_run(lived: RunFolder) -> None:
    with StudyReader.open(lived.path) as reader:
        (artifact,) = reader.artifacts()
    assert (artifact.trial, artifact.path, artifact.size) == (6, "checkpoints/trial-6.keras", 7)
    assert len(artifact.sha256) == 64


def test_budget_counts_over_sessions(url: str) -> None:
    with Study.create(url, "s", run=make_draft(seconds_used=100.0)) as study:
        assert study.seconds_used >= 100
    with Study.open(url, "s") as study:
        before = study.seconds_used
        assert 100 <= study.run.seconds_used <= before < 160
        study.finish_run({"done": True})
    (row,) = _sql(url, "SELECT seconds_used >= ?, ended IS NOT NULL, result FROM automl_run", before)
    assert row == (1, 1, '{"done": true}')


def test_two_studies_share_a_database(url: str) -> None:
    with Study.create(url, "a", run=make_draft()) as a, Study.create(url, "b", run=make_draft()) as b:
        study_a, study_b = begin(a), begin(b)
        a.complete(study_a, outcome(0.5))
        b.complete(study_b, outcome(0.9))
        assert (study_a, study_b) == (0, 0)
        assert [trial.value for trial in a.trials()] == [0.5]
    with pytest.raises(StudyError, match=r"holds several studies; name one: a, b"):
        StudyReader.open(Path(url[10:]))
    with StudyReader.open(Path(url[10:]), study="b") as reader:
        assert [trial.value for trial in reader.trials()] == [0.9]


def test_a_taken_name_is_refused(study: Study, url: str) -> None:
    with pytest.raises(StudyError, match="already has a study 'digits'"):
        Study.create(url, "digits", run=make_draft())


def test_a_name_of_a_plain_optuna_study_is_refused(url: str) -> None:
    with quiet_optuna():
        optuna.create_study(storage=url, study_name="mine")
    with pytest.raises(StudyError, match="already has a study 'mine'"):
        Study.create(url, "mine", run=make_draft())


@pytest.mark.parametrize("name", ["", "a b", "x" * 101, "a/b"])
def test_a_malformed_name_is_refused_before_anything_is_made(url: str, name: str) -> None:
    with pytest.raises(StudyError, match="use 1 to 100 letters"):
        Study.create(url, name, run=make_draft())
    assert not Path(url[10:]).exists()


def test_opening_what_is_not_there_creates_nothing(url: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="there is no study database"):
        Study.open(url, "digits")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_study_is_named_with_the_nearest(study: Study, url: str) -> None:
    with pytest.raises(StudyError, match="did you mean 'digits'"):
        Study.open(url, "digit")


def test_a_study_whose_owner_lives_is_refused_until_it_is_gone(study: Study, url: str) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        owner = Owner.current().to_json() | {"process": other.pid, "start": _start(other.pid)}
        _own(url, owner)
        with pytest.raises(StudyError, match=rf"is being searched by process {other.pid}"):
            Study.open(url, "digits")
        other.kill()
        other.wait()
    Study.open(url, "digits").close()


def test_a_reused_process_number_is_no_owner(study: Study, url: str) -> None:
    _own(url, Owner.current().to_json() | {"process": os.getppid(), "start": "1"})
    with Study.open(url, "digits") as taken_over:
        assert taken_over.name == "digits"


def test_an_owner_on_another_machine_must_be_overruled(study: Study, url: str) -> None:
    _own(url, Owner.current().to_json() | {"host": "elsewhere"})
    with pytest.raises(StudyError, match="elsewhere"):
        Study.open(url, "digits")
    Study.open(url, "digits", take_over=True).close()


def test_optuna_says_nothing_and_gets_its_voice_back(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    before = optuna.logging.get_verbosity()
    with Study.create(url, "s", run=make_draft()) as study:
        for index in range(6):
            trial = study.ask(optuna.samplers.TPESampler(seed=0, n_startup_trials=2))
            study.begin(trial.number, TrialDraft(params={"x": trial.suggest_float("x", 0, 1)}))
            study.complete(trial.number, outcome(index / 10))
    assert optuna.logging.get_verbosity() == before
    assert capfd.readouterr() == ("", "")


def test_texts_that_databases_refuse_are_cleaned(study: Study) -> None:
    message = "bad \x00 name \udcff \N{SNOWMAN}"
    record = study.fail(begin(study), kind="data_error", message=message)
    assert record.failure_message == "bad  name \\udcff \N{SNOWMAN}"


def _optuna(url: str) -> optuna.Study:
    with quiet_optuna():
        return optuna.load_study(study_name="digits", storage=url)


def _sql(url: str, query: str, *values: object) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(url[10:])
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def _own(url: str, owner: dict[str, object]) -> None:
    import json

    connection = sqlite3.connect(url[10:])
    connection.execute("UPDATE automl_run SET owner = ?", [json.dumps(owner)])
    connection.commit()
    connection.close()


def _start(process: int) -> str:
    stat = Path(f"/proc/{process}/stat")
    return stat.read_text().rpartition(")")[2].split()[19] if stat.exists() else ""
