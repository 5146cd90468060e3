"""A study that an earlier version of this package made opens, is put right and goes on."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest

from automl.study import RunFolder, Study, StudyReader, quiet_optuna
from tests.faults.previous.restore import restore
from tests.study.conftest import begin, outcome, train


@pytest.fixture
def previous(tmp_path: Path) -> RunFolder:
    return RunFolder.open(restore(tmp_path / "previous"))


def test_it_can_be_looked_at_as_it_is(previous: RunFolder) -> None:
    assert (previous.study, previous.command, previous.part) == ("previous", {}, 1)
    with StudyReader.open(previous.path) as reader:
        assert [trial.state for trial in reader.trials()] == ["complete", "complete", "complete", "running"]
        best = reader.best()
        assert best is not None
        assert (best.number, best.epochs) == (0, 3)
        assert 1 < best.total_seconds < 60, "by the wall clock: that version had no other"
        assert best.phase_seconds == best.seconds


def test_it_is_continued_with_its_abandoned_trial_first(previous: RunFolder) -> None:
    with Study.open(previous.storage_url, previous.study) as study:
        assert study.orphans == ((3, 4),)
        assert study.position == 4
        assert study.seconds_used > 22
        abandoned, again = study.detail(3), study.detail(4)
        assert (abandoned.state, again.state, again.parent) == ("orphaned", "queued", 3)
        assert (again.seed, again.proposed_by) == (abandoned.seed, abandoned.proposed_by)
        trial = study.ask()
        assert trial.number == 4
        assert trial.suggest_categorical("width", (16, 24, 32, 48, 64)) == abandoned.params["width"]
    with quiet_optuna():
        theirs = optuna.load_study(study_name=previous.study, storage=previous.storage_url).trials
    assert [trial.state.name for trial in theirs] == ["COMPLETE"] * 3 + ["FAIL", "WAITING"]


def test_new_trials_stand_beside_the_old_ones(previous: RunFolder) -> None:
    with Study.open(previous.storage_url, previous.study) as study:
        number = study.ask().number
        study.begin(number, _draft(study, number))
        train(study, number, 0.9, 0.97)
        study.complete(number, outcome(0.97))
        study.complete(begin(study), outcome(0.1))
        best = study.best()
        assert best is not None
        assert (best.number, best.value) == (4, 0.97)
        assert [trial.number for trial in study.trials()] == [0, 1, 2, 3, 4, 5]


def _draft(study: Study, number: int):
    from automl.study import TrialDraft

    return TrialDraft(params=study.detail(number).params)
