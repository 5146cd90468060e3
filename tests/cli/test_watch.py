"""What a finished, a going and a killed search look like to whoever watches, from the database alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from automl.cli.following import Follower
from automl.events import Events
from automl.study import StudyReader


def told(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def copied(run, tmp_path) -> Path:
    """The run once more, for tests that change its database."""
    return Path(shutil.copytree(run, tmp_path / "copied"))


def change(run: Path, *statements: str) -> None:
    with sqlite3.connect(run / "study.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_a_search_that_is_over_is_told_from_its_database(automl, at_place, tmp_path):
    before = hashlib.sha256((at_place / "my-run" / "study.db").read_bytes()).hexdigest()
    done = automl("watch", "my-run", "--events", tmp_path / "events.jsonl")
    assert done.exit_code == 0
    assert done.stdout.startswith("the search is over: val_accuracy ")
    assert "trial 1: " in done.stderr
    with StudyReader.open(at_place / "my-run") as reader:
        records, epochs = reader.trials(), reader.epochs()
    events = told(tmp_path / "events.jsonl")
    ended = {line["trial"]: line for line in events if line["event"] == "trial_ended"}
    assert {number: line["value"] for number, line in ended.items()} == {r.number: r.value for r in records}
    assert [(line["trial"], line["epoch"], line["metrics"]) for line in events if line["event"] == "epoch_ended"] == [
        (epoch.trial, epoch.epoch, epoch.metrics) for epoch in epochs
    ]
    assert events[-1]["event"] == "session_ended"
    assert hashlib.sha256((at_place / "my-run" / "study.db").read_bytes()).hexdigest() == before


def test_a_search_that_was_killed_is_told_with_how_to_go_on(automl, copied):
    change(copied, "UPDATE automl_run SET ended = NULL, result = NULL, owner = NULL")
    done = automl("watch", copied, "-q")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].startswith("the search is gone before it was over: val_accuracy ")
    assert f"automl resume {copied}" in done.stdout


def test_what_is_no_run_is_said(automl, tmp_path):
    done = automl("watch", tmp_path / "nothing")
    assert done.exit_code == 2
    assert "is no run" in done.stderr


class Heard(Events):
    def __init__(self) -> None:
        self.names: list[tuple[object, ...]] = []

    def trial_started(self, number, description):
        self.names.append(("started", number))

    def epoch_ended(self, number, report):
        self.names.append(("epoch", number, report.epoch))

    def trial_ended(self, end):
        self.names.append((end.state, end.number))


def test_only_what_is_new_is_told_and_a_paused_trial_goes_on(copied):
    change(
        copied,
        "UPDATE automl_trial SET state = 'running', ended = NULL, epochs = 1 WHERE number = 1",
        "DELETE FROM automl_epoch WHERE epoch > 1 AND trial_id = (SELECT id FROM automl_trial WHERE number = 1)",
    )
    heard = Heard()
    with StudyReader.open(copied) as reader:
        follower = Follower(reader, "copied", heard)
        follower.look()
        assert heard.names[-2:] == [("started", 1), ("epoch", 1, 1)]
        heard.names.clear()
        follower.look()
        assert heard.names == []
        change(copied, "UPDATE automl_trial SET state = 'paused' WHERE number = 1")
        follower.look()
        change(
            copied,
            "UPDATE automl_trial SET state = 'complete', epochs = 2 WHERE number = 1",
            "INSERT INTO automl_epoch SELECT trial_id, 2, metrics, learning_rate, seconds FROM automl_epoch "
            "WHERE epoch = 1 AND trial_id = (SELECT id FROM automl_trial WHERE number = 1)",
        )
        follower.look()
    assert heard.names == [("paused", 1), ("started", 1), ("epoch", 1, 2), ("complete", 1)]


@pytest.mark.slow
def test_a_going_search_is_followed_to_its_end(automl, at_place, tmp_path):
    options = "--space tiny.yaml --trials 3 --max-epochs 4 --seed 2 --workers 1 --cache-dir cache -q --no-report"
    command = [sys.executable, "-m", "automl", "search", "--task", "image-classify", "data/digits/train"]
    search = subprocess.Popen([*command, *options.split(), "--out", tmp_path / "going"], cwd=at_place)
    try:
        while not (tmp_path / "going" / "run.json").is_file():
            assert search.poll() is None
        done = automl("watch", tmp_path / "going", "--every", "0.2", "--events", tmp_path / "events.jsonl", "-q")
    finally:
        assert search.wait(200) == 0
    assert done.stdout.startswith("the search is over")
    names = [line["event"] for line in told(tmp_path / "events.jsonl")]
    assert names.count("trial_ended") == 3
    assert names.count("epoch_ended") >= 3
    assert (names[0], names[-1]) == ("session_started", "session_ended")
