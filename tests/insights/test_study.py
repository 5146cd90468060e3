"""``automl.Study``: a study from Python."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import optuna
import pytest

import automl
from automl.arch import summarize
from automl.errors import StudyError
from automl.study import RunFolder, Study, TrialDraft, quiet_optuna
from automl.study.optuna_reader import optuna_study


@pytest.fixture
def study(told):
    with automl.Study(told) as study:
        yield study


def test_the_best_trial_and_the_run_are_attributes(study, told):
    assert (study.name, study.run.task, repr(study)) == ("small", "image-classify", f"Study({str(told)!r})")
    assert study.best.value == max(study.trials_dataframe()["value"])


def test_trials_are_a_data_frame_with_a_column_for_every_answer_and_metric(study):
    frame = study.trials_dataframe()
    assert list(frame["number"]) == list(range(30))
    assert frame["params.train/lr"].between(0.001, 0.1).all()
    assert (frame["metrics.val_accuracy"] == frame["value"]).all()
    assert (frame["seconds.total"] == 2.0).all()
    assert str(frame["ended"].dt.tz) == "UTC"


def test_curves_are_a_data_frame_with_a_row_an_epoch(study):
    assert len(study.curves()) == 30
    assert list(study.curves(3).columns) == ["trial", "epoch", "learning_rate", "seconds", "val_accuracy", "loss"]
    with pytest.raises(StudyError, match="has no trial 99"):
        study.curves(99)


def test_an_architecture_is_the_network_that_was_trained(study):
    for number in (0, 7):
        network = study.architecture(number)
        assert summarize(network).parameters == study.trial(number).parameters


def test_a_picture_is_drawn_by_the_plots(study, tmp_path):
    picture = study.plot("history")
    picture.save(tmp_path / "history.svg")
    assert (tmp_path / "history.svg").read_text("utf-8").lstrip().startswith("<?xml")


def test_optuna_loads_the_same_study_from_the_same_file(told):
    with quiet_optuna():
        storage = optuna.storages.RDBStorage(f"sqlite:///{told / 'study.db'}")
        theirs = optuna.load_study(study_name="small", storage=storage)
        best = theirs.best_trial.number
        storage.remove_session()
        storage.engine.dispose()
    with automl.Study(told) as study:
        assert study.best.number == best


def test_optunas_half_opened_for_reading_cannot_be_written_and_makes_no_file(told):
    before = sorted(told.rglob("*"))
    with optuna_study(f"sqlite:///{told / 'study.db'}", "small") as theirs:
        assert len(theirs.trials) == 30
        with pytest.raises(optuna.exceptions.StorageInternalError):
            theirs.set_user_attr("note", "hello")
    assert sorted(told.rglob("*")) == before
    with pytest.raises(StudyError, match="there is no study database"), optuna_study("sqlite:////none/x.db", "small"):
        pass
    with (
        pytest.raises(StudyError, match="half of study 'other' is not in"),
        optuna_study(f"sqlite:///{told / 'study.db'}", "other"),
    ):
        pass


def test_a_mistyped_path_is_an_error_and_nothing_appears(tmp_path):
    with pytest.raises(StudyError, match="no such folder"):
        automl.Study(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_trial_whose_answers_mean_no_network_says_so(mine):
    folder = RunFolder.open(mine)
    with Study.open(folder.storage_url, folder.study) as study:
        number = study.ask().number
        study.begin(number, TrialDraft(params={}))
        study.infeasible(number, reason="dense: needs 2 axes, got (0, 3)")
    with automl.Study(mine) as study, pytest.raises(StudyError, match="trial 30 has no network: dense: needs 2 axes"):
        study.architecture(30)


def test_looking_from_python_imports_neither_keras_nor_optuna(told):
    code = (
        "import sys, automl\n"
        "study = automl.Study(sys.argv[1])\n"
        "study.trials_dataframe(), study.architecture(study.best.number)\n"
        "assert not {'keras', 'tensorflow', 'optuna'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code, told], check=True, timeout=60)


def test_the_snippet_of_the_page_runs(told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[2] / "docs" / "study-database.md").read_text("utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.S)
    names: dict[str, object] = {}
    exec(snippet.replace('"RUN"', repr(str(told))), names)
    names["study"].close()
    assert (tmp_path / "history.svg").is_file()
