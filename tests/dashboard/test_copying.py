"""The copy of a study, its notes and pictures; the study itself is only read."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
from optuna.trial import Trial, TrialState
from optuna_dashboard import get_note

from automl.dashboard.copying import worth_telling
from automl.dashboard.notes import plain, trial_note
from automl.study import RunFolder, StudyReader
from automl.study.optuna_reader import optuna_study


@pytest.fixture(scope="module")
def reader(run):
    with StudyReader.open(run) as reader:
        yield reader


def note_of(copy, number: int) -> str:
    return get_note(Trial(copy.study, copy.study.trials[number]._trial_id))


def test_a_copy_is_the_same_study_and_may_be_changed(run, copy, digests):
    with optuna_study(RunFolder.open(run).storage_url, copy.study.study_name) as source:
        for one, other in zip(source.trials, copy.study.trials, strict=True):
            assert (one.number, one.state, one.values, one.params) == (
                other.number,
                other.state,
                other.values,
                other.params,
            )
            assert (one.datetime_start, one.datetime_complete) == (other.datetime_start, other.datetime_complete)
            assert one.intermediate_values == other.intermediate_values
    copy.study.set_user_attr("changed", True)
    files = [file for file in run.rglob("*") if file.is_file()]
    assert {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files} == digests


def test_every_trial_has_a_note_and_one_that_trained_its_pictures(reader, copy):
    assert copy.noted == copy.pictured == copy.trials == len(reader.lines())
    for line in reader.lines():
        note, detail = note_of(copy, line.number), reader.trial(line.number)
        assert f"({line.state})" in note
        assert "proposed by" in note
        assert ("### Architecture" in note) == (detail.architecture is not None)
        assert ("![Curves](/artifacts/" in note) == bool(reader.epochs(line.number))
        for name in detail.params:
            assert plain(name) in note


def test_a_failure_is_told_with_what_to_do(reader, copy):
    failed = reader.failures()
    assert failed
    for trial in failed:
        note = note_of(copy, trial.number)
        assert "Why it ended so" in note
        assert plain(trial.failure_advice) in note


def test_the_note_of_the_study_has_the_leaderboard_and_our_plots(reader, copy):
    note = get_note(copy.study)
    places = [note.index(f"\n| {trial.number} |") for trial in reader.leaderboard(3)]
    assert places == sorted(places)
    assert "![Learning curves](/artifacts/" in note
    assert "![History of the search](/artifacts/" in note


def test_pictures_are_in_the_store(copy):
    best = copy.study.best_trial
    found = {name: value for name, value in best.system_attrs.items() if name.startswith("artifacts:")}
    kinds = []
    for name in found:
        with copy.artifacts.open_reader(name.removeprefix("artifacts:")) as file:
            kinds.append("svg" if b"<svg" in file.read(1000) else "other")
    assert kinds == ["svg", "svg"]
    assert best.state is TrialState.COMPLETE


def test_text_from_data_stays_text(reader):
    hostile = "</pre>\n~~~\n# <script>alert(1)</script> | ![x](http://evil)\x00"
    detail = dataclasses.replace(
        reader.best(), reason=hostile, description=hostile, params={hostile: hostile}, failure_advice=hostile
    )
    for line in trial_note(reader.run(), detail, {}).splitlines():
        assert line.startswith("    ") or ("<script" not in line.replace("\\<", "") and "\x00" not in line)
        assert line.startswith("    ") or "![x]" not in line


def test_of_many_trials_the_best_and_the_latest_are_told(reader):
    numbers = [line.number for line in reader.lines()]
    told = worth_telling(reader, 4)
    assert len(told) == 4
    assert {trial.number for trial in reader.leaderboard(2)} <= told
    assert numbers[-1] in told
    assert worth_telling(reader, len(numbers)) == frozenset(numbers)
