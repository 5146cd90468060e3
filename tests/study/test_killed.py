"""A process that is killed between any two writes: nothing it was told is done is lost, and both halves agree after."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from automl.study import ENDED, Study, quiet_optuna
from tests.study.killed_story import prepare
from tests.study.test_any_order import AGREED

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "study.db"
    prepare(f"sqlite:///{path}")
    return path


def test_a_kill_before_some_commits_loses_nothing(prepared: Path, tmp_path: Path) -> None:
    _check(prepared, tmp_path, share=10)


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.timeout(3000)  # ninety stories, on a machine that may be busy
def test_a_kill_before_any_commit_loses_nothing(prepared: Path, tmp_path: Path) -> None:
    _check(prepared, tmp_path, share=1)


def _check(prepared: Path, folder: Path, *, share: int) -> None:
    commits = int(_tell(prepared, folder, 0).split()[1])
    assert commits > 50
    points = range(1, commits + 1, share)
    _tell(prepared, folder, *points)
    for point in points:
        _check_one(folder / str(point))


def _tell(prepared: Path, folder: Path, *numbers: int) -> str:
    command = [sys.executable, "-m", "tests.study.killed_story", prepared, folder, *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=3000)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _check_one(place: Path) -> None:
    url, journal = f"sqlite:///{place / 'study.db'}", place / "journal"
    notes = [line.split() for line in journal.read_text().splitlines()] if journal.exists() else []
    with closing(sqlite3.connect(place / "study.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Study.open(url, "digits") as study:
        records = {trial.number: trial for trial in study.trials()}
        seconds = [trial.parent for trial in records.values() if trial.parent is not None]
        details = study.details()
    for word, *numbers in notes:
        if word in ENDED:
            assert records[int(numbers[0])].state == word, (place.name, word)
    orphans = {number for number, trial in records.items() if trial.state == "orphaned"}
    assert len(seconds) == len(set(seconds)), place.name
    assert set(seconds) <= orphans
    assert records[0].value == 0.5
    assert any(trial.params == records[1].params and trial.seed == 11 and trial.number != 1 for trial in details)
    _check_agreement(url, {number: trial.state for number, trial in records.items()})
    with Study.open(url, "digits") as study:
        assert study.orphans == ()
        assert study.trials() == list(records.values())


def _check_agreement(url: str, ours: dict[int, str]) -> None:
    with quiet_optuna():
        theirs = optuna.load_study(study_name="digits", storage=url).trials
    assert [trial.number for trial in theirs] == sorted(ours)
    for trial in theirs:
        assert trial.state in AGREED[ours[trial.number]]
        assert bool(trial.constraints) <= (ours[trial.number] in ("infeasible", "orphaned"))
        assert trial.state is not TrialState.COMPLETE or trial.value is not None
