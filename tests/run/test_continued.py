"""A run that goes on, for real: what is finished stays, what is asked for is done, what would differ is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from automl.config import Limits
from automl.data import PreparedData
from automl.errors import ConfigError, DataError, SearchError, StudyError
from automl.events import Events
from automl.export import load_bundle
from automl.run import resume_run
from automl.run.command import Command
from automl.run.setup import resumable
from automl.search import disk
from automl.study import RunFolder, StudyReader
from tests.run.conftest import TINY, OpenedOnly


def told(trials):
    """What must be the same however often a search was interrupted."""
    return [(t.params, t.value, t.seed, t.epochs) for t in trials if t.state != "orphaned"]


def test_a_run_that_is_over_gives_its_result_again_and_stays_as_it_is(shared, ended):
    before = (shared.folder / "ended" / "study.db").read_bytes()
    same = [shared.search("ended"), shared.search("ended", max_trials=None), resume_run(shared.folder / "ended")]
    same.append(shared.search("ended", max_trials=1))
    for result in same:
        assert result.already_finished
        assert replace(result, already_finished=False) == ended
    assert (shared.folder / "ended" / "study.db").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 4}, "--seed was 2, now it is 4"),
        ({"max_epochs": 5}, "--max-epochs was 2, now it is 5"),
        ({"objective": "val_loss"}, "--objective was val_accuracy, now it is val_loss"),
        ({"task": "text-classify"}, "--task was image-classify, now it is text-classify"),
        ({"study": "other"}, "--study was ended, now it is other"),
        ({"storage": "sqlite:////tmp/other.db"}, "now it is sqlite:////tmp/other.db"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_what_would_be_another_search_is_refused_naming_both_values(shared, ended, change, words):
    with pytest.raises(ConfigError) as refused:
        shared.search("ended", **change)
    assert words in str(refused.value)


def test_a_changed_space_is_refused_with_the_difference(shared, ended):
    (shared.folder / "commented.yaml").write_text("# the same\n" + TINY)
    assert shared.search("ended", space=shared.folder / "commented.yaml").already_finished
    (shared.folder / "wider.yaml").write_text(TINY.replace("12, 16", "12, 16, 32"))
    with pytest.raises(ConfigError) as refused:
        shared.search("ended", space=shared.folder / "wider.yaml")
    lines = str(refused.value).splitlines()
    assert "-  - conv: {filters: {choice: [4, 8, 12, 16]}, stride: 2}" in lines
    assert "+  - conv: {filters: {choice: [4, 8, 12, 16, 32]}, stride: 2}" in lines
    assert "--adopt" in lines[-1]


def test_the_file_of_the_space_may_be_gone_and_may_not_have_changed(shared, ended):
    run, file = shared.copy("ended", "spaceless"), shared.folder / "tiny.yaml"
    try:
        file.write_text(TINY.replace("stride: 2", "stride: 1"))
        with pytest.raises(ConfigError, match="the search space has changed"):
            resume_run(run)
        file.unlink()
        assert resume_run(run).already_finished
    finally:
        file.write_text(TINY)


def test_the_same_data_may_have_moved_and_other_data_is_refused(shared, ended):
    found = np.load(shared.folder / "digits.npz")
    np.savez(shared.folder / "moved.npz", **found)
    np.savez(shared.folder / "other.npz", x=found["x"][::-1], y=found["y"][::-1])
    assert shared.search("ended", data=shared.folder / "moved.npz").already_finished
    for more in ({}, {"max_trials": 3}):
        with pytest.raises(ConfigError) as refused:
            shared.search("ended", data=shared.folder / "other.npz", **more)
        assert str(shared.folder / "digits.npz") in str(refused.value)
        assert str(shared.folder / "other.npz") in str(refused.value)


def test_more_trials_and_other_limits_go_on_where_the_run_ended_without_the_original_data(shared, ended, records):
    run, data = shared.copy("ended", "extended"), shared.folder / "digits.npz"
    data.rename(shared.folder / "away.npz")
    try:
        result = resume_run(run, more_trials=1, limits=Limits(parameters=10**6))
    finally:
        (shared.folder / "away.npz").rename(data)
    assert (result.trials, result.already_finished, result.run_dir) == (3, False, run)
    assert told(records(run))[: len(records(run)) - 1] == told(records(shared.folder / "ended"))
    assert result.seconds > ended.seconds
    assert load_bundle(run).manifest.trial == result.best_trial
    with StudyReader.open(run) as reader:
        kept = Command.read(reader.run().command, where=run)
    assert (kept.max_trials, kept.limits) == (3, Limits(parameters=10**6))
    assert resume_run(run).already_finished


def test_data_that_the_cache_lost_is_read_again_and_must_be_the_same(shared, ended):
    run, data = shared.copy("ended", "lost"), shared.folder / "digits.npz"
    shutil.rmtree(run / "prepared")
    found = dict(np.load(data))
    try:
        np.savez(data, x=255 - found["x"], y=found["y"])
        with pytest.raises(ConfigError, match="the data has changed"):
            resume_run(run, more_trials=1)
        data.unlink()
        with pytest.raises(DataError, match="no such file"):
            resume_run(run, more_trials=1)
    finally:
        np.savez(data, **found)
    assert resume_run(run, more_trials=1).trials == 3
    assert PreparedData.load(run / "prepared").directory == run / "prepared"


class Stop(Events):
    """Does something to the search when a trial starts."""

    def __init__(self, trial: int, act) -> None:
        self.trial, self.act, self.before = trial, act, 0

    def search_started(self, start) -> None:
        self.before = start.trained

    def trial_started(self, number, description) -> None:
        if number == self.trial:
            self.act()


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def fault() -> None:
    raise ZeroDivisionError("a fault of ours")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupted_search_delivers_and_ends_as_if_nothing_had_happened(shared, ended, records):
    out = shared.folder / "interrupted"
    result = shared.search("interrupted", Stop(1, interrupt))
    assert (result.interrupted, result.signal, result.already_finished) == (True, signal.SIGTERM, False)
    assert result.resume == f"automl resume {out}"
    assert load_bundle(out).manifest.study == "interrupted"
    going_on = Stop(-1, fault)
    assert resume_run(out, going_on).value == ended.value
    assert going_on.before == 1
    assert told(records(out)) == told(records(shared.folder / "ended"))


class StopAtOnce(Events):
    """Interrupts before a trial starts."""

    def search_started(self, start) -> None:
        interrupt()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("torn", [False, True])
def test_a_delivered_model_stays_where_an_extension_is_interrupted_and_the_best_trial_is_the_same(shared, ended, torn):
    run = shared.copy("ended", f"extension-{torn}")
    before = load_bundle(run)
    model = run / "checkpoints" / f"trial-{ended.best_trial}.keras"
    if torn:
        model.write_bytes(model.read_bytes()[:-1000])
    result = resume_run(run, StopAtOnce(), more_trials=2)
    assert (result.interrupted, result.refit, result.epochs) == (True, True, ended.epochs)
    assert load_bundle(run) == before
    assert resume_run(run).trials == 4


def test_a_fault_says_how_to_go_on_and_costs_no_finished_trial(shared, ended, records):
    out = shared.folder / "failed"
    with pytest.raises(ZeroDivisionError) as error:
        shared.search("failed", Stop(1, fault))
    assert error.value.__notes__ == [f"continue with: automl resume {out}"]
    assert records(out)[0].state == "complete"
    assert shared.search("failed").value == ended.value
    assert told(records(out)) == told(records(shared.folder / "ended"))


class Fills(Events):
    """Puts a large file into the run's folder when a trial is over."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, []

    def warning(self, message: str) -> None:
        self.said.append(message)

    def trial_ended(self, end) -> None:
        (self.folder / "logs" / "large").write_bytes(bytes(20_000_000))


def test_a_search_that_ended_early_goes_on_once_its_limit_is_raised(shared, ended, records, monkeypatch):
    monkeypatch.setattr(disk, "_EVERY", 0.0)
    out = shared.folder / "filled"
    events = Fills(out)
    result = shared.search("filled", events, limits=Limits(disk=10_000_000))
    assert (result.trials, result.interrupted) == (1, False)
    [said] = [message for message in events.said if "ends early" in message]
    assert "--disk-limit" in said
    going_on = resume_run(out, limits=Limits(disk=100_000_000))
    assert (going_on.trials, going_on.value, going_on.already_finished) == (2, ended.value, False)
    assert told(records(out)) == told(records(shared.folder / "ended"))
    assert resume_run(out).already_finished


def test_a_run_that_was_ended_before_its_study_was_made_begins_again(place):
    config = place.config("early", max_trials=1)
    RunFolder.create(config.out, task="image-classify", command=Command.of(config).to_json())
    result = resume_run(place.folder / "early")
    assert (result.trials, result.study_name) == (1, "early")


def test_a_run_of_an_older_version_that_never_began_says_what_to_do(place):
    RunFolder.create(place.folder / "old", task="image-classify")
    with pytest.raises(StudyError, match="does not say what was asked; search once more with --out"):
        resume_run(place.folder / "old")


def test_a_run_that_was_searched_on_another_machine_is_taken_over(shared, ended):
    run, events = shared.copy("ended", "copied"), OpenedOnly()
    owner = {"host": "elsewhere", "boot": "1", "process": 7, "start": "2"}
    with closing(sqlite3.connect(run / "study.db")) as database, database:
        database.execute("UPDATE automl_run SET ended = NULL, owner = ?", (json.dumps(owner),))
    with pytest.raises(KeyboardInterrupt) as end:
        resume_run(run, events)
    assert events.said == [
        "process 7 on elsewhere searched this run before and has not said that it is over; taking it over"
    ]
    assert end.value.__notes__ == [f"continue with: automl resume {run}"]


def test_only_a_run_can_be_resumed(tmp_path: Path):
    with pytest.raises(StudyError, match="is no run"):
        resume_run(tmp_path)


def test_a_search_into_a_run_that_is_being_searched_is_refused(shared, ended):
    with RunFolder.open(shared.folder / "ended").hold(), pytest.raises(StudyError, match=f"process {os.getpid()}"):
        shared.search("ended")


@pytest.mark.parametrize("content", [b"", None], ids=["empty", "missing"])
def test_a_run_whose_study_is_gone_is_not_begun_anew_over_its_model(shared, ended, content):
    run = shared.copy("ended", f"lost-study-{content is None}")
    before = load_bundle(run)
    (run / "study.db").unlink()
    if content is not None:
        (run / "study.db").write_bytes(content)
    for go_on in (lambda: resume_run(run, more_trials=1), lambda: shared.search(run.name)):
        with pytest.raises(StudyError, match=r"is gone from .*study\.db, but its models are there; restore"):
            go_on()
    assert load_bundle(run) == before


def test_a_search_that_came_to_nothing_is_recorded_as_over(shared):
    with pytest.raises(SearchError, match="no trial succeeded") as error:
        shared.search("nothing", limits=Limits(parameters=1))
    assert error.value.__notes__ == [f"continue with: automl resume {shared.folder / 'nothing'}"]
    with StudyReader.open(shared.folder / "nothing") as reader:
        run = reader.run()
    assert (run.ended is not None, run.result) == (True, None)


def test_who_asked_for_too_few_trials_is_told_to_ask_for_more(tmp_path: Path):
    folder = RunFolder.create(tmp_path / "run", task="image-classify")
    with pytest.raises(SearchError) as error, resumable(folder):
        raise SearchError("no trial succeeded", out_of_trials=True)
    assert error.value.__notes__ == [f"continue with: automl resume {tmp_path / 'run'} --trials +20"]
