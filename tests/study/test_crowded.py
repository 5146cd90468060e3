"""A study whose database others lock, read all the time, or which has no room left to grow."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from automl.errors import StudyError
from automl.study import Study, StudyReader
from tests.study.conftest import begin, crash, make_draft, outcome, train

ROOT = Path(__file__).parents[2]

HOLDS = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


@pytest.mark.parametrize("seconds", [1.0, pytest.param(20.0, marks=pytest.mark.slow)])
def test_a_search_waits_while_another_process_holds_the_database(study: Study, url: str, seconds: float) -> None:
    train(study, number := begin(study), 0.4)
    command = [sys.executable, "-c", HOLDS, url[10:], str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        since = time.monotonic()
        study.complete(number, outcome(0.8))
        waited = time.monotonic() - since
        assert other.wait() == 0
    assert waited > seconds / 2
    study.enqueue({"x": 0.5})
    assert [trial.state for trial in study.trials()] == ["complete", "queued"]


def test_readers_that_look_all_the_time_disturb_nobody(url: str) -> None:
    over, counts, troubles = threading.Event(), list[int](), list[BaseException]()

    def look() -> None:
        try:
            while not over.is_set():
                with StudyReader.open(Path(url[10:])) as reader:
                    counts.append(len(reader.trials()))
                    reader.best()
                    reader.epochs()
        except BaseException as error:
            troubles.append(error)

    with Study.create(url, "digits", run=make_draft()) as study:
        readers = [threading.Thread(target=look) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            for _ in range(12):
                train(study, number := begin(study), 0.4, 0.5)
                study.complete(number, outcome(0.5))
        finally:
            over.set()
            for reader in readers:
                reader.join()
        assert len(study.trials()) == 12
    assert troubles == []
    assert len(set(counts)) > 2, "they looked while the search went on"


def test_a_full_disk_is_said_and_the_study_goes_on_when_there_is_room(study: Study, url: str) -> None:
    study.complete(begin(study), outcome(0.7))
    train(study, begin(study, seed=5), 0.4)
    for engine in (study._engine, study._optuna._storage.engine):
        with engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StudyError, match=r"disk is full; free some space$"):  # noqa: PT012
        for _ in range(200):
            study.enqueue({"x": 0.5})
    crash(study)
    with Study.open(url, "digits") as again:
        assert [(orphan.number, again.detail(orphan.queued or 0).seed) for orphan in again.orphans][:1] == [(1, 5)]
        best = again.best()
        assert best is not None
        assert best.value == 0.7
        assert begin(again) == again.orphans[0].queued


LIMITED = """
import resource, signal, sys
from automl.errors import StudyError
from automl.study import Study
from tests.study.conftest import begin, outcome, train

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
study = Study.open(sys.argv[1], "digits")
study.complete(begin(study), outcome(0.9))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    while True:
        train(study, number := begin(study, description="x" * 10_000), 0.4, 0.5)
        study.complete(number, outcome(0.5))
except StudyError as error:
    sys.exit(f"refused: {error}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file size limit")
def test_a_file_that_may_not_grow_leaves_the_study_whole(study: Study, url: str) -> None:
    study.close()
    limit = Path(url[10:]).stat().st_size + 300_000
    command = [sys.executable, "-c", LIMITED, url, str(limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 1
    assert done.stderr.startswith("refused: cannot ")
    assert done.stderr.splitlines()[0].endswith("free some space")
    with closing(sqlite3.connect(url[10:])) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Study.open(url, "digits") as again:
        best = again.best()
        assert best is not None
        assert (best.number, best.value) == (0, 0.9)
        assert len(again.orphans) <= 1
